/** Figures of groups as a chart, and below it as a table. */
import type { ModelMeta, Request } from '@tessera/core'
import type { FigureTools, GraphScreen } from '../screens.ts'
import { groupingName } from '../server/grouping.ts'
import { emptyState } from '../server/list-verbs.ts'
import type { Reader } from '../server/reader.ts'
import { isRightToLeft } from '../server/shell.ts'
import { modelPlural } from '../server/words.ts'
import { type GraphData, graphData } from './graph-data.ts'
import { drawGraph, type Room, sizeOf } from './graph-drawing.ts'
import { type GraphState, graphState, isPartOfWhole } from './graph-state.ts'
import { type About, groupingSections } from './groups.ts'
import { addsUp, measureName, measureSections } from './measures.ts'
import { aboutOf, cutSentence, frameOf, overlapSentence } from './tools.ts'

export async function graphScreen(reader: Reader, request: Request, model: ModelMeta): Promise<GraphScreen> {
  const about = aboutOf(reader, request, model)
  const { state, to } = graphState(about)
  const { records, empty, ...content } = await graphContent(about)
  return {
    ...(await frameOf(about, request)),
    total: reader.formats.count(records),
    tools: toolsOf(about, state, to),
    ...content,
    ...(empty && { empty: emptyState(reader, model, about.addresses) }),
  }
}

type Content = Pick<GraphScreen, 'caption' | 'cut' | 'overlap' | 'size' | 'drawing' | 'legend' | 'figures'>

/** The chart itself, drawn for as much room as there is. */
export async function graphContent(about: About, room?: Room): Promise<Content & { readonly records: number; readonly empty: boolean }> {
  const { reader } = about
  const { state } = graphState(about)
  const { by, chart, stacked } = state
  const data: GraphData = by
    ? await graphData(about, { ...state, by })
    : { groups: [], series: [], records: 0, whole: 0, overlap: false, cut: undefined }
  const shown = data.series[0]?.points.reduce((sum, { value }) => sum + Math.max(0, value ?? 0), 0) ?? 0
  const rest = state.chart === 'pie' && addsUp(state.measure) ? data.whole - shown : 0
  const inTime = by?.grain !== undefined
  const empty = data.groups.length === 0
  return {
    records: data.records,
    empty,
    caption: captionOf(about, state),
    ...cutSentence(about, data.cut),
    ...overlapSentence(about, data.overlap),
    size: sizeOf({ chart, inTime }),
    drawing: empty
      ? ''
      : drawGraph({
          data,
          chart,
          stacked,
          inTime,
          rest,
          rightToLeft: isRightToLeft(reader.locale),
          number: reader.formats.number,
          whole: state.measure === 'count',
          room,
        }),
    legend: legendOf(about, state, data, rest),
    figures: tableOf(about, state, data),
  }
}

function toolsOf(about: About, { by, split, measure, chart, stacked }: GraphState, to: ReturnType<typeof graphState>['to']): FigureTools {
  const { reader, model } = about
  const { t } = reader
  const chosen = (group: string | undefined) => (group === undefined ? [] : [group])
  const other = (group: string) => (group === split?.group ? '' : group)
  const charts = (isPartOfWhole(by, measure) ? ['bar', 'line', 'pie'] : ['bar', 'line']).map((name) => ({
    label: t(`web.chart_${name}`),
    icon: `chart-${name}`,
    href: to({ chart: name }),
    current: name === chart,
  }))
  const isStackable = split !== undefined && chart === 'bar' && isPartOfWhole(split, measure)
  return {
    menus: [
      { symbol: 'category', label: t('web.group_by'), sections: groupingSections(about, chosen(by?.group), (group) => to({ by: group })) },
      ...(chart === 'pie'
        ? []
        : [
            {
              symbol: 'layers-subtract',
              label: t('web.split_by'),
              sections: groupingSections(about, chosen(split?.group), (group) => to({ split: other(group) })),
            },
          ]),
      { symbol: 'sum', label: t('web.measure'), sections: measureSections(reader, model, [measure], (name) => to({ measure: name })) },
    ],
    groups: [
      { label: t('web.chart_kind'), tools: charts },
      ...(isStackable
        ? [
            {
              label: t('web.stacked'),
              tools: [{ label: t('web.stacked'), icon: 'stack-2', href: to({ stacked: stacked ? '0' : '1' }), current: stacked }],
            },
          ]
        : []),
    ],
  }
}

function captionOf({ reader, model }: About, { by, split, measure }: GraphState): string {
  const { t } = reader
  const what = measure === 'count' ? modelPlural(model, t) : measureName(reader, model, measure)
  if (!by) return what
  return [what, ...[by, ...(split ? [split] : [])].map(({ group }) => groupingName(reader, model, group))].join(' · ')
}

function legendOf({ reader }: About, { chart }: GraphState, { groups, series, whole }: GraphData, rest: number): GraphScreen['legend'] {
  const { formats, t } = reader
  const share = (value: number) => (whole > 0 ? `${formats.number(value)} · ${formats.share(value / whole)}` : formats.number(value))
  if (chart !== 'pie') return series.length > 1 ? series.map(({ label }, at) => ({ series: (at % 8) + 1, label })) : []
  const slices = groups.map(({ label, href }, at) => ({
    series: (at % 8) + 1,
    label,
    value: share(series[0]?.points[at]?.value ?? 0),
    href,
  }))
  return rest > 0 ? [...slices, { series: 0, label: t('web.others'), value: share(rest) }] : slices
}

function tableOf({ reader, model }: About, { by, measure }: GraphState, { groups, series }: GraphData): GraphScreen['figures'] {
  const measureLabel = measureName(reader, model, measure)
  return {
    head: [by ? groupingName(reader, model, by.group) : '', ...series.map(({ label }) => (label === '' ? measureLabel : label))],
    rows: groups.map(({ label, href }, at) => ({
      label,
      href,
      cells: series.map(({ points }) => {
        const { value, href } = points[at]!
        return value === null ? {} : { value: reader.formats.number(value), href }
      }),
    })),
  }
}
