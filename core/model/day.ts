/** Days of people: where a calendar day begins and ends in a time zone. */

/** The first instant of a day (`2024-03-31`) in an IANA zone, on days with 23 or 25 hours and without a midnight too. */
export function startOfDay(day: string, zone: string): Date {
  return instantOf(`${day}T00:00:00`, zone)
}

/** The first instant at which the clocks of a zone show a time (`2024-03-31T09:30:00`), or have just jumped over it. */
export function instantOf(local: string, zone: string): Date {
  const wanted = Date.parse(`${local}Z`)
  // The zone's offsets around that time: two of them when the clocks change near it.
  const candidates = [-dayMs, 0, dayMs].map((distance) => wanted - offsetAt(wanted + distance, zone)).sort((a, b) => a - b)
  const first = candidates.find((instant) => instant + offsetAt(instant, zone) === wanted)
  if (first !== undefined) return new Date(first)
  let [before, from] = [candidates[0]! - dayMs, candidates.at(-1)! + dayMs]
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2)
    if (middle + offsetAt(middle, zone) >= wanted) from = middle
    else before = middle
  }
  return new Date(from)
}

/** What the clocks of a zone show at an instant, to the second: `2024-03-31T09:30:00`. */
export function localTime(instant: Date, zone: string): string {
  const seconds = Math.floor(instant.getTime() / 1000) * 1000
  return new Date(seconds + offsetAt(seconds, zone)).toISOString().slice(0, 19)
}

/** The day after, or so many days after, or before with a negative number: `2024-02-28` gives `2024-02-29`. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** The ISO week of a day, which belongs to the year of its Thursday: `2024-12-31` gives `2025-W01`. */
export function weekOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  const thursday = new Date(at + (3 - ((new Date(at).getUTCDay() + 6) % 7)) * dayMs)
  const year = thursday.getUTCFullYear()
  const week = 1 + Math.floor((thursday.getTime() - utcDay(year, 0, 1)) / (7 * dayMs))
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`
}

/** The instant at which a day begins in UTC; months are counted from 0, and may like days go beyond what there are. */
export function utcDay(year: number, month: number, day: number): number {
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  return new Date(0).setUTCFullYear(year, month, day)
}

/** Whether the text is a day of the calendar between the years 1 and 9999. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

const dayMs = 86_400_000
const clocks = new Map<string, Intl.DateTimeFormat>()

/** Milliseconds that the zone's clocks are ahead of UTC at an instant. */
function offsetAt(instant: number, zone: string): number {
  let clock = clocks.get(zone)
  if (!clock) {
    const shown = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    clock = new Intl.DateTimeFormat('en-US', { ...shown, timeZone: zone, hourCycle: 'h23', calendar: 'gregory', era: 'short' })
    clocks.set(zone, clock)
  }
  const read: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of clock.formatToParts(instant)) read[type] = value
  const year = read.era === 'BC' ? 1 - Number(read.year) : Number(read.year)
  const wall = new Date(utcDay(year, Number(read.month) - 1, Number(read.day)))
  return wall.setUTCHours(Number(read.hour), Number(read.minute), Number(read.second)) - Math.floor(instant / 1000) * 1000
}
