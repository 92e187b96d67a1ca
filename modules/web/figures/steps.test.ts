import { describe, expect, it } from 'vitest'
import { stepsBetween } from './steps.ts'

describe('Steps of time', () => {
  it.each([
    ['2023', '2025', 'year', ['2023', '2024', '2025']],
    ['2023-Q4', '2024-Q1', 'quarter', ['2023-Q4', '2024-Q1']],
    ['2023-11', '2024-01', 'month', ['2023-11', '2023-12', '2024-01']],
    ['2020-W52', '2021-W01', 'week', ['2020-W52', '2020-W53', '2021-W01']],
    ['2024-02-28', '2024-03-01', 'day', ['2024-02-28', '2024-02-29', '2024-03-01']],
    ['0026-12-31', '0027-01-01', 'day', ['0026-12-31', '0027-01-01']],
    ['0026-W52', '0027-W01', 'week', ['0026-W52', '0026-W53', '0027-W01']],
    ['0001', '0001', 'year', ['0001']],
    ['9999-12', '9999-12', 'month', ['9999-12']],
  ])('from %s to %s by %s leave none out', (first, last, grain, keys) => {
    expect(stepsBetween(first, last, grain, 60)).toEqual({ keys, count: keys.length })
  })

  it('are the latest where there are too many, also where one date is of another millennium by mistake', () => {
    expect(stepsBetween('2020-01', '2024-04', 'month', 2)).toEqual({ keys: ['2024-03', '2024-04'], count: 52 })
    expect(stepsBetween('0026-04-16', '2024-04-16', 'day', 2).keys).toEqual(['2024-04-15', '2024-04-16'])
  })
})
