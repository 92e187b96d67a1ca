/** How the figures of a chart are drawn. */
import type { Chart } from '@tessera/core'
import { type ChartOption, chartWords, drawnChart, type Mark } from '../charts/drawn.ts'
import type { GraphScreen } from '../screens.ts'
import { shortened } from '../server/words.ts'
import type { GraphData, Point } from './graph-data.ts'

export interface Drawn {
  readonly data: GraphData
  readonly chart: Chart
  readonly stacked: boolean
  /** Groups are steps of time: they go along, others stand below each other. */
  readonly inTime: boolean
  readonly rightToLeft: boolean
  readonly number: (value: number) => string
  /** What is measured are whole numbers. */
  readonly whole: boolean
  /** Of a pie: what is not among its slices. */
  readonly rest: number
  /** Undefined for as much as a page of its own has. */
  readonly room: Room | undefined
}

/** In pixels; bars that lie below each other take the height that they need. */
export interface Room {
  readonly width: number
  readonly height: number
}

export function drawGraph(drawn: Drawn): string {
  if (drawn.chart === 'pie') return pie(drawn)
  return drawn.chart === 'bar' && !drawn.inTime ? lyingBars(drawn) : inTime(drawn)
}

export const sizeOf = ({ chart, inTime }: Pick<Drawn, 'chart' | 'inTime'>): GraphScreen['size'] =>
  chart === 'pie' ? 'small' : chart === 'bar' && !inTime ? 'lying' : 'wide'

const seriesColour = (at: number): string => `var(--series-${(at % 8) + 1})`

function pie({ data: { groups, series }, rest, number }: Drawn): string {
  const points = series[0]?.points ?? []
  const marks = [...points.map((point, at) => markOf(point, groups[at]!.label, number)), ...(rest > 0 ? [null] : [])]
  const data = [...points.map(({ value }) => value ?? 0), ...(rest > 0 ? [rest] : [])]
  return drawnChart({ width: 300, height: 300 }, [marks], {
    series: [
      {
        type: 'pie',
        radius: ['42%', '94%'],
        data: data.map((value, at) => ({
          value: Math.max(0, value),
          itemStyle: { color: at < points.length ? seriesColour(at) : 'var(--line-strong)', borderColor: 'var(--bg)', borderWidth: 2 },
        })),
        label: { show: false },
        labelLine: { show: false },
        emphasis: { disabled: true },
      },
    ],
  })
}

function lyingBars({ data, stacked, rightToLeft, number, whole, room }: Drawn): string {
  const { groups, series } = data
  const bars = stacked ? 1 : series.length
  const height = groups.length * (bars * 15 + 13) + 30
  const width = room?.width ?? 760
  // Cut here: the drawing takes letters that are not Latin for twice as wide as they are.
  const labels = groups.map(({ label }) => shortened(label, Math.floor((width * mostForWords) / letter)))
  const beside = Math.round(Math.max(0, ...labels.map((label) => label.length)) * letter) + 12
  return drawnChart({ width, height }, marksOf(data, number), {
    grid: { left: rightToLeft ? 44 : beside, right: rightToLeft ? beside : 44, top: 4, bottom: 26 },
    xAxis: { ...numbers(number, whole), inverse: rightToLeft },
    yAxis: {
      type: 'category',
      inverse: true,
      position: rightToLeft ? 'right' : 'left',
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: 'var(--line)' } },
      axisLabel: { ...chartWords, color: 'var(--fg)', interval: 0 },
    },
    series: barSeries(data, stacked, valueLabel(number, rightToLeft)),
  })
}

/** Of a chart with bars that lie: labels take as much as they need of it, and leave the larger part to the bars. */
const mostForWords = 0.44
/** Pixels of a letter, with some to spare. */
const letter = 6.4

function inTime({ data, chart, stacked, rightToLeft, number, whole, room }: Drawn): string {
  return drawnChart(room ?? { width: 900, height: 320 }, marksOf(data, number), {
    grid: { left: 8, right: 8, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      inverse: rightToLeft,
      data: data.groups.map(({ label }) => label),
      boundaryGap: true,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: 'var(--line)' } },
      axisLabel: { ...chartWords, hideOverlap: true },
    },
    yAxis: { ...numbers(number, whole), position: rightToLeft ? 'right' : 'left' },
    series: chart === 'line' ? lineSeries(data) : barSeries(data, stacked),
  })
}

const numbers = (number: Drawn['number'], whole: boolean) => ({
  type: 'value',
  ...(whole && { minInterval: 1 }),
  splitNumber: 4,
  splitLine: { lineStyle: { color: 'var(--line)' } },
  axisLabel: { ...chartWords, formatter: number },
})

function barSeries({ series }: GraphData, stacked: boolean, label?: ChartOption): ChartOption[] {
  const isAlone = series.length === 1
  return series.map(({ points }, at) => ({
    type: 'bar',
    data: points.map(({ value }) => value ?? '-'),
    barMaxWidth: 28,
    ...(stacked && { stack: 'all' }),
    itemStyle: { color: isAlone ? 'var(--accent)' : seriesColour(at), borderRadius: stacked && !isAlone ? 0 : 2 },
    ...(isAlone && label && { label }),
    emphasis: { disabled: true },
  }))
}

const valueLabel = (number: Drawn['number'], rightToLeft: boolean) => ({
  ...chartWords,
  color: 'var(--fg)',
  show: true,
  position: rightToLeft ? 'left' : 'right',
  formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? number(value) : ''),
})

/** Told apart by their strokes as well. */
const strokes = ['solid', [6, 3], [2, 2], [8, 3, 2, 3]] as const

function lineSeries({ series, groups }: GraphData): ChartOption[] {
  return series.map(({ points }, at) => ({
    type: 'line',
    data: points.map(({ value }) => value ?? '-'),
    symbol: 'circle',
    symbolSize: groups.length > 45 ? 5 : 7,
    showAllSymbol: true,
    lineStyle: { width: 2, type: strokes[at % strokes.length], color: series.length === 1 ? 'var(--accent)' : seriesColour(at) },
    itemStyle: { color: series.length === 1 ? 'var(--accent)' : seriesColour(at), borderColor: 'var(--bg)', borderWidth: 1 },
    emphasis: { disabled: true },
  }))
}

const marksOf = ({ groups, series }: GraphData, number: Drawn['number']): (Mark | null)[][] =>
  series.map(({ label, points }) =>
    points.map((point, at) => markOf(point, label === '' ? groups[at]!.label : `${groups[at]!.label}, ${label}`, number)),
  )

function markOf({ value, href }: Point, label: string, number: Drawn['number']): Mark | null {
  return value === null ? null : { value, href, title: `${label}: ${number(value)}` }
}
