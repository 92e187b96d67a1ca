import { BadRequest, fieldAt, labelOf, type ModelMeta, type Reply, type Request } from '@tessera/core'
import { type ExportFormat, fileOf, formatIn } from '../exchange/files.ts'
import type { SheetValue } from '../exchange/xlsx.ts'
import { isExportable, refuseExport } from './export-rights.ts'
import { type PreparedColumn, prepareColumns } from './list-columns.ts'
import { type ListState, orderOf, readState, whereOf } from './list-state.ts'
import type { Reader } from './reader.ts'
import { plainColumn } from './related.ts'
import { queryRows, type Row, type RowsPage, relatedIn, valueAt } from './rows.ts'
import { shownColumns } from './shown-columns.ts'
import { inSentence, modelPlural, optionLabel, sentenceIn } from './words.ts'

/**
 * What the list finds, all of it, as a file: its words, filters and order, in its columns or the fields named in the address. It is
 * read page by page while it is sent, so that its length costs no memory, and kept in the audit log with how many records went out.
 */
export async function exportList(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  refuseExport(reader, model)
  const state = readState(request.query, reader.app.screens(model))
  const format = formatIn(request.query)
  const columns = (await chosenColumns(reader, request, model, state)).map((each) => columnOf(reader, model, each))
  if (columns.length === 0) throw new BadRequest('web.nothing_to_export', 'None of the columns shown may be exported. Show others first.')
  const pageAt = pagesOf(
    reader,
    model,
    state,
    columns.flatMap(({ needs }) => needs),
  )
  // Before anything is sent: what is asked wrongly must be said, and not break off a file.
  const first = await pageAt(undefined)
  const labels = columns.map(({ label }) => label)
  return fileOf(reader, model, format, labels, lotsOf(reader, model, state, format, columns, first, pageAt))
}

/** The fields named in the address, else the columns that the list shows. */
async function chosenColumns(reader: Reader, request: Request, model: ModelMeta, state: ListState): Promise<readonly PreparedColumn[]> {
  const named = [...new Set(request.query.getAll('field'))]
  if (named.length === 0) {
    const shown = await shownColumns(reader, model, state)
    return shown.filter(({ shown: { field } }) => isExportable(reader.ability, model, field))
  }
  if (named.length > mostFields)
    throw new BadRequest('request.too_many_values', 'A list takes {most} values at most.', { most: mostFields })
  for (const path of named) {
    if (isExportable(reader.ability, model, path)) continue
    const sentence = 'There is no field "{path}" of {model} that you may export. Choose the fields again.'
    throw new BadRequest('web.no_export_field', sentence, { path, model: inSentence(modelPlural(model, reader.t)) })
  }
  const { columns } = prepareColumns(
    reader,
    model,
    named.map((path) => plainColumn(model, reader, path)),
  )
  return named.flatMap((path) => columns.find(({ shown: { field } }) => field === path) ?? [])
}

const mostFields = 100

interface ExportColumn {
  readonly path: string
  readonly label: string
  readonly needs: readonly string[]
  value(row: Row): SheetValue
}
type PageAt = (cursor: string | undefined) => Promise<RowsPage>

async function* lotsOf(
  reader: Reader,
  model: ModelMeta,
  state: ListState,
  format: ExportFormat,
  columns: readonly ExportColumn[],
  first: RowsPage,
  pageAt: PageAt,
): AsyncGenerator<readonly (readonly SheetValue[])[]> {
  let count = 0
  let isWhole = false
  try {
    for (let page: RowsPage | undefined = first; page; page = page.next === null ? undefined : await pageAt(page.next)) {
      // Counted before it is sent: what is under way has left.
      count += page.rows.length
      if (page.rows.length > 0) yield page.rows.map((row) => columns.map(({ value }) => value(row)))
    }
    isWhole = true
  } finally {
    await reader.services.audit.note('export', {
      model: model.name,
      details: {
        model: model.name,
        filter: filterOf(state),
        columns: columns.map(({ path }) => path),
        format,
        count,
        ...(!isWhole && { broken: true }),
      },
      ...(state.q !== '' && { personal: { words: state.q } }),
    })
  }
}

function pagesOf(reader: Reader, model: ModelMeta, state: ListState, fields: readonly string[]): PageAt {
  const screens = reader.app.screens(model)
  const ask = {
    fields: [...new Set(fields)],
    where: whereOf(state, model, screens, reader.zone),
    order: orderOf(reader, model, state, screens.list),
    q: state.q || undefined,
    limit: 200,
    may: 'export',
  }
  return (cursor) => queryRows(reader.records, model, { ...ask, cursor })
}

/** As in the address; the words that somebody looked for may name a person, and stand apart. */
/** What a list was narrowed to, for the audit log. */
export function filterOf({ filters, facets, where, sort }: ListState): object {
  return {
    ...(filters.length > 0 && { filters }),
    ...(facets.size > 0 && { facets: Object.fromEntries(facets) }),
    ...(where !== undefined && { where }),
    ...(sort.length > 0 && { sort: sort.map(({ path, direction }) => `${path} ${direction}`) }),
  }
}

/** For programs as much as for people: numbers and instants as they are, names instead of ids. */
function columnOf({ t }: Reader, model: ModelMeta, { shown, column, maker }: PreparedColumn): ExportColumn {
  const field = fieldAt(model, shown.field)
  const contentOf = (value: unknown): SheetValue => {
    if (value === null || value === undefined) return null
    if (Array.isArray(value)) return value.map((each) => String(contentOf(each) ?? '')).join(', ')
    if (value instanceof Date) return { instant: value }
    const related = relatedIn(value)
    if (related) return related.label ?? ''
    if (shown.as === 'sentence') return sentenceIn(value, t)
    if (typeof value === 'number' || typeof value === 'boolean') return value
    if (typeof value === 'object') return JSON.stringify(value)
    if (field?.kind !== 'scalar') return String(value)
    if (field.type === 'date') return { day: String(value).slice(0, 10) }
    return field.type === 'enum' ? optionLabel(field, String(value), t) : String(value)
  }
  const [head = '', ...rest] = shown.field.split('.')
  const relation = rest.length > 0 && shown.label === undefined ? model.fields.get(head) : undefined
  // Beside the record's own fields "Name" alone would say nothing.
  const label = relation ? `${labelOf(relation, t)} / ${column.label}` : column.label
  return { path: shown.field, label, needs: maker.needs, value: (row) => contentOf(valueAt(row, shown.field)) }
}
