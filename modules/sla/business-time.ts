/** Time that counts: the working hours of a calendar, on the clocks of its zone, without its holidays. */
import { dayAfter, localTime, startOfDay } from '@tessera/core'

/** A stretch of every such weekday. */
export interface WeeklyTime {
  /** As ISO 8601 counts: 1 is Monday, 7 is Sunday. */
  readonly weekday: number
  /** Minutes after midnight on the clocks of the zone; 1440 is the end of the day. */
  readonly from: number
  readonly to: number
}
export interface Calendar {
  /** IANA. */
  readonly zone: string
  /** None of them overlap. */
  readonly times: readonly WeeklyTime[]
  /** Days without any working time: `2026-12-25`. */
  readonly holidays: ReadonlySet<string>
}

/** The working minutes from one instant to a later one; none to an earlier one. Parts of minutes count as such. */
export function minutesBetween(calendar: Calendar, from: Date, to: Date): number {
  let sum = 0
  const [end, last] = [to.getTime(), dayOf(to, calendar)]
  for (let day = dayOf(from, calendar); day <= last; day = dayAfter(day)) {
    for (const [begins, ends] of stretchesOf(calendar, day)) sum += Math.max(0, Math.min(ends, end) - Math.max(begins, from.getTime()))
  }
  return sum / minuteMs
}

/**
 * The first instant by which so many working minutes have gone by; the beginning itself for none or fewer. Undefined where that is more
 * than ten years away, as in a calendar without any hours.
 */
export function afterMinutes(calendar: Calendar, from: Date, minutes: number): Date | undefined {
  let left = minutes * minuteMs
  if (left <= 0) return from
  if (calendar.times.length === 0) return undefined
  let day = dayOf(from, calendar)
  for (let passed = 0; passed < mostDays; passed++) {
    for (const [begins, ends] of stretchesOf(calendar, day)) {
      const start = Math.max(begins, from.getTime())
      if (ends <= start) continue
      if (left <= ends - start) return new Date(Math.ceil(start + left))
      left -= ends - start
    }
    day = dayAfter(day)
  }
  return undefined
}

const minuteMs = 60_000
const mostDays = 3_660

const dayOf = (instant: Date, { zone }: Calendar): string => localTime(instant, zone).slice(0, 10)

type Stretch = readonly [from: number, to: number]

/** The working stretches of a day as instants, in their order. On a day on which the clocks change, an hour may be there twice or not at all. */
function stretchesOf(calendar: Calendar, day: string): readonly Stretch[] {
  if (calendar.holidays.has(day)) return []
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7
  const times = calendar.times.filter((time) => time.weekday === weekday)
  if (times.length === 0) return []
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return evenPartsOf(day, calendar.zone)
    .flatMap(({ from, to, offset }) =>
      times.map((time): Stretch => {
        const at = (minutes: number) => midnight + minutes * minuteMs - offset
        return [Math.max(from, at(time.from)), Math.min(to, at(time.to))]
      }),
    )
    .filter(([begins, ends]) => begins < ends)
    .sort(([one], [other]) => one - other)
}

interface EvenPart {
  readonly from: number
  readonly to: number
  /** How far the clocks are ahead of UTC, in milliseconds. */
  readonly offset: number
}

/** A day cut where its clocks are set: mostly it is one part. Remembered, since many tickets are of the same few days. */
function evenPartsOf(day: string, zone: string): readonly EvenPart[] {
  const key = `${zone} ${day}`
  const known = remembered.get(key) ?? cut(day, zone)
  if (remembered.size >= 5_000) remembered.clear()
  remembered.set(key, known)
  return known
}
const remembered = new Map<string, readonly EvenPart[]>()

function cut(day: string, zone: string): readonly EvenPart[] {
  const [start, end] = [startOfDay(day, zone).getTime(), startOfDay(dayAfter(day), zone).getTime()]
  const parts: EvenPart[] = []
  for (let from = start; from < end; ) {
    const offset = offsetAt(from, zone)
    const to = offsetAt(end - 1_000, zone) === offset ? end : changeBetween(from, end - 1_000, offset, zone)
    parts.push({ from, to, offset })
    from = to
  }
  return parts
}

/** The second at which the clocks leave an offset. */
function changeBetween(from: number, to: number, offset: number, zone: string): number {
  let [before, after] = [from, to]
  while (after - before > 1_000) {
    const middle = before + Math.floor((after - before) / 2_000) * 1_000
    if (offsetAt(middle, zone) === offset) before = middle
    else after = middle
  }
  return after
}

function offsetAt(instant: number, zone: string): number {
  return Date.parse(`${localTime(new Date(instant), zone)}Z`) - Math.floor(instant / 1_000) * 1_000
}

/** `09:30` as minutes after midnight. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
