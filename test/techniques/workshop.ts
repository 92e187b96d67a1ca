/** The ticket desk with a fixture's module on it, a manager with his key, and a partner who has tickets. */
import type { Module, Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp, testConfig } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import pino from 'pino'
import { type App, createApp } from '../../core/app.ts'
import { fromDeclarations } from '../../core/module/load.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a story reads whatever JSON it was answered.
  readonly body: any
}
export interface Workshop {
  readonly app: TestApp
  readonly manager: SignedIn
  /** The manager's services, as behind a request of his. */
  readonly services: Services
  /** Fatou Camara's id: whose tickets these are. */
  readonly partner: string
  /** Asks over HTTP, with the manager's key unless another person is named. */
  ask(method: string, path: string, body?: unknown, who?: SignedIn): Promise<Answer>
  /** The definitions of a table's indexes, as PostgreSQL prints them. */
  indexes(table: string): Promise<readonly string[]>
}

export async function openWorkshop(postgresUrl: string, ...modules: Module[]): Promise<Workshop> {
  const app = await bootTest(postgresUrl, modules)
  const manager = await signedInAs(app, 'manager')
  const services = await manager.services()
  const { id: partner } = await services.records.create(Partner, { name: 'Fatou Camara' })
  return {
    app,
    manager,
    services,
    partner,
    ask: (method, path, body, who = manager) => asked(who)(method, path, body),
    async indexes(table) {
      const rows = await app.connection.run('select indexdef from pg_indexes where tablename = $1', [table])
      return rows.map(({ indexdef }) => String(indexdef))
    },
  }
}

/** Asks over HTTP with somebody's key. */
export function asked(who: SignedIn): (method: string, path: string, body?: unknown) => Promise<Answer> {
  return async (method, path, body) => {
    const response = await who.fetch(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
}

/** The sentences that a refused write names, by field. */
export function saidOf({ body }: Answer): Readonly<Record<string, string>> {
  return Object.fromEntries(body.errors.map(({ field, detail }: { field: string; detail: string }) => [field, detail]))
}

/** An application with these modules on a database that there is already: what an upgrade or a later installation opens. */
export function openOn(url: string, ...modules: Module[]): Promise<App> {
  return createApp(fromDeclarations(modules), {
    url,
    config: testConfig({ DATABASE_POOL: '2' }),
    log: pino({ level: 'silent' }),
    version: 'test',
  })
}
