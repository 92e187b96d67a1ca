/** The rows that a list shows at one time, and the ways to and from them. */
import type { ModelMeta, Screens } from '@tessera/core'
import type { PreparedColumn, PreparedList } from './list-columns.ts'
import { entriesOf, type ListState, orderOf, whereOf } from './list-state.ts'
import type { Reader } from './reader.ts'
import { queryRows, type Row, type RowsPage } from './rows.ts'
import type { Addresses } from './search-bar.ts'

/** Rows of one page. */
export const pageSize = 50

/** One page of the rows that a state shows. */
export async function pageOf(
  reader: Reader,
  model: ModelMeta,
  screens: Screens,
  state: ListState,
  fields: readonly string[],
  limit: number,
  total: 'about' | false = 'about',
): Promise<RowsPage> {
  return queryRows(reader.records, model, {
    fields: [...new Set(fields)],
    where: whereOf(state, model, screens, reader.zone),
    order: orderOf(reader, model, state, screens.list),
    q: state.q || undefined,
    cursor: state.after,
    limit,
    total,
    fitted: state.facets.size > 0 || state.where !== undefined,
  })
}

export const needsOf = (prepared: PreparedList, columns: readonly PreparedColumn[]): readonly string[] => [
  ...prepared.needs,
  ...columns.flatMap(({ maker }) => maker.needs),
]

/** Back to the very first page without a cursor: rows that came meanwhile belong to it. */
export function previousPage(state: ListState, cursor: string, { to }: Addresses): string {
  return state.from <= pageSize + 1 ? to({}) : to({ after: cursor, from: state.from - pageSize })
}

/** A record's address; it remembers the list and the position, for the way back and the next one. */
export function recordLink(model: ModelMeta, { state, first }: Addresses): (row: Row, at: number) => string {
  const list = listQuery(state, first)
  const query = list ? `in=${encodeURIComponent(list)}&` : ''
  return ({ id }, at) => `/${model.path}/${id}?${query}at=${state.from + at}`
}

export const listQuery = (state: ListState, first: ListState): string =>
  new URLSearchParams(entriesOf(state, first).map(([name, value]): [string, string] => [name, value])).toString()
