import { instantOf, localTime } from '@tessera/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatsOf } from './formats.ts'
import { daysOf } from './list-state.ts'

const zones = ['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Sao_Paulo']

describe('A time in a form', () => {
  it('comes back as the same clock time, in every zone and at every change of the clocks', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1971-01-01'), max: new Date('2037-12-31'), noInvalidDate: true }),
        fc.constantFrom(...zones),
        (at, zone) => {
          const typed = localTime(at, zone)
          expect(localTime(instantOf(typed, zone), zone)).toBe(typed)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('that the clocks jump over becomes the instant of the jump', () => {
    expect(instantOf('2024-03-31T02:30:00', 'Europe/Paris').toISOString()).toBe('2024-03-31T01:00:00.000Z')
  })
})

describe('A date in a list', () => {
  const now = new Date('2026-11-21T14:00:00Z')
  const { when, dayHead, count, grain } = formatsOf('en', 'Europe/Paris')
  it.each([
    ['2026-11-21T13:42:00Z', '18 min'],
    ['2026-11-21T10:59:00Z', '3h'],
    ['2026-11-20T20:00:00Z', 'Yesterday'],
    ['2026-11-18T20:00:00Z', '18 Nov'],
    ['2025-12-02T20:00:00Z', '2 Dec 2025'],
    ['2026-11-22T09:00:00Z', 'Tomorrow'],
  ])('%s is shown as "%s"', (at, shown) => {
    expect(
      when(new Date(at), now)
        .replaceAll(/[\u202f\u00a0]/g, ' ')
        .replace('mins', 'min'),
    ).toBe(shown)
  })

  it('belongs to the reader’s day', () => {
    expect(dayHead(new Date('2026-11-20T23:30:00Z'), now)).toBe('Today')
    expect(formatsOf('en', 'America/New_York').dayHead(new Date('2026-11-20T23:30:00Z'), now)).toBe('Yesterday')
  })

  it('and a count read as people write them', () => {
    expect(count(10_000, true)).toBe('10,000+')
    expect(grain('2024-04', 'month')).toBe('April 2024')
  })
})

describe('A group of dates', () => {
  it.each([
    ['2024', 'year', '2024-01-01', '2025-01-01'],
    ['2024-Q4', 'quarter', '2024-10-01', '2025-01-01'],
    ['2024-12', 'month', '2024-12-01', '2025-01-01'],
    ['2020-W53', 'week', '2020-12-28', '2021-01-04'],
    ['2024-W01', 'week', '2024-01-01', '2024-01-08'],
    ['2024-02-29', 'day', '2024-02-29', '2024-03-01'],
    // A year of two digits as somebody typed it is not of the last century.
    ['0026', 'year', '0026-01-01', '0027-01-01'],
    ['0026-Q3', 'quarter', '0026-07-01', '0026-10-01'],
    ['0099-12', 'month', '0099-12-01', '0100-01-01'],
    ['0026-W01', 'week', '0025-12-29', '0026-01-05'],
  ])('%s by %s is the days from %s until before %s', (key, grain, first, after) => {
    expect(daysOf(key, grain)).toEqual({ first, after })
  })

  it.each([
    ['2024-13', 'month'],
    ['2024-W60', 'week'],
    ['2024-02-31', 'day'],
    ['x', 'year'],
    ['0000', 'year'],
    ['0000-01-01', 'day'],
    ["2024'; drop", 'month'],
  ])('"%s" by %s is refused', (key, grain) => {
    expect(() => daysOf(key, grain)).toThrow('names no')
  })
})
