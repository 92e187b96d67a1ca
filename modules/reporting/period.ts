/** The steps of a period: days, weeks or months, in the reader's time zone. */
import { dayAfter, startOfDay } from '@tessera/core'
import { daysIn, type Period, periodOf } from '@tessera/web'

/** A day, week or month of a period, cut at its ends. */
export interface Step extends Period {
  /** As the database names it: `2026-03-01`, `2026-W09`, `2026-03`. */
  readonly key: string
}
export const grains = ['day', 'week', 'month'] as const
export type Grain = (typeof grains)[number]
export const isGrain = (text: string): text is Grain => grains.some((grain) => grain === text)

interface Clock {
  readonly now: Date
  readonly zone: string
}

/** Steps that make a readable line: some dozen. */
export function grainOf(period: Period): Grain {
  const days = daysIn(period)
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
