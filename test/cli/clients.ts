/** Clients that keep their connections and never ask twice: whatever goes wrong with a request is counted. */
import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Answer {
  readonly status: number
  readonly text: string
}

export interface Tally {
  readonly answered: number
  /** How many partners were filed. */
  readonly filed: number
  /** What went wrong, each with the request it happened to. */
  readonly failed: readonly string[]
  /** On how many connections: far fewer than requests. */
  readonly connections: number
}

/** One request, on a connection of the agent. Rejects when the connection breaks. */
export function ask(agent: Agent, url: string, { method = 'GET', headers = {}, body = '' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers: { ...headers, ...(body && { 'content-type': 'application/json' }) } })
    sent.on('error', reject)
    sent.on('response', (response: IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    sent.end(body)
  })
}

export interface Load {
  readonly address: string
  readonly key: string
  readonly clients: number
}

/** Each client reads tickets and files partners in turn, now at once, now after a pause, until `stop`. */
export function load({ address, key, clients }: Load): { answered(): number; stop(): Promise<Tally> } {
  const failed: string[] = []
  let answered = 0
  let filed = 0
  let connections = 0
  let isOver = false
  const headers = { authorization: `Bearer ${key}` }

  async function client(number: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const { createConnection } = agent
    agent.createConnection = (...about) => {
      connections++
      return createConnection.apply(agent, about)
    }
    for (let turn = 0; !isOver; turn++) {
      const isPost = (turn + number) % 2 === 0
      const url = isPost ? `${address}/api/partners` : `${address}/api/tickets?limit=5`
      const body = JSON.stringify({ name: `Partner ${number}-${turn}` })
      try {
        const { status, text } = await ask(agent, url, isPost ? { method: 'POST', headers, body } : { headers })
        if (status === (isPost ? 201 : 200)) {
          answered++
          if (isPost) filed++
        } else failed.push(`${isPost ? 'POST' : 'GET'}: ${status} ${text.slice(0, 200)}`)
      } catch (error) {
        failed.push(`${isPost ? 'POST' : 'GET'}: ${(error as NodeJS.ErrnoException).code} ${(error as Error).message}`)
      }
      // Some are busy without a pause, others are silent in between.
      if (number % 3 > 0) await sleep((number * 7 + turn * 3) % 60)
    }
    agent.destroy()
  }

  const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  return {
    answered: () => answered,
    async stop() {
      isOver = true
      await all
      return { answered, filed, failed, connections }
    },
  }
}
