/** For tests of modules: an application on a database of its own, people who are signed in, and the rules every module keeps. */
import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { type App, createApp } from '../app.ts'
import type { LoadedModule } from '../module/composition.ts'
import { discover } from '../module/discover.ts'
import { fromDeclarations, loadModules, withExtras } from '../module/load.ts'
import type { Module } from '../module/module.ts'
import { testDatabase } from './database.ts'

export { testDatabase } from './database.ts'
export { testFolder } from './folder.ts'
export { houseRules } from './house-rules.ts'
export { type SignedIn, signedInAs } from './signed-in.ts'

export interface TestApp extends App {
  /** `http://127.0.0.1:…` once `listen` was called. */
  listen(): Promise<string>
}

/**
 * Boots modules on a new database of the test run's PostgreSQL: by name as they lie in the repository, or as declarations.
 * Close it in `afterAll`; the database goes with it.
 */
export async function bootTest(
  postgresUrl: string,
  modules: readonly string[] | readonly Module[],
  root = process.cwd(),
): Promise<TestApp> {
  const database = await testDatabase(postgresUrl)
  try {
    const app = await createApp(await loadedFrom(modules, root), {
      url: database.url,
      config: { baseUrl: 'http://localhost:3000', trustProxy: 'none', databasePool: 5 },
      log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
      version: 'test',
    })
    await app.install()
    let server: Awaited<ReturnType<App['http']['listen']>> | undefined
    return {
      ...app,
      async listen() {
        server ??= await app.http.listen(0, '127.0.0.1')
        const address = server.address()
        return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
      },
      async close() {
        server?.closeAllConnections()
        await new Promise<void>((done) => (server ? server.close(() => done()) : done()))
        await app.close()
        await database.drop()
      },
    }
  } catch (error) {
    await database.drop()
    throw error
  }
}

async function loadedFrom(modules: readonly string[] | readonly Module[], root: string): Promise<readonly LoadedModule[]> {
  const names = modules.filter((each) => typeof each === 'string')
  if (names.length > 0) return loadModules(await discover(root, []), names)
  return withExtras(fromDeclarations(modules.filter((each) => typeof each !== 'string')))
}

/** A name that no other test has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`
}
