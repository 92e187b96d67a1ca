/** Cards that show groups: a chart, or a table. */
import { graphContent } from '../figures/graph.ts'
import type { About } from '../figures/groups.ts'
import { pivotData } from '../figures/pivot-data.ts'
import { pivotState } from '../figures/pivot-state.ts'
import { pivotTable } from '../figures/pivot-table.ts'
import type { ChartContent, TableContent } from '../screens.ts'
import type { KeptCard } from './dashboard.model.ts'

export async function chartContent(about: About, { width }: KeptCard): Promise<ChartContent> {
  const { empty, ...content } = await graphContent(about, room[width])
  return { is: 'graph', ...content, ...(empty && { none: about.reader.t('web.card_none') }) }
}

/** In pixels, so that the words of a chart are as large as others. */
const room = {
  1: { width: 300, height: 220 },
  2: { width: 560, height: 240 },
  3: { width: 860, height: 260 },
  4: { width: 1160, height: 280 },
} as const

export async function tableContent(about: About, title: string): Promise<TableContent> {
  const address = pivotState(about)
  const data = await pivotData(about, address.state)
  const { head, lines, total } = pivotTable(about, address, data)
  return {
    is: 'pivot',
    caption: title,
    // Groups are opened on the page of the table itself.
    head: head.map((line) => line.map(({ toggle: _, ...each }) => each)),
    lines: lines.map(({ label, depth, cells }) => ({ label, depth, cells })),
    total,
    ...(Number(data.total?.count ?? 0) === 0 && { none: about.reader.t('web.card_none') }),
  }
}
