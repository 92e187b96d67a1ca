/** From a folder and its environment to an application: configuration, database, the modules that the database says are installed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type App, createApp } from './app.ts'
import { type Config, loadConfig, loadDeployment } from './config/index.ts'
import { openLog } from './config/log.ts'
import { type Database, openDatabase, type Role } from './database/index.ts'
import { SetupError } from './errors.ts'
import { revisionOf } from './installation/revision.ts'
import { type InstalledState, stateOf } from './installation/state.ts'
import type { Package } from './module/composition.ts'
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
  /** What this process is for, as others on the database see it. */
  readonly what?: string
  /** Modules to install besides those that are, with what their demonstrations show. */
  readonly also?: readonly string[]
  /** False leaves the database as it is: for a look at it before it is brought up to date. */
  readonly install?: boolean
}

/** Throws a SetupError or a BootFailure; then nothing is left open. */
export async function boot(about: BootAbout): Promise<Booted> {
  const { root, env, role, what = 'cli', also = [], install = true } = about
  const config = loadConfig(env, root)
  const deployment = await loadDeployment(root)
  const log = openLog(config.logLevel)
  const packages = await discover(root, deployment.packages ?? [])
  const database = await openDatabase(config, role)
  try {
    const state = await stateOf(database.url)
    if (install && state) mustMatch(state, packages)
    const wanted = state ? deployment.install.filter((name) => state.modules.every((one) => one.name !== name)) : []
    if (wanted.length > 0)
      log.warn({ modules: wanted }, 'config/tessera.ts names modules that this database does not have: tessera module sync.')
    const names = (wanted: (of: InstalledState['modules'][number]) => boolean) => [
      ...(state?.modules.filter(wanted).map(({ name }) => name) ?? deployment.install),
      ...also,
      ...packages.flatMap(({ name, demo = [] }) => (also.includes(name) ? demo : [])),
    ]
    const enabled = await loadModules(
      packages,
      names((one) => one.state === 'enabled'),
    )
    const isWhole = state?.modules.every((one) => one.state === 'enabled') ?? true
    const installed = isWhole
      ? enabled
      : await loadModules(
          packages,
          names(() => true),
        )
    const revision = state?.revision ?? 0
    const app = await createApp(enabled, {
      url: database.url,
      config,
      log,
      version: versionOf(root),
      installed,
      fields: state?.fields ?? [],
      operator: { root, env },
      what,
      revision,
    })
    // What changed before this process could hear of it.
    if ((await revisionOf((text) => app.connection.run(text))) !== revision) {
      await app.close()
      await database.close()
      return await boot(about)
    }
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
      isNew: state === undefined,
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

/** A newer version is not put into a database by the way: somebody reads its plan first. */
function mustMatch({ modules }: InstalledState, packages: readonly Package[]): void {
  const versions = new Map(packages.map(({ name, version }) => [name, version]))
  const missing = modules.filter(({ name }) => !versions.has(name)).map(({ name }) => `"${name}"`)
  if (missing.length > 0)
    throw new SetupError(3, `This database has ${missing.join(', ')} installed, and this copy of Tessera does not have the code.`, {
      hint: 'Add the code, or remove the module with: tessera module uninstall NAME',
    })
  const newer = modules.filter(({ name, version }) => versions.get(name) !== version)
  if (newer.length === 0) return
  const changes = newer.map(({ name, version }) => `${name} ${version} is ${versions.get(name)} here`)
  throw new SetupError(3, `The modules on disk are not those of the database: ${changes.join(', ')}.`, {
    hint: 'Read what would change with: tessera module plan upgrade. Do it with: tessera module upgrade',
  })
}

/** Of the deployment. */
export function versionOf(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}
