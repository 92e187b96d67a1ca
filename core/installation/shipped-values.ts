/** The values of a shipped record in one form, whether an author declared them, a past version shipped them or a row holds them. */
import { shippedKey } from '../model/define.ts'
import type { FieldMeta, ModelMeta, OneField, ScalarField } from '../model/meta.ts'
import { shippedId } from '../model/shipped.ts'
import { checked } from '../model/values.ts'
import { recordId } from '../records/take.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Writing } from '../records/writing.ts'
import { type Plain, Texts } from './merge.ts'

/** As an author declared them, or as they were kept as JSON when they were shipped. What does not fit its field stays as it is. */
export async function plainOf(writing: Writing, transaction: Transaction, model: ModelMeta, row: Plain): Promise<Plain> {
  const found: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    const field = model.fields.get(name)
    if (field && value !== undefined) found[name] = await plain(writing, transaction, field, value)
  }
  return found
}

async function plain(writing: Writing, transaction: Transaction, field: FieldMeta, value: unknown): Promise<unknown> {
  if (value === null || value === '') return null
  if (field.kind === 'many') {
    if (!Array.isArray(value)) return value
    const ids = await Promise.all(value.map((each) => idIn(writing, transaction, field.target, each)))
    return [...new Set(ids)].sort()
  }
  if (field.kind === 'one') return idIn(writing, transaction, field.target, value)
  const whole = field.type === 'translated' && typeof value === 'string' ? { [languageOf(writing)]: value } : value
  const result = checked(field, whole)
  return canonical(field, 'error' in result ? whole : result.value)
}

async function idIn(writing: Writing, transaction: Transaction, target: ModelMeta, value: unknown): Promise<unknown> {
  const key = shippedKey(value)
  return key !== undefined ? shippedId(key) : ((await recordId(writing, transaction, target, value)) ?? value)
}

/** As the rows of a table hold them, by id; without what is not there. */
export async function storedRows(transaction: Transaction, model: ModelMeta, ids: readonly string[]): Promise<ReadonlyMap<string, Plain>> {
  if (!(await isTable(transaction, model.table))) return new Map()
  // As JSON, because an older table lacks the newer columns.
  const rows = await transaction.run(`select t."id" as id, to_jsonb(t) as row from "${model.table}" t where t."id" = any($1::uuid[])`, [
    ids,
  ])
  const found = new Map<string, Record<string, unknown>>()
  for (const { id, row } of rows) {
    const values: Record<string, unknown> = {}
    for (const field of model.fields.values())
      if (field.kind !== 'many' && field.column !== undefined) values[field.name] = canonical(field, inColumn(field, row as Plain))
    found.set(String(id), values)
  }
  for (const field of model.fields.values()) {
    if (field.kind !== 'many' || !field.pivot || !(await isTable(transaction, field.pivot.table))) continue
    for (const values of found.values()) values[field.name] = []
    const { table, own, other } = field.pivot
    const links = await transaction.run(`select "${own}" as id, "${other}" as other from "${table}" where "${own}" = any($1::uuid[])`, [
      ids,
    ])
    for (const link of links) (found.get(String(link.id))?.[field.name] as string[] | undefined)?.push(String(link.other))
    for (const values of found.values()) (values[field.name] as string[]).sort()
  }
  return found
}

/** A column that is still to be added will have its default. */
function inColumn(field: ScalarField | OneField, row: Plain): unknown {
  const column = field.column!
  return column in row ? row[column] : field.kind === 'scalar' ? field.default : null
}

export async function isTable(transaction: Transaction, table: string): Promise<boolean> {
  const [known] = await transaction.run('select to_regclass(quote_ident($1)) is not null as exists', [table])
  return known?.exists === true
}

/** What the record is called, as far as that can be said without reading others. */
export function labelOf(model: ModelMeta, values: Plain, key: string): string {
  const shown = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value instanceof Texts ? (value.in.en ?? Object.values(value.in)[0]) : value]),
  )
  try {
    return String(model.title.code(shown as never, { now: new Date(0), isNew: false })) || key
  } catch (error) {
    if (error instanceof TypeError) return key
    throw error
  }
}

/** The language of a text that an author gave in one alone. */
function languageOf({ asker }: Writing): string {
  return asker.locale.split('-')[0]!
}

/** Instants by their time, the keys of JSON in order. */
function canonical(field: FieldMeta, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (field.kind !== 'scalar') return value
  if (field.type === 'translated') return typeof value === 'object' ? new Texts(value as Plain) : value
  if (field.type === 'datetime') return new Date(value as string | Date).toJSON()
  return field.type === 'json' ? ordered(value) : value
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, ordered(each)]),
  )
}
