/** From which day to which day a figure looks, in the reader's time zone, and the steps in between. */
import { BadRequest, dayAfter, localTime, startOfDay } from '@tessera/core'

export interface Period {
  /** The first and the last day, both included: `2026-03-01`. */
  readonly first: string
  readonly last: string
  /** From this instant, until before that one. */
  readonly from: Date
  readonly to: Date
}
/** A day, week or month of a period, cut at its ends. */
export interface Step extends Period {
  /** As the database names it: `2026-03-01`, `2026-W09`, `2026-03`. */
  readonly key: string
}
export const grains = ['day', 'week', 'month'] as const
export type Grain = (typeof grains)[number]
export const isGrain = (text: string): text is Grain => grains.some((grain) => grain === text)

export const ranges = ['7', '30', '90', 'month', 'last-month', 'custom'] as const
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
  const first = demandDay(from ?? daysBefore(last, 29))
  if (first > last)
    throw new BadRequest('reporting.order', 'The period ends on {last}, before it begins on {first}. Exchange the two days.', {
      first,
      last,
    })
  if (daysIn(first, last) > longest)
    throw new BadRequest('reporting.long', 'A report covers {most} days at most. Choose a shorter period.', { most: longest })
  return { range, period: periodOf(first, last, clock) }
}

function daysOf(range: Exclude<Range, 'custom'>, today: string): [string, string] {
  const month = `${today.slice(0, 7)}-01`
  if (range === 'month') return [month, today]
  if (range !== 'last-month') return [daysBefore(today, Number(range) - 1), today]
  const last = daysBefore(month, 1)
  return [`${last.slice(0, 7)}-01`, last]
}

/** As many days just before; before a whole month the month before. */
export function periodBefore({ first, last }: Period, clock: Clock): Period {
  const end = daysBefore(first, 1)
  const isMonth = first.endsWith('-01') && dayAfter(last).endsWith('-01') && first.slice(0, 7) === last.slice(0, 7)
  return periodOf(isMonth ? `${end.slice(0, 7)}-01` : daysBefore(first, daysIn(first, last)), end, clock)
}

/** Steps that make a readable line: some dozen. */
export function grainOf({ first, last }: Period): Grain {
  const days = daysIn(first, last)
  return days <= 31 ? 'day' : days <= 190 ? 'week' : 'month'
}

/** All steps that have begun, also those in which nothing happened. */
export function stepsOf(period: Period, grain: Grain, clock: Clock): readonly Step[] {
  const days = new Map<string, { first: string; last: string }>()
  for (let day = period.first; day <= period.last; day = dayAfter(day)) {
    if (startOfDay(day, clock.zone) >= period.to) break
    const key = keyOf(day, grain)
    days.set(key, { first: days.get(key)?.first ?? day, last: day })
  }
  return [...days].map(([key, { first, last }]) => ({ key, ...periodOf(first, last, clock) }))
}

function keyOf(day: string, grain: Grain): string {
  return grain === 'day' ? day : grain === 'month' ? day.slice(0, 7) : weekOf(day)
}

/** The ISO week: the one that its Thursday lies in. */
function weekOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  const thursday = new Date(at + (3 - ((new Date(at).getUTCDay() + 6) % 7)) * dayMs)
  const year = thursday.getUTCFullYear()
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / dayMs / 7)
  return `${year}-W${String(week).padStart(2, '0')}`
}

const dayMs = 86_400_000
const longest = 3_700

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * dayMs).toISOString().slice(0, 10)
}
function daysIn(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / dayMs) + 1
}
function demandDay(text: string): string {
  const at = /^[1-9]\d{3}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return text
  throw new BadRequest('reporting.day', '"{text}" is no day. Write it like 2026-03-31.', { text: text.slice(0, 40) })
}
