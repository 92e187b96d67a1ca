import { BadRequest, type CsvValue, csvLines, fieldAt, type ModelMeta, type Reply, type Request } from '@tessera/core'
import { isExportable, refuseExport } from './export-rights.ts'
import type { PreparedColumn } from './list-columns.ts'
import { type ListState, orderOf, readState, whereOf } from './list-state.ts'
import type { Reader } from './reader.ts'
import { queryRows, type Row, type RowsPage, relatedIn, valueAt } from './rows.ts'
import { shownColumns } from './shown-columns.ts'
import { optionLabel, sentenceIn } from './words.ts'

/**
 * What the list shows, all of it, as CSV: its words, filters, order and columns. It is read page by page while it is sent, so that
 * its length costs no memory, and kept in the audit log with how many records went out.
 */
export async function exportList(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  refuseExport(reader, model)
  const state = readState(request.query, reader.app.screens(model))
  const shown = await shownColumns(reader, model, state)
  const columns = shown
    .filter(({ shown: { field } }) => isExportable(reader.ability, model, field))
    .map((each) => columnOf(reader, model, each))
  if (columns.length === 0) throw new BadRequest('web.nothing_to_export', 'None of the columns shown may be exported. Show others first.')
  const pageAt = pagesOf(
    reader,
    model,
    state,
    columns.flatMap(({ needs }) => needs),
  )
  // Before anything is sent: what is asked wrongly must be said, and not break off a file.
  const first = await pageAt(undefined)
  return {
    kind: 'reply',
    status: 200,
    cookies: {},
    body: '',
    pieces: piecesOf(reader, model, state, columns, first, pageAt),
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${model.path}-${reader.now.toISOString().slice(0, 10)}.csv"`,
      'cache-control': 'no-store',
    },
  }
}

interface ExportColumn {
  readonly path: string
  readonly label: string
  readonly needs: readonly string[]
  value(row: Row): CsvValue
}
type PageAt = (cursor: string | undefined) => Promise<RowsPage>

async function* piecesOf(
  reader: Reader,
  model: ModelMeta,
  state: ListState,
  columns: readonly ExportColumn[],
  first: RowsPage,
  pageAt: PageAt,
): AsyncGenerator<string> {
  let count = 0
  let isWhole = false
  try {
    yield csvLines([columns.map(({ label }) => label)])
    for (let page: RowsPage | undefined = first; page; page = page.next === null ? undefined : await pageAt(page.next)) {
      // Counted before it is sent: what is under way has left.
      count += page.rows.length
      if (page.rows.length > 0) yield csvLines(page.rows.map((row) => columns.map(({ value }) => value(row))))
    }
    isWhole = true
  } finally {
    await reader.services.audit.note('export', {
      model: model.name,
      details: {
        model: model.name,
        filter: filterOf(state),
        columns: columns.map(({ path }) => path),
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
    order: orderOf(state, screens.list),
    q: state.q || undefined,
    limit: 200,
    may: 'export',
  }
  return (cursor) => queryRows(reader.records, model, { ...ask, cursor })
}

/** As in the address; the words that somebody looked for may name a person, and stand apart. */
function filterOf({ filters, facets, where, sort }: ListState): object {
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
  const textOf = (value: unknown): CsvValue => {
    if (value === null || value === undefined) return null
    if (Array.isArray(value)) return value.map((each) => textOf(each) ?? '').join(', ')
    if (value instanceof Date) return value.toISOString()
    const related = relatedIn(value)
    if (related) return related.label ?? ''
    if (shown.as === 'sentence') return sentenceIn(value, t)
    if (typeof value === 'number') return value
    if (typeof value === 'boolean') return t(value ? 'web.yes' : 'web.no')
    if (typeof value === 'object') return JSON.stringify(value)
    return field?.kind === 'scalar' && field.type === 'enum' ? optionLabel(field, String(value), t) : String(value)
  }
  return { path: shown.field, label: column.label, needs: maker.needs, value: (row) => textOf(valueAt(row, shown.field)) }
}
