/** Services by name: one class per service, the overrides of later modules in front, one set of instances per request. */
import { type AwilixContainer, asClass, asFunction, asValue, createContainer, InjectionMode, type Resolver } from 'awilix'
import { unlimited } from '../access/ability.ts'
import type { Context } from '../access/caller.ts'
import { announce } from '../database/announcements.ts'
import { limitsOn } from '../database/limits.ts'
import type { Live, LiveHub } from '../database/live.ts'
import type { Erased, Model } from '../model/types.ts'
import type { Job } from '../module/module.ts'
import { readableField } from '../records/asked.ts'
import { type Kernel, recordsFor } from '../records/bound.ts'
import type { Records } from '../records/records.ts'
import { inTransaction, newScope, type Scope } from '../records/transaction.ts'
import type { Translator } from '../texts/translator.ts'
import { cradlesOf, type Make } from './cradle.ts'
import { auditedJobs, type JobKeeping } from './kept-jobs.ts'
import type { Jobs, Services } from './services.ts'

export interface ServiceParts {
  readonly kernel: Kernel
  readonly config: Services['config']
  readonly text: Translator
  readonly access: Services['access']
  readonly modules: Services['modules']
  readonly log: Services['log']
  readonly copy: Services['copy']
  readonly live: LiveHub
  /** Writes a job, in the scope's transaction when there is one. */
  readonly kept: () => JobKeeping
  readonly send: (scope: Scope, actor: string | null, job: Job<unknown>, input: unknown) => Promise<void>
}
export interface Scoped {
  readonly services: Services
  readonly scope: Scope
}

/** Makes the services of one request, job or command. */
export type OpenScope = (context: Context, scope?: Scope) => Scoped

/** The scope that services were opened in. Asked of them: a map beside them would keep those of every request until the memory is tidied up. */
export function scopeOf(services: Services): Scope {
  return (services as Services & { readonly scope: Scope }).scope
}

/** What the services of one request are made from. */
interface Bound {
  readonly context: Context
  readonly scope: Scope
  readonly records: (system: boolean) => Records
  readonly bySystem: () => Services
  readonly importing: Services['importing']
  readonly inLanguage: Services['inLanguage']
  readonly mayRead: Services['mayRead']
  readonly seenBy: Services['seenBy']
  readonly jobs: Jobs
  readonly live: Live
  readonly text: Services['text']
}

export function servicesOf({ kernel, config, text, access, modules, log, copy, live, kept, send }: ServiceParts): OpenScope {
  const container = createContainer<Services & { readonly bound: Bound }>({ injectionMode: InjectionMode.PROXY, strict: true })
  for (const [name, Service] of kernel.composition.services) container.register(name, asClass(Service).scoped())
  const ofRequest = <R>(made: (bound: Bound) => R) => asFunction(({ bound }: { bound: Bound }) => made(bound)).scoped()
  container.register({
    app: asValue(kernel.composition),
    config: asValue(config),
    access: asValue(access),
    modules: asValue(modules),
    log: asValue(log),
    limits: asValue(limitsOn(kernel.connection)),
    copy: asValue(copy),
    context: ofRequest(({ context }) => context),
    scope: ofRequest(({ scope }) => scope),
    records: ofRequest(({ records }) => records(false)),
    asSystem: ofRequest(
      ({ records }) =>
        (_why: string) =>
          records(true),
    ),
    bySystem: ofRequest(
      ({ bySystem }) =>
        (_why: string) =>
          bySystem(),
    ),
    importing: ofRequest(({ importing }) => importing),
    inLanguage: ofRequest(({ inLanguage }) => inLanguage),
    mayRead: ofRequest(({ mayRead }) => mayRead),
    seenBy: ofRequest(({ seenBy }) => seenBy),
    jobs: ofRequest(({ jobs }) => jobs),
    live: ofRequest(({ live: its }) => its),
    text: ofRequest(({ text }) => text),
    watched: ofRequest(
      ({ scope }) =>
        () =>
          scope.watch,
    ),
  })
  // awilix knows what there is and how each is made; the instances of a request are kept by a cradle of ours (see there).
  const makers = Object.entries<Resolver<unknown>>(container.registrations).map(([name, resolver]): [string, Make<Services, Bound>] => [
    name,
    (services) => resolver.resolve({ cradle: services, options: container.options } as AwilixContainer<Services>),
  ])
  const opened = cradlesOf<Services, Bound>(new Map([...makers, ['bound', (_, bound) => bound]]))
  return function open(context, scope = newScope()): Scoped {
    const reopen = (other: Context, system: boolean) => {
      const { records, asSystem } = open(other, scope).services
      return system ? asSystem('The same work, at another time.') : records
    }
    const seenBy = async (user: string, model: Model<Erased>, id: string, fields: readonly string[]): Promise<Erased> => {
      const profile = await access.profileOf(user)
      const meta = kernel.composition.models.of(model)
      if (!profile?.caller.ability.possible('read', meta)) return undefined
      const { records } = open({ ...context, caller: profile.caller, credential: undefined }, scope).services
      const shown = fields.filter((path) => readableField(profile.caller.ability, meta, path))
      return (await records.query(model, { fields: shown, where: { id }, limit: 1 })).rows[0]
    }
    const services = opened((services) => ({
      context,
      scope,
      records: (system) => recordsFor(kernel, context, scope, services, system, reopen),
      bySystem: () => open({ ...context, caller: { id: null, name: 'system', me: {}, ability: unlimited } }, scope).services,
      importing: () => open({ ...context, door: 'import' }, scope).services,
      inLanguage: (locale) => open({ ...context, locale }, scope).services,
      mayRead: async (user, model, id) => (await seenBy(user, model, id, [])) !== undefined,
      seenBy,
      jobs: {
        send: (job: Job<Erased>, input: unknown) => send(scope, context.caller.id, job, input),
        asKeeper: (_why: string) => auditedJobs(kept(), services, (run) => inTransaction(kernel.connection, scope, run)),
      },
      live: {
        hear: live.hear,
        tell: (topic, news) => announce(scope.transaction ?? kernel.connection, { kind: 'told', topic, news }),
      },
      text: (code, values) => text(context.locale, code, values),
    }))
    return { services, scope }
  }
}
