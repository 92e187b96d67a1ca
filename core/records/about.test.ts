import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { ModelMeta } from '../model/meta.ts'
import { bootTest, type TestApp } from '../testing/index.ts'
import { type Asked, about, wrote } from './about.ts'

let app: TestApp
let model: ModelMeta
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  model = app.composition.models.byName('ticket')!
})
afterAll(() => app?.close())

const question = (text: string, by: string | null = null): Asked => ({ model, text, values: [], by })
const forLong = () => ({ forMs: 60_000, thenMs: 60_000 })
/** So short that it is over when it is asked for. */
const atAnEnd = () => ({ forMs: Number.MIN_VALUE, thenMs: 60_000 })
/** Counts how often it was asked. */
function counting() {
  let times = 0
  return { find: async () => ++times, times: () => times }
}

describe('A number that may be some seconds old', () => {
  test('is found once for as long as it lasts, and each time where it does not', async () => {
    const { find, times } = counting()
    const all = await Promise.all([about(question('a'), find, forLong)])
    expect([...all, await about(question('a'), find, forLong), times()]).toEqual([1, 1, 1])
    const none = () => ({ forMs: 0, thenMs: 0 })
    expect([await about(question('b'), find, none), await about(question('b'), find, none)]).toEqual([2, 3])
  })

  test('is told as it was while it is found anew, once however many ask', async () => {
    const { find, times } = counting()
    await about(question('c'), find, atAnEnd)
    let begun = () => {}
    const isBegun = new Promise<void>((resolve) => (begun = resolve))
    const slow = Promise.withResolvers<number>()
    const findSlowly = () => {
      begun()
      return slow.promise
    }
    const told = [await about(question('c'), findSlowly, forLong), await about(question('c'), find, forLong)]
    await isBegun
    slow.resolve(77)
    await expect.poll(() => about(question('c'), find, forLong)).toBe(77)
    expect([...told, times()]).toEqual([1, 1, 1])
  })

  test('is another for another statement, and for other values in it', async () => {
    const { find } = counting()
    await about(question('d'), find, forLong)
    expect(await about(question('e'), find, forLong)).toBe(2)
    expect(await about({ ...question('d'), values: [1] }, find, forLong)).toBe(3)
  })

  test('is found anew for somebody who has written since, and kept for the others', async () => {
    const { find } = counting()
    await about(question('f', 'ada'), find, forLong)
    wrote('ada')
    expect(await about(question('f', 'ben'), find, forLong)).toBe(1)
    expect(await about(question('f', 'ada'), find, forLong)).toBe(2)
    expect(await about(question('f', 'ada'), find, forLong)).toBe(2)
  })

  test('is forgotten when it cannot be found anew, and the next who asks is told why', async () => {
    const { find } = counting()
    const fails = () => Promise.reject(new Error('The table is locked.'))
    await about(question('g'), find, atAnEnd)
    expect(await about(question('g'), fails, forLong)).toBe(1)
    await expect.poll(() => about(question('g'), fails, forLong).catch((error: Error) => error.message)).toBe('The table is locked.')
  })

  test('is found anew at once for whoever creates or changes a record', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const { find } = counting()
    const { id: user } = await (await app.servicesFor({ door: 'system' })).identity.createUser({
      email: 'ada@example.org',
      name: 'Ada',
      roles: ['agent'],
    })
    const partner = await records.create(app.composition.models.byName('partner')!.handle, { name: 'Fatou' })
    await about(question('h', user), find, forLong)
    const ada = await app.servicesFor({ door: 'web', user })
    await ada.records.create(model.handle, { subject: 'Lamp is out', partner: partner.id })
    expect(await about(question('h', user), find, forLong)).toBe(2)
  })
})
