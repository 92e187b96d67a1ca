/** The one range of dates of a dashboard, as its address says it. */
import { dayAfter, isInDatabase, type ModelMeta, readableField, startOfDay } from '@tessera/core'
import { type Period, periodBefore, periodIn, periodInWords, type Range, ranges } from '../period.ts'
import type { DashboardRange } from '../screens.ts'
import { withQuery } from '../server/destination.ts'
import type { Reader } from '../server/reader.ts'
import { pathLabel } from '../server/words.ts'

export interface Looked {
  /** Undefined for all time. */
  readonly period: Days | undefined
  readonly range: Range | 'all'
}
type Days = Pick<Period, 'first' | 'last'>

export function rangeIn(reader: Reader, query: URLSearchParams): Looked {
  return query.get('range') === 'all' ? { range: 'all', period: undefined } : periodIn(query, clockOf(reader))
}

const clockOf = ({ now, zone }: Reader) => ({ now, zone })

/** The parameters that say it again; none for the range that a dashboard has unless told. */
export function entriesOfRange({ range, period }: Looked): readonly (readonly [string, string])[] {
  if (range === '30') return []
  if (range !== 'custom' || !period) return [['range', range]]
  return [
    ['from', period.first],
    ['to', period.last],
  ]
}

export const dashboardHref = (looked: Looked): string => withQuery('/dashboard', entriesOfRange(looked))

/** The menu of the ranges, and the days of one's own. */
export function rangeMenu({ t, locale }: Reader, { range, period }: Looked): DashboardRange {
  const named = [...ranges.filter((each) => each !== 'custom'), 'all' as const]
  return {
    label: range === 'custom' && period ? periodInWords(period, locale) : t(`web.range_${range}`),
    ...(period && { days: periodInWords(period, locale) }),
    choices: named.map((each) => ({
      label: t(`web.range_${each}`),
      href: dashboardHref({ range: each, period }),
      current: each === range,
    })),
    first: period?.first ?? '',
    last: period?.last ?? '',
  }
}

/** As many days just before, to compare with. */
export const daysBefore = (reader: Reader, period: Days): Days => periodBefore(period, clockOf(reader))

/** What a dated card asks besides: exactly the days of the range, in the reader's time zone, as an address can say it. */
export function whereIn({ zone }: Reader, model: ModelMeta, path: string, { first, last }: Days): object {
  const field = model.fields.get(path)
  const isInstant = field?.kind === 'scalar' && field.type === 'datetime'
  const edge = (day: string) => (isInstant ? startOfDay(day, zone).toISOString() : day)
  return { [path]: { $gte: edge(first), $lt: edge(dayAfter(last)) } }
}

/** The dates of a model by which a card can be measured. */
export function datesOf({ ability, t }: Reader, model: ModelMeta): readonly { readonly value: string; readonly label: string }[] {
  return [...model.fields.values()].flatMap((field) => {
    const isDate = field.kind === 'scalar' && (field.type === 'date' || field.type === 'datetime') && isInDatabase(field)
    return isDate && readableField(ability, model, field.name) ? [{ value: field.name, label: pathLabel(model, field.name, t) }] : []
  })
}
