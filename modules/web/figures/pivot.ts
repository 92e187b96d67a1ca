/** Figures of groups as a table that is opened level by level. */
import type { ModelMeta, Request } from '@tessera/core'
import type { FigureTools, PivotScreen } from '../screens.ts'
import { mayExport } from '../server/export-rights.ts'
import { groupingName } from '../server/grouping.ts'
import { emptyState } from '../server/list-verbs.ts'
import type { Reader } from '../server/reader.ts'
import { modelPlural } from '../server/words.ts'
import { type About, groupingSections } from './groups.ts'
import { measureSections } from './measures.ts'
import { type PivotData, pivotData } from './pivot-data.ts'
import { type Line, type Lines, overlapIn } from './pivot-lines.ts'
import { mostColumnLevels, mostRowLevels, type PivotAddress, pivotState } from './pivot-state.ts'
import { pivotTable } from './pivot-table.ts'
import { aboutOf, cutSentence, frameOf, overlapSentence } from './tools.ts'

export async function pivotScreen(reader: Reader, request: Request, model: ModelMeta): Promise<PivotScreen> {
  const about = aboutOf(reader, request, model)
  const address = pivotState(about)
  const data = await pivotData(about, address.state)
  const records = Number(data.total?.count ?? 0)
  return {
    ...(await frameOf(about, request)),
    total: reader.formats.count(records),
    tools: toolsOf(about, address, data),
    caption: captionOf(about, address),
    ...cutSentence(about, cutOf(data.rows) ?? cutOf(data.columns)),
    ...overlapSentence(about, overlapIn(data.rows, records) || overlapIn(data.columns, records)),
    ...(records === 0 && { empty: emptyState(reader, model, about.addresses) }),
    table: pivotTable(about, address, data),
  }
}

const cutOf = ({ shown, count }: Lines) => (shown.length < count ? { shown: shown.length, of: count } : undefined)

function toolsOf(about: About, { state, asked, to }: PivotAddress, { rows, columns }: PivotData): FigureTools {
  const { reader, model, addresses } = about
  const { t } = reader
  const changed = (now: readonly string[], group: string, most: number) =>
    now.includes(group) ? now.filter((other) => other !== group) : [...now.slice(0, most - 1), group]
  const without = (now: readonly string[], group: string) => now.filter((other) => other !== group)
  const row = (group: string) =>
    to({ rows: changed(asked.rows, group, mostRowLevels), across: without(asked.across, group), row: [], column: [] })
  const column = (group: string) =>
    to({ across: changed(asked.across, group, mostColumnLevels), rows: without(asked.rows, group), row: [], column: [] })
  const measure = (name: string) => {
    const others = without(asked.measures, name)
    return to({ measures: others.length === asked.measures.length ? [...others, name] : others.length > 0 ? others : ['count'] })
  }
  const canOpen = ({ levels, shown }: Lines) => shown.filter(({ depth }) => depth < levels.length - 1)
  const opened = (lines: Lines) => canOpen(lines).map(({ name }) => name)
  const hasLevels = canOpen(rows).length + canOpen(columns).length > 0
  const isOpen = (line: Line) => line.isOpen
  return {
    menus: [
      { symbol: 'layout-rows', label: t('web.rows'), sections: groupingSections(about, asked.rows, row) },
      { symbol: 'layout-columns', label: t('web.columns'), sections: groupingSections(about, asked.across, column) },
      { symbol: 'sum', label: t('web.measures'), sections: measureSections(reader, model, state.measures, measure) },
    ],
    groups: [
      {
        label: t('web.pivot_tools'),
        tools: [
          {
            label: t('web.swap'),
            icon: 'arrows-exchange',
            href: to({ rows: asked.across, across: asked.rows.slice(0, mostColumnLevels), row: asked.column, column: asked.row }),
          },
          ...(hasLevels
            ? [{ label: t('web.open_all'), icon: 'square-plus', href: to({ row: opened(rows), column: opened(columns) }) }]
            : []),
          ...([...rows.shown, ...columns.shown].some(isOpen)
            ? [{ label: t('web.close_all'), icon: 'square-minus', href: to({ row: [], column: [] }) }]
            : []),
        ],
      },
    ],
    ...(mayExport(reader.ability, model) && {
      download: { label: t('web.pivot_file'), href: `/${model.path}/pivot?${addresses.here.split('?')[1] ?? ''}` },
    }),
  }
}

function captionOf({ reader, model }: About, { state: { rows, columns } }: PivotAddress): string {
  const names = [...rows, ...columns].map(({ group }) => groupingName(reader, model, group))
  return [modelPlural(model, reader.t), ...names].join(' · ')
}
