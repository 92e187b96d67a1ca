/** What an upgrade makes of a shipped record, against a table of all that can have happened. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { merge, type Plain, Texts } from './merge.ts'

const value = () => fc.constantFrom(null, 'a', 'b', 'c', 1, true)
const names = ['name', 'rank', 'color']
const row = () => fc.record({ name: value(), rank: value(), color: value() })

/** Shipped last, shipped now, here -> what is here afterwards, and what is said of it. */
function oracle(before: unknown, now: unknown, here: unknown): { after: unknown; said: string | undefined } {
  if (now === here) return { after: here, said: undefined }
  if (before === here) return { after: now, said: 'changed' }
  return { after: here, said: before === now ? 'kept' : 'conflict' }
}
const weight = ['kept', 'changed', 'conflict']

describe('A shipped record after an upgrade', () => {
  test('has the new value where nobody changed it here, and what is here everywhere else', () => {
    fc.assert(
      fc.property(row(), row(), row(), (before, now, here) => {
        const { take, fields, change } = merge(before, now, here)
        const told = names.map((name) => oracle(...three(name, before, now, here)))
        expect({ ...here, ...take }).toEqual(Object.fromEntries(names.map((name, at) => [name, told[at]!.after])))
        expect(fields.map(({ field }) => field)).toEqual(names.filter((_, at) => told[at]!.said))
        const worst = told.map(({ said }) => weight.indexOf(said ?? '')).reduce((a, b) => Math.max(a, b), -1)
        expect(change).toBe(weight[worst])
      }),
      { numRuns: 2_000 },
    )
  })

  test('has each language of a text merged for itself', () => {
    const texts = () => fc.record({ en: value(), fr: value() }, { requiredKeys: [] })
    fc.assert(
      fc.property(texts(), texts(), texts(), (before, now, here) => {
        const { take } = merge({ name: new Texts(before) }, { name: new Texts(now) }, { name: new Texts(here) })
        const taken = take.name instanceof Texts ? take.name.in : {}
        for (const locale of Object.keys(now) as (keyof typeof now)[]) {
          const { after, said } = oracle(before[locale] ?? null, now[locale] ?? null, here[locale] ?? null)
          expect(locale in taken, locale).toBe(said === 'changed')
          if (said === 'changed') expect(taken[locale]).toBe(after)
        }
        // A language that is not shipped is nobody's but the administrator's.
        expect(Object.keys(taken).every((locale) => locale in now)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('says of each field what it was, what it is now and what it is here', () => {
    expect(merge({ name: 'a', rank: 1 }, { name: 'b', rank: 2 }, { name: 'c', rank: 1 })).toEqual({
      change: 'conflict',
      take: { rank: 2 },
      fields: [
        { field: 'name', before: 'a', now: 'b', here: 'c' },
        { field: 'rank', before: 1, now: 2, here: 1 },
      ],
    })
  })
})

function three(name: string, before: Plain, now: Plain, here: Plain): [unknown, unknown, unknown] {
  return [before[name], now[name], here[name]]
}
