/** The figures of a chart: what is measured of each group, series by series. */
import type { GroupRow } from '@tessera/core'
import { isOverlapping, type Level } from '../server/grouping.ts'
import type { GraphState } from './graph-state.ts'
import { type About, type Group, groupsIn, keysIn, listOf, measured, mostAsked, narrowed, ofKeys, outermost } from './groups.ts'
import { addsUp } from './measures.ts'
import { stepsBetween } from './steps.ts'

export interface Point {
  /** Null where nothing was measured. */
  readonly value: number | null
  readonly href: string
}
export interface GraphData {
  readonly groups: readonly (Group & { readonly href: string })[]
  /** One without a name, unless the chart is split. */
  readonly series: readonly { readonly label: string; readonly points: readonly Point[] }[]
  /** How many records there are of all groups. */
  readonly records: number
  /** What is measured of all groups together, also of those that are not shown. */
  readonly whole: number
  /** Groups or series count some records several times. */
  readonly overlap: boolean
  /** How many of how many groups or series are shown, where these are not all. */
  readonly cut: { readonly shown: number; readonly of: number } | undefined
}

/** Groups of a chart, by how it is drawn: the longest in time, the largest of others. */
const most = { bar: 30, line: 60, pie: 8 } as const
const mostSeries = 8

type Asked = GraphState & { readonly by: Level }

export async function graphData(about: About, asked: Asked): Promise<GraphData> {
  const { by, split, measure } = asked
  if (split) return splitData(about, { ...asked, split })
  const { rows, isCut } = await outermost(about, by, [measure])
  const total = isCut || isOverlapping(by) ? await measured(about, [], [measure]) : rows
  const values = valuesOf(rows, [by], measure)
  const { shown, count } = shownGroups(about, asked, await groupsIn(about, [by], rows), values)
  const zero = addsUp(measure) ? 0 : null
  const groups = shown.map((group) => ({ ...group, href: listOf(about, [by], group.keys) }))
  return {
    groups,
    series: [{ label: '', points: groups.map(({ keys, href }) => ({ value: values.get(keys[0]!) ?? zero, href })) }],
    records: sumOf(total, 'count'),
    whole: sumOf(total, measure),
    overlap: sumOf(rows, 'count') > sumOf(total, 'count'),
    cut: cutOf(shown.length, isCut ? Math.max(mostAsked, count) : count),
  }
}

/** One question; only where its answer would be cut, what is shown is looked for first. */
async function splitData(about: About, asked: Asked & { readonly split: Level }): Promise<GraphData> {
  const { by, split, measure } = asked
  const both = await measured(about, [by, split], [measure])
  const isWhole = both.length < mostAsked
  const overlaps = isOverlapping(by) || isOverlapping(split)
  const { rows: ofBy, isCut } = isWhole && !isOverlapping(split) ? { rows: both, isCut: false } : await outermost(about, by, [measure])
  const total = isCut || overlaps ? await measured(about, [], [measure]) : ofBy
  const ofSplit = isWhole ? both : await measured(about, [split], [measure])
  const { shown, count } = shownGroups(about, asked, await groupsIn(about, [by], ofBy), weightsOf(ofBy, by, measure))
  const all = await groupsIn(about, [split], ofSplit)
  const series = largest(all, weightsOf(ofSplit, split, measure), mostSeries)
  const within = narrowed(ofKeys(about, by, firstKeys(shown)), ofKeys(about, split, firstKeys(series)))
  const values = valuesOf(isWhole ? both : await measured(about, [by, split], [measure], within), [by, split], measure)
  const zero = addsUp(measure) ? 0 : null
  return {
    groups: shown.map((group) => ({ ...group, href: listOf(about, [by], group.keys) })),
    series: series.map(({ label, keys: [key = ''] }) => ({
      label,
      points: shown.map(({ keys: [group = ''] }) => ({
        value: values.get(`${group}\n${key}`) ?? zero,
        href: listOf(about, [by, split], [group, key]),
      })),
    })),
    records: sumOf(total, 'count'),
    whole: sumOf(total, measure),
    overlap: overlaps && sumOf(isWhole ? both : ofBy, 'count') > sumOf(total, 'count'),
    cut: cutOf(shown.length, isCut ? Math.max(mostAsked, count) : count) ?? cutOf(series.length, all.length),
  }
}

const cutOf = (shown: number, of: number): GraphData['cut'] => (shown < of ? { shown, of } : undefined)
const firstKeys = (groups: readonly Group[]): readonly string[] => groups.map(({ keys }) => keys[0]!)
const sumOf = (rows: readonly GroupRow[], measure: string): number => rows.reduce((sum, row) => sum + Number(row[measure] ?? 0), 0)

/** As the lists count, there may be more than what one question gives. */
export const isCapped = (count: number): boolean => count >= mostAsked

function valuesOf(rows: readonly GroupRow[], levels: readonly Level[], measure: string): ReadonlyMap<string, number | null> {
  return new Map(
    rows.map((row) => {
      const value = row[measure]
      return [keysIn(row, levels).join('\n'), typeof value === 'number' ? value : null]
    }),
  )
}

/** How much there is of each group: of what adds up so much, else as many records. */
function weightsOf(rows: readonly GroupRow[], level: Level, measure: string): ReadonlyMap<string, number> {
  const families = Map.groupBy(rows, (row) => keysIn(row, [level])[0]!)
  return new Map([...families].map(([key, family]) => [key, sumOf(family, addsUp(measure) ? measure : 'count')]))
}

/** Steps of time stand without gaps, the latest of them; of others there are the largest, in their own order. */
function shownGroups(
  { reader }: About,
  { by: { grain }, chart }: Asked,
  all: readonly Group[],
  values: ReadonlyMap<string, number | null>,
): { readonly shown: readonly Group[]; readonly count: number } {
  const limit = grain === undefined || chart === 'pie' ? most[chart] : most.line
  const dated = all.filter(({ keys: [key = ''] }) => /^\d{4}(-|$)/.test(key))
  const [first, last] = [dated[0]?.keys[0], dated.at(-1)?.keys[0]]
  if (grain === undefined || first === undefined || last === undefined) return { shown: largest(all, values, limit), count: all.length }
  const steps = stepsBetween(first, last, grain, limit)
  const others = all.filter((group) => !dated.includes(group))
  const shown = steps.keys.map((key): Group => ({ keys: [key], label: reader.formats.grain(key, grain) }))
  return { shown: [...shown, ...others], count: steps.count + others.length }
}

function largest(groups: readonly Group[], values: ReadonlyMap<string, number | null>, limit: number): readonly Group[] {
  if (groups.length <= limit) return groups
  const size = ({ keys }: Group) => Math.abs(values.get(keys[0]!) ?? 0)
  const kept = new Set(groups.toSorted((a, b) => size(b) - size(a)).slice(0, limit))
  return groups.filter((group) => kept.has(group))
}
