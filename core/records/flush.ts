/** Values on their way into the unit of work, and what the database answers, in words. */
import { Conflict, pickPlaceholders, type UserError } from '../errors.ts'
import { uniqueName } from '../model/indexes.ts'
import type { Values } from '../model/matches.ts'
import type { ManyField, ModelMeta, Models } from '../model/meta.ts'
import { shownValues } from '../model/settle.ts'
import { idOf } from './lock.ts'
import { invalidRecord } from './refusals.ts'
import type { Transaction } from './transaction.ts'
import type { Writing } from './writing.ts'

/** Writes what `stage` puts into the unit of work; what the database refuses becomes a sentence about the record. Nothing stays staged either way. */
export async function flush(
  models: Models,
  { em }: Transaction,
  model: ModelMeta,
  record: Values,
  stage: (em: Transaction['em']) => void,
): Promise<void> {
  try {
    await inWords(models, model, record, () => {
      stage(em)
      return em.flush()
    })
  } finally {
    em.clear()
  }
}

/** Runs a write of a record; what the database refuses becomes a sentence. */
export async function inWords<R>(models: Models, model: ModelMeta, record: Values, write: () => Promise<R>): Promise<R> {
  try {
    return await write()
  } catch (error) {
    throw (error instanceof Error && sentence(models, model, record, error)) || error
  }
}

function sentence(
  models: Models,
  model: ModelMeta,
  record: Values,
  error: Error & { code?: string; constraint?: string; table?: string; detail?: string },
): UserError | undefined {
  if (error.code === '23505') {
    const [name, unique] = [...model.unique].find(([key]) => error.constraint === uniqueName(model, key)) ?? []
    const field = unique?.of[0] ?? 'id'
    const text = unique?.else ?? 'There is already such a {model}.'
    const values = pickPlaceholders(text, { model: model.label.toLowerCase(), ...shownValues(record) })
    return invalidRecord(model, [{ field, code: `${model.name}.${name ?? 'unique'}`, text, values }], error)
  }
  if (error.code === '23503') {
    const values = { model: model.label.toLowerCase(), others: usersOf(models, error.table) }
    // PostgreSQL names the referring table's key by its own column only where the record itself is what is referred to.
    return error.detail?.includes('(id)=')
      ? new Conflict('record.in_use', 'This {model} is still used by {others}. Change or remove those first.', values, { cause: error })
      : new Conflict('record.refers_to_gone', 'This {model} refers to a record that is gone. Read it again and choose another.', values, {
          cause: error,
        })
  }
  return undefined
}

/** The plural of the model that refers to a record, also through a table between. */
function usersOf(models: Models, table: string | undefined): string {
  const user = models.all.find(
    (each) =>
      each.table === table ||
      [...each.fields.values()].some((field) => field.kind === 'many' && field.owned && field.pivot?.table === table),
  )
  return (user?.plural ?? table ?? 'others').toLowerCase()
}

/** The texts in several languages among the fields, whole: a record as it is read has one language of each. */
export async function allLanguages(transaction: Transaction, model: ModelMeta, id: string, names: readonly string[]): Promise<Values> {
  const fields = names.flatMap((name) => {
    const field = model.fields.get(name)
    return field?.kind === 'scalar' && field.type === 'translated' && field.column !== undefined ? [field] : []
  })
  if (fields.length === 0) return {}
  const columns = fields.map(({ column }, at) => `"${column}" as c${at}`).join(', ')
  const [row] = await transaction.run(`select ${columns} from "${model.table}" where "id" = $1`, [id])
  return Object.fromEntries(fields.map(({ name }, at) => [name, row?.[`c${at}`] ?? null]))
}

/** What the unit of work compares the changes with. */
export function stored(model: ModelMeta, record: Values, changes: Values): Record<string, unknown> {
  const before = Object.keys(changes).map((name) => {
    const field = model.fields.get(name)!
    const value = record[name] ?? null
    return [name, field.kind === 'one' && value !== null ? idOf(value) : value]
  })
  return { id: record.id, version: record.version, ...Object.fromEntries(before) }
}

export function references(transaction: Transaction, writing: Writing, model: ModelMeta, changes: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => {
      const field = model.fields.get(name)
      return [
        name,
        field?.kind === 'one' && typeof value === 'string'
          ? transaction.em.getReference(writing.entities.get(field.target)!, value as never)
          : value,
      ]
    }),
  )
}

/** Without what is empty; an empty value stays where the column would else take its default. */
export function present(model: ModelMeta, values: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const field = model.fields.get(name)
      return value !== undefined && (value !== null || (field?.kind === 'scalar' && field.default !== undefined))
    }),
  )
}

/** Sets the links of a many-to-many field; returns those before. */
export async function linkMany(transaction: Transaction, field: ManyField, id: string, ids: readonly string[]): Promise<readonly string[]> {
  const { table, own, other } = field.pivot!
  const rows = await transaction.run(`select "${other}" as id from "${table}" where "${own}" = $1`, [id])
  const before = rows.map((row) => row.id as string)
  await transaction.run(`delete from "${table}" where "${own}" = $1 and "${other}" <> all($2::uuid[])`, [id, ids])
  await transaction.run(`insert into "${table}" ("${own}", "${other}") select $1, unnest($2::uuid[]) on conflict do nothing`, [id, ids])
  return before
}

export function apart(
  model: ModelMeta,
  values: Values,
): readonly [Record<string, unknown>, readonly (readonly [ManyField, readonly string[]])[]] {
  const scalars: Record<string, unknown> = {}
  const manys: (readonly [ManyField, readonly string[]])[] = []
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields.get(name)
    if (!field || value === undefined) continue
    if (field.kind === 'many') manys.push([field, value as readonly string[]])
    else scalars[name] = field.kind === 'one' && value !== null ? idOf(value) : value
  }
  return [scalars, manys]
}
