/** The figures of a chart: what is measured of each group, series by series. */
import type { GroupRow } from '@tessera/core'
import type { Level } from '../server/grouping.ts'
import type { GraphState } from './graph-state.ts'
import { type About, type Group, groupsIn, keysIn, listOf, measured, mostAsked, ofKeys } from './groups.ts'
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
  /** How many of how many groups or series are shown, where these are not all. */
  readonly cut: { readonly shown: number; readonly of: number } | undefined
}

/** Groups of a chart, by how it is drawn: the longest in time, the largest of others. */
const most = { bar: 30, line: 60, pie: 8 } as const
const mostSeries = 8

export async function graphData(about: About, { by, split, measure, chart }: GraphState & { readonly by: Level }): Promise<GraphData> {
  const rows = await measured(about, [by], [measure])
  const all = await groupsIn(about, [by], rows)
  const values = valuesOf(rows, [by], measure)
  const groups = shownGroups(about, by, all, values, by.grain === undefined || chart === 'pie' ? most[chart] : most.line)
  const zero = addsUp(measure) ? 0 : null
  const count = Math.max(groups.count, rows.length)
  const common = {
    groups: groups.shown.map((group) => ({ ...group, href: listOf(about, [by], group.keys) })),
    records: rows.reduce((sum, row) => sum + Number(row.count), 0),
    whole: rows.reduce((sum, row) => sum + Number(row[measure] ?? 0), 0),
  }
  const cutGroups = groups.shown.length < count ? { shown: groups.shown.length, of: count } : undefined
  if (!split) {
    const points = common.groups.map(({ keys, href }): Point => ({ value: values.get(keys[0]!) ?? zero, href }))
    return { ...common, series: [{ label: '', points }], cut: cutGroups }
  }
  const within =
    cutGroups || all.length > most.line
      ? [
          ofKeys(
            about,
            by,
            groups.shown.map(({ keys }) => keys[0]!),
          ),
        ]
      : []
  const ofSeries = await measured(about, [split], [measure], within)
  const series = largest(await groupsIn(about, [split], ofSeries), valuesOf(ofSeries, [split], measure), mostSeries)
  const narrowed =
    series.length < ofSeries.length
      ? [
          ...within,
          ofKeys(
            about,
            split,
            series.map(({ keys }) => keys[0]!),
          ),
        ]
      : within
  const inBoth = valuesOf(await measured(about, [by, split], [measure], narrowed), [by, split], measure)
  return {
    ...common,
    series: series.map(({ label, keys: [key = ''] }) => ({
      label,
      points: common.groups.map(({ keys: [group = ''] }): Point => {
        const value = inBoth.get(`${group}\n${key}`) ?? zero
        return { value, href: listOf(about, [by, split], [group, key]) }
      }),
    })),
    cut: cutGroups ?? (series.length < ofSeries.length ? { shown: series.length, of: ofSeries.length } : undefined),
  }
}

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

/** Steps of time stand without gaps, the latest of them; of others there are the largest, in their own order. */
function shownGroups(
  { reader }: About,
  { grain }: Level,
  all: readonly Group[],
  values: ReadonlyMap<string, number | null>,
  limit: number,
): { readonly shown: readonly Group[]; readonly count: number } {
  const dated = all.filter(({ keys: [key = ''] }) => /^\d{4}(-|$)/.test(key))
  const [first, last] = [dated[0]?.keys[0], dated.at(-1)?.keys[0]]
  if (grain === undefined || first === undefined || last === undefined) {
    return { shown: largest(all, values, limit), count: all.length }
  }
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
