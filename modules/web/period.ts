/** From which day to which day somebody looks, in his time zone, as addresses say it. */
import { BadRequest, dayAfter, isDay, localTime, startOfDay } from '@tessera/core'

export interface Period {
  /** The first and the last day, both included: `2026-03-01`. */
  readonly first: string
  readonly last: string
  /** From this instant, until before that one. */
  readonly from: Date
  readonly to: Date
}
/** Ranges that have a name in addresses and texts (`web.range_month`); `custom` is `from` and `to`. */
export const ranges = ['today', '7', '30', '90', 'month', 'last-month', 'year', 'custom'] as const
export type Range = (typeof ranges)[number]

interface Clock {
  readonly now: Date
  readonly zone: string
}

/** The days as instants; what has not been yet is left out of the last day. */
export function periodOf(first: string, last: string, { now, zone }: Clock): Period {
  const to = startOfDay(dayAfter(last), zone)
  const soon = new Date(now.getTime() + 1)
  return { first, last, from: startOfDay(first, zone), to: to < soon ? to : soon }
}

/** What the address says: `range`, or `from` and `to` as days; the last 30 days unless told. */
export function periodIn(query: URLSearchParams, clock: Clock): { readonly period: Period; readonly range: Range } {
  const today = localTime(clock.now, clock.zone).slice(0, 10)
  const [from, to] = [query.get('from') || undefined, query.get('to') || undefined]
  const named = ranges.find((range) => range === query.get('range'))
  const range = named ?? (from !== undefined || to !== undefined ? 'custom' : '30')
  if (range !== 'custom') return { range, period: periodOf(...daysOf(range, today), clock) }
  const last = demandDay(to ?? today)
  const first = demandDay(from ?? dayAfter(last, -29))
  if (first > last)
    throw new BadRequest('web.period_order', 'The period ends on {last}, before it begins on {first}. Exchange the two days.', {
      first,
      last,
    })
  if (daysIn({ first, last }) > longest)
    throw new BadRequest('web.period_long', 'A period covers {most} days at most. Choose a shorter one.', { most: longest })
  return { range, period: periodOf(first, last, clock) }
}

function daysOf(range: Exclude<Range, 'custom'>, today: string): [string, string] {
  const month = `${today.slice(0, 7)}-01`
  if (range === 'today') return [today, today]
  if (range === 'year') return [`${today.slice(0, 4)}-01-01`, today]
  if (range === 'month') return [month, today]
  if (range !== 'last-month') return [dayAfter(today, 1 - Number(range)), today]
  const last = dayAfter(month, -1)
  return [`${last.slice(0, 7)}-01`, last]
}

/** As many days just before; before a whole month the month before. */
export function periodBefore({ first, last }: Pick<Period, 'first' | 'last'>, clock: Clock): Period {
  const end = dayAfter(first, -1)
  const isMonth = first.endsWith('-01') && dayAfter(last).endsWith('-01') && first.slice(0, 7) === last.slice(0, 7)
  return periodOf(isMonth ? `${end.slice(0, 7)}-01` : dayAfter(first, -daysIn({ first, last })), end, clock)
}

/** How many days it covers, the first and the last included. */
export const daysIn = ({ first, last }: Pick<Period, 'first' | 'last'>): number =>
  Math.round((Date.parse(last) - Date.parse(first)) / dayMs) + 1

/** "1–21 Nov 2026". */
export function periodInWords({ first, last }: Pick<Period, 'first' | 'last'>, language: string): string {
  // English without a country is written as most of the world writes it.
  const locale = language === 'en' ? 'en-GB' : language
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
  return format.formatRange(new Date(`${first}T00:00:00Z`), new Date(`${last}T00:00:00Z`))
}

const dayMs = 86_400_000
const longest = 3_700
const earliest = '1000-01-01'

function demandDay(text: string): string {
  if (isDay(text) && text >= earliest) return text
  throw new BadRequest('web.period_day', '"{text}" is no day. Write it like 2026-03-31.', { text: text.slice(0, 40) })
}
