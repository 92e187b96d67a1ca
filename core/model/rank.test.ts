import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankBetween, ranked } from './rank.ts'

const digits = '0123456789abcdef'.split('')
const aRank = fc
  .tuple(fc.array(fc.constantFrom(...digits), { maxLength: 40 }), fc.constantFrom(...digits.slice(1)))
  .map(([begin, last]) => [...begin, last].join(''))
const born = (at: string, id: string) => ranked.suggest.code({ createdAt: new Date(at), id } as never, { now: new Date(), isNew: true })

test('Between two ranks there is always another, which is no longer than it must be', () => {
  fc.assert(
    fc.property(aRank, aRank, (one, other) => {
      fc.pre(one !== other)
      const [above, below] = one > other ? [one, other] : [other, one]
      const between = rankBetween(above, below)!
      expect(between > below && between < above).toBe(true)
      expect(between.length).toBeLessThanOrEqual(Math.max(above.length, below.length) + 1)
      expect(ranked.valid.safeParse(between).success).toBe(true)
    }),
  )
})

test('At an end there is always another, before what is made from now on', () => {
  fc.assert(
    fc.property(aRank, (rank) => {
      expect(rankBetween(undefined, rank)! > rank).toBe(true)
      expect(rankBetween(rank, undefined)! < rank).toBe(true)
    }),
  )
  const [today, later] = ['2026-03-01T10:00:00Z', '2026-03-01T10:00:01Z'].map((at) => born(at, '0195527c-1a00-7abc-8def-0123456789ab'))
  expect(rankBetween(undefined, today)! < later!).toBe(true)
})

test('Records stand as they were made, those of one instant too', () => {
  const at = '2026-03-01T10:00:00Z'
  const ids = ['0195527c-1a00-7000-8000-0123456789ab', '0195527c-1a00-7000-8004-0123456789ab', '0195527c-1a01-7000-8000-0123456789ab']
  const ranks = ids.map((id) => born(at, id))
  expect(ranks.toSorted()).toEqual(ranks)
  expect(new Set(ranks).size).toBe(3)
  expect(born('2026-03-01T10:00:01Z', ids[0]!) > ranks[2]!).toBe(true)
})

test('Hundreds find room in ever the same gap, and whoever finds none is told', () => {
  let [below, count] = ['1', 0]
  for (; count < 10_000; count++) {
    const between = rankBetween('2', below)
    if (between === undefined) break
    below = between
  }
  expect(count).toBeGreaterThan(400)
  expect(count).toBeLessThan(10_000)
})

test('What is no rank is nobody to stand beside', () => {
  expect(rankBetween(undefined, undefined)).toBeUndefined()
  expect(rankBetween('kanari', '10')).toBeUndefined()
  expect(rankBetween('kanari', '8')! < '9').toBe(true)
})
