/** The history: append-only rows in the transaction of the change, ids instead of labels, so that it stays true when names change. */
import { v7 } from 'uuid'
import type { Values } from '../model/matches.ts'
import type { FieldMeta, ManyField, ModelMeta } from '../model/meta.ts'
import { idOf } from './lock.ts'
import { columnOf } from './statement.ts'
import type { Transaction } from './transaction.ts'
import type { Writing } from './writing.ts'

interface Entry {
  readonly record: string
  /** Null for the creation and the removal of the record itself. */
  readonly field: string | null
  readonly old: unknown
  readonly new: unknown
}

/** One row: the tracked values that the record began with. */
export async function journalCreation(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  id: string,
  values: Values,
): Promise<void> {
  const tracked = [...model.fields.values()].filter((field) => field.tracked && !isNothing(values[field.name]) && !isLate(field))
  if (![...model.fields.values()].some((field) => field.tracked)) return
  await write(writing, transaction, model, [
    { record: id, field: null, old: null, new: Object.fromEntries(tracked.map((field) => [field.name, values[field.name]])) },
  ])
}

export async function journalChanges(
  writing: Writing,
  transaction: Transaction,
  model: ModelMeta,
  record: Values,
  changes: Values,
  relinked: readonly (readonly [ManyField, readonly string[], readonly string[]])[],
): Promise<void> {
  const id = String(record.id)
  const entries = Object.entries(changes).flatMap(([name, value]): Entry[] =>
    model.fields.get(name)?.tracked ? [{ record: id, field: name, old: kept(model, name, record[name]), new: value }] : [],
  )
  const links = relinked.flatMap(([field, before, after]): Entry[] =>
    field.tracked ? [{ record: id, field: field.name, old: before, new: after }] : [],
  )
  await write(writing, transaction, model, [...entries, ...links])
}

export async function journalRemoval(writing: Writing, transaction: Transaction, model: ModelMeta, record: Values): Promise<void> {
  const tracked = [...model.fields.values()].filter((field) => field.tracked && !isNothing(record[field.name]))
  if (tracked.length === 0) return
  const old = Object.fromEntries(tracked.map((field) => [field.name, kept(model, field.name, record[field.name])]))
  await write(writing, transaction, model, [{ record: String(record.id), field: null, old, new: null }])
}

async function write(writing: Writing, transaction: Transaction, model: ModelMeta, entries: readonly Entry[]): Promise<void> {
  const journal = writing.composition.models.journal
  if (!journal || entries.length === 0) return
  const at = writing.asker.asking.now
  const columns = ['id', 'model', 'record', 'at', 'actor', 'door', 'field', 'old', 'new', 'createdAt', 'updatedAt'].map(
    (name) => `"${columnOf(journal, name)}"`,
  )
  const values: unknown[] = []
  const rows = entries.map((entry) => {
    const json = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value))
    const row = [v7(), model.name, entry.record, at, writing.actor, writing.door, entry.field, json(entry.old), json(entry.new), at, at]
    return `(${row.map((value) => `$${values.push(value)}`).join(', ')})`
  })
  await transaction.run(`insert into "${journal.table}" (${columns.join(', ')}) values ${rows.join(', ')}`, values)
}

/** A value as it is kept: related records by their ids. */
function kept(model: ModelMeta, name: string, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (model.fields.get(name)?.kind === 'scalar') return value
  return Array.isArray(value) ? value.map(idOf) : idOf(value)
}
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0)
}
/** A gap-free number is given at the commit only; until then the field holds something that nobody shall read. */
function isLate(field: FieldMeta): boolean {
  return field.kind === 'scalar' && field.sequence?.gapFree === true
}
