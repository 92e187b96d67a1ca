/** Module operations from beginning to end: from a folder and its environment to the plan, and to what the plan says. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type App, createApp } from './app.ts'
import { backupTo, exportRows } from './backup/index.ts'
import { type Config, loadConfig, loadDeployment } from './config/index.ts'
import { type Database, openDatabase } from './database/index.ts'
import { Conflict } from './errors.ts'
import { buildIndexes } from './installation/building.ts'
import { everybodyFollowed } from './installation/following.ts'
import { lockedState } from './installation/install.ts'
import { fieldRefusals, fieldsAfter } from './installation/own-fields.ts'
import type { Operation, Plan } from './installation/plan.ts'
import { type Installing, isEmpty, type Prepared, prepare } from './installation/planning.ts'
import { mustBePossible } from './installation/possible.ts'
import { rehearsed } from './installation/rehearsal.ts'
import { type InstalledState, stateOf } from './installation/state.ts'
import { type Target, targetOf } from './installation/target.ts'
import { tracking } from './installation/tracking.ts'
import { watched } from './installation/watched.ts'
import { discover } from './module/discover.ts'
import { loadModules } from './module/load.ts'
import { auditOf } from './service/audit.ts'

export interface OperationAbout {
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  readonly version: string
  /** The user on whose behalf it runs; without one, the operator at the command line. */
  readonly actor?: string | undefined
  /** Of the row that whoever asked for it has begun, and where he follows it. */
  readonly id?: string | undefined
}

/** What an operation would do. Nothing is changed. */
export function planOperation(about: OperationAbout, operation: Operation): Promise<Plan> {
  return withTarget(about, operation, async ({ app, state, target }) =>
    app ? (await rehearsedPlan(app, state, operation, target)).plan : refused(operation, target),
  )
}

export interface CarryOut {
  /** Of the plan that somebody has agreed to; another one is refused. */
  readonly digest?: string | undefined
  /** Asks for agreement; false leaves everything as it is. */
  readonly agreed?: (plan: Plan) => Promise<boolean>
  readonly progress?: (step: number, steps: number, doing: string) => Promise<void>
  /** Tells what is done before the first step. */
  readonly say?: (doing: string) => Promise<void>
  /** Whether a backup is made before anything is changed: for an upgrade, when nothing else is said. */
  readonly backup?: 'never' | 'upgrade' | 'always'
}

export interface Done {
  readonly plan: Plan
  /** False when there was nothing to do, or somebody disagreed. */
  readonly done: boolean
  /** The file of the backup that was made first. */
  readonly backup?: string
  /** The file with what was dropped. */
  readonly archive?: string
}

/** Does what the plan of an operation says. Throws a UserError with every reason why it cannot be done; then nothing was. */
export function carryOut(about: OperationAbout, operation: Operation, options: CarryOut): Promise<Done> {
  const { id } = about
  if (id === undefined) return work(about, operation, options)
  return withDatabase(about, ({ url }) => watched(url, id, (say) => work(about, operation, { ...options, say })))
}

async function work(about: OperationAbout, operation: Operation, options: CarryOut): Promise<Done> {
  const first: Done = await withTarget(about, operation, async ({ app, state, target, config, url }) => {
    const plan = app ? (await rehearsedPlan(app, state, operation, target)).plan : refused(operation, target)
    mustBePossible(plan)
    if (isEmpty(plan)) return { plan, done: false }
    mustBe(plan, options.digest)
    if (options.agreed && !(await options.agreed(plan))) return { plan, done: false }
    if (state === nothingYet || !isBackedUp(plan, options.backup)) return { plan, done: true }
    await options.say?.('A backup')
    const file = join(config.dataDir, 'backups', `before-${operation.verb}-${instant()}.zip`)
    return { plan, done: true, backup: (await backupTo(url, file, { files: join(config.dataDir, 'files') })).file }
  })
  if (!first.done) return first
  const leaving = first.plan.modules.filter(({ becomes }) => becomes === 'removed').map(({ name }) => name)
  const disabling = leaving.length > 0 ? { verb: 'disable' as const, names: leaving, dependants: true } : await hiding(about, operation)
  // Disabling comes first and changes what the plan stands on; nothing else can come between.
  const digest = disabling ? undefined : options.agreed ? first.plan.digest : options.digest
  const rest: CarryOut = { ...(digest !== undefined && { digest }), ...(options.progress && { progress: options.progress }) }
  if (disabling) {
    await options.say?.('Nobody works with it any more')
    await outOfUse({ ...about, id: undefined }, disabling, options)
  }
  const done = await withTarget(about, operation, (opened) => doneOn(about, operation, opened, rest, first))
  return { ...done, ...(first.backup !== undefined && { backup: first.backup }) }
}

/** What a field that is to be removed becomes first: it is there, and nobody sees it. */
async function hiding(about: OperationAbout, { field, verb, names }: Operation): Promise<Operation | undefined> {
  if (!field || !('remove' in field)) return undefined
  const { model, name } = field
  const state = await withDatabase(about, ({ url }) => stateOf(url))
  const there = state?.fields.find((one) => one.model === model && one.name === name)
  return there && { verb, names, field: { model, name, definition: { ...there.definition, hidden: true } } }
}

/** Nobody works with what is about to be dropped: modules are disabled, a field is hidden, and every process has followed. */
async function outOfUse(about: OperationAbout, disabling: Operation, { progress }: CarryOut): Promise<void> {
  await carryOut(about, disabling, { ...(progress && { progress }) })
  await withDatabase(about, async ({ url }) => everybodyFollowed(url, (await stateOf(url))?.revision ?? 0))
}

interface Opened {
  readonly config: Config
  readonly url: string
  readonly state: InstalledState
  readonly target: Target
  /** Undefined where the target cannot be reached anyway. */
  readonly app: App | undefined
}

/** In one transaction; waits for another process that works on the modules, and begins again where it finds that things have changed. */
async function doneOn(
  about: OperationAbout,
  operation: Operation,
  { app, state, target, config, url }: Opened,
  { digest, progress }: CarryOut,
  first: Done,
): Promise<Done> {
  if (!app) throw new Conflict('module.changed', 'The modules of this database have changed meanwhile. Look at the plan again.')
  const tracked = await tracking(app, first.plan, about.actor, about.id)
  // Once, however often it is tried: what is disabled does not change.
  let archive: string | undefined
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const plan = await app.operate(
          async (installing, transaction) => {
            const now = await lockedState(transaction)
            if ((now?.revision ?? 0) !== state.revision) throw new Elsewhere()
            const prepared = await prepare(installing, transaction, now, operation, target)
            mustBePossible(prepared.plan)
            if (isEmpty(prepared.plan)) return prepared.plan
            mustBe(prepared.plan, digest)
            archive ??= await keepCopy(app, config, prepared)
            let step = 0
            await prepared.carryOut(async (doing) => {
              await tracked.step(++step, prepared.steps, doing)
              await progress?.(step, prepared.steps, doing)
            })
            await note(installing, prepared.plan)
            return prepared.plan
          },
          { door: 'cli', user: about.actor },
        )
        await tracked.done(plan, { archive, backup: first.backup })
        // What a process leaves that is killed here, the next operation builds, or a worker at its start.
        await buildIndexes(url, about.log)
        // Another process may have done it while this one waited.
        return { plan, done: !isEmpty(plan), ...(archive !== undefined && { archive }) }
      } catch (error) {
        if (!isWaiting(error) || attempt === attempts) throw error
        about.log.warn({ attempt }, 'A table is in use; the operation is tried again.')
        await sleep(200 * attempt)
      }
    }
  } catch (error) {
    await tracked.failed(error)
    throw error
  }
}

/** Looks under the lock, and leaves everything as it is. */
function rehearsedPlan(app: App, state: InstalledState, operation: Operation, target: Target): Promise<Prepared> {
  return rehearsed(app.operate, async (installing, transaction) => {
    const now = await lockedState(transaction)
    if ((now?.revision ?? 0) !== state.revision) throw new Elsewhere()
    return prepare(installing, transaction, now, operation, target)
  })
}

/** Another process has done an operation between our look and our turn. */
class Elsewhere extends Error {}

/** How often an operation tries to get the locks that it needs; half a minute in all, with the second that each try waits. */
const attempts = 10

/** PostgreSQL's lock_not_available. */
function isWaiting(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '55P03'
}

function mustBe(plan: Plan, digest: string | undefined): void {
  if (digest === undefined || digest === plan.digest) return
  throw new Conflict(
    'module.changed',
    'This is no longer the plan that was agreed to: the database or the code has changed since. Read the new plan.',
  )
}

function refused(operation: Operation, { planned, refusals }: Target): Plan {
  const nothing = { migrations: [], schema: [], declared: [], data: [], seconds: 0, loses: { rows: 0, values: 0 } }
  return { ...nothing, operation, digest: '', modules: planned, refusals }
}

async function withDatabase<R>({ env, root }: OperationAbout, run: (database: Database, config: Config) => Promise<R>): Promise<R> {
  const config = loadConfig(env, root)
  const database = await openDatabase(config, 'guest')
  try {
    return await run(database, config)
  } finally {
    await database.close()
  }
}

/** The application as it is after the operation, on the database as it is before; again where another process came between. */
async function withTarget<R>(about: OperationAbout, operation: Operation, run: (opened: Opened) => Promise<R>): Promise<R> {
  const { root, log, version } = about
  const deployment = await loadDeployment(root)
  const packages = await discover(root, deployment.packages ?? [])
  return withDatabase(about, async (database, config) => {
    for (;;) {
      const state = (await stateOf(database.url)) ?? nothingYet
      const isNew = state === nothingYet && operation.verb === 'install'
      const target = targetOf(
        packages,
        state.modules,
        isNew ? { ...operation, names: [...deployment.install, ...operation.names] } : operation,
      )
      const opened = { config, url: database.url, state, target }
      if (target.refusals.length > 0) return run({ ...opened, app: undefined })
      const load = (wanted: (one: Target['modules'][number]) => boolean) =>
        loadModules(
          packages,
          target.modules.filter(wanted).map(({ name }) => name),
        )
      const enabled = await load(({ state: its }) => its === 'enabled')
      const installed = target.modules.every(({ state: its }) => its === 'enabled') ? enabled : await load(() => true)
      const wrong = fieldRefusals(operation, state, target, enabled)
      if (wrong.length > 0) return run({ ...opened, target: { ...target, refusals: wrong }, app: undefined })
      const app = await createApp(enabled, {
        url: database.url,
        config,
        log,
        version,
        installed,
        fields: fieldsAfter(state.fields, operation),
      })
      try {
        return await run({ ...opened, app })
      } catch (error) {
        if (!(error instanceof Elsewhere)) throw error
      } finally {
        await app.close()
      }
    }
  })
}

const nothingYet: InstalledState = { modules: [], revision: 0, manifest: undefined, fingerprint: undefined, fields: [] }

/** What goes is kept beside the database, where a person can open it. */
async function keepCopy({ connection }: App, { dataDir }: Config, { dropping, plan }: Prepared): Promise<string | undefined> {
  if (dropping.exports.length === 0) return undefined
  const client = await connection.pool.connect()
  try {
    await client.query('begin isolation level repeatable read, read only')
    await client.query('set local statement_timeout = 0')
    const { file } = await exportRows(client, dropping.exports, archiveOf(dataDir, plan), { operation: plan.operation })
    await client.query('commit')
    client.release()
    return file
  } catch (error) {
    client.release(true)
    throw error
  }
}

function archiveOf(dataDir: string, { operation: { verb, names } }: Plan): string {
  return join(dataDir, 'archive', `${[verb, ...names].join('-')}-${instant()}.zip`)
}

function isBackedUp({ modules }: Plan, wanted: CarryOut['backup'] = 'upgrade'): boolean {
  return wanted === 'always' || (wanted === 'upgrade' && modules.some(({ becomes }) => becomes === 'upgraded'))
}

/** Fit for the name of a file. */
function instant(): string {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, '')
}

async function note({ writing }: Installing, { operation, modules }: Plan): Promise<void> {
  const changed = modules.filter(({ becomes }) => becomes !== 'unchanged').map(({ name }) => name)
  const names = operation.field ? operation.names : changed
  await auditOf(writing.services)?.note('module', { details: { change: operation.verb, names } })
}
