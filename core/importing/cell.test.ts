import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ScalarField } from '../model/meta.ts'
import { cellValue } from './cell.ts'

const field = (about: Partial<ScalarField>): ScalarField =>
  ({ kind: 'scalar', name: 'x', label: 'X', type: 'string', options: {}, valid: undefined, ...about }) as ScalarField

/** An independent reading of the clocks. */
function onTheClock(instant: Date, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(instant)
}

test('An instant without a zone is what the clocks of the caller show', () => {
  const zones = ['UTC', 'Europe/Paris', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia']
  const instants = fc.date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2035-12-31T00:00:00Z'), noInvalidDate: true })
  fc.assert(
    fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
      const text = onTheClock(instant, zone)
      const cell = cellValue(field({ type: 'datetime' }), text, zone)
      expect('value' in cell && cell.value instanceof Date && onTheClock(cell.value, zone)).toBe(text)
    }),
  )
})

test('A zone in the cell wins over the caller’s', () => {
  expect(cellValue(field({ type: 'datetime' }), '2024-04-16T09:30:00+02:00', 'America/New_York')).toEqual({
    value: new Date('2024-04-16T07:30:00Z'),
  })
  expect(cellValue(field({ type: 'datetime' }), '2024-04-16', 'America/New_York')).toEqual({ value: new Date('2024-04-16T04:00:00Z') })
})

test('An enum is taken by value or by label, a truth in any of its words', () => {
  const kind = field({ type: 'enum', values: ['person', 'company'], options: { person: 'Natural person' } })
  expect(cellValue(kind, 'natural Person', 'UTC')).toEqual({ value: 'person' })
  expect(cellValue(kind, 'COMPANY', 'UTC')).toEqual({ value: 'company' })
  expect(cellValue(kind, 'robot', 'UTC')).toHaveProperty('error')
  for (const yes of ['yes', 'TRUE', '1', 'on']) expect(cellValue(field({ type: 'boolean' }), yes, 'UTC')).toEqual({ value: true })
})
