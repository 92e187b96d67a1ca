/** Records that go on in another one of their kind: those that go on in this one, and where this one goes on itself. */
import { type ComposedConversation, labelOf, type ModelMeta, type OneField, readableField } from '@tessera/core'
import type { GoesOn } from '../screens.ts'
import { isCode } from './cell.ts'
import type { Reader } from './reader.ts'
import { queryRows, type Row, relatedIn } from './rows.ts'
import { hrefOf } from './words.ts'

export interface PlannedJoins {
  readonly into: OneField
  readonly since: string
  readonly opening: string | undefined
  /** The field that counts them in the statement of the record: where it says that there are none, nothing more is asked. */
  readonly counted: string | undefined
  /** What the record itself must hold. */
  readonly needs: readonly string[]
}

export function plannedJoins(
  { ability }: Reader,
  model: ModelMeta,
  { of, since, opening }: NonNullable<ComposedConversation['joins']>,
): PlannedJoins | undefined {
  const isRead = (name: string | undefined): name is string => name !== undefined && readableField(ability, model, name) !== undefined
  const many = readableField(ability, model, of)
  const into = many?.kind === 'many' && isRead(many.mappedBy) ? model.fields.get(many.mappedBy) : undefined
  if (into?.kind !== 'one' || !isRead(since)) return undefined
  const count = countOf(model, of)
  const counted = isRead(count) ? count : undefined
  return {
    into,
    since,
    opening: isRead(opening) ? opening : undefined,
    counted,
    needs: [into.name, since, ...(counted === undefined ? [] : [counted])],
  }
}

/** The field that counts all records of a relation. */
export function countOf(model: ModelMeta, many: string): string | undefined {
  return [...model.fields.values()].find(
    (field) => field.kind === 'scalar' && field.aggregate?.of === many && !field.aggregate.extreme && !field.aggregate.where,
  )?.name
}

/** Those that go on in the record, as far as the reader may see them, the newest first; `more` are fields of theirs. */
export async function joinedTo(
  { ability, records }: Reader,
  model: ModelMeta,
  joins: PlannedJoins | undefined,
  row: Row,
  more: readonly string[] = [],
): Promise<readonly Row[]> {
  if (!joins || (joins.counted !== undefined && !row[joins.counted])) return []
  const shown = [...model.title.needs, 'createdAt', ...more, ...(joins.opening === undefined ? [] : [joins.opening])]
  const { rows } = await queryRows(records, model, {
    fields: [...new Set(shown)].filter((name) => readableField(ability, model, name)),
    where: { [joins.into.name]: row.id },
    ...(readableField(ability, model, 'createdAt') && { order: { createdAt: 'desc' } }),
    limit: mostJoined,
  })
  return rows
}

const mostJoined = 200

/** By what people call a record where there is little room: its number, or else its name. */
export function calledShort(model: ModelMeta, row: Row): string {
  const code = model.title.needs.find((need) => {
    const field = model.fields.get(need)
    return field?.kind === 'scalar' && isCode(field)
  })
  const value = code === undefined ? undefined : row[code]
  return typeof value === 'string' ? value : (row.label ?? '')
}

/** Where a record goes on: undefined for one that stands by itself. */
export function goesOn({ t }: Reader, model: ModelMeta, joins: PlannedJoins | undefined, row: Row): GoesOn | undefined {
  if (!joins || (row[joins.since] ?? null) === null) return undefined
  const other = relatedIn(row[joins.into.name])
  if (!other) return { text: t('web.goes_on_unseen') }
  return { label: labelOf(joins.into, t), name: other.label ?? '', href: hrefOf(model, other.id), text: t('web.goes_on') }
}
