/** Where the rooms meet: from loaded modules and a database to a running application. */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Caller, Context, Door } from './access/caller.ts'
import { type Callers, callersOf, type Profile } from './access/callers.ts'
import type { Config } from './config/index.ts'
import { announce, listen } from './database/announcements.ts'
import { type Connection, connect } from './database/connection.ts'
import { copyMark } from './database/copy.ts'
import { liveHub, ownTopics, recordTopic } from './database/live.ts'
import { processName } from './database/processes.ts'
import { createHttp, type HttpDoor } from './http/index.ts'
import { buildIndexes } from './installation/building.ts'
import type { Operator } from './installation/command-line.ts'
import { fillMore, isFillable } from './installation/fill-more.ts'
import { ensureCoreTables, fingerprintOf, install, isUpToDate } from './installation/install.ts'
import { modulesOf } from './installation/modules.ts'
import type { Plan } from './installation/plan.ts'
import type { Installing } from './installation/planning.ts'
import { revisionOf } from './installation/revision.ts'
import { createQueue, installQueues, type Queue } from './jobs/queue.ts'
import { entitiesOf } from './model/entities.ts'
import { derivedIndexes } from './model/indexes.ts'
import { compose } from './module/compose.ts'
import type { Composition, LoadedModule } from './module/composition.ts'
import type { OwnField } from './module/own-field.ts'
import { withOwnFields } from './module/with-own-fields.ts'
import { accessOf } from './records/access.ts'
import { type Kernel, writingFor } from './records/bound.ts'
import { faultsIn } from './records/local-rules.ts'
import { inTransaction, newScope, type Transaction } from './records/transaction.ts'
import { lookForUnfilled } from './records/unfilled.ts'
import { withheldRecords } from './records/withheld.ts'
import { scopeOf, servicesOf } from './service/container.ts'
import type { Services } from './service/services.ts'
import { translator } from './texts/translator.ts'

export interface AppParts {
  readonly url: string
  readonly config: Pick<Config, 'baseUrl' | 'trustProxy' | 'databasePool' | 'dataDir' | 'smtpUrl' | 'mailFrom' | 'variable' | 'secret'>
  readonly log: Logger
  readonly version: string
  /** Every module that the database has or gets, with those that are disabled; without it, the composed ones. */
  readonly installed?: readonly LoadedModule[] | undefined
  /** Where the command line finds this deployment: without it, modules are only looked at. */
  readonly operator?: Operator | undefined
  /** What administrators added to models, where the module that answers for it is there. */
  readonly fields?: readonly OwnField[]
  /** What this process is for, as others on the database see it. */
  readonly what?: string
  /** Of the installed modules, when they were read to be loaded. */
  readonly revision?: number
}

export interface App {
  readonly composition: Composition
  readonly connection: Connection
  readonly http: HttpDoor
  readonly queue: Queue
  readonly callers: Callers
  /** Of the installed modules that this application is composed of. */
  readonly revision: number
  /** Brings the database to this composition; returns what was done, or undefined when it was already there. */
  install(): Promise<Plan | undefined>
  /** Whether the database is as this composition needs it. */
  isUpToDate(): Promise<boolean>
  /** Runs in one transaction with what a module operation needs: without rules, by the system at a start, or through a door for somebody. */
  operate<R>(
    run: (installing: Installing, transaction: Transaction) => Promise<R>,
    about?: { readonly door: Door; readonly user?: string | undefined },
  ): Promise<R>
  /** The services of somebody who comes through a door; of the system when nobody is named. */
  servicesFor(about: { readonly door: Door; readonly user?: string; readonly now?: Date }): Promise<Services>
  /** Ends the answers that go on for as long as somebody looks; whoever asks again is served by another process, or later. */
  endStreams(): void
  close(): Promise<void>
}

/** Composes and connects; nothing is listened to yet. Throws a BootFailure with everything that is wrong in the modules. */
export async function createApp(
  loaded: readonly LoadedModule[],
  { url, config, log, version, installed = loaded, fields = [], operator, what = 'app', revision: first = 0 }: AppParts,
): Promise<App> {
  const composition = compose(withOwnFields(loaded, fields))
  const isWhole = installed === loaded && fields.every(({ definition }) => !definition.hidden)
  const whole = isWhole ? composition : compose(withOwnFields(installed, fields, { hidden: true }))
  const entities = entitiesOf(composition.models, derivedIndexes(composition.models, composition.screens))
  const connection = connect(url, config.databasePool, [...entities.values()], (error) =>
    log.warn({ error: error.message }, 'A database connection was lost.'),
  )
  const copy = await copyMark((text, values) => connection.run(text, values))
  const withheld = await withheldRecords((text) => connection.run(text))
  await lookForUnfilled(composition.models, (text) => connection.run(text))
  const faultsOf = faultsIn(composition)
  const live = liveHub((err) => log.error({ err }, 'News of a record could not be followed.'))
  const callers = callersOf(composition, connection.aside, faultsOf)

  const kernel: Kernel = {
    composition,
    connection,
    entities,
    withheld,
    after: {
      enqueue: (transaction, listener, change) => queue.enqueue(transaction, listener, change),
      async announce(transaction, model, id) {
        await announce(transaction, { kind: 'changed', model: model.name, id })
        // This process must not wait for its own announcement.
        transaction.committed(() => forget())
      },
      look: (transaction, model, id) => announce(transaction, { kind: 'told', topic: recordTopic(model.name, id), news: {} }),
    },
  }
  const open = servicesOf({
    kernel,
    config,
    text: translator(composition.texts),
    access: accessOf({ kernel, callers, faultsOf }),
    modules: modulesOf({
      operator,
      installed: whole,
      enabled: composition,
      dataDir: config.dataDir,
      query: (text, values = []) => connection.run(text, values),
    }),
    log,
    copy,
    live,
    send: (scope, actor, job, input) => queue.send(scope, actor, job, input),
    kept: () => queue.kept,
  })
  const contextOf = async (user: string | null, door: Door, now = new Date()): Promise<Context> => {
    const profile: Profile | undefined = user === null ? undefined : await callers.profileOf(user)
    const caller: Caller = profile?.caller ?? (user === null ? callers.system : callers.anonymous)
    return { caller, door, now, locale: profile?.locale ?? 'en', zone: profile?.zone ?? 'UTC', requestId: randomUUID() }
  }
  const queue = createQueue({
    composition,
    connection,
    openScope: open,
    contextOf: (actor) => contextOf(actor, 'job'),
    log,
    copy,
    backfill: {
      isWaiting: () => isFillable(composition, connection.run),
      goOn: () =>
        fillMore(async () => {
          const context = await contextOf(null, 'job')
          const { services, scope } = open(context)
          return writingFor(kernel, context, scope, services, true)
        }),
    },
  })
  const nobody = { caller: callers.anonymous, door: 'system' as const, now: new Date(), locale: 'en', zone: 'UTC', requestId: randomUUID() }
  const forget = (): void => {
    callers.forget()
    for (const service of forgetful(composition)) service(open(nobody).services)
    live.deliver(ownTopics.forgotten, {})
  }
  const lookAgain = (): void => {
    copy.lookAgain().catch((err) => isClosing || log.warn({ err }, 'Whether this database is a copy could not be asked.'))
  }
  let revision = first
  let isClosing = false
  const announcements = await listen(url, {
    name: () => processName(what, revision),
    onMessage(message) {
      // Of what this process told itself at its end, too late to be asked about.
      if (isClosing) return
      if (message.kind === 'jobs') return queue.wake()
      if (message.kind === 'told') return live.deliver(message.topic, message.news)
      if (message.kind === 'modules') lookAgain()
      forget()
    },
    onReconnect() {
      lookAgain()
      forget()
      live.deliver(ownTopics.missed, {})
    },
    log,
  })
  const http = createHttp({
    composition,
    config,
    log,
    version,
    callers,
    servicesFor: (context) => open(context).services,
    sqlInTransaction: (services) => ({
      async query(sql, values) {
        const { transaction } = scopeOf(services)
        return { rows: transaction ? await transaction.run(sql, values) : await connection.run(sql, values) }
      },
    }),
    isReady: () =>
      connection.run('select 1').then(
        () => true,
        () => false,
      ),
  })

  // Of disabled modules there are tables and no entities that anybody writes.
  const tables =
    whole === composition
      ? connection
      : connect(url, 1, [...entitiesOf(whole.models, derivedIndexes(whole.models, whole.screens)).values()], () => undefined)
  const wanted = () => fingerprintOf(whole, composition, tables.orm)
  const operate: App['operate'] = async (run, { door, user } = { door: 'system' }) => {
    await installQueues(url)
    await inTransaction(connection, newScope(), ensureCoreTables)
    const context = await contextOf(user ?? null, door)
    const { services, scope } = open(context)
    const writing = writingFor(kernel, context, scope, services, true)
    const installing = { writing, installed: whole, orm: tables.orm, fingerprint: await wanted() }
    return inTransaction(connection, scope, (transaction) => run(installing, transaction))
  }

  return {
    composition,
    connection,
    http,
    queue: {
      ...queue,
      async start() {
        await queue.start()
        buildIndexes(url, log).catch((err) => log.warn({ err }, 'Indexes that wait to be built could not be looked for.'))
      },
    },
    callers,
    get revision() {
      return revision
    },
    async install() {
      if (await isUpToDate(connection, await wanted())) return undefined
      const plan = await operate(install)
      await withheld.lookAgain()
      await lookForUnfilled(composition.models, (text) => connection.run(text))
      revision = await revisionOf((text) => connection.run(text))
      await announcements.rename()
      return plan
    },
    isUpToDate: async () => isUpToDate(connection, await wanted()),
    operate,
    async servicesFor({ door, user, now }) {
      return open(await contextOf(user ?? null, door, now)).services
    },
    endStreams: live.end,
    async close() {
      isClosing = true
      live.end()
      await announcements.close()
      await queue.stop()
      if (tables !== connection) await tables.close()
      await connection.close()
    },
  }
}

/** The services that keep something in memory: those with a `forget`. */
function forgetful(composition: Composition): readonly ((services: Services) => void)[] {
  return [...composition.services].flatMap(([name, { prototype }]) =>
    typeof prototype === 'object' && prototype !== null && 'forget' in prototype
      ? [(services: Services) => (services as unknown as Record<string, { forget(): void }>)[name]?.forget()]
      : [],
  )
}
