import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderByNeeds, saidAsNeeds } from './order.ts'

const names = ['a', 'b', 'c', 'd', 'e'] as const
const graph = fc
  .record(Object.fromEntries(names.map((name) => [name, fc.subarray([...names])])) as Record<string, fc.Arbitrary<string[]>>)
  .map((needs) => new Map(Object.entries(needs)))
/** Only back to earlier names, then renamed at random: no cycle is possible. */
const acyclic = fc
  .tuple(
    fc.shuffledSubarray([...names], { minLength: names.length }),
    fc.array(fc.subarray([0, 1, 2, 3, 4]), { minLength: 5, maxLength: 5 }),
  )
  .map(([order, needs]) => new Map(order.map((name, i) => [name, needs[i]!.filter((j) => j < i).map((j) => order[j]!)])))

test('what is needed comes first, and among all possible orders the smallest by name is taken', () => {
  fc.assert(
    fc.property(acyclic, (needs) => {
      expect(orderByNeeds(needs)).toEqual({ order: smallestOrder(needs), cycles: [] })
    }),
  )
})

test('the order in which modules are given does not matter', () => {
  fc.assert(
    fc.property(acyclic, (needs) => {
      expect(orderByNeeds(new Map([...needs].reverse())).order).toEqual(orderByNeeds(needs).order)
    }),
  )
})

test('a cycle is reported exactly when there is no order, and each step of it is a need', () => {
  fc.assert(
    fc.property(graph, (needs) => {
      const { order, cycles } = orderByNeeds(needs)
      expect(cycles.length > 0).toBe(smallestOrder(needs) === undefined)
      expect(order.length === names.length).toBe(cycles.length === 0)
      for (const cycle of cycles) {
        expect(cycle.at(-1)).toBe(cycle[0])
        for (const [i, name] of cycle.slice(1).entries()) expect(needs.get(cycle[i]!)).toContain(name)
      }
    }),
  )
})

test('a chain of needs reads as a sentence', () => {
  expect(saidAsNeeds(['a', 'b', 'c'])).toBe('a needs b, b needs c')
})

/** The oracle: every order there is, smallest first, until one fits. */
function smallestOrder(needs: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  return permutations([...needs.keys()].sort()).find((order) =>
    order.every((name, i) => needs.get(name)!.every((need) => order.indexOf(need) < i)),
  )
}

function permutations(of: readonly string[]): string[][] {
  return of.length === 0 ? [[]] : of.flatMap((first) => permutations(of.filter((name) => name !== first)).map((rest) => [first, ...rest]))
}
