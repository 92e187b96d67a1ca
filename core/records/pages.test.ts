/** Pages by key: walked to the end and back they are the sorted list, whatever happens meanwhile. */
import fc from 'fast-check'
import { v7 } from 'uuid'
import { beforeAll, describe, expect, test } from 'vitest'
import { asking, Item, runs, store, storedWorld, type Thing } from '../../test/fixtures/records-world.ts'
import { unlimited } from '../access/ability.ts'
import { queryRows, type Reading } from './read.ts'

const stored = storedWorld(3, 70)
const { people } = stored
/** Where the database puts each text that occurs. */
const places = new Map<unknown, number>()
beforeAll(async () => {
  const texts = [
    ...new Set([...people.items, ...people.firms].flatMap((thing) => Object.values(thing)).filter((value) => typeof value === 'string')),
  ]
  const rows = await stored.app.connection.run('select text from unnest($1::text[]) text order by 1', [texts])
  for (const [at, { text }] of rows.entries()) places.set(text, at)
})

const reading = (): Reading => ({
  run: (text, values) => stored.app.connection.run(text, values),
  asker: { ability: unlimited, asking: asking(people), locale: 'fr-BE' },
  zone: 'UTC',
  screens: stored.app.composition.screens,
})
type Order = Readonly<Record<string, 'asc' | 'desc'>>
const ask = (question: object) => queryRows(reading(), stored.app.composition.models.of(Item), question)

const paths = [
  ...['name', 'note', 'word', 'amount', 'price', 'units', 'hot', 'day', 'at', 'state', 'uid', 'firm', 'maker', 'parent'],
  ...['firm.city', 'firm.name', 'firm.parent.size', 'maker.kind', 'parent.at', 'firmCity', 'childCount', 'twice', 'id'],
]
const orders: fc.Arbitrary<Order> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...paths), fc.constantFrom<'asc' | 'desc'>('asc', 'desc')), {
    minLength: 1,
    maxLength: 3,
    selector: ([path]) => path,
  })
  .map((keys) => Object.fromEntries(keys))

/** The order as a comparison in memory: empty last, ties by id. */
function sorted(order: Order): readonly string[] {
  const keys = Object.entries(order)
  const byId = [...keys, ['id', keys.at(-1)![1]] as const]
  return [...people.items]
    .sort((a, b) => {
      for (const [path, direction] of byId) {
        const [x, y] = [placeOf(a, path), placeOf(b, path)]
        if (x === y) continue
        if (x === null || y === null) return x === null ? 1 : -1
        return (x < y ? -1 : 1) * (direction === 'asc' ? 1 : -1)
      }
      return 0
    })
    .map(({ id }) => id)
}
function placeOf(item: Thing, path: string): number | string | null {
  // A relation is sorted by what its model is sorted by first.
  const steps = ['firm', 'maker', 'parent'].includes(path) ? [path, 'name'] : path.split('.')
  let value: unknown = item
  for (const step of steps) value = value === null ? null : (value as Thing)[step]
  if (path === 'id') return String(value)
  if (typeof value === 'string') return places.get(value)!
  return value === null ? null : Number(value)
}

async function walk(order: Order, limit: number, meanwhile: () => Promise<void> = async () => {}) {
  const forth: string[] = []
  let page = await ask({ order, limit })
  expect(page.previous).toBeNull()
  for (;;) {
    forth.push(...page.rows.map(({ id }) => String(id)))
    if (page.next === null) break
    await meanwhile()
    page = await ask({ order, limit, cursor: page.next })
  }
  const back = [...page.rows]
  while (page.previous !== null) {
    page = await ask({ order, limit, cursor: page.previous })
    back.unshift(...page.rows)
  }
  return { forth, back: back.map(({ id }) => String(id)) }
}

describe('The pages of a list', () => {
  test('are the whole list once, in order, forth and back, for any order and page size', async () => {
    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 1, max: 40 }), async (order, limit) => {
        const whole = sorted(order)
        const { forth, back } = await walk(order, limit)
        expect(forth).toEqual(whole)
        expect(back).toEqual(whole)
      }),
      runs(60, 1500),
    )
  })
  test('never repeat or miss a record that stays while others come and go', async () => {
    await fc.assert(
      fc.asyncProperty(orders, fc.integer({ min: 2, max: 20 }), fc.integer({ min: 0, max: 69 }), async (order, limit, seed) => {
        await store(stored.app, people)
        const gone = new Set<string>()
        const come: string[] = []
        let step = seed
        const { forth } = await walk(order, limit, async () => {
          step = (step * 31 + 7) % people.items.length
          const victim = people.items[step]!
          if (come.length === 30) return
          const id = v7()
          come.push(id)
          await stored.app.connection.run(
            `insert into item (id, name, state, maker_id, firm_id, units, at, amount, parent_id)
             select $1, name, state, maker_id, firm_id, units, at, amount, parent_id from item where id = $2 and not $3`,
            [id, victim.id, gone.has(victim.id)],
          )
          if (gone.size < 10 && people.items.every((item) => item.parent !== victim)) {
            gone.add(victim.id)
            await stored.app.connection.run('delete from item_marks where item_id = $1', [victim.id])
            await stored.app.connection.run('update item set parent_id = null where parent_id = $1', [victim.id])
            await stored.app.connection.run('delete from item where id = $1', [victim.id])
          }
        })
        const stayed = forth.filter((id) => !gone.has(id) && !come.includes(id))
        // What comes and goes changes the count of its parent's children, which then stands elsewhere.
        if (!('childCount' in order)) expect(stayed).toEqual(sorted(order).filter((id) => !gone.has(id)))
      }),
      runs(10, 200),
    )
  })
})

describe('A cursor that was not given out for this question is refused with 400', () => {
  const seal = (parts: readonly unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const open = (cursor: string): unknown[] => JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  const refused = async (order: Order, cursor: string) => {
    try {
      await ask({ order, cursor, limit: 5 })
      return 200
    } catch (error) {
      return error instanceof Error && 'status' in error ? error.status : error
    }
  }
  test('however it is forged, cut or taken from another list', async () => {
    const json = fc.jsonValue({ maxDepth: 1 })
    const nasty = fc.constantFrom<unknown>(
      '2024-02-30',
      '2024-02-30T00:00:00Z',
      '2024-13-01',
      '0000-01-01',
      '2024-01-01 (x)',
      '2024-01-01T00:00:00+99:99',
      '275760-09-13',
      'NaN',
      'a\0b',
      '\ud800',
      Number.POSITIVE_INFINITY,
      1e300,
      2 ** 31,
      0.5,
      '',
      'infinity',
      null,
      true,
      {},
      [],
    )
    await fc.assert(
      fc.asyncProperty(orders, fc.array(fc.oneof(nasty, json), { minLength: 1, maxLength: 4 }), fc.nat(8), async (order, values, cut) => {
        const { next } = await ask({ order, limit: 3 })
        const real = open(next!)
        const forged = seal([real[0], real[1], ...real.slice(2).map((value, at) => (at < values.length ? values[at] : value))])
        expect([200, 400]).toContain(await refused(order, forged))
        expect(await refused(order, next!.slice(0, -1 - cut))).toBe(400)
        expect(await refused(order, seal(real.slice(0, -1)))).toBe(400)
        expect(await refused(order, seal(values))).toBe(400)
        if (!('id' in order)) expect(await refused({ ...order, id: 'asc' }, next!)).toBe(400)
      }),
      runs(60, 2000),
    )
  })
  test('also when it is no cursor at all', async () => {
    for (const cursor of ['x', '{}', '__proto__', 'bnVsbA', '\0', '💥', 'a'.repeat(10_000)])
      expect(await refused({ name: 'asc' }, cursor)).toBe(400)
  })
})

describe('An order that cannot be', () => {
  test.each([
    ['marks', 'asc'],
    ['marks.name', 'asc'],
    ['shout', 'asc'],
    ['nme', 'asc'],
    ['name.x', 'asc'],
    ['name', 'asc; drop table item'],
    ['__proto__', 'asc'],
    ['constructor', 'asc'],
  ])('is refused with 400: %s %s', async (path, direction) => {
    await expect(ask({ order: Object.fromEntries([[path, direction]]) })).rejects.toMatchObject({ status: 400 })
  })
  test.each([0, 201, 1.5, Number.NaN, '5', -1])('nor a page of %s records', async (limit) => {
    await expect(ask({ limit })).rejects.toMatchObject({ status: 400 })
  })
})
