/** Working minutes, held against a count that asks the clock of the zone at every single minute. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterMinutes, type Calendar, minutesBetween } from './business-time.ts'

const weekdays = [1, 2, 3, 4, 5]
const nineToFive: Calendar = {
  zone: 'Europe/Paris',
  times: weekdays.map((weekday) => ({ weekday, from: 9 * 60, to: 17 * 60 })),
  holidays: new Set(['2026-12-25']),
}
const always = (zone: string): Calendar => ({
  zone,
  times: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: 0, to: 1440 })),
  holidays: new Set(),
})
const at = (text: string) => new Date(text)

describe('Working time', () => {
  it('ends in the evening and goes on in the morning, over a weekend and a holiday', () => {
    expect(afterMinutes(nineToFive, at('2026-11-20T15:00:00Z'), 120)).toEqual(at('2026-11-23T09:00:00Z'))
    expect(afterMinutes(nineToFive, at('2026-11-20T15:00:00Z'), 60)).toEqual(at('2026-11-20T16:00:00Z'))
    expect(afterMinutes(nineToFive, at('2026-12-24T15:30:00Z'), 60)).toEqual(at('2026-12-28T08:30:00Z'))
    expect(minutesBetween(nineToFive, at('2026-12-24T15:30:00Z'), at('2026-12-28T08:30:00Z'))).toBe(60)
  })

  it('is an hour longer or shorter where the clocks are set', () => {
    const night: Calendar = { zone: 'Europe/Paris', times: [{ weekday: 7, from: 60, to: 300 }], holidays: new Set() }
    // On 29 March 2026 there is no hour from two to three, on 25 October it is there twice.
    expect(minutesBetween(night, at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'))).toBe(180)
    expect(minutesBetween(night, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'))).toBe(300)
    const half: Calendar = { ...night, times: [{ weekday: 7, from: 150, to: 240 }] }
    expect(minutesBetween(half, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'))).toBe(120)
  })

  it('knows the leap day and months without any of it', () => {
    expect(minutesBetween(always('UTC'), at('2028-02-28T00:00:00Z'), at('2028-03-01T00:00:00Z'))).toBe(2 * 1440)
    const december: Calendar = {
      ...nineToFive,
      holidays: new Set(Array.from({ length: 31 }, (_, day) => `2026-12-${String(day + 1).padStart(2, '0')}`)),
    }
    expect(afterMinutes(december, at('2026-11-30T15:30:00Z'), 60)).toEqual(at('2027-01-01T08:30:00Z'))
  })

  it('never comes where there are no hours, and says so instead of looking for them for ever', () => {
    expect(afterMinutes({ ...nineToFive, times: [] }, at('2026-11-20T15:00:00Z'), 1)).toBeUndefined()
    expect(afterMinutes(nineToFive, at('2026-11-20T15:00:00Z'), 10_000_000)).toBeUndefined()
    expect(minutesBetween({ ...nineToFive, times: [] }, at('2026-11-20T15:00:00Z'), at('2026-12-20T15:00:00Z'))).toBe(0)
  })

  it('is already over where none is left, and none lies before its beginning', () => {
    expect(afterMinutes(nineToFive, at('2026-11-21T15:00:00Z'), 0)).toEqual(at('2026-11-21T15:00:00Z'))
    expect(minutesBetween(nineToFive, at('2026-11-23T15:00:00Z'), at('2026-11-23T09:00:00Z'))).toBe(0)
  })
})

describe('Minutes of any calendar in any zone', () => {
  const zones = [
    'UTC',
    'Europe/Paris',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Cairo',
    'America/Havana',
    'Asia/Beirut',
  ]
  /** Near the days on which the clocks of these zones are set, leap day included. */
  const days = [
    '2024-02-27',
    '2026-03-07',
    '2026-03-26',
    '2026-03-28',
    '2026-04-03',
    '2026-04-23',
    '2026-10-02',
    '2026-10-24',
    '2026-10-28',
    '2026-10-31',
  ]
  const calendar = fc.record({
    zone: fc.constantFrom(...zones),
    // Cut points of a day, taken in pairs: stretches that do not overlap.
    cuts: fc.array(
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2, maxLength: 6 })),
      {
        minLength: 1,
        maxLength: 9,
      },
    ),
    holiday: fc.constantFrom(...days),
  })
  const calendarOf = ({ zone, cuts, holiday }: { zone: string; cuts: [number, number[]][]; holiday: string }): Calendar => ({
    zone,
    times: [...new Map(cuts)].flatMap(([weekday, points]) => {
      const sorted = [...points].sort((a, b) => a - b)
      return sorted.flatMap((from, index) =>
        index % 2 === 0 && index + 1 < sorted.length ? [{ weekday, from, to: sorted[index + 1]! }] : [],
      )
    }),
    holidays: new Set([holiday]),
  })

  it('are those that a count minute by minute finds, and by when they are over follows', () => {
    fc.assert(
      fc.property(
        calendar,
        fc.constantFrom(...days),
        fc.integer({ min: 0, max: 2 * 1440 }),
        fc.integer({ min: 0, max: 3 * 1440 }),
        (given, day, begins, length) => {
          const its = calendarOf(given as { zone: string; cuts: [number, number[]][]; holiday: string })
          const from = new Date(Date.parse(`${day}T00:00:00Z`) + begins * 60_000)
          const to = new Date(from.getTime() + length * 60_000)
          const counted = countMinutes(its, from, length)
          expect(minutesBetween(its, from, to)).toBe(counted)
          if (counted === 0) return
          const over = afterMinutes(its, from, counted)!
          expect(over <= to).toBe(true)
          expect(minutesBetween(its, from, over)).toBe(counted)
          expect(minutesBetween(its, from, new Date(over.getTime() - 1))).toBeLessThan(counted)
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** Independent of the code above: what do the clocks show at the beginning of each minute, and is that within the hours? */
function countMinutes({ zone, times, holidays }: Calendar, from: Date, length: number): number {
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
  })
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  let count = 0
  for (let minute = 0; minute < length; minute++) {
    const read = Object.fromEntries(clock.formatToParts(from.getTime() + minute * 60_000).map(({ type, value }) => [type, value]))
    if (holidays.has(`${read.year}-${read.month}-${read.day}`)) continue
    const shown = Number(read.hour) * 60 + Number(read.minute)
    const weekday = names.indexOf(read.weekday!) + 1
    if (times.some((time) => time.weekday === weekday && shown >= time.from && shown < time.to)) count += 1
  }
  return count
}
