/** Dates in the menu of filters: the last days, counted back from whenever one looks, and this month and the one before. */
import { ago, BadRequest, localTime } from '@tessera/core'
import type { MenuItem } from '../screens.ts'
import type { ListState } from './list-state.ts'
import type { Reader } from './reader.ts'
import type { Addresses } from './search-bar.ts'

/** `facet.createdAt:last=7`: kept in a saved view, it goes on with the days. */
export const lastDays = 'last'
const offered = [1, 7, 30, 90] as const
const most = 3_660

export function lastWhere(path: string, values: readonly string[]): object {
  return { [path]: { $gte: ago({ days: Math.max(...values.map(daysIn)) }) } }
}

export function lastInWords({ t }: Pick<Reader, 't'>, value: string): string {
  return t('web.last_days', { days: daysIn(value) })
}

function daysIn(value: string): number {
  const days = Number(value)
  if (/^\d{1,4}$/.test(value) && days > 0 && days <= most) return days
  throw new BadRequest('web.bad_last', '"{text}" is no number of days up to {most}.', { text: value.slice(0, 20), most })
}

/** Of one date one stretch at a time: two that overlap say nothing that one does not. */
export function dateItems(reader: Reader, path: string, { state, to }: Pick<Addresses, 'state' | 'to'>): readonly MenuItem[] {
  const item = (grain: string, value: string, label: string): MenuItem => {
    const chosen = state.facets.get(`${path}:${grain}`)?.includes(value) ?? false
    return { label, chosen, href: to({ facets: withDate(state.facets, path, chosen ? undefined : [`${path}:${grain}`, value]) }) }
  }
  const month = localTime(reader.now, reader.zone).slice(0, 7)
  const months = [month, monthBefore(month)].map((each) => item('month', each, reader.formats.grain(each, 'month')))
  return [...offered.map((days) => item(lastDays, String(days), lastInWords(reader, String(days)))), ...months]
}

function withDate(
  facets: ListState['facets'],
  path: string,
  chosen: readonly [facet: string, value: string] | undefined,
): ListState['facets'] {
  const others = [...facets].filter(([facet]) => !facet.startsWith(`${path}:`))
  return new Map(chosen ? [...others, [chosen[0], [chosen[1]]]] : others)
}

function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7)
}
