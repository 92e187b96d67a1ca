/** The steps of a period: days, weeks or months, in the reader's time zone. */
import { dayAfter, startOfDay, weekOf } from '@tessera/core'
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
