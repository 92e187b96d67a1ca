/** What somebody wrote, checked before anything is done with it: each field exists, he may write it, the value fits. */
import type { Action } from '../action/action.ts'
import type { FieldError } from '../errors.ts'
import { choiceOf } from '../model/choice.ts'
import { isGiven, shippedKey } from '../model/define.ts'
import { conditionOn, matches, type Values } from '../model/matches.ts'
import { type FieldMeta, isDerived, type ManyField, type ModelMeta, type ScalarField, systemFields } from '../model/meta.ts'
import { same, seen } from '../model/settle.ts'
import { shippedId } from '../model/shipped.ts'
import { checked, refused } from '../model/values.ts'
import { idOf, loader } from './lock.ts'
import { isId } from './read.ts'
import { failOn, invalidRecord, mayNotField, noSuch, notOffered, unknownField, withheldBy } from './refusals.ts'
import { columnOf, Statement } from './statement.ts'
import type { Transaction } from './transaction.ts'
import type { Writing } from './writing.ts'

interface Taken {
  /** Values for the unit of work, relations as ids. */
  readonly direct: Record<string, unknown>
  /** Values of fields that actions own, by name. */
  readonly owned: Readonly<Record<string, unknown>>
}

/** What somebody wrote, checked field by field: it exists, he may write it, it fits. */
export async function take(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  input: Values,
  verb: 'create' | 'update',
  writable: (field: FieldMeta) => boolean,
  before: Values | null,
): Promise<Taken> {
  const errors: FieldError[] = []
  const values: Record<string, unknown> = {}
  const related: (readonly [FieldMeta, ModelMeta, string, boolean])[] = []
  for (const [name, raw] of Object.entries(input)) {
    if (raw === undefined) continue
    const field = model.fields.get(name)
    if (!field || (!writing.system && writing.asker.ability.field('read', field) === false && !writable(field)))
      throw unknownField(writing, model, name)
    if (isKept(field) || (field.readonly === true && !writing.system && actingOn(writing, before ? idOf(before) : '').length === 0)) {
      errors.push(refused(field, 'field.readonly', '{label} is kept by the system and cannot be written.').error)
    } else if (!writable(field)) throw mayNotField(verb, model, field)
    else if (field.kind === 'scalar') {
      if (field.type === 'translated' && before !== null && before[name] === raw) continue
      const result = checked(
        field,
        field.type === 'translated' && typeof raw === 'string' && raw !== ''
          ? await translation(writing, transaction, field, before, raw)
          : raw,
      )
      if ('error' in result) errors.push(result.error)
      else values[name] = result.value
    } else if (field.kind === 'one') {
      const id = raw === null || raw === '' ? null : await recordId(writing, transaction, field.target, raw)
      if (id === undefined) errors.push(noSuch(field, field.target))
      else {
        values[name] = id
        // Also of one that it has already: else a guess at a relation that the writer may not see would be told from another.
        if (id !== null) related.push([field, field.target, id, !same(before?.[name], id, field)])
      }
    } else {
      const ids = await manyIds(writing, transaction, field, raw, errors)
      values[name] = ids
      const linked =
        before && (field.where || ids.some((id) => writing.withheld?.moduleOf(id))) ? await linkedIds(transaction, field, idOf(before)) : []
      for (const id of ids) related.push([field, field.target, id, !linked.includes(id)])
    }
  }
  if (errors.length === 0 && related.length > 0 && !writing.system) {
    const state = { ...before, ...values }
    const choices = await Promise.all(
      related.map(async ([field, , , isNew]) => (isNew ? choiceFor(writing, transaction, model, field, state) : undefined)),
    )
    const asked = related.map(([, target, id], at) => [target, id, choices[at]] as const)
    const fine = await readableIds(writing, transaction, asked)
    const refused = asked.filter((_, at) => !fine[at]).map(([target, id]) => [target, id] as const)
    const seen = await readableIds(writing, transaction, refused)
    for (const [field, target] of related.filter((_, at) => !fine[at])) {
      errors.push(seen.shift() ? notOffered(field, target) : noSuch(field, target))
    }
    related.forEach(([field, target, id, isNew], at) => {
      const module = isNew && fine[at] ? writing.withheld?.moduleOf(id) : undefined
      if (module !== undefined) errors.push(withheldBy(field, target, module))
    })
  }
  if (verb === 'create') errors.push(...missing(model, values, errors))
  failOn(errors, model)
  return apartFromOwned(writing, model, values, before)
}

/** What a draft must have before any module's code sees it: nothing else fills it in. */
function missing(model: ModelMeta, values: Readonly<Record<string, unknown>>, errors: readonly FieldError[]): readonly FieldError[] {
  return [...model.fields.values()].flatMap((field) => {
    if (field.kind === 'many' || field.nullable || field.hasDefault || field.suggest || field.compute || isKept(field)) return []
    if ((values[field.name] ?? null) !== null || errors.some((error) => error.field === field.name)) return []
    return [refused(field, 'field.required', '{label} is missing.').error]
  })
}

/** Fields whose actions own them are taken out of the direct write; one that a new record could not do without stays. */
function apartFromOwned(writing: Writing, model: ModelMeta, values: Record<string, unknown>, before: Values | null): Taken {
  const direct: Record<string, unknown> = {}
  const owned: Record<string, unknown> = {}
  const acting = before ? actingOn(writing, idOf(before)) : []
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.get(name)!
    const isActing = field.through.some((owner) => acting.includes(owner.name))
    const isIndispensable = before === null && field.kind !== 'many' && !field.nullable && !field.suggest && !field.hasDefault
    if (writing.system || field.through.length === 0 || isActing || isIndispensable) direct[name] = value
    else owned[name] = value
  }
  return { direct, owned }
}

/** The action that an owned field's new value goes to, the first that takes it from here; undefined when it has that value already. */
export async function routeOf(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  name: string,
  value: unknown,
  record: Values,
): Promise<Action | undefined> {
  const field = model.fields.get(name)!
  if (same(record[name], value, field)) return undefined
  return ownerOf(writing, transaction, model, field, field.through, value, record)
}

async function ownerOf(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  field: FieldMeta,
  owners: readonly Action[],
  value: unknown,
  record: Values,
): Promise<Action> {
  const { asking } = writing.asker
  const related = field.kind === 'one' && typeof value === 'string' ? await loader(writing, transaction)(field.target, value) : null
  const written = { [field.name]: related ?? value }
  const takes = (action: Action): boolean => {
    const wanted = (action.takes as Readonly<Record<string, unknown>>)[field.name]
    if (wanted === undefined) return false
    return wanted === true || matches(conditionOn(model, { [field.name]: wanted }), written, asking)
  }
  for (const action of owners) if (takes(action) && (await isPossible(writing, transaction, model, action, record))) return action
  const names = owners.map((action) => action.label).join(', ')
  throw invalidRecord(model, [
    refused(field, 'field.through', '{label} is changed by {actions}; none of them leads to this value from here.', { actions: names })
      .error,
  ])
}

/** Whether the stored record is in the state that the action asks for. */
async function isPossible(writing: Writing, transaction: Transaction, model: ModelMeta, action: Action, record: Values): Promise<boolean> {
  if (!action.when) return true
  const statement = new Statement(writing.asker)
  const when = statement.condition(conditionOn(model, action.when), model, 't', 'trusted')
  const [row] = await transaction.run(
    `select 1 as c0 from "${model.table}" t where t."id" = ${statement.param(idOf(record))} and ${when}`,
    statement.values,
  )
  return row !== undefined
}

export async function readableIds(
  writing: Writing,
  transaction: Transaction,
  wanted: readonly (readonly [ModelMeta, string, (object | undefined)?])[],
): Promise<boolean[]> {
  if (wanted.length === 0) return []
  const statement = new Statement(writing.asker)
  const columns = wanted.map(([model, id, choice], at) => {
    const alias = statement.alias()
    const rule = statement.rule('read', model, alias)
    const conditions = [
      `${alias}."id" = ${statement.param(id)}`,
      ...(rule ? [rule] : []),
      ...(choice ? [statement.condition(conditionOn(model, choice), model, alias, 'trusted')] : []),
    ]
    return `exists (select 1 from "${model.table}" ${alias} where ${conditions.join(' and ')}) as c${at}`
  })
  const [row] = await transaction.run(`select ${columns.join(', ')}`, statement.values)
  return wanted.map((_, at) => row![`c${at}`] === true)
}

/** Which records a relation offers, once the record is known. */
async function choiceFor(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  field: FieldMeta,
  state: Values,
): Promise<object | undefined> {
  if (field.kind === 'scalar' || !field.where) return undefined
  const known = isGiven(field.where) ? await seen({ model, load: loader(writing, transaction) }, state, field.where.needs) : {}
  return choiceOf(field, known, { now: writing.asker.asking.now, isNew: false })
}

/** The id that a relation's value names, or undefined when there is none. */
export async function recordId(writing: Writing, transaction: Transaction, target: ModelMeta, value: unknown): Promise<string | undefined> {
  const shipped = shippedKey(value)
  if (shipped !== undefined) return isShipped(writing, target, shipped) ? shippedId(shipped) : undefined
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : value
  if (typeof id === 'string') return isId(id) ? id.toLowerCase() : undefined
  if (typeof value !== 'object' || value === null || !('code' in value) || !target.code) return undefined
  const { code } = value
  if (typeof code !== 'string' || code.includes('\0') || !code.isWellFormed()) return undefined
  const [row] = await transaction.run(`select "id" as id from "${target.table}" where "${columnOf(target, target.code)}" = $1`, [code])
  return row?.id as string | undefined
}

function isShipped({ composition }: Writing, target: ModelMeta, key: string): boolean {
  return composition.shipped.some(
    ({ model, rows }) => model === target.handle && Object.keys(rows).some((row) => `${target.name}.${row}` === key),
  )
}

async function manyIds(
  writing: Writing,
  transaction: Transaction,
  field: ManyField,
  raw: unknown,
  errors: FieldError[],
): Promise<readonly string[]> {
  if (!field.pivot || !Array.isArray(raw)) {
    errors.push(
      refused(field, 'field.not_list', field.pivot ? '{label} is a list of {target}.' : '{label} is written on the {target} themselves.', {
        target: field.target.plural.toLowerCase(),
      }).error,
    )
    return []
  }
  const ids = await Promise.all(raw.map((each) => recordId(writing, transaction, field.target, each)))
  if (ids.includes(undefined)) errors.push(noSuch(field, field.target))
  return [...new Set(ids.filter((id) => id !== undefined))]
}

async function linkedIds(transaction: Transaction, { pivot }: ManyField, id: string): Promise<readonly string[]> {
  if (!pivot) return []
  const rows = await transaction.run(`select "${pivot.other}" as id from "${pivot.table}" where "${pivot.own}" = $1`, [id])
  return rows.map((row) => String(row.id))
}

/** One text for the writer's language beside those that are there. */
async function translation(
  writing: Writing,
  transaction: Transaction,
  field: ScalarField,
  before: Values | null,
  text: string,
): Promise<object> {
  const [row] = before
    ? await transaction.run(`select "${field.column}" as c0 from "${field.model.table}" where "id" = $1`, [before.id])
    : []
  return { ...(row?.c0 as object | undefined), [writing.asker.locale.split('-')[0]!]: text }
}

/** Stamps and derived values belong to the system alone. */
function isKept(field: FieldMeta): boolean {
  return systemFields.has(field.name) || isDerived(field)
}

/** The names of the actions that are running on a record. */
export function actingOn(writing: Writing, id: string): readonly string[] {
  return writing.scope.acting.filter((each) => each.id === id).map((each) => each.action.name)
}
