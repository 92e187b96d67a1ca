/** The steps of time between two groups of dates: a month in which nothing happened is a month all the same. */
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
  for (let key = first; key <= last && count < mostSteps; key = keyOfDay(daysOf(key, grain).after, grain)) {
    count += 1
    keys.push(key)
    if (keys.length > most) keys.shift()
  }
  return { keys, count }
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
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = Math.floor((thursday.getTime() - first) / (7 * dayMs)) + 1
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}
const dayMs = 86_400_000
