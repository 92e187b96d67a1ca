/** The steps of time between two groups of dates: a month in which nothing happened is a month all the same. */
import { utcDay } from '@tessera/core'
import { daysOf } from '../server/list-state.ts'

/** From the first to the last key, both with it; the last `most` of them, and how many there are. */
export function stepsBetween(
  first: string,
  last: string,
  grain: string,
  most: number,
): { readonly keys: readonly string[]; readonly count: number } {
  const keys: string[] = []
  let count = 0
  // Backwards: what is shown is the latest, however far away a mistaken date lies.
  for (let key = last; key >= first && count < mostSteps; key = keyOfDay(dayBefore(daysOf(key, grain).first), grain)) {
    count += 1
    if (keys.length < most) keys.push(key)
  }
  return { keys: keys.reverse(), count }
}
/** Days of a century: dates that are further apart are a mistake in the data. */
const mostSteps = 36_600

/** The group of a day: `2024-04-16` is of `2024-04`, `2024-W16`, `2024-Q2`. */
function keyOfDay(day: string, grain: string): string {
  const [year = '', month = ''] = day.split('-')
  if (grain === 'year') return year
  if (grain === 'quarter') return `${year}-Q${Math.ceil(Number(month) / 3)}`
  if (grain === 'month') return `${year}-${month}`
  return grain === 'week' ? weekOf(day) : day
}

/** A week belongs to the year of its Thursday. */
function weekOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  const thursday = new Date(at + (3 - ((new Date(at).getUTCDay() + 6) % 7)) * dayMs)
  const year = thursday.getUTCFullYear()
  const week = Math.floor((thursday.getTime() - utcDay(year, 0, 1)) / (7 * dayMs)) + 1
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`
}
const dayMs = 86_400_000
const dayBefore = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) - dayMs).toISOString().slice(0, 10)
