/**
 * The instant of a clock in New York that shows `2024-04-16T03:03:15.000`. When the clock goes back, the hour that comes twice
 * is taken as the first; when it goes forward, the hour that is left out counts on from before: as Temporal's "compatible" does.
 */
export function newYorkInstant(local: string): Date {
  const wall = Date.parse(`${local}Z`)
  if (Number.isNaN(wall)) throw new TypeError(`"${local}" is not a time like 2024-04-16T03:03:15.000.`)
  // The clock changes twice a year: the offsets of the day before and the day after are all that can apply.
  const [before, after] = [offsetAt(wall - dayMs), offsetAt(wall + dayMs)]
  const fits = [wall - before, wall - after].filter((instant) => instant + offsetAt(instant) === wall)
  return new Date(fits.length > 0 ? Math.min(...fits) : wall - before)
}

const dayMs = 86_400_000

/** How far the clock of New York is ahead of UTC at an instant, in milliseconds; negative, since it is behind. */
function offsetAt(instant: number): number {
  const shown = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
}
const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})
