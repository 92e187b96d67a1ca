/** The steps of time between two groups of dates: a month in which nothing happened is a month all the same. */
import { dayAfter, weekOf } from '@tessera/core'
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
  for (let key = last; key >= first && count < mostSteps; key = keyOfDay(dayAfter(daysOf(key, grain).first, -1), grain)) {
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
