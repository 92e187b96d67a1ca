/** Stands for the service behind a channel: a real server on this machine that answers as it is told, and keeps what it got. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** What it does with the next request: `hang` never answers, `drop` ends the connection. */
export type Outcome = 'take' | 'temporary' | 'permanent' | 'hang' | 'drop'

/** A message that it took. */
export interface Got {
  readonly to: string
  readonly text: string
  readonly messageId: string | undefined
}

export interface Vendor {
  readonly url: string
  readonly got: Got[]
  /** For the requests to come, in turn; then all are taken. */
  readonly next: Outcome[]
  close(): Promise<void>
}

export interface Sent {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}
/** How one service answers and is read. */
export interface Speech {
  readonly answers: { readonly [K in 'take' | 'temporary' | 'permanent']: readonly [status: number, body: unknown] }
  /** Throws where the request is not one that the service would understand. */
  read(sent: Sent): Got
}

export async function httpVendor({ answers, read }: Speech): Promise<Vendor> {
  const got: Got[] = []
  const next: Outcome[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const outcome = next.shift() ?? 'take'
      if (outcome === 'hang') return
      if (outcome === 'drop') return request.socket.destroy()
      const [status, body] = answers[outcome]
      const sent = { path: request.url ?? '', headers: request.headers, text: Buffer.concat(chunks).toString('utf8') }
      if (outcome === 'take') got.push(read(sent))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    next,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

export async function mailVendor(): Promise<Vendor> {
  const got: Got[] = []
  const next: Outcome[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const outcome = next.shift() ?? 'take'
        if (outcome === 'hang') return
        if (outcome === 'drop') for (const { _socket } of server.connections as Iterable<{ _socket?: Socket }>) _socket?.destroy()
        else if (outcome === 'temporary') done(Object.assign(new Error('Later'), { responseCode: 451 }))
        else if (outcome === 'permanent') done(Object.assign(new Error('Never'), { responseCode: 550 }))
        else {
          const [head = '', ...body] = Buffer.concat(chunks).toString('utf8').split('\r\n\r\n')
          const messageId = /^Message-ID: (.*)$/im.exec(head)?.[1]
          got.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), text: body.join('\r\n\r\n').trim(), messageId })
          done()
        }
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.server.address() as AddressInfo
  return { url: `smtp://127.0.0.1:${port}`, got, next, close: () => new Promise((done) => server.close(() => done())) }
}
