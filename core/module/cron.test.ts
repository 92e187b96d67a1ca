import fc from 'fast-check'
import { PgBoss } from 'pg-boss'
import { expect, test } from 'vitest'
import { isCron } from './cron.ts'

/** The worker's own reading, which a schedule must survive. */
const worker = new PgBoss({ db: { executeSql: () => Promise.reject(new Error('not asked')) } })
const isAccepted = (text: string): boolean => {
  try {
    worker.previewSchedule(text, { tz: 'UTC', count: 1 })
    return true
  } catch {
    return false
  }
}

const span = (from: number, to: number, words: readonly string[] = []) => {
  const value = fc.integer({ min: from, max: to })
  return fc.oneof(
    fc.constant('*'),
    value.map(String),
    fc.tuple(value, value).map((ends) => ends.sort((a, b) => a - b).join('-')),
    value.map((step) => `*/${Math.max(1, step)}`),
    fc.uniqueArray(value, { minLength: 1, maxLength: 3 }).map((values) => values.join(',')),
    ...(words.length > 0 ? [fc.constantFrom(...words)] : []),
  )
}

test('A schedule of five sound parts is one, and the worker takes it', () => {
  // A day that every month has: the worker finds no time for the 31st of February.
  const parts = fc.tuple(span(0, 59), span(0, 23), span(1, 28), span(1, 12, ['jan', 'DEC']), span(0, 6, ['sun', 'Fri']))
  fc.assert(
    fc.property(parts, (each) => {
      const text = each.join(' ')
      expect([text, isCron(text), isAccepted(text)]).toEqual([text, true, true])
    }),
  )
})

test('What the worker refuses is no schedule', () => {
  const part = fc.string({ unit: fc.constantFrom(...'01234567*/-,'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(part, fc.nat(4), (part, at) => {
      const text = ['*', '*', '*', '*', '*'].with(at, part).join(' ')
      expect([text, isCron(text) && !isAccepted(text)]).toEqual([text, false])
    }),
    { numRuns: 2_000 },
  )
  for (const text of ['every night', '', '60 * * * *', '* * * 13 *', '5-1 * * * *', '1-2-3 * * * *'])
    expect([text, isCron(text)]).toEqual([text, false])
})
