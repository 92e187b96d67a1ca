/** Rows as cells, under heads that sort. */
import type { Cell, Column, Row as ShownRow, Table } from '../screens.ts'
import { toneLook } from './cell.ts'
import type { PreparedColumn, PreparedList } from './list-columns.ts'
import type { SortKey } from './list-state.ts'
import type { Reader } from './reader.ts'
import type { Row } from './rows.ts'
import type { Addresses } from './search-bar.ts'

export function tableOf(
  reader: Reader,
  { tone }: PreparedList,
  columns: readonly PreparedColumn[],
  rows: readonly Row[],
  addresses: Addresses | undefined,
  caption: string,
  link: (row: Row, at: number) => string,
): Table {
  const title = columns.findIndex(({ column }) => column.title)
  const makers = columns.map(({ maker }) => maker)
  const body = rows.map((row, at): ShownRow => {
    const cells = makers.map((maker) => maker.make(row, reader))
    const name = tone?.of(row, reader.asking)
    const marked = name === undefined ? undefined : cells[title]
    if (marked) cells[title] = { ...marked, ...toneLook(reader, name!, marked.icon) } as Cell
    return { is: 'row', id: row.id, href: link(row, at), name: row.label ?? '', cells, ...(name === 'muted' && { muted: true }) }
  })
  return { columns: columns.map((each) => withSort(each, addresses)), body, caption }
}

/** As many as an address takes. */
const mostKeys = 3

export function withSort({ column, sortable }: PreparedColumn, addresses: Addresses | undefined): Column {
  if (!addresses || !sortable) return column
  const { state, to } = addresses
  const keys: readonly SortKey[] = state.sort.length > 0 ? state.sort : addresses.declared
  const at = keys.findIndex(({ path }) => path === column.name)
  const now = keys[at]?.direction
  const direction = now === undefined ? (column.kind === 'date' ? 'desc' : 'asc') : now === 'asc' ? 'desc' : 'asc'
  const key: SortKey = { path: column.name, direction }
  return {
    ...column,
    sort: {
      href: to({ sort: [key] }),
      // The others stay as they are: a new key comes after them, one that is there turns around.
      also: to({ sort: at >= 0 ? keys.with(at, key) : [...keys, key].slice(-mostKeys) }),
      ...(now && { now: now === 'asc' ? ('ascending' as const) : ('descending' as const) }),
      ...(at >= 0 && keys.length > 1 && { rank: at + 1 }),
    },
  }
}
