/** A card of the first rows of a list. */
import type { About } from '../figures/groups.ts'
import type { RowsContent } from '../screens.ts'
import { type PreparedColumn, prepareList } from '../server/list-columns.ts'
import { needsOf, pageOf, recordLink } from '../server/list-page.ts'
import { tableOf } from '../server/list-table.ts'
import { shownColumns } from '../server/shown-columns.ts'
import type { KeptCard } from './dashboard.model.ts'
import { hrefOfView } from './found.ts'

export async function rowsContent(about: About, card: KeptCard, title: string): Promise<RowsContent> {
  const { reader, model, screens, addresses } = about
  const prepared = prepareList(reader, model)
  const columns = few(await shownColumns(reader, model, addresses.state), card.width)
  const page = await pageOf(reader, model, screens, addresses.state, needsOf(prepared, columns), mostRows)
  const total = page.total ?? page.rows.length
  const count = reader.formats.count(total, page.capped)
  return {
    is: 'rows',
    table: tableOf(reader, prepared, columns, page.rows, undefined, title, recordLink(model, addresses)),
    all: { href: hrefOfView(about, 'list'), label: reader.t('web.show_all', { count }) },
    ...(total === 0 && { none: reader.t('web.card_none') }),
  }
}

const mostRows = 6

/** As many as there is room for; the one that names the record is always among them. */
function few(columns: readonly PreparedColumn[], width: KeptCard['width']): readonly PreparedColumn[] {
  const others = columns.filter(({ column }) => !column.title && !column.narrow).slice(0, room[width])
  return columns.filter((each) => each.column.title || (each.column.narrow && width > 1) || others.includes(each))
}
const room = { 1: 0, 2: 1, 3: 3, 4: 5 } as const
