/**
 * Data that modules ship: inserted once; an upgrade changes what nobody changed here, field by field. What an administrator changed or
 * removed stays as he left it.
 */
import { BootFailure, fill, UserError } from '../errors.ts'
import { shippedKey } from '../model/define.ts'
import type { Values } from '../model/matches.ts'
import type { ModelMeta } from '../model/meta.ts'
import { shippedId } from '../model/shipped.ts'
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import { createShipped, updateRecord } from '../records/write.ts'
import type { Writing } from '../records/writing.ts'
import { collisionOf } from './collisions.ts'
import { type Merged, merge, type Plain, Texts } from './merge.ts'
import type { DataChange, Refusal } from './plan.ts'
import { labelOf, plainOf, storedRows } from './shipped-values.ts'
import { planLeaving } from './uses.ts'

export interface PlannedData {
  readonly change: DataChange
  /** Why it cannot be done. */
  readonly refusal?: Refusal
  /** Does it; absent where everything stays. */
  readonly carryOut?: (writing: Writing, transaction: Transaction) => Promise<void>
}

export interface DataAbout {
  /** Modules that the database will have: what others shipped goes. */
  readonly staying: ReadonlySet<string>
  /** Key of one that goes -> key or id of the record that takes its place where it is used. */
  readonly replace: Readonly<Record<string, string>>
  /** Also the models of disabled modules, whose records may point at what goes. */
  readonly installed?: Composition
  /** Modules whose kept records are told, too; without it, all. */
  readonly telling?: ReadonlySet<string>
}

/** What becomes of every shipped record; only changes and what stays on purpose are told. Writes nothing. */
export async function planData(writing: Writing, transaction: Transaction, about: DataAbout): Promise<readonly PlannedData[]> {
  const known = await shippedBefore(transaction)
  const planned: PlannedData[] = []
  for (const [model, rows] of rowsByModel(writing.composition)) {
    const here = await storedRows(
      transaction,
      model,
      rows.map(({ key }) => shippedId(key)),
    )
    for (const row of rows) {
      const before = known.get(row.key)
      const stored = here.get(shippedId(row.key))
      const one =
        before || stored
          ? await planMerge(writing, transaction, model, row, before?.value, stored)
          : await planAdded(writing, transaction, model, row)
      if (one) planned.push(one)
    }
  }
  planned.push(...(await planUnshipped(writing, transaction, known)))
  const told = planned.filter(({ change }) => change.change !== 'kept' || (about.telling?.has(change.module) ?? true))
  return [...told, ...(await planLeaving(writing, transaction, about))]
}

/** Does what was planned, and keeps what is shipped now for the next time. */
export async function shipData(writing: Writing, transaction: Transaction, planned: readonly PlannedData[]): Promise<void> {
  for (const { change, carryOut } of planned) {
    try {
      await carryOut?.(writing, transaction)
    } catch (error) {
      throw error instanceof UserError ? refusedRow(change, error) : error
    }
  }
  const rows = rowsByModel(writing.composition).flatMap(([, each]) => each)
  await transaction.run(
    `insert into tessera_shipped (key, value, module) select * from unnest($1::text[], $2::text[], $3::text[])
     on conflict (key) do update set value = excluded.value, module = excluded.module`,
    [rows.map(({ key }) => key), rows.map(({ row }) => JSON.stringify(row)), rows.map(({ module }) => module)],
  )
}

interface ShippedRow {
  readonly key: string
  readonly module: string
  readonly row: Values
}
interface ShippedBefore {
  readonly value: Values
  readonly module: string | null
}

async function shippedBefore(transaction: Transaction): Promise<ReadonlyMap<string, ShippedBefore>> {
  const rows = await transaction.run('select key, value, module from tessera_shipped', [])
  return new Map(
    rows.map(({ key, value, module }) => [String(key), { value: JSON.parse(String(value)) as Values, module: module as string | null }]),
  )
}

/** In the order in which they are shipped: a record comes after those that it names. */
function rowsByModel({ shipped, models }: Composition): readonly (readonly [ModelMeta, readonly ShippedRow[]])[] {
  return shipped.map(({ model: handle, rows, module }) => {
    const model = models.of(handle)
    return [model, Object.entries(rows).map(([name, row]) => ({ key: `${model.name}.${name}`, module, row: row as Values }))] as const
  })
}

async function planAdded(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  { key, module, row }: ShippedRow,
): Promise<PlannedData> {
  const plain = await plainOf(writing, transaction, model, row)
  const change: DataChange = { key, model: model.name, module, change: 'added', label: labelOf(model, plain, key) }
  const refusal = await collisionOf(transaction, model, change, plain)
  return { change, ...(refusal && { refusal }), carryOut: (its) => createShipped(its, model, shippedId(key), row) }
}

async function planMerge(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  { key, module, row }: ShippedRow,
  before: Values | undefined,
  here: Plain | undefined,
): Promise<PlannedData | undefined> {
  const now = await plainOf(writing, transaction, model, row)
  const was = await plainOf(writing, transaction, model, withDefaults(model, underNewNames(writing.composition, model, before ?? {}), row))
  const about = { key, model: model.name, module, label: labelOf(model, here ?? now, key) }
  // Removed here.
  if (!here) return { change: { ...about, change: 'kept' } }
  const merged = merge(was, now, here)
  if (!merged.change) return undefined
  const { composition } = writing
  const fields = merged.fields.map(({ field, ...three }) => ({
    field,
    before: named(composition, three.before),
    now: named(composition, three.now),
    here: named(composition, three.here),
  }))
  const change: DataChange = { ...about, change: merged.change, fields }
  const take = taken(merged, here)
  if (Object.keys(take).length === 0) return { change }
  return { change, carryOut: (its) => updateRecord(its, model, shippedId(key), take) }
}

function underNewNames({ migrations, models }: Composition, model: ModelMeta, before: Values): Values {
  const values = { ...before }
  for (const { model: handle, rename } of migrations) {
    if (models.of(handle) !== model) continue
    for (const [from, to] of Object.entries(rename)) if (from in before && !(to in before)) values[to] = before[from]
  }
  return values
}

/** A field that was not shipped before had what every new record has. */
function withDefaults(model: ModelMeta, before: Values, row: Values): Values {
  const defaults = Object.keys(row).flatMap((name) => {
    const field = model.fields.get(name)
    return name in before || field?.kind !== 'scalar' || field.default === undefined ? [] : [[name, field.default]]
  })
  return { ...Object.fromEntries(defaults), ...before }
}

/** Of a text in several languages, the languages that are taken beside those that stay. */
function taken({ take }: Merged, here: Plain): Values {
  return Object.fromEntries(
    Object.entries(take).map(([name, value]) => {
      if (!(value instanceof Texts)) return [name, value]
      const kept = here[name]
      return [name, { ...(kept instanceof Texts ? kept.in : {}), ...value.in }]
    }),
  )
}

/** Of modules that stay, what they no longer ship: it may be in use, so it stays. */
async function planUnshipped(
  writing: Writing,
  transaction: Transaction,
  known: ReadonlyMap<string, ShippedBefore>,
): Promise<readonly PlannedData[]> {
  const { composition } = writing
  const shipped = new Set(rowsByModel(composition).flatMap(([, rows]) => rows.map(({ key }) => key)))
  const enabled = new Set(composition.modules.map(({ package: { name } }) => name))
  const planned: PlannedData[] = []
  for (const [key, { module }] of known) {
    const model = composition.models.byName(key.split('.', 1)[0]!)
    if (!model || module === null || shipped.has(key) || !enabled.has(module)) continue
    const here = (await storedRows(transaction, model, [shippedId(key)])).get(shippedId(key))
    if (here) planned.push({ change: { key, model: model.name, module, change: 'kept', label: labelOf(model, here, key) } })
  }
  return planned
}

/** Shipped records by their keys, which people can read. */
function named(composition: Composition, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => named(composition, each))
  if (typeof value !== 'string') return shippedKey(value) ?? value
  return keysOf(composition).get(value) ?? value
}

const keys = new WeakMap<Composition, ReadonlyMap<string, string>>()
function keysOf(composition: Composition): ReadonlyMap<string, string> {
  const known =
    keys.get(composition) ?? new Map(rowsByModel(composition).flatMap(([, rows]) => rows.map(({ key }) => [shippedId(key), key] as const)))
  keys.set(composition, known)
  return known
}

/** Nobody at a door can correct it: the author must. */
function refusedRow({ key, module }: DataChange, error: UserError): BootFailure {
  const reasons = error.errors.map(({ text, values = {} }) => fill(text, values))
  const sentence = `The shipped record "${key}" of "${module}" cannot be stored: ${[...new Set([error.message, ...reasons])].join(' ')}`
  return new BootFailure([{ code: 'data.refused', module, sentence, hint: 'Correct the row that data() ships.' }])
}
