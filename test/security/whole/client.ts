/** Sends many requests of many people over a few connections that stay open. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { requestIdOf } from './desk.ts'

export interface Ask {
  readonly method: string
  readonly path: string
  readonly body?: string | undefined
  readonly type?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}
export interface Answer {
  readonly requestId: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export class Wire {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })
  readonly #address: URL

  constructor(address: string) {
    this.#address = new URL(address)
  }

  send({ method, path, body, type, headers }: Ask, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const requestId = requestIdOf()
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: this.#address.hostname,
          port: this.#address.port,
          method,
          path,
          headers: {
            accept: path.startsWith('/api') ? 'application/json' : 'text/html',
            'x-request-id': requestId,
            ...(type !== undefined && { 'content-type': type }),
            ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
            ...more,
            ...headers,
          },
        },
        (answer) => {
          const parts: Buffer[] = []
          answer.on('data', (part: Buffer) => parts.push(part))
          answer.on('end', () =>
            resolve({ requestId, status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(parts).toString('utf8') }),
          )
          answer.on('error', reject)
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** As one types it again to see the same. */
export function asCommand(who: string, { method, path, body, type }: Ask): string {
  const more = body === undefined ? '' : ` -H 'content-type: ${type}' --data '${body.slice(0, 600)}'`
  return `as ${who}: curl -X ${method} '${path}'${more}`
}
