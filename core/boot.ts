/** From a folder and its environment to an application: configuration, database, the modules that the database says are installed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type Logger } from 'pino'
import { type App, createApp } from './app.ts'
import { type Config, loadConfig, loadDeployment } from './config/index.ts'
import { type Database, openDatabase, type Role } from './database/index.ts'
import { installedModules } from './installation/install.ts'
import { discover } from './module/discover.ts'
import { loadModules } from './module/load.ts'

export interface Booted {
  readonly app: App
  readonly config: Config
  readonly database: Database
  readonly log: Logger
  /** True for a database that Tessera had not seen before. */
  readonly isNew: boolean
  /** Closes the application, then leaves the database. */
  close(): Promise<void>
}

export interface BootAbout {
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly role: Role
  /** Modules to install besides those that are. */
  readonly also?: readonly string[]
  /** False leaves the database as it is: for a look at it before it is brought up to date. */
  readonly install?: boolean
}

/** Throws a SetupError or a BootFailure; then nothing is left open. */
export async function boot({ root, env, role, also = [], install = true }: BootAbout): Promise<Booted> {
  const config = loadConfig(env, root)
  const deployment = await loadDeployment(root)
  const log = pino({ level: config.logLevel }, logLines())
  const packages = await discover(root, deployment.packages ?? [])
  const database = await openDatabase(config, role)
  try {
    const installed = await installedModules(database.url)
    const names = [...(installed?.map(({ name }) => name) ?? deployment.install), ...also]
    const app = await createApp(await loadModules(packages, names), { url: database.url, config, log, version: versionOf(root) })
    try {
      if (install) await app.install()
    } catch (error) {
      await app.close()
      throw error
    }
    return {
      app,
      config,
      database,
      log,
      isNew: installed === undefined,
      async close() {
        await app.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}

/** Standard error, several lines at a time: one write for each request costs as much as compiling its question. */
export function logLines(): LogLines {
  if (lines === undefined) {
    const made = pino.destination({ dest: 2, minLength: 4_096, periodicFlush: 250, sync: true })
    process.on('exit', () => made.flushSync())
    lines = made
  }
  return lines
}
type LogLines = ReturnType<typeof pino.destination>
let lines: LogLines | undefined
