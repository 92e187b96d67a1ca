import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newYorkInstant } from './new-york-time.ts'

const instantOf = (local: string) => newYorkInstant(local).toISOString()

describe('A time of a clock in New York', () => {
  it('is four hours behind UTC in summer and five in winter', () => {
    expect(instantOf('2024-04-16T03:03:15.000')).toBe('2024-04-16T07:03:15.000Z')
    expect(instantOf('2024-01-16T23:00:00.000')).toBe('2024-01-17T04:00:00.000Z')
  })

  it('changes on the second Sunday of March, and the hour left out counts on', () => {
    expect(instantOf('2024-03-10T01:59:59.000')).toBe('2024-03-10T06:59:59.000Z')
    expect(instantOf('2024-03-10T02:30:00.000')).toBe('2024-03-10T07:30:00.000Z')
    expect(instantOf('2024-03-10T03:00:00.000')).toBe('2024-03-10T07:00:00.000Z')
  })

  it('changes back on the first Sunday of November, and the hour that comes twice is the first', () => {
    expect(instantOf('2024-11-03T00:59:59.000')).toBe('2024-11-03T04:59:59.000Z')
    expect(instantOf('2024-11-03T01:30:00.000')).toBe('2024-11-03T05:30:00.000Z')
    expect(instantOf('2024-11-03T02:00:00.000')).toBe('2024-11-03T07:00:00.000Z')
  })

  it('agrees with the law of the United States at any second from 2007 to 2040', () => {
    const seconds = fc.integer({ min: Date.UTC(2007, 2, 12) / 1000, max: Date.UTC(2040, 0) / 1000 })
    fc.assert(
      fc.property(seconds, (second) => {
        const wall = second * 1000
        expect(newYorkInstant(new Date(wall).toISOString().slice(0, -1)).getTime()).toBe(wall + hoursBehind(wall) * 3_600_000)
      }),
    )
  })

  it('refuses what is no time', () => {
    expect(() => newYorkInstant('yesterday')).toThrow('"yesterday" is not a time like 2024-04-16T03:03:15.000.')
  })
})

/** Energy Policy Act of 2005: daylight time from the second Sunday of March, 2:00, to the first Sunday of November, 2:00 (by the first pass). */
function hoursBehind(wall: number): number {
  const year = new Date(wall).getUTCFullYear()
  const sunday = (month: number, nth: number) => {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay()
    return Date.UTC(year, month, 1 + ((7 - first) % 7) + (nth - 1) * 7, 2)
  }
  // The hour left out in March counts on from standard time, so that daylight time begins to be shown at three.
  return wall >= sunday(2, 2) + 3_600_000 && wall < sunday(10, 1) ? 4 : 5
}
