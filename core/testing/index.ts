/** For tests of modules: an application on a database of its own, people who are signed in, and the rules every module keeps. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { createApp } from '../app.ts'
import { type Config, loadConfig } from '../config/index.ts'
import type { LoadedModule } from '../module/composition.ts'
import { discover } from '../module/discover.ts'
import { fromDeclarations, loadModules, withExtras } from '../module/load.ts'
import type { Module } from '../module/module.ts'
import { testDatabase } from './database.ts'
import { listening, type TestApp } from './listening.ts'
import { templateFor } from './template.ts'

export { testDatabase } from './database.ts'
export { testFolder } from './folder.ts'
export { houseRules } from './house-rules.ts'
export type { TestApp } from './listening.ts'
export { type SignedIn, signedInAs, userAs } from './signed-in.ts'

/**
 * Boots modules on a new database of the test run's PostgreSQL: by name as they lie in the repository, as declarations, or both.
 * `env` is its environment: `{ SMTP_URL: … }`. Close it in `afterAll`; the database goes with it.
 */
export async function bootTest(
  postgresUrl: string,
  modules: readonly (string | Module)[],
  env: Readonly<Record<string, string>> = {},
): Promise<TestApp> {
  const loaded = await loadedFrom(modules)
  const config = testConfig(env)
  const appOn = (url: string) =>
    createApp(loaded, { url, config, log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }), version: 'test' })
  // Declarations are one test's own; the modules of the repository are asked for again and again.
  const isNamed = modules.every((each) => typeof each === 'string')
  const installed = async (url: string) => {
    const app = await appOn(url)
    await app.install()
    await app.close()
  }
  const template = isNamed ? { template: await templateFor(postgresUrl, modules.join(), installed) } : {}
  const database = await testDatabase(postgresUrl, template)
  try {
    const app = await appOn(database.url)
    if (!isNamed) await app.install()
    return listening(app, async () => {
      await database.drop()
      if (env.DATA_DIR === undefined) await rm(config.dataDir, { recursive: true, force: true })
    })
  } catch (error) {
    await database.drop()
    throw error
  }
}

/** What a test's environment says: http://localhost:3000, no mail server, few connections, a data folder of its own that is not made yet. */
export function testConfig(env: Readonly<Record<string, string>> = {}): Config {
  const secret = 'a secret that is for tests alone, and no secret'
  const own = { BASE_URL: 'http://localhost:3000', DATABASE_POOL: '5', TESSERA_SECRET: secret, DATA_DIR: join(tmpdir(), unique('tessera')) }
  return loadConfig({ ...own, ...env }, process.cwd())
}

async function loadedFrom(modules: readonly (string | Module)[]): Promise<readonly LoadedModule[]> {
  const names = modules.filter((each) => typeof each === 'string')
  const declared = fromDeclarations(modules.filter((each) => typeof each !== 'string'))
  if (names.length === 0) return withExtras(declared)
  const named = await loadModules(await discover(process.cwd(), []), names)
  // What a test declares stands on modules of the repository, which come as they lie there.
  return [...named, ...declared.filter((own) => !named.some((each) => each.package.name === own.package.name))]
}

/** A name that no other test has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`
}
