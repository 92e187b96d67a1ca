/**
 * The one place where a record's values settle: suggested and computed values, required and read-only fields, checks.
 * Form, API, import and command line all pass through here; there is no other onchange.
 */
import { type FieldError, pickPlaceholders } from '../errors.ts'
import { pathsOf } from './conditions.ts'
import { isGiven, shippedKey } from './define.ts'
import { conditionOn, matches, type Values } from './matches.ts'
import type { FieldMeta, ModelMeta } from './meta.ts'
import type { Asking } from './placeholders.ts'
import { shippedId } from './shipped.ts'
import { type Checked, checked, refused } from './values.ts'

export interface Settling {
  readonly model: ModelMeta
  /** The stored record, relations as ids or objects; null for a new one. */
  readonly before: Values | null
  /** What every record keeps by itself (id, who and when), for a new one. */
  readonly stamps?: Values
  /** What the writer gave, checked, relations as ids. */
  readonly written: Values
  /** A related record's own values and its label. */
  readonly load: (model: ModelMeta, id: string) => Promise<Values | null>
  readonly asking: Asking
  /** Stored computed fields are all computed anew; suggestions stay as they are. */
  readonly recompute?: boolean
}
export interface Settled {
  /** Everything that changed: what was written, suggested and computed. */
  readonly values: Record<string, unknown>
  readonly errors: readonly FieldError[]
}

export async function settle(settling: Settling): Promise<Settled> {
  const { model, before, written, asking } = settling
  const isNew = before === null
  const values: Record<string, unknown> = isNew ? withDefaults(model, written) : { ...written }
  const state: Record<string, unknown> = { ...(isNew ? settling.stamps : before), ...values }
  // What is written again as it was changes nothing, so that nothing follows from it.
  const changed = new Set(Object.keys(values).filter((name) => isNew || !same(before[name], written[name], model.fields.get(name))))
  const unfit: FieldError[] = []
  const see = (needs: readonly string[]) => seen(settling, state, needs)

  for (const field of inOrderOfNeeds(model)) {
    const derived = field.compute ?? field.suggest
    if (!derived || (field.kind === 'scalar' && field.column === undefined)) continue
    const touched = isNew || derived.needs.some((need) => changed.has(need.split('.')[0]!))
    // A suggestion without needs is for the beginning only; what the writer wrote wins over it.
    const wanted = field.compute
      ? touched || settling.recompute
      : isNew
        ? !(field.name in written)
        : touched && derived.needs.length > 0 && !(field.name in written)
    if (!wanted) continue
    const code = derived.code as (seen: Values, context: { now: Date; isNew: boolean }) => unknown
    const result = asStored(field, await code(await see(derived.needs), { now: asking.now, isNew }))
    if ('error' in result) {
      unfit.push(result.error)
      continue
    }
    const { value } = result
    if (same(state[field.name], value, field)) continue
    state[field.name] = value
    values[field.name] = value
    changed.add(field.name)
  }
  return { values, errors: unfit.length > 0 ? unfit : await mistakes(settling, state, changed, see) }
}

/** A field that must have a value and has a default takes it also where the writer gave nothing on purpose. */
function withDefaults(model: ModelMeta, written: Values): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const field of model.fields.values()) {
    const given = written[field.name]
    const isLeftOut = field.kind === 'scalar' && field.hasDefault && (given === undefined || (given === null && !field.nullable))
    if (field.kind === 'scalar' && isLeftOut && field.default !== undefined && field.column !== undefined)
      values[field.name] = field.default
    else if (!isLeftOut && field.name in written) values[field.name] = given
  }
  return values
}

/** Fields with derived values, each after those that it needs. Boot checks refuse cycles. */
const orders = new WeakMap<ModelMeta, readonly FieldMeta[]>()
export function inOrderOfNeeds(model: ModelMeta): readonly FieldMeta[] {
  const known = orders.get(model)
  if (known) return known
  const order: FieldMeta[] = []
  const visit = (field: FieldMeta | undefined, above: ReadonlySet<FieldMeta>): void => {
    if (!field || order.includes(field) || above.has(field)) return
    const needs = (field.compute ?? field.suggest)?.needs ?? []
    for (const need of needs) visit(model.fields.get(need.split('.')[0]!), new Set([...above, field]))
    order.push(field)
  }
  for (const field of model.fields.values()) visit(field, new Set())
  const derived = order.filter((field) => field.compute ?? field.suggest)
  orders.set(model, derived)
  return derived
}

/** What a `given` may see: its needs and nothing else, relations loaded as far as it asks. */
export async function seen({ model, load }: Pick<Settling, 'model' | 'load'>, state: Values, needs: readonly string[]): Promise<Values> {
  const result: Record<string, unknown> = { id: state.id }
  for (const need of needs) await reveal(result, model, state, need.split('.'), load)
  return result
}
async function reveal(
  into: Record<string, unknown>,
  model: ModelMeta,
  from: Values,
  path: readonly string[],
  load: Settling['load'],
): Promise<void> {
  const [head, ...rest] = path
  const field = model.fields.get(head!)
  const value = from[head!] ?? null
  if (field?.kind !== 'one' || value === null) {
    into[head!] = value
    return
  }
  const id = idOf(value)
  const held = typeof value === 'object' && rest.length <= 1 && (rest[0] ?? 'label') in value ? (value as Values) : undefined
  const related = held ?? (await load(field.target, id))
  const inner = (into[head!] ?? { id, label: related?.label }) as Record<string, unknown>
  into[head!] = inner
  if (related && rest.length > 0) await reveal(inner, field.target, related, rest, load)
}

type See = (needs: readonly string[]) => Promise<Values>

async function mistakes(settling: Settling, state: Values, changed: ReadonlySet<string>, see: See): Promise<readonly FieldError[]> {
  const { model, before, written, asking } = settling
  const errors: FieldError[] = []
  const holds = async (where: object): Promise<boolean> => {
    const clause = conditionOn(model, where)
    return matches(clause, await see(pathsOf(clause).map((path) => path.join('.'))), asking)
  }
  for (const field of model.fields.values()) {
    if (field.kind === 'many' || field.column === undefined) continue
    const empty = state[field.name] === null || state[field.name] === undefined || state[field.name] === ''
    if (
      empty &&
      (before === null || changed.has(field.name) || typeof field.required === 'object') &&
      (await isRequired(field, before === null, holds))
    ) {
      errors.push(refused(field, 'field.required', '{label} is missing.').error)
    }
    if (
      field.name in written &&
      typeof field.readonly === 'object' &&
      before !== null &&
      !same(before[field.name], written[field.name], field) &&
      (await holds(field.readonly))
    ) {
      errors.push(
        refused(field, 'field.readonly_now', '{label} cannot be changed in this state of the {model}.', {
          model: model.label.toLowerCase(),
        }).error,
      )
    }
  }
  if (errors.length > 0) return errors
  for (const [name, check] of model.checks) {
    const paths = isGiven(check.holds) ? check.holds.needs : pathsOf(conditionOn(model, check.holds)).map((path) => path.join('.'))
    const heads = paths.map((path) => path.split('.')[0]!)
    if (before !== null && !heads.some((head) => changed.has(head))) continue
    const fine = isGiven(check.holds)
      ? check.holds.code((await see(check.holds.needs)) as never, { now: asking.now, isNew: before === null })
      : await holds(check.holds)
    if (!fine)
      errors.push({
        field: heads.find((head) => changed.has(head)) ?? heads[0] ?? 'id',
        code: `${model.name}.${name}`,
        text: check.else,
        values: pickPlaceholders(check.else, shownValues(state)),
      })
  }
  return errors
}

async function isRequired(field: FieldMeta, isNew: boolean, holds: (where: object) => Promise<boolean>): Promise<boolean> {
  if (field.required === true) return true
  if (typeof field.required === 'object') return holds(field.required)
  return field.kind !== 'many' && !field.nullable && !(field.kind === 'scalar' && ((isNew && field.hasDefault) || field.sql !== undefined))
}

/** What code came to must fit the column like anything that is written. */
export function asStored(field: FieldMeta, value: unknown): Checked {
  if (value === undefined || value === null) return { value: null }
  if (field.kind === 'scalar') return checked(field, value)
  const shipped = shippedKey(value)
  return { value: shipped !== undefined ? shippedId(shipped) : idOf(value) }
}
/** Equal as the database would say: instants by time, records by id, the rest by their JSON, whatever the order of its keys. */
export function same(a: unknown, b: unknown, field?: FieldMeta): boolean {
  const normal = (value: unknown): unknown => {
    if (value === undefined || value === null) return null
    if (value instanceof Date) return value.getTime()
    if (typeof value !== 'object') return value
    // A JSON value with an "id" is no record.
    return 'id' in value && field?.kind !== 'scalar' ? value.id : JSON.stringify(value, inOrder)
  }
  return normal(a) === normal(b)
}
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
function idOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? String((value as { id: unknown }).id) : String(value)
}
/** As people read them: relations by their label, of a text in several languages one. */
export function shownValues(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]))
}
function shown(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object' || value === null) return value
  if ('label' in value) return value.label
  return 'en' in value ? value.en : Object.values(value)[0]
}
