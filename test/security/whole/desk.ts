/** Every module and addon of the repository on one database, behind one HTTP door whose log is kept. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Writable } from 'node:stream'
import { bootTest, testConfig } from '@tessera/core/testing'
import pino from 'pino'
import { type App, createApp } from '../../../core/app.ts'
import { discover } from '../../../core/module/discover.ts'
import { loadModules } from '../../../core/module/load.ts'
import type { OwnField } from '../../../core/module/own-field.ts'

/** One line of the log about one request. */
export interface Served {
  /** As the router knows it: `GET /api/tickets/:id`. */
  readonly route: string | undefined
  readonly status: number
}
export interface WholeDesk extends App {
  readonly address: string
  /** Lines of the log that nobody has looked at yet. */
  newLines(): readonly string[]
  /** What became of a request, by the id that it was sent with. */
  served(requestId: string): Served | undefined
}

/** Names of the modules and addons that lie in the repository: a new one is there by itself. */
async function everyModule(): Promise<readonly string[]> {
  const packages = await discover(process.cwd(), [])
  const names = packages.map(({ name }) => name)
  return names.filter((name) => ['modules', 'addons'].some((folder) => existsSync(resolve(folder, name, 'index.ts')))).sort()
}

/** What an administrator added: fields that nobody's rules name, on models that every role sees something of. */
const ownFields: readonly OwnField[] = [
  {
    model: 'ticket',
    name: 'x_serial',
    definition: { type: 'text', label: { en: 'Serial number' }, search: true, filter: true, list: true },
  },
  { model: 'ticket', name: 'x_dealer', definition: { type: 'relation', to: 'partner', label: { en: 'Sold by' }, filter: true } },
  {
    model: 'partner',
    name: 'x_grade',
    definition: {
      type: 'choice',
      label: { en: 'Grade' },
      choices: [
        { value: 'gold', label: { en: 'Gold' } },
        { value: 'silver', label: { en: 'Silver' } },
      ],
      filter: true,
    },
  },
]

export async function wholeDesk(postgresUrl: string): Promise<WholeDesk> {
  const names = await everyModule()
  const base = await bootTest(postgresUrl, names)
  const lines: string[] = []
  const served = new Map<string, Served>()
  const stream = new Writable({
    write(chunk, _, done) {
      for (const line of String(chunk).split('\n').filter(Boolean)) {
        lines.push(line)
        if (line.includes('"msg":"request"')) keep(served, JSON.parse(line) as Served & { requestId: string })
      }
      done()
    },
  })
  const app = await createApp(await loadModules(await discover(process.cwd(), []), names), {
    url: String(base.connection.pool.options.connectionString),
    // The bot's server is none: nothing is sent to anybody.
    config: testConfig({ DATABASE_POOL: '6', TELEGRAM_BOT_TOKEN: '1:of-a-test', TELEGRAM_API_ROOT: 'http://127.0.0.1:9' }),
    log: pino({ level: 'trace' }, stream),
    version: 'test',
    fields: ownFields,
  })
  await app.install()
  const server = await app.http.listen(0, '127.0.0.1')
  const bound = server.address()
  return {
    ...app,
    address: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`,
    newLines: () => lines.splice(0),
    served(requestId) {
      const found = served.get(requestId)
      served.delete(requestId)
      return found
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
      await app.close()
      await base.close()
    },
  }
}

function keep(served: Map<string, Served>, { requestId, route, status }: Served & { readonly requestId: string }): void {
  served.set(requestId, { route, status })
}

export const requestIdOf = (): string => randomUUID()
