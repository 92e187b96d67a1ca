import { localTime, startOfDay } from '@tessera/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lanesOf, type Stretch, stretchOn } from './calendar-hours.ts'

const stretch = fc
  .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 40 }))
  .map(([from, length]): Stretch => ({ from, to: Math.min(96, from + length) }))
const overlap = (a: Stretch, b: Stretch): boolean => a.from < b.to && b.from < a.to

describe('Entries in the hours of a day', () => {
  it('never cover each other, and take no more lanes than stand there at once', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 24 }), (stretches) => {
        const places = lanesOf(stretches, 100)
        for (const [a, one] of stretches.entries())
          for (const [b, other] of stretches.entries()) {
            if (a === b || !overlap(one, other)) continue
            // Of one width, in another place.
            expect(places[a]!.lanes).toBe(places[b]!.lanes)
            expect(places[a]!.lane).not.toBe(places[b]!.lane)
          }
        for (const [at, place] of places.entries()) expect(place!.lanes).toBe(widest(stretches, at))
      }),
    )
  })

  it('that find no lane are left out, and only where all lanes are taken', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 24 }), fc.integer({ min: 1, max: 4 }), (stretches, most) => {
        const places = lanesOf(stretches, most)
        for (const [at, place] of places.entries()) {
          if (place) expect(place.lane).toBeLessThanOrEqual(Math.min(place.lanes, most))
          else expect(stretches.filter((each, other) => places[other] && overlap(each, stretches[at]!)).length).toBeGreaterThanOrEqual(most)
        }
        const shown = stretches.flatMap((each, at) => (places[at] ? [{ ...each, ...places[at] }] : []))
        for (const [a, one] of shown.entries())
          for (const other of shown.slice(a + 1)) if (one.lane === other.lane) expect(overlap(one, other)).toBe(false)
      }),
    )
  })

  it('stand where the reader’s clock says, whatever the clocks of his zone do that day', () => {
    const zones = fc.constantFrom('Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC')
    const days = fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2026-06-10')
    fc.assert(
      fc.property(zones, days, fc.integer({ min: -1500, max: 1500 }), fc.integer({ min: 0, max: 1439 }), (zone, day, after, minutes) => {
        const start = new Date(startOfDay(day, zone).getTime() + after * 60_000)
        const end = new Date(start.getTime() + minutes * 60_000)
        const [begins, last] = [localTime(start, zone), localTime(new Date(Math.max(start.getTime(), end.getTime() - 1)), zone)]
        fc.pre(begins.slice(0, 10) <= day && last.slice(0, 10) >= day)
        const { from, to } = stretchOn(day, start, end, zone)
        expect(0 <= from && from + 2 <= to && to <= 96).toBe(true)
        // Each minute that the clock shows on this day between the two lies in it.
        const [shownFrom, shownTo] = [begins < day ? 0 : clock(begins), last.slice(0, 10) > day ? 1439 : clock(last)]
        expect(from * 15).toBeLessThanOrEqual(shownFrom)
        if (shownTo >= shownFrom) expect(to * 15).toBeGreaterThan(shownTo)
      }),
    )
  })

  it('that end at midnight are not of the next day, and those without an end can be read', () => {
    const at = (text: string) => new Date(`${text}Z`)
    expect(stretchOn('2026-06-10', at('2026-06-10T22:00:00'), at('2026-06-11T00:00:00'), 'UTC')).toEqual({ from: 88, to: 96 })
    expect(stretchOn('2026-06-10', at('2026-06-10T23:50:00'), at('2026-06-10T23:50:00'), 'UTC')).toEqual({ from: 94, to: 96 })
    expect(stretchOn('2026-06-11', at('2026-06-10T22:00:00'), at('2026-06-11T01:00:00'), 'UTC')).toEqual({ from: 0, to: 4 })
  })
})

const clock = (local: string): number => Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))

/** The most that stand at one quarter, of all that hang together with this one: counted quarter by quarter. */
function widest(stretches: readonly Stretch[], at: number): number {
  const together = new Set([at])
  for (let size = 0; size !== together.size; ) {
    size = together.size
    for (const [other, each] of stretches.entries()) if ([...together].some((one) => overlap(stretches[one]!, each))) together.add(other)
  }
  const quarters = Array.from({ length: 96 }, (_, quarter) => quarter)
  return Math.max(
    ...quarters.map((quarter) => [...together].filter((one) => overlap(stretches[one]!, { from: quarter, to: quarter + 1 })).length),
  )
}
