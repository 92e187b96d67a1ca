/** Records bound to somebody: the functions of this room with caller, clock and door filled in. */
import { unlimited } from '../access/ability.ts'
import type { Context } from '../access/caller.ts'
import type { Action } from '../action/action.ts'
import type { Connection } from '../database/connection.ts'
import { lockKey } from '../database/locks.ts'
import { NotFound } from '../errors.ts'
import type { Entity } from '../model/entities.ts'
import type { Values } from '../model/matches.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Erased, Model } from '../model/types.ts'
import type { Composition } from '../module/composition.ts'
import type { Services } from '../service/services.ts'
import { groupRows } from './groups.ts'
import { historyOf } from './history.ts'
import { lock } from './lock.ts'
import { countRows, getRow, queryRows, wholeRecord } from './read.ts'
import type { Records } from './records.ts'
import { inOwnTransaction, type Scope } from './transaction.ts'
import type { Withheld } from './withheld.ts'
import { actRecord, createRecord, createRecords, removeRecord, updateRecord } from './write.ts'
import type { AfterChange, Writing } from './writing.ts'

/** What all records of one process share. */
export interface Kernel {
  readonly composition: Composition
  readonly connection: Connection
  readonly entities: ReadonlyMap<ModelMeta, Entity>
  readonly after: AfterChange
  readonly withheld?: Withheld
}

/** What the write path needs, for the caller or with `system` for the system on his behalf. */
export function writingFor(kernel: Kernel, context: Context, scope: Scope, services: Services, system: boolean): Writing {
  const { composition, connection } = kernel
  const asking = { me: context.caller.me, now: context.now }
  const trusted = { ability: unlimited, asking, locale: context.locale }
  return {
    ...kernel,
    scope,
    services,
    asker: system ? trusted : { ...trusted, ability: context.caller.ability },
    trusted,
    system,
    actor: context.caller.id,
    door: context.door,
    zone: context.zone,
    screens: composition.screens,
    run(text, values, how) {
      const asked = scope.transaction ? scope.transaction.run(text, values) : connection.run(text, values, how)
      return scope.watch ? scope.watch.keep(text, asked) : asked
    },
  }
}

/** The records of another context in the same transaction; its services have the same clock. */
type Reopen = (context: Context, system: boolean) => Records

/** Records for the context's caller, or with `system` for the system itself on his behalf. */
export function recordsFor(kernel: Kernel, context: Context, scope: Scope, services: Services, system: boolean, open: Reopen): Records {
  const { composition, connection } = kernel
  const writing = writingFor(kernel, context, scope, services, system)
  const of = (model: Model) => composition.models.of(model)
  const whole = (model: ModelMeta, id: string) => getRow(writing, model, id, wholeRecord(writing, model), true)
  /** A writer who may not read what he wrote learns its id and nothing else. */
  const written = async (model: ModelMeta, id: string, fields?: readonly string[]): Promise<Erased> => {
    try {
      return fields ? await getRow(writing, model, id, fields, true) : await whole(model, id)
    } catch (error) {
      if (error instanceof NotFound) return { id }
      throw error
    }
  }

  const bound: Records = {
    query: (model, ask) => queryRows(writing, of(model), ask as never) as never,
    count: (model, ask = {}) => countRows(writing, of(model), ask),
    get: (model: Model, id: string, fields?: readonly string[]): Promise<Erased> =>
      fields ? getRow(writing, of(model), id, fields) : whole(of(model), id),
    async lock(model, id): Promise<Erased> {
      if (!scope.transaction) throw new TypeError(`records.lock of "${model.name}" is only possible inside a transaction.`)
      return (await lock(writing, scope.transaction, of(model), id, 'read', [])).record
    },
    async find(model, where) {
      const meta = of(model)
      const { rows } = await queryRows(writing, meta, { where, limit: 1 })
      try {
        return rows[0] ? ((await whole(meta, String(rows[0].id))) as Erased) : null
      } catch (error) {
        // Removed, or out of reach, since it was found.
        if (error instanceof NotFound) return null
        throw error
      }
    },
    group: (model, ask) => groupRows(writing, of(model), ask as never),
    async create(model: Model, draft: object, fields?: readonly string[]): Promise<Erased> {
      const meta = of(model)
      return written(meta, await createRecord(writing, meta, draft as Values), fields)
    },
    createMany: (model, drafts) => createRecords(writing, of(model), drafts as readonly Values[]),
    async update(model: Model, id: string, changes: object, version?: number, fields?: readonly string[]): Promise<Erased> {
      const meta = of(model)
      await updateRecord(writing, meta, id, changes as Values, version)
      return written(meta, id, fields)
    },
    remove: (model, id, version) => removeRecord(writing, of(model), id, version),
    async act(action: Action, id: string, input: unknown, version?: number, fields?: readonly string[]): Promise<Erased> {
      await actRecord(writing, action, id, input, version)
      return written(of(action.model), id, fields)
    },
    history: (model, id, limit = 100) => historyOf(writing, of(model), composition.models.journal, id, limit),
    at: (instant) => open({ ...context, now: instant }, system),
    async alone(name) {
      if (!scope.transaction) throw new TypeError('records.alone is only possible inside a transaction.')
      await scope.transaction.run('select pg_advisory_xact_lock($1)', [lockKey(`alone: ${name}`)])
    },
    transaction: (run) => inOwnTransaction(connection, scope, run),
    atEnd(ending, value) {
      if (!scope.transaction) throw new TypeError('records.atEnd is only possible inside a transaction.')
      scope.transaction.gathered.push({ ending, value, services })
    },
  }
  return bound
}
