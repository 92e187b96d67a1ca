import { describe, expect, it } from 'vitest'
import { cradlesOf } from './cradle.ts'

interface Desk {
  readonly clock: Date
  readonly bell: { readonly since: Date }
  readonly chicken: object
  readonly egg: object
}

describe('A cradle of services', () => {
  const open = cradlesOf<Desk, { readonly now: Date }>(
    new Map<string, (services: Desk, bound: { readonly now: Date }) => unknown>([
      ['clock', (_, { now }) => now],
      ['bell', ({ clock }) => ({ since: clock })],
      ['chicken', ({ egg }) => egg],
      ['egg', ({ chicken }) => chicken],
    ]),
  )
  const desk = (now: Date) => open(() => ({ now }))

  it('makes each once, from the others and what it was opened with', () => {
    const [first, second] = [desk(new Date(1)), desk(new Date(2))]
    expect(first.bell).toBe(first.bell)
    expect(first.bell.since).toEqual(new Date(1))
    expect(second.bell.since).toEqual(new Date(2))
  })
  it('says which service needs itself, each time it is asked', () => {
    const broken = desk(new Date())
    for (const _ of [1, 2]) expect(() => broken.chicken).toThrow('The service "chicken" needs itself to be made.')
  })
  it('knows no service that nobody has declared, and is no promise', async () => {
    expect(() => (desk(new Date()) as unknown as { till: unknown }).till).toThrow('There is no service "till".')
    const awaited = desk(new Date())
    expect(await awaited).toBe(awaited)
  })
})
