import type { HistoryEntry, ModelMeta } from '@tessera/core'
import type { Conflict, ConflictField } from '../screens.ts'
import { choicesOf } from './choices.ts'
import { isAsStored, type Typed, typedValue } from './control.ts'
import type { FormPlan, PlannedField } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { queryRows, type Row, relatedIn } from './rows.ts'
import { inSentence, modelLabel, valueInWords } from './words.ts'

/**
 * Somebody else saved first: what differs, field by field. Who changed a field is told by the history: for a field that it
 * does not keep, both may have. Undefined when nothing differs any more.
 */
export async function conflictOf(
  reader: Reader,
  model: ModelMeta,
  plan: Pick<FormPlan, 'fields'>,
  row: Row,
  typed: Typed,
  version: number,
  back: string,
): Promise<Conflict | undefined> {
  const { formats, t } = reader
  const differing = [...plan.fields.values()].filter((planned) => {
    const texts = typed.get(planned.name)
    return texts !== undefined && !planned.fixed && !isAsStored(planned.field, texts, row[planned.name], formats)
  })
  if (differing.length === 0) return undefined
  const theirs = await changesSince(reader, model, row, version)
  const who = relatedIn(row.updatedBy)?.label ?? t('web.somebody')
  const at = row.updatedAt instanceof Date ? formats.time(row.updatedAt) : ''
  const fields = await Promise.all(
    differing.map((planned) => conflictField(reader, planned, row, typed.get(planned.name) ?? [], theirs, who)),
  )
  return {
    title: t('web.conflict_title', { noun: inSentence(modelLabel(model, t)) }),
    text: t('web.conflict_text', { who, at, stored: Number(row.version), given: version }),
    theirsLabel: t('web.saved_by', { who, at }),
    fields,
    takeAllTheirs: { label: t('web.take_theirs', { who }), href: back },
  }
}

async function conflictField(
  reader: Reader,
  { name, label, field }: PlannedField,
  row: Row,
  texts: readonly string[],
  theirs: ReadonlyMap<string, HistoryEntry>,
  who: string,
): Promise<ConflictField> {
  const { formats, t } = reader
  const entry = theirs.get(name)
  const iKept = entry !== undefined && isAsStored(field, texts, entry.old, formats)
  const changedBy = iKept ? 'them' : entry === undefined && field.tracked ? 'me' : 'both'
  return {
    name,
    label,
    changedBy,
    remark: t(`web.conflict_${changedBy}`, { who }),
    theirs: valueInWords(reader, field, row[name]) ?? '',
    mine: (await mineInWords(reader, { name, label, field }, texts)) ?? '',
    ...(changedBy === 'them' && { chosen: 'theirs' as const }),
    ...(changedBy === 'me' && { chosen: 'mine' as const }),
  }
}

async function mineInWords(
  reader: Reader,
  { field }: Pick<PlannedField, 'name' | 'label' | 'field'>,
  texts: readonly string[],
): Promise<string | undefined> {
  if (field.kind === 'scalar') return valueInWords(reader, field, typedValue(field, texts, reader.zone))
  const ids = texts.filter(Boolean)
  if (ids.length === 0) return undefined
  const offered = (await choicesOf(reader, field.target)).rows
  const rows = ids.every((id) => offered.some((row) => row.id === id))
    ? offered.filter((row) => ids.includes(row.id))
    : (await queryRows(reader.records, field.target, { fields: [], where: { id: { $in: ids } }, limit: 200 })).rows
  return valueInWords(reader, field, rows)
}

/** By field, the oldest change since the version: its old value is what both had before them. Every write has an instant of its own. */
async function changesSince({ records }: Reader, model: ModelMeta, row: Row, version: number): Promise<ReadonlyMap<string, HistoryEntry>> {
  const writes = Number(row.version) - version
  const entries = await records.history(model.handle, row.id, 200)
  const instants = [...new Set(entries.map(({ at }) => at.getTime()))].slice(0, Math.max(writes, 0))
  const since = instants.at(-1)
  const changes = new Map<string, HistoryEntry>()
  // Newest first, so that the oldest of a field stays.
  for (const entry of entries)
    if (entry.field !== null && since !== undefined && entry.at.getTime() >= since) changes.set(entry.field, entry)
  return changes
}
