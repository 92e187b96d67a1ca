import type { ModelMeta } from '@tessera/core'
import type { Field, Line, LinesTab, RelatedTab, Tab } from '../screens.ts'
import { controlOf, type Typed } from './control.ts'
import type { CopiedLines } from './duplicate.ts'
import { firstValues } from './first-values.ts'
import type { Unsaved } from './form.ts'
import type { PlannedRelated } from './form-plan.ts'
import { isNewLine, isRemoved, keysIn, type LinesPlan, lineIn, linesPlan, mostLines } from './lines-plan.ts'
import type { Reader } from './reader.ts'
import { allHref, relatedTab } from './related.ts'
import { queryRows, type Row, type RowsPage } from './rows.ts'
import { hrefOf, inSentence, isOpenTo, modelLabel } from './words.ts'

type Sent = Pick<Unsaved, 'typed' | 'wrong'>

/** Related records as lines for whoever may write the record, else as a list. */
export async function relatedOrLines(
  reader: Reader,
  model: ModelMeta,
  row: Row,
  related: PlannedRelated,
  unsaved: Sent,
  canWrite: boolean,
): Promise<RelatedTab | LinesTab> {
  const tab = related.isLines && canWrite ? await linesTab(reader, linesPlan(reader, model, related), row, unsaved) : undefined
  return tab ?? relatedTab(reader, model, row.id, related)
}

/** The lines of a record that is not there yet. */
export async function newLines(
  reader: Reader,
  model: ModelMeta,
  row: Row,
  related: readonly PlannedRelated[],
  unsaved: Sent,
  copied: CopiedLines,
): Promise<readonly Tab[]> {
  const shown = related.filter(({ isLines, hidden }) => isLines && hidden !== true && !hidden?.holds(row, reader.asking))
  const tabs = await Promise.all(
    shown.map((each) => linesTab(reader, linesPlan(reader, model, each), row, unsaved, copied.get(each.name)?.rows)),
  )
  return tabs.filter((tab) => tab !== undefined)
}

/** Undefined where there is nothing that the reader could write. */
async function linesTab(
  reader: Reader,
  plan: LinesPlan,
  parent: Row,
  { typed, wrong }: Sent,
  copied: readonly object[] = [],
): Promise<LinesTab | undefined> {
  const { t, formats } = reader
  const { field, label, target, mappedBy } = plan
  const page = await storedLines(reader, plan, parent)
  const stored = await Promise.all(page.rows.map((row) => lineOf(reader, plan, row, row.id, typed, wrong)))
  const sent = plan.create ? keysIn(typed, field).filter(isNewLine) : []
  const keys = [...sent, ...copied.map((_, at) => `new${sent.length + at + 1}`)]
  const first = { ...(keys.length > 0 ? await firstValues(reader, target, plan, new Map()) : {}), id: '', [mappedBy]: parent }
  const added = await Promise.all(keys.map((key, at) => lineOf(reader, plan, { ...first, ...copied[at - sent.length] }, key, typed, wrong)))
  const rows = [...stored, ...added]
  if (!plan.create && !rows.some(isWritten)) return undefined
  const total = page.total ?? 0
  return {
    is: 'lines',
    name: field,
    field,
    label,
    ...(total > 0 && { count: formats.count(total, page.capped) }),
    ...([...wrong.keys()].some((name) => name.startsWith(`${field}.`)) && { hasErrors: true }),
    columns: [...plan.fields.values()].map((each) => ({ label: each.label, ...(each.required === true && { required: true }) })),
    rows,
    change: `${field}.change`,
    ...(plan.create && { add: t('web.add_line') }),
    ...(total > page.rows.length && {
      all: { href: allHref(target, mappedBy, parent.id), label: t('web.show_all', { count: formats.count(total, page.capped) }) },
    }),
    ...(rows.length === 0 && { empty: t('web.none_yet', { noun: inSentence(label) }) }),
  }
}

const isWritten = ({ cells, removable }: Line): boolean =>
  removable === true || cells.some((cell) => cell !== null && cell.kind !== 'readonly')

/** The records that are lines of one, as far as the reader sees them; none of one that is not there yet. */
export async function storedLines({ records }: Reader, { target, mappedBy, needs }: LinesPlan, parent: Pick<Row, 'id'>): Promise<RowsPage> {
  if (parent.id === '') return { rows: [], next: null, previous: null }
  return queryRows(records, target, { fields: needs, where: { [mappedBy]: parent.id }, limit: mostLines, total: true })
}

async function lineOf(reader: Reader, plan: LinesPlan, row: Row, key: string, typed: Typed, wrong: Sent['wrong']): Promise<Line> {
  const { asking, t } = reader
  const { field, target, update, remove } = plan
  const isNew = isNewLine(key)
  const name = `${field}.${key}`
  const sent = lineIn(typed, field, key)
  const about = { model: target, row, isNew, typed: sent, errors: lineIn(wrong, field, key) }
  const canWrite = isNew || (update.possible && update.holds(row, asking))
  const removed = isRemoved(sent)
  const cells = removed ? [] : await Promise.all([...plan.fields.values()].map((each) => controlOf(reader, each, about, canWrite)))
  const error = wrong.get(name)
  return {
    key,
    name,
    label: row.label || t('web.new_record', { noun: inSentence(modelLabel(target, t)) }),
    cells: cells.map((cell) => (cell ? inLine(cell, name) : null)),
    values: [
      isNew ? { name: `${name}._new`, value: 'true' } : { name: `${name}._version`, value: String(row.version ?? '') },
      ...(removed ? [{ name: `${name}._removed`, value: 'true' }] : []),
    ],
    ...(removed && { removed }),
    ...((isNew || (remove.possible && remove.holds(row, asking))) && { removable: true }),
    ...(!isNew && isOpenTo(reader, target) && { href: hrefOf(target, row.id) }),
    ...(error !== undefined && { error }),
  }
}

/** A control by its place in the line: without help, for which a line has no room. */
function inLine({ help, tip, wide, ...control }: Field, line: string): Field {
  const named = { ...control, name: `${line}.${control.name}` } as Field
  return named.kind === 'textarea' ? { ...named, rows: 1 } : named
}
