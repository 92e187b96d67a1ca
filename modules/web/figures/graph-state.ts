/** The part of an address that says what a chart shows. */
import type { Chart } from '@tessera/core'
import { isOverlapping, type Level } from '../server/grouping.ts'
import { type About, levelsOf } from './groups.ts'
import { addsUp, isMeasure } from './measures.ts'

export interface GraphState {
  /** Undefined where the reader may know none of what was asked for. */
  readonly by: Level | undefined
  readonly split: Level | undefined
  readonly measure: string
  readonly chart: Chart
  /** Series one upon the other instead of beside each other. */
  readonly stacked: boolean
}

/** As the address says, else as declared; `to` writes the address of another state. */
export function graphState(about: About): { readonly state: GraphState; to(change: GraphChange): string } {
  const { reader, model, screens, addresses } = about
  const declared = screens.graph
  const said = new Map(addresses.state.own)
  const asked: Asked = {
    by: said.get('by') ?? declared.by,
    split: said.get('split') ?? declared.split ?? '',
    measure: said.get('measure') ?? declared.measure,
    chart: said.get('chart') ?? declared.chart,
    stacked: said.get('stacked') ?? '1',
  }
  const [first, split] = levelsOf(about, [asked.by, ...(asked.split === '' ? [] : [asked.split])])
  const by = first ?? levelsOf(about, ['createdAt:month'])[0]
  const measure = isMeasure(reader, model, asked.measure) ? asked.measure : 'count'
  const chart = charts.find((each) => each === asked.chart) ?? declared.chart
  return {
    state: {
      by,
      split: chart === 'pie' ? undefined : split,
      measure,
      chart: chart === 'pie' && !isPartOfWhole(by, measure) ? 'bar' : chart,
      stacked: asked.stacked !== '0' && isPartOfWhole(split, measure),
    },
    to: (change) => addresses.to({ own: entriesOf({ ...asked, ...change }, declared) }),
  }
}

/** Parts of a whole are what adds up to one. */
export const isPartOfWhole = (level: Level | undefined, measure: string): boolean =>
  addsUp(measure) && (level === undefined || !isOverlapping(level))

type Asked = Readonly<Record<'by' | 'split' | 'measure' | 'chart' | 'stacked', string>>
export type GraphChange = Partial<Asked>

const charts: readonly Chart[] = ['bar', 'line', 'pie']

/** What is as declared is left out. */
function entriesOf(asked: Asked, declared: About['screens']['graph']): (readonly [string, string])[] {
  const first: Asked = { by: declared.by, split: declared.split ?? '', measure: declared.measure, chart: declared.chart, stacked: '1' }
  return (Object.keys(asked) as (keyof Asked)[]).flatMap((name) => (asked[name] === first[name] ? [] : [[name, asked[name]] as const]))
}
