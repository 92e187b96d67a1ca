/** Shipped records that go with their module: who points at them, what takes their place, and that they go. */
import type { FieldMeta, ManyField, ModelMeta, OneField } from '../model/meta.ts'
import { shippedId } from '../model/shipped.ts'
import type { Composition } from '../module/composition.ts'
import { orderByNeeds } from '../module/order.ts'
import type { Transaction } from '../records/transaction.ts'
import { removeRecord, updateRecord } from '../records/write.ts'
import type { Writing } from '../records/writing.ts'
import { codeOf } from '../texts/codes.ts'
import { columnsNow } from './columns.ts'
import type { Plain } from './merge.ts'
import type { DataChange, Refusal } from './plan.ts'
import { refusal } from './refusal.ts'
import type { DataAbout, PlannedData } from './ship.ts'
import { labelOf, storedRows } from './shipped-values.ts'

/** How many records point at one, by model and field. */
export type Uses = NonNullable<DataChange['uses']>

/** What becomes of the shipped records that leave: removed, replaced where they are used, or still in use. */
export async function planLeaving(writing: Writing, transaction: Transaction, about: DataAbout): Promise<readonly PlannedData[]> {
  const composition = about.installed ?? writing.composition
  const rows = await transaction.run('select key, module from tessera_shipped where module <> all($1::text[]) order by key', [
    [...about.staying],
  ])
  // What a model of theirs holds goes with its table.
  const leaving = rows.flatMap(({ key, module }) => {
    const model = writing.composition.models.byName(modelNameOf(String(key)))
    return model ? [{ key: String(key), id: shippedId(String(key)), module: String(module), model }] : []
  })
  const uses = await usesOf(
    transaction,
    composition,
    leaving.map(({ id }) => id),
  )
  const planned: PlannedData[] = []
  for (const { key, id, module, model } of leaving) {
    const here = (await storedRows(transaction, model, [id])).get(id)
    if (!here) continue
    const replacement = about.replace[key]
    const isLeaving = replacement !== undefined && leaving.some((each) => each.id === idOf(replacement))
    const withheldBy = replacement === undefined ? undefined : writing.withheld?.moduleOf(idOf(replacement))
    const leaver = { key, id, model, module, here, isLeaving, withheldBy }
    planned.push(await planOne(transaction, composition, leaver, uses.get(id) ?? [], replacement))
  }
  return planned
}

/**
 * Removes what was planned to go, and forgets that it was ever shipped: after the columns and tables are gone that only its module had,
 * because they may point at it.
 */
export async function removeShipped(
  writing: Writing,
  transaction: Transaction,
  planned: readonly PlannedData[],
  { staying, installed = writing.composition }: DataAbout,
): Promise<void> {
  const going = new Map(
    planned
      .filter(({ change: { change } }) => change === 'removed' || change === 'replaced')
      .map(({ change }) => [shippedId(change.key), change]),
  )
  for (const id of await usersFirst(transaction, installed, [...going.keys()]))
    await removeRecord(writing, writing.composition.models.byName(going.get(id)!.model)!, id)
  await transaction.run('delete from tessera_shipped where module <> all($1::text[])', [[...staying]])
}

/** One that others of them point at comes after these. */
async function usersFirst(transaction: Transaction, composition: Composition, ids: readonly string[]): Promise<readonly string[]> {
  const users = new Map<string, string[]>()
  for (const field of await presentReferences(transaction, composition)) {
    const { table, target, user } = placeOf(field)
    const rows = await transaction.run(
      `select ${target} as id, ${user} as by from "${table}" where ${target} = any($1::uuid[]) and ${user} = any($1::uuid[])`,
      [ids],
    )
    for (const { id, by } of rows) users.set(String(id), [...(users.get(String(id)) ?? []), String(by)])
  }
  const { order } = orderByNeeds(new Map(ids.map((id) => [id, users.get(id) ?? []])))
  // What points at each other in a circle is left for the database to refuse.
  return [...order, ...ids.filter((id) => !order.includes(id))]
}

/** Those of them that are used by records that stay, with how many these are. `composition` has every model that stays. */
async function usesOf(transaction: Transaction, composition: Composition, ids: readonly string[]): Promise<ReadonlyMap<string, Uses>> {
  const found = new Map<string, Uses[number][]>()
  if (ids.length === 0) return found
  for (const field of await presentReferences(transaction, composition)) {
    const { table, target, user } = placeOf(field)
    const rows = await transaction.run(
      `select ${target} as id, count(distinct ${user})::int as count from "${table}" where ${target} = any($1::uuid[]) and ${user} <> all($1::uuid[]) group by 1`,
      [ids],
    )
    for (const { id, count } of rows) {
      const uses = found.get(String(id)) ?? []
      found.set(String(id), [...uses, { model: field.model.name, field: field.name, count: Number(count) }])
    }
  }
  return found
}

/** Puts another record in its place wherever it is used: by the system, in batches, with history. */
async function replaceUses(writing: Writing, transaction: Transaction, composition: Composition, id: string, by: string): Promise<void> {
  for (const field of await presentReferences(transaction, composition)) {
    const { table, target, user } = placeOf(field)
    const model = writing.composition.models.byName(field.model.name)
    const own = model?.fields.get(field.name)
    if (!model || !own || model.appendOnly) {
      // Nobody writes these records: those of a disabled module, and those that are kept as they were written.
      await replaceAtOnce(transaction, table, target, field, id, by)
      continue
    }
    for (let users = await some(); users.length > 0; users = await some())
      for (const each of users) await updateRecord(writing, model, each, { [field.name]: await replaced(transaction, field, each, id, by) })

    async function some(): Promise<readonly string[]> {
      const rows = await transaction.run(`select distinct ${user} as id from "${table}" where ${target} = $1 order by 1 limit ${batch}`, [
        id,
      ])
      return rows.map((row) => String(row.id))
    }
  }
}

const batch = 500

async function replaced(transaction: Transaction, field: Reference, user: string, id: string, by: string): Promise<unknown> {
  if (field.kind === 'one') return by
  const { table, own, other } = field.pivot!
  const rows = await transaction.run(`select "${other}" as id from "${table}" where "${own}" = $1`, [user])
  return [...new Set(rows.map((row) => (String(row.id) === id ? by : String(row.id))))]
}

async function replaceAtOnce(
  transaction: Transaction,
  table: string,
  target: string,
  field: Reference,
  id: string,
  by: string,
): Promise<void> {
  if (field.kind === 'many') {
    const { own, other } = field.pivot!
    await transaction.run(
      `insert into "${table}" ("${own}", "${other}") select "${own}", $2::uuid from "${table}" where "${other}" = $1 on conflict do nothing`,
      [id, by],
    )
    await transaction.run(`delete from "${table}" where "${other}" = $1`, [id])
  } else await transaction.run(`update "${table}" set ${target} = $2 where ${target} = $1`, [id, by])
}

interface Leaver {
  readonly key: string
  readonly id: string
  readonly model: ModelMeta
  readonly module: string
  readonly here: Plain
  /** What is to take its place goes as well. */
  readonly isLeaving: boolean
  /** The disabled module that shipped what is to take its place: nobody may choose that. */
  readonly withheldBy: string | undefined
}

async function planOne(
  transaction: Transaction,
  composition: Composition,
  { key, id, model, module, here, isLeaving, withheldBy }: Leaver,
  uses: Uses,
  replacement: string | undefined,
): Promise<PlannedData> {
  const about = { key, model: model.name, module, label: labelOf(model, here, key) }
  if (uses.length === 0) return { change: { ...about, change: 'removed' } }
  if (replacement === undefined) return { change: { ...about, change: 'in use', uses } }
  const by = idOf(replacement)
  const successor = isId(by) ? (await storedRows(transaction, model, [by])).get(by) : undefined
  if (!successor || isLeaving || withheldBy !== undefined) {
    return {
      change: { ...about, change: 'in use', uses },
      refusal: noReplacement(
        about,
        model,
        replacement,
        isLeaving ? 'leaving' : withheldBy === undefined ? undefined : { module: withheldBy },
      ),
    }
  }
  return {
    change: { ...about, change: 'replaced', uses, by: labelOf(model, successor, replacement) },
    carryOut: (writing, inside) => replaceUses(writing, inside, composition, id, by),
  }
}

/** `why`: it leaves itself, a disabled module withholds it, or there is none. */
function noReplacement(
  { key, label }: { readonly key: string; readonly label: string },
  model: ModelMeta,
  by: string,
  why: 'leaving' | { readonly module: string } | undefined,
): Refusal {
  const values = { by, label, key, model: model.label.toLowerCase(), modelCode: codeOf(model), name: model.name }
  const hint = ['data.name_replacement', 'Name the key of a shipped record, "{name}.…", or the id of one that was made here.'] as const
  if (typeof why === 'object')
    return refusal(
      'data.withheld_replacement',
      '"{by}" cannot take the place of "{label}" ({key}), because it comes from the module "{module}", which is disabled.',
      { ...values, ...why },
      ['data.enable_replacement', 'Name another one, or enable "{module}" first.'],
    )
  return why === 'leaving'
    ? refusal('data.leaving_replacement', '"{by}" cannot take the place of "{label}" ({key}), because it goes as well.', values, hint)
    : refusal('data.no_replacement', 'There is no {model} "{by}" that could take the place of "{label}" ({key}).', values, hint)
}

type Reference = OneField | ManyField

/** Every stored relation that is there already, each once: of a to-many one the side that makes the table between. */
async function presentReferences(transaction: Transaction, { models }: Composition): Promise<readonly Reference[]> {
  const isReference = (field: FieldMeta): field is Reference =>
    field.kind === 'one' ? field.constrained : field.kind === 'many' && field.owned && field.pivot !== undefined
  const all = models.all.flatMap((model) => [...model.fields.values()].filter(isReference))
  const columns = await columnsNow(transaction)
  return all.filter((field) => {
    const { table, name } = placeOf(field)
    return columns.has(table, name)
  })
}

/** The table that points, its column that does, and the one that says which record it is. */
function placeOf(field: Reference): { readonly table: string; readonly name: string; readonly target: string; readonly user: string } {
  const [table, name, user] =
    field.kind === 'one' ? [field.model.table, field.column, 'id'] : [field.pivot!.table, field.pivot!.other, field.pivot!.own]
  return { table, name, target: `"${name}"`, user: `"${user}"` }
}

/** Of a record that is named by the key under which it is shipped, or by its id. */
function idOf(named: string): string {
  return named.includes('.') ? shippedId(named) : named.toLowerCase()
}

function modelNameOf(key: string): string {
  return key.split('.', 1)[0]!
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}
