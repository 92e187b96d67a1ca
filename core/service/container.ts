/** Services by name: one class per service, the overrides of later modules in front, one set of instances per request. */
import { asClass, asFunction, asValue, createContainer, InjectionMode } from 'awilix'
import { unlimited } from '../access/ability.ts'
import type { Context } from '../access/caller.ts'
import { limitsOn } from '../database/limits.ts'
import type { Erased } from '../model/types.ts'
import type { Job } from '../module/module.ts'
import { type Kernel, recordsFor } from '../records/bound.ts'
import type { Records } from '../records/records.ts'
import { newScope, type Scope } from '../records/transaction.ts'
import type { Translator } from '../texts/translator.ts'
import type { Jobs, Services } from './services.ts'

export interface ServiceParts {
  readonly kernel: Kernel
  readonly config: Services['config']
  readonly text: Translator
  readonly access: Services['access']
  readonly log: Services['log']
  /** Writes a job, in the scope's transaction when there is one. */
  readonly send: (scope: Scope, actor: string | null, job: Job<unknown>, input: unknown) => Promise<void>
}
export interface Scoped {
  readonly services: Services
  readonly scope: Scope
}

/** Makes the services of one request, job or command. */
export type OpenScope = (context: Context, scope?: Scope) => Scoped

/** What the services of one request are made from; the rest is registered once for all requests, because that takes longer. */
interface Bound {
  readonly records: (system: boolean) => Records
  readonly bySystem: () => Services
  readonly inLanguage: Services['inLanguage']
  readonly mayRead: Services['mayRead']
  readonly jobs: Jobs
  readonly text: Services['text']
}

export function servicesOf({ kernel, config, text, access, log, send }: ServiceParts): OpenScope {
  const root = createContainer<Services & { readonly bound: Bound }>({ injectionMode: InjectionMode.PROXY, strict: true })
  for (const [name, Service] of kernel.composition.services) root.register(name, asClass(Service).scoped())
  root.register({
    app: asValue(kernel.composition),
    config: asValue(config),
    access: asValue(access),
    log: asValue(log),
    limits: asValue(limitsOn(kernel.connection)),
    records: asFunction(({ bound }: { bound: Bound }) => bound.records(false)).scoped(),
    asSystem: asFunction(
      ({ bound }: { bound: Bound }) =>
        (_why: string) =>
          bound.records(true),
    ).scoped(),
    bySystem: asFunction(
      ({ bound }: { bound: Bound }) =>
        (_why: string) =>
          bound.bySystem(),
    ).scoped(),
    inLanguage: asFunction(({ bound }: { bound: Bound }) => bound.inLanguage).scoped(),
    mayRead: asFunction(({ bound }: { bound: Bound }) => bound.mayRead).scoped(),
    jobs: asFunction(({ bound }: { bound: Bound }) => bound.jobs).scoped(),
    text: asFunction(({ bound }: { bound: Bound }) => bound.text).scoped(),
  })
  return function open(context, scope = newScope()): Scoped {
    const reopen = (other: Context, system: boolean) => {
      const { records, asSystem } = open(other, scope).services
      return system ? asSystem('The same work, at another time.') : records
    }
    const container = root.createScope()
    const services: Services = container.cradle
    const bound: Bound = {
      records: (system) => recordsFor(kernel, context, scope, services, system, reopen),
      bySystem: () => open({ ...context, caller: { id: null, name: 'system', me: {}, ability: unlimited } }, scope).services,
      inLanguage: (locale) => open({ ...context, locale }, scope).services,
      async mayRead(user, model, id) {
        const profile = await access.profileOf(user)
        if (!profile?.caller.ability.possible('read', kernel.composition.models.of(model))) return false
        const { records } = open({ ...context, caller: profile.caller }, scope).services
        return (await records.count(model, { where: { id } })) > 0
      },
      jobs: { send: (job: Job<Erased>, input: unknown) => send(scope, context.caller.id, job, input) },
      text: (code, values) => text(context.locale, code, values),
    }
    container.register({ context: asValue(context), bound: asValue(bound) })
    return { services, scope }
  }
}
