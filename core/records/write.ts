/** The one write path: every door's change is checked, settled, written by the unit of work, and told to whom it concerns. */
import { v7 } from 'uuid'
import { demandConfirmed } from '../access/confirmed.ts'
import { type Action, referencesIn } from '../action/action.ts'
import { BadRequest, Forbidden, UserError } from '../errors.ts'
import type { Clause } from '../model/conditions.ts'
import type { Values } from '../model/matches.ts'
import type { FieldMeta, ManyField, ModelMeta } from '../model/meta.ts'
import { reasonOf } from '../model/reasons.ts'
import { same, settle } from '../model/settle.ts'
import type { Changes, Draft, Erased } from '../model/types.ts'
import type { Services } from '../service/services.ts'
import { otherwiseCode } from '../texts/codes.ts'
import { allLanguages, apart, flush, inWords, linkMany, present, references, stored } from './flush.ts'
import { dependentRecords, partsOf, told } from './follow.ts'
import { askGuards, refuseLooking } from './guard.ts'
import { journalChanges, journalCreation, journalRemoval } from './journal.ts'
import { atVersion, idOf, loader, lock, lockInOrder, wholeTrusted } from './lock.ts'
import { isId } from './read.ts'
import { failOn, invalid, mayNot, mayNotField } from './refusals.ts'
import { expectNumbers, numberFor } from './sequence.ts'
import { isEverything, Statement } from './statement.ts'
import { actingOn, readableIds, recordId, routeOf, take } from './take.ts'
import { inTransaction, type Transaction } from './transaction.ts'
import type { Writing } from './writing.ts'

export async function createRecord(writing: Writing, model: ModelMeta, draft: Values): Promise<string> {
  const [id] = await createRecords(writing, model, [draft])
  return id!
}

/** Creates many in one transaction and one flush. */
export async function createRecords(writing: Writing, model: ModelMeta, drafts: readonly Values[]): Promise<readonly string[]> {
  const { ability } = writing.asker
  refuseLooking(writing)
  if (!ability.possible('create', model)) throw mayNot('create', model)
  return inTransaction(writing.connection, writing.scope, async (transaction) => {
    if (drafts.length > 1) expectNumbers(transaction, drafts.length)
    const ids: string[] = []
    for (const draft of drafts) {
      const taken = await take(writing, transaction, model, draft, 'create', (field) => ability.field('create', field) !== false, null)
      confirmFirst(writing, model, Object.keys(taken.direct))
      const create = around(model, 'create', writing.services, (final) =>
        insert(writing, transaction, model, final as Values, v7(), Object.keys(taken.direct)),
      )
      const id = idOf(await create({ ...taken.direct }))
      await throughActions(writing, transaction, model, id, taken.owned)
      ids.push(id)
    }
    return ids
  })
}

/** Creates a shipped record under the id that its key stands for. */
export async function createShipped(writing: Writing, model: ModelMeta, id: string, row: Values): Promise<void> {
  await inTransaction(writing.connection, writing.scope, async (transaction) => {
    const { direct } = await take(writing, transaction, model, row, 'create', () => true, null)
    await insert(writing, transaction, model, direct, id)
  })
}

/** The innermost creation: settled values into the table, its history, its listeners. */
async function insert(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  written: Values,
  id = v7(),
  /** The fields that the caller himself wrote. */
  asked: readonly string[] = [],
): Promise<{ id: string }> {
  const { asker } = writing
  const [scalars, manys] = apart(model, written)
  const { now } = asker.asking
  const stamps = { id, version: 1, createdAt: now, updatedAt: now, createdBy: writing.actor, updatedBy: writing.actor }
  const load = loader(writing, transaction)
  const settled = await settle({ model, before: null, stamps, written: scalars, load, asking: asker.asking })
  failOn(settled.errors, model)
  const values: Record<string, unknown> = { ...settled.values, ...stamps }
  for (const field of model.fields.values()) {
    if (field.kind === 'scalar' && field.sequence && (values[field.name] ?? null) === null) {
      values[field.name] = await numberFor(writing.connection, transaction, field, id, asker.asking.now, writing.zone)
    }
  }
  const { models } = writing.composition
  await askGuards(writing, model, { verb: 'create', id, before: null, changes: { ...values, ...byName(manys) } })
  await flush(models, transaction, model, values, (em) => {
    em.create(writing.entities.get(model)!, present(model, values), { partial: true, convertCustomTypes: false })
  })
  for (const [field, ids] of manys) {
    await inWords(models, model, values, () => linkMany(transaction, field, id, ids))
    values[field.name] = ids
  }
  await staysWithin(writing, transaction, model, id, 'create', asked)
  await journalCreation(writing, transaction, model, id, values)
  await told(writing, transaction, model, { model: model.name, id, verb: 'create', fields: Object.keys(values), actor: writing.actor })
  return { id }
}

function byName(manys: readonly (readonly [ManyField, readonly string[], ...unknown[]])[]): Values {
  return Object.fromEntries(manys.map(([field, ids]) => [field.name, ids]))
}

export async function updateRecord(writing: Writing, model: ModelMeta, asked: string, changes: Values, version?: number): Promise<void> {
  refuseLooking(writing)
  await inTransaction(writing.connection, writing.scope, async (transaction) => {
    const locked = await lock(writing, transaction, model, asked, 'update', Object.keys(changes))
    const id = idOf(locked.record)
    atVersion(locked.record, version, model)
    const acting = actingOn(writing, id).length > 0
    if (!locked.allowed && !acting && Object.keys(changes).length > 0) {
      // Fields that actions own may be changed by whoever may do the action.
      if (!Object.keys(changes).every((name) => (model.fields.get(name)?.through.length ?? 0) > 0)) throw mayNot('update', model)
    }
    // A write of a field that actions own asks for the right to the action, in its place.
    const isOwned = (field: FieldMeta) => field.through.length > 0 && writing.asker.ability.field('read', field) !== false
    const writable = (field: FieldMeta) => acting || locked.writable(field.name) || isOwned(field)
    const taken = await take(writing, transaction, model, changes, 'update', writable, locked.record)
    confirmFirst(writing, model, Object.keys(taken.direct))
    if (Object.keys(taken.direct).length > 0) {
      const update = aroundUpdate(model, locked.record, writing.services, (final) =>
        applyChanges(writing, transaction, model, locked.record, final, !acting),
      )
      await update(taken.direct)
    }
    await throughActions(writing, transaction, model, id, taken.owned)
  })
}

/** Values of fields that actions own: each goes to the action that takes it from where the record is then. */
async function throughActions(writing: Writing, transaction: Transaction, model: ModelMeta, id: string, owned: Values): Promise<void> {
  for (const [name, value] of Object.entries(owned)) {
    const action = await routeOf(writing, transaction, model, name, value, await wholeTrusted(writing, transaction, model, id))
    if (action) await actOn(writing, transaction, model, action, id, { [name]: value }, undefined)
  }
}

/** The innermost update: only what really changed is written, and raises the version. */
async function applyChanges(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  record: Values,
  written: Values,
  guarded: boolean,
  recompute = false,
): Promise<void> {
  if (model.appendOnly)
    throw new Forbidden('record.append_only', 'A {model} is kept as it was written and cannot be changed.', {
      model: model.label.toLowerCase(),
    })
  const [scalars, manys] = apart(model, written)
  const id = idOf(record)
  const { asking } = writing.asker
  const settled = await settle({ model, before: record, written: scalars, load: loader(writing, transaction), asking, recompute })
  failOn(settled.errors, model)
  const truth = { ...record, ...(await allLanguages(transaction, model, id, Object.keys(settled.values))) }
  const isChange = ([name, value]: [string, unknown]) => !same(truth[name], value, model.fields.get(name))
  const changes = Object.fromEntries(Object.entries(settled.values).filter(isChange))
  const relinked: (readonly [ManyField, readonly string[], readonly string[]])[] = []
  for (const [field, ids] of manys) {
    const before = await inWords(writing.composition.models, model, record, () => linkMany(transaction, field, id, ids))
    if (!same([...before].sort(), [...ids].sort())) relinked.push([field, before, ids])
  }
  if (Object.keys(changes).length === 0 && relinked.length === 0) return
  const [were, become] = [byName(relinked), byName(relinked.map(([field, , ids]) => [field, ids]))]
  await askGuards(writing, model, { verb: 'update', id, before: { ...truth, ...were }, changes: { ...changes, ...become } })
  await flush(writing.composition.models, transaction, model, { ...record, ...changes }, (em) => {
    const entity = em.merge(writing.entities.get(model)!, stored(model, truth, changes), { convertCustomTypes: false })
    const isNews = relinked.length > 0 || Object.keys(changes).some((name) => !model.fields.get(name)?.quiet)
    const kept = { version: (record.version as number) + 1, updatedAt: asking.now }
    Object.assign(
      entity,
      references(transaction, writing, model, isNews ? { ...changes, updatedBy: writing.actor } : changes),
      isNews && kept,
    )
  })
  if (guarded) await staysWithin(writing, transaction, model, id, 'update')
  await journalChanges(writing, transaction, model, truth, changes, relinked)
  const fields = [...Object.keys(changes), ...relinked.map(([field]) => field.name)]
  await told(writing, transaction, model, { model: model.name, id, verb: 'update', fields, actor: writing.actor })
  for (const [dependent, dependentId] of await dependentRecords(writing, transaction, model, id, fields))
    await recomputeRecord(writing, transaction, dependent, dependentId)
}

/** Computes anew what is stored of a record; where nothing changes, nothing is written. */
export async function recomputeRecord(writing: Writing, transaction: Transaction, model: ModelMeta, id: string): Promise<void> {
  const system: Writing = { ...writing, asker: writing.trusted, system: true }
  const { record } = await lock(system, transaction, model, id, 'update', [])
  await applyChanges(system, transaction, model, record, {}, false, true)
}

export async function removeRecord(writing: Writing, model: ModelMeta, asked: string, version?: number): Promise<void> {
  refuseLooking(writing)
  await inTransaction(writing.connection, writing.scope, async (transaction) => {
    const locked = await lock(writing, transaction, model, asked, 'delete', [])
    const id = idOf(locked.record)
    atVersion(locked.record, version, model)
    if (!locked.allowed || model.appendOnly) throw mayNot('delete', model)
    confirmFirst(writing, model, [])
    const languages = await allLanguages(transaction, model, id, [...model.fields.keys()])
    const remove = around(model, 'remove', writing.services, async () => {
      await askGuards(writing, model, { verb: 'delete', id, before: locked.record, changes: {} })
      const system: Writing = { ...writing, asker: writing.trusted, system: true }
      for (const [part, partId] of await partsOf(writing, transaction, model, id)) await removeRecord(system, part, partId)
      await flush(writing.composition.models, transaction, model, locked.record, (em) => {
        em.remove(em.getReference(writing.entities.get(model)!, id as never))
      })
      await journalRemoval(writing, transaction, model, { ...locked.record, ...languages })
      await told(writing, transaction, model, { model: model.name, id, verb: 'delete', fields: [], actor: writing.actor }, locked.record)
    })
    await remove(locked.record)
  })
}

export async function actRecord(writing: Writing, action: Action, id: string, input: unknown, version?: number): Promise<void> {
  const model = writing.composition.models.of(action.model)
  refuseLooking(writing)
  await inTransaction(writing.connection, writing.scope, (transaction) => actOn(writing, transaction, model, action, id, input, version))
}

async function actOn(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  action: Action,
  asked: string,
  raw: unknown,
  version: number | undefined,
): Promise<void> {
  if (!action.run)
    throw new BadRequest('action.opens', '"{action}" opens a screen and cannot be done to a record.', { action: action.label })
  await lockWhatRemains(writing, transaction, model, action, asked, raw)
  const locked = await lock(writing, transaction, model, asked, action.name, [], action.when)
  const id = idOf(locked.record)
  atVersion(locked.record, version, model)
  if (!locked.allowed) throw mayNot(action.label.toLowerCase(), model)
  if (!locked.fits) {
    const title = String(locked.record.label ?? id)
    if (action.otherwise !== undefined) throw new UserError(otherwiseCode(action), action.otherwise, { title })
    throw new UserError('action.not_now', 'One cannot {action} {model} {title} in its present state. Open it to see what can be done.', {
      action: action.label.toLowerCase(),
      model: model.label.toLowerCase(),
      title,
    })
  }
  const input = await inputOf(writing, transaction, action, raw)
  const { run } = action
  await writing.scope.during({ action, id }, async () => run(locked.record, input, writing.services))
  await told(writing, transaction, model, { model: model.name, id, verb: action.name, fields: [], actor: writing.actor })
}

/** Of two that bring the same records together the other way round, one waits and then sees what the other did. */
async function lockWhatRemains(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  { remains }: Action,
  asked: string,
  raw: unknown,
): Promise<void> {
  const named = remains && ((raw ?? {}) as Record<string, unknown>)[remains.as]
  const other = named === undefined ? undefined : await recordId(writing, transaction, model, named)
  if (other !== undefined && isId(asked)) await lockInOrder(transaction, model, [asked, other])
}

/** The action's input by its schema; a record named by code becomes its id first. */
async function inputOf(writing: Writing, transaction: Transaction, action: Action, raw: unknown): Promise<unknown> {
  if (!action.input) return {}
  const given: Record<string, unknown> = { ...((raw ?? {}) as Record<string, unknown>) }
  for (const [name, reference] of referencesIn(action)) {
    const model = writing.composition.models.of(reference.model)
    const value = given[name]
    // Where the schema takes null, null says something: that it shall name no record.
    if (value === null && reference.nullable) continue
    if (value === undefined || value === null || value === '') {
      delete given[name]
      continue
    }
    const id = await recordId(writing, transaction, model, value)
    if (id !== undefined && !(await readableIds(writing, transaction, [[model, id]]))[0]) given[name] = undefined
    else given[name] = id
    const disabled = id !== undefined && !writing.system ? writing.withheld?.moduleOf(id) : undefined
    if (given[name] !== undefined && disabled !== undefined) {
      const text = 'This {target} comes from the module "{module}", which is disabled: choose another.'
      const values = { target: model.label.toLowerCase(), module: disabled }
      throw invalid(action.label, [{ field: name, code: 'action.withheld', text, values }])
    }
    if (given[name] === undefined) {
      throw invalid(action.label, [
        {
          field: name,
          code: 'field.no_such_record',
          text: 'There is no such {target}, or you may not see it.',
          values: { target: model.label.toLowerCase() },
        },
      ])
    }
  }
  const parsed = action.input.safeParse(given)
  if (parsed.success) return parsed.data
  throw invalid(
    action.label,
    parsed.error.issues.map((issue) => ({
      field: issue.path.join('.'),
      code: 'field.invalid',
      text: '{label}: {reason}',
      values: { label: issue.path.join('.') || action.label, reason: reasonOf(issue) },
    })),
  )
}

/** What opens doors for whoever is written to is asked twice for; after the rules, which say whether it may be done at all. */
function confirmFirst({ system, services }: Writing, model: ModelMeta, fields: readonly string[]): void {
  if (system) return
  if (model.confirmed || fields.some((name) => model.fields.get(name)?.confirmed)) demandConfirmed(services.context)
}

/** After the write the record must still be where the rule lets the writer write. */
async function staysWithin(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  id: string,
  verb: 'create' | 'update',
  written: readonly string[] = [],
): Promise<void> {
  const { ability } = writing.asker
  const statement = new Statement(writing.asker)
  const truth = (clause: Clause) => `(${statement.condition(clause, model, 't', 'trusted')}) is true`
  const fields = written.flatMap((name) => {
    const field = model.fields.get(name)
    const clause = field && ability.field(verb, field)
    return typeof clause === 'object' ? [{ field: field!, sql: truth(clause) }] : []
  })
  if (fields.length === 0 && isEverything(ability.records(verb, model))) return
  const columns = [truth(ability.records(verb, model)), ...fields.map(({ sql }) => sql)]
  const [row] = await transaction.run(
    `select ${columns.map((sql, at) => `${sql} as c${at}`).join(', ')} from "${model.table}" t where t."id" = ${statement.param(id)}`,
    statement.values,
  )
  const refused = fields.find((_, at) => row?.[`c${at + 1}`] !== true)
  if (refused) throw mayNotField(verb, model, refused.field)
  if (row?.c0 !== true) {
    throw new Forbidden(
      'access.out_of_reach',
      verb === 'create'
        ? 'You may create {model}, but not with these values. Ask an administrator which ones your role allows.'
        : 'With this change the {model} would leave what you may edit. Ask somebody with a wider role to do it.',
      { model: verb === 'create' ? model.plural.toLowerCase() : model.label.toLowerCase() },
    )
  }
}

type AroundKind = 'create' | 'remove'

/** The behaviours around a write, the later module outermost. */
function around(
  model: ModelMeta,
  kind: AroundKind,
  services: Services,
  inner: (value: Values) => Promise<unknown>,
): (value: Values) => Promise<unknown> {
  return model.around.reduce<(value: Values) => Promise<unknown>>((next, layer) => {
    const own = layer[kind]
    if (!own) return next
    return kind === 'create'
      ? (draft) => layer.create!(draft as Draft<Erased>, next, services)
      : (record) => layer.remove!(record, async () => void (await next(record)), services)
  }, inner)
}

function aroundUpdate(
  model: ModelMeta,
  record: Values,
  services: Services,
  inner: (changes: Values) => Promise<void>,
): (changes: Values) => Promise<void> {
  return model.around.reduce<(changes: Values) => Promise<void>>(
    (next, { update }) => (update ? (changes) => update(record, changes as Changes<Erased>, next, services) : next),
    inner,
  )
}
