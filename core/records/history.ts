/** The history of a record for a reader: the fields that he may read, relations in their present names. */
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import { getRow, type Reading } from './read.ts'
import type { HistoryEntry } from './records.ts'
import { type Row, Selection } from './selection.ts'
import { columnOf, isEverything, Statement } from './statement.ts'

/** Newest first. Throws NotFound when the record itself may not be read. */
export async function historyOf(
  reading: Reading,
  model: ModelMeta,
  journal: ModelMeta | undefined,
  id: string,
  limit: number,
): Promise<readonly HistoryEntry[]> {
  await getRow(reading, model, id, [])
  if (!journal) return []
  const { asker } = reading
  const statement = new Statement(asker)
  const selection = new Selection(statement, journal, 't', 'trusted')
  for (const name of ['at', 'door', 'field', 'old', 'new']) selection.add(name)
  const actor = journal.fields.get('actor')
  if (actor && actor.kind !== 'many') selection.keep('actor', `t."${actor.column}"`)
  const rows = await reading.run(
    `select ${selection.list} from "${journal.table}" t ${selection.joins} where t."${columnOf(journal, 'model')}" = ${statement.param(model.name)} and t."${columnOf(journal, 'record')}" = ${statement.param(id)} order by t."${columnOf(journal, 'at')}" desc, t."id" desc limit ${statement.param(Math.max(0, Math.trunc(limit)))}`,
    statement.values,
  )
  const entries = rows
    .map((row) => selection.shape(row, asker.asking) as unknown as HistoryEntry)
    .filter((entry) => readable(reading, model, entry.field))
  const labels = await labelsOf(reading, model, actor, entries)
  return entries.map((given) => {
    const entry = { ...given, actor: shown(reading, actor, given.actor, labels) as HistoryEntry['actor'] }
    const field = entry.field === null ? undefined : model.fields.get(entry.field)
    if (entry.field === null)
      return { ...entry, label: null, old: initial(reading, model, entry.old, labels), new: initial(reading, model, entry.new, labels) }
    return {
      ...entry,
      label: field?.label ?? entry.field,
      old: shown(reading, field, entry.old, labels),
      new: shown(reading, field, entry.new, labels),
    }
  })
}

function readable(reading: Reading, model: ModelMeta, name: string | null): boolean {
  const field = name === null ? undefined : model.fields.get(name)
  // A field readable on some records only is left out: the history does not know which state of the record to ask.
  return name === null || (field !== undefined && reading.asker.ability.field('read', field) === true)
}

/** The values a record began or ended with, without the fields that the reader may not see. */
function initial(reading: Reading, model: ModelMeta, values: unknown, labels: ReadonlyMap<string, string>): unknown {
  if (typeof values !== 'object' || values === null) return null
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => readable(reading, model, name))
      .map(([name, value]) => [name, shown(reading, model.fields.get(name), value, labels)]),
  )
}

/**
 * Related records as `{ id, label }`. One that the reader may not read is left out, as everywhere; one that is gone keeps its
 * id, but only a reader of all such records can tell the two apart.
 */
function shown(reading: Reading, field: FieldMeta | undefined, value: unknown, labels: ReadonlyMap<string, string>): unknown {
  if (!field || field.kind === 'scalar' || value === null) return value
  const readsAll = isEverything(reading.asker.ability.records('read', field.target))
  // What may be gone by now is kept by the name that it had.
  const isNamed = (each: unknown): each is { id: string; label: string } => typeof each === 'object' && each !== null && 'label' in each
  const one = (id: unknown) =>
    isNamed(id) ? id : typeof id === 'string' && (readsAll || labels.has(id)) ? { id, label: labels.get(id) ?? null } : null
  return Array.isArray(value) ? value.map(one).filter((each) => each !== null) : one(value)
}

/** The present labels of all records that the entries name, as far as the reader may read them. */
async function labelsOf(
  reading: Reading,
  model: ModelMeta,
  actor: FieldMeta | undefined,
  entries: readonly HistoryEntry[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<ModelMeta, Set<string>>()
  const want = (field: FieldMeta | undefined, value: unknown): void => {
    if (!field || field.kind === 'scalar') return
    const ids = wanted.get(field.target) ?? new Set()
    for (const id of Array.isArray(value) ? value : [value]) if (typeof id === 'string') ids.add(id)
    wanted.set(field.target, ids)
  }
  for (const entry of entries) {
    want(actor, entry.actor)
    for (const side of [entry.old, entry.new]) {
      if (entry.field !== null) want(model.fields.get(entry.field), side)
      else for (const [name, value] of Object.entries((side ?? {}) as object)) want(model.fields.get(name), value)
    }
  }
  const targets = [...wanted].filter(([, ids]) => ids.size > 0)
  if (targets.length === 0) return new Map()
  // One statement for all models: a record's page must not cost one for each relation that ever changed.
  const statement = new Statement(reading.asker)
  const parts = targets.map(([target, ids], at) => {
    const selection = new Selection(statement, target, 't', 'asked', 'json')
    selection.addLabel()
    const rule = statement.rule('read', target, 't')
    const sql = `select ${at} as part, to_json(r) as r from (select ${selection.list} from "${target.table}" t ${selection.joins} where t."id" = any(${statement.param([...ids])}::uuid[])${rule ? ` and ${rule}` : ''}) r`
    return { selection, sql }
  })
  const rows = await reading.run(parts.map(({ sql }) => sql).join(' union all '), statement.values)
  const labels = new Map<string, string>()
  for (const { part, r } of rows) {
    const { id, label } = parts[part as number]!.selection.shape(r as Row, reading.asker.asking)
    labels.set(String(id), String(label))
  }
  return labels
}
