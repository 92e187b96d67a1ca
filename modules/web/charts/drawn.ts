/**
 * Charts as SVG, drawn on the server by ECharts: no style attribute, colours by token, so that one drawing serves light and dark, each
 * mark a link to the records that it stands for.
 */
import { createRequire } from 'node:module'
import type { EChartsCoreOption, EChartsType } from 'echarts/core'

/** What ECharts is told; see its manual. */
export type ChartOption = EChartsCoreOption

export interface Mark {
  readonly value: number
  /** What it says when pointed at: "3 Mar: 12 created". */
  readonly title: string
  readonly href: string
}

/** How texts in a chart look. */
export const chartWords = { color: 'var(--fg-3)', fontSize: 11, fontFamily: 'inherit' }

/** Draws `option`; `series` are its marks, in the order of its series and their data. */
export function drawnChart(
  size: { readonly width: number; readonly height: number },
  series: readonly (readonly (Mark | null)[])[],
  option: ChartOption,
): string {
  const chart: EChartsType = echarts().init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    chart.setOption({ ...option, animation: false })
    return linked(chart.renderToSVGString({ useViewBox: true }), series)
  } finally {
    chart.dispose()
  }
}

let loaded: typeof import('echarts') | undefined

/**
 * Only when the first chart is drawn. Its packed form has more kinds of charts than we draw in one file: those that we draw, as single
 * modules, are five hundred files, half a second and 60 MB more.
 */
function echarts(): typeof import('echarts') {
  loaded ??= createRequire(import.meta.url)('echarts/dist/echarts.common.min.js') as typeof import('echarts')
  return loaded
}

/**
 * The drawing as our pages may hold it. The policy forbids styles, so what it says by them becomes attributes; the classes of the
 * library only served its hover. It is hidden from screen readers and the tab key: the table below it has the same links.
 */
function linked(svg: string, series: readonly (readonly (Mark | null)[])[]): string {
  return svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<svg [^>]*?(viewBox="[^"]*")[^>]*>/, '<svg class="chart" xmlns="http://www.w3.org/2000/svg" $1 aria-hidden="true">')
    .replace(/ class="zr[^"]*"/g, '')
    .replace(/ style="([^"]*)"/g, (_, style: string) => attributesOf(style))
    .replace(
      /<(path|circle|rect)([^>]*?) ecmeta_series_index="(\d+)" ecmeta_data_index="(\d+)"[^>]*?(?:\/>|><\/\1>)/g,
      (all, tag: string, drawing: string, at: string, index: string) => {
        const mark = series[Number(at)]?.[Number(index)]
        if (!mark) return all.replace(metas, '')
        return `<a href="${escaped(mark.href)}" tabindex="-1"><title>${escaped(mark.title)}</title><${tag}${drawing}/></a>`
      },
    )
    .replace(metas, '')
}
const metas = / ecmeta_[a-z_]+="[^"]*"/g

function attributesOf(style: string): string {
  return style
    .split(';')
    .filter(Boolean)
    .map((rule) => {
      const [name = '', value = ''] = rule.split(':', 2)
      return ` ${name.trim()}="${escaped(value.trim())}"`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
