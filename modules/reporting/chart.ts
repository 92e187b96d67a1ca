/** The charts of the dashboard; each mark is a link to the tickets that it stands for. */
import { chartWords, drawnChart, type Mark } from '@tessera/web'

export interface Line {
  readonly dashed: boolean
  readonly marks: readonly Mark[]
}
export interface Bar extends Mark {
  readonly label: string
}

/** Lines over the steps of a period. The first is drawn on top. */
export function lineChart(labels: readonly string[], lines: readonly Line[]): string {
  const size = { width: 660, height: 230 }
  return drawnChart(
    size,
    lines.map(({ marks }) => marks),
    {
      grid: { left: 8, right: 16, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: {
        type: 'category',
        data: [...labels],
        boundaryGap: false,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: 'var(--line)' } },
        axisLabel: { ...chartWords, hideOverlap: true },
      },
      yAxis: { type: 'value', minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: 'var(--line)' } }, axisLabel: chartWords },
      series: lines.map(({ dashed, marks }, at) => ({
        type: 'line',
        data: marks.map(({ value }) => value),
        z: lines.length - at,
        symbol: 'circle',
        symbolSize: marks.length > 45 ? 4 : 6,
        showAllSymbol: true,
        lineStyle: { width: dashed ? 1.5 : 2, type: dashed ? [4, 3] : 'solid', color: dashed ? 'var(--grey-mark)' : 'var(--accent)' },
        itemStyle: { color: dashed ? 'var(--grey-mark)' : 'var(--accent)', borderColor: 'var(--bg)', borderWidth: 1 },
        emphasis: { disabled: true },
      })),
    },
  )
}

/** Lying bars, the first on top. */
export function barChart(bars: readonly Bar[]): string {
  const size = { width: 340, height: bars.length * 24 + 8 }
  return drawnChart(size, [bars], {
    grid: { left: 106, right: 40, top: 4, bottom: 4 },
    xAxis: { type: 'value', show: false, min: 0, max: Math.max(1, ...bars.map(({ value }) => value)) },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...chartWords, fontSize: 10.5, color: 'var(--fg)', align: 'left', margin: 105, width: 96, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        data: bars.map(({ value }) => value),
        barWidth: 13,
        showBackground: true,
        backgroundStyle: { color: 'var(--grey-soft)', borderRadius: 3 },
        itemStyle: { color: 'var(--accent)', borderRadius: 3 },
        label: { ...chartWords, fontSize: 10.5, show: true, position: 'right', color: 'var(--fg)' },
        emphasis: { disabled: true },
      },
    ],
  })
}

/** The course of a figure beside its number: decoration, since the number says it. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.flatMap((value, at) => (value === null ? [] : [[at, value] as const]))
  if (known.length < 2) return ''
  const [low, high] = [Math.min(...known.map(([, value]) => value)), Math.max(...known.map(([, value]) => value))]
  const x = (at: number) => (2 + (at / Math.max(1, values.length - 1)) * 62).toFixed(1)
  const y = (value: number) => (high === low ? 13 : 23 - ((value - low) / (high - low)) * 20).toFixed(1)
  const [at, value] = known.at(-1)!
  const points = known.map(([at, value]) => `${x(at)},${y(value)}`).join(' ')
  return `<svg class="sparkline" viewBox="0 0 66 26" aria-hidden="true"><polyline points="${points}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/><circle cx="${x(at)}" cy="${y(value)}" r="2" fill="currentColor"/></svg>`
}
