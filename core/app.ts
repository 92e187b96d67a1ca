/** Where the rooms meet: from loaded modules and a database to a running application. */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Caller, Context, Door } from './access/caller.ts'
import { type Callers, callersOf, type Profile } from './access/callers.ts'
import type { Config } from './config/index.ts'
import { announce, listen } from './database/announcements.ts'
import { type Connection, connect } from './database/connection.ts'
import { createHttp, type HttpDoor } from './http/index.ts'
import { fingerprintOf, install, isUpToDate } from './installation/install.ts'
import { createQueue, installQueues, type Queue } from './jobs/queue.ts'
import { entitiesOf } from './model/entities.ts'
import { derivedIndexes } from './model/indexes.ts'
import { compose } from './module/compose.ts'
import type { Composition, LoadedModule } from './module/composition.ts'
import { accessOf } from './records/access.ts'
import { type Kernel, writingFor } from './records/bound.ts'
import { faultsIn } from './records/local-rules.ts'
import { inTransaction, type Scope } from './records/transaction.ts'
import { type OpenScope, servicesOf } from './service/container.ts'
import type { Services } from './service/services.ts'
import { translator } from './texts/translator.ts'

export interface AppParts {
  readonly url: string
  readonly config: Pick<Config, 'baseUrl' | 'trustProxy' | 'databasePool' | 'dataDir' | 'smtpUrl' | 'mailFrom' | 'variable' | 'secret'>
  readonly log: Logger
  readonly version: string
}

export interface App {
  readonly composition: Composition
  readonly connection: Connection
  readonly http: HttpDoor
  readonly queue: Queue
  readonly callers: Callers
  /** Brings the database to this composition; returns the statements that changed the schema, none when it was already there. */
  install(): Promise<readonly string[]>
  /** The services of somebody who comes through a door; of the system when nobody is named. */
  servicesFor(about: { readonly door: Door; readonly user?: string; readonly now?: Date }): Promise<Services>
  close(): Promise<void>
}

/** Composes and connects; nothing is listened to yet. Throws a BootFailure with everything that is wrong in the modules. */
export async function createApp(loaded: readonly LoadedModule[], { url, config, log, version }: AppParts): Promise<App> {
  const composition = compose(loaded)
  const entities = entitiesOf(composition.models, derivedIndexes(composition.models, composition.screens))
  const connection = connect(url, config.databasePool, [...entities.values()], (error) =>
    log.warn({ error: error.message }, 'A database connection was lost.'),
  )
  const faultsOf = faultsIn(composition)
  const callers = callersOf(composition, (text, values) => connection.run(text, values), faultsOf)
  const scopes = new WeakMap<Services, Scope>()

  const kernel: Kernel = {
    composition,
    connection,
    entities,
    after: {
      enqueue: (transaction, listener, change) => queue.enqueue(transaction, listener, change),
      async announce(transaction, model, id) {
        await announce(transaction, { kind: 'changed', model: model.name, id })
        // This process must not wait for its own announcement.
        transaction.committed(() => forget())
      },
    },
  }
  const openRaw = servicesOf({
    kernel,
    config,
    text: translator(composition.texts),
    access: accessOf({ kernel, callers, faultsOf }),
    log,
    send: (scope, actor, job, input) => queue.send(scope, actor, job, input),
  })
  const open: OpenScope = (context, scope) => {
    const scoped = openRaw(context, scope)
    scopes.set(scoped.services, scoped.scope)
    return scoped
  }
  const contextOf = async (user: string | null, door: Door, now = new Date()): Promise<Context> => {
    const profile: Profile | undefined = user === null ? undefined : await callers.profileOf(user)
    const caller: Caller = profile?.caller ?? (user === null ? callers.system : callers.anonymous)
    return { caller, door, now, locale: profile?.locale ?? 'en', zone: profile?.zone ?? 'UTC', requestId: randomUUID() }
  }
  const queue = createQueue({ composition, connection, openScope: open, contextOf: (actor) => contextOf(actor, 'job'), log })
  const nobody = { caller: callers.anonymous, door: 'system' as const, now: new Date(), locale: 'en', zone: 'UTC', requestId: randomUUID() }
  const forget = (): void => {
    callers.forget()
    for (const service of forgetful(composition)) service(open(nobody).services)
  }
  const announcements = await listen(url, {
    onMessage: (message) => (message.kind === 'jobs' ? queue.wake() : forget()),
    onReconnect: forget,
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
        const scope = scopes.get(services)
        return { rows: scope?.transaction ? await scope.transaction.run(sql, values) : await connection.run(sql, values) }
      },
    }),
    isReady: () =>
      connection.run('select 1').then(
        () => true,
        () => false,
      ),
  })

  return {
    composition,
    connection,
    http,
    queue,
    callers,
    async install() {
      const fingerprint = await fingerprintOf(composition, connection)
      if (await isUpToDate(connection, fingerprint)) return []
      await installQueues(url)
      const context = await contextOf(null, 'system')
      const { services, scope } = open(context)
      const writing = writingFor(kernel, context, scope, services, true)
      return inTransaction(connection, scope, (transaction) => install(writing, transaction, fingerprint))
    },
    async servicesFor({ door, user, now }) {
      return open(await contextOf(user ?? null, door, now)).services
    },
    async close() {
      await announcements.close()
      await queue.stop()
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
