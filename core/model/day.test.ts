/** Days against PostgreSQL's own calendar. */
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { dayAfter, isDay, weekOf } from './day.ts'

describe('A day', () => {
  it('lies in the week that the database puts it in, and is followed by the day that follows there, from the year 2 to 9998', async () => {
    const client = new pg.Client({ connectionString: inject('postgresUrl') })
    await client.connect()
    try {
      // Every 37th day meets each weekday and each day of a year; the beginnings and ends of years are the hard ones.
      const { rows } = await client.query<{ day: string; week: string; next: string; earlier: string }>(
        `select to_char(d, 'YYYY-MM-DD') as day, to_char(d, 'IYYY-"W"IW') as week, to_char(d + 1, 'YYYY-MM-DD') as next,
           to_char(d - 400, 'YYYY-MM-DD') as earlier
         from (select date '0002-03-01' + n * 37 as d from generate_series(0, 98600) n
           union select make_date(y, 12, 25) + n from generate_series(2, 9998) y, generate_series(0, 12) n) days
         where d < date '9999-12-31'`,
      )
      expect(rows.length).toBeGreaterThan(200_000)
      const wrong = rows.filter(
        ({ day, week, next, earlier }) =>
          !isDay(day) ||
          weekOf(day) !== week ||
          dayAfter(day) !== next ||
          dayAfter(day, -400) !== earlier ||
          dayAfter(earlier, 400) !== day,
      )
      expect(wrong.slice(0, 5)).toEqual([])
    } finally {
      await client.end()
    }
  })

  it.each(['2023-02-29', '2024-13-01', '0000-01-01', '2024-1-1', '2024-04-16T00:00', '+010000-01', ''])('is not "%s"', (text) => {
    expect(isDay(text)).toBe(false)
  })
})
