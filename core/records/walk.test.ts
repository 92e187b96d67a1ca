/**
 * A list that is sorted by relations is the sorted list, whoever reads it and however its pages are leafed through; and groups count what
 * is in it, as the numbers beside menus do.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { asking, Firm, Item, Mark, runs, storedWorld, type Thing } from '../../test/fixtures/records-world.ts'
import { type Ability, abilityOf, unlimited } from '../access/ability.ts'
import { type Rule, role } from '../access/role.ts'
import { conditionOn, matches } from '../model/matches.ts'
import { readableField } from './asked.ts'
import { groupRows } from './groups.ts'
import { countRows, queryRows, type Reading } from './read.ts'

const stored = storedWorld(11, 90)
const { people } = stored
/** Where the database puts each text that occurs. */
const places = new Map<unknown, number>()
beforeAll(async () => {
  const texts = [...people.items, ...people.firms].flatMap((thing) => Object.values(thing)).filter((value) => typeof value === 'string')
  const rows = await stored.app.connection.run('select text from unnest($1::text[]) text order by 1', [[...new Set(texts)]])
  for (const [at, { text }] of rows.entries()) places.set(text, at)
})

type Order = Readonly<Record<string, 'asc' | 'desc'>>
const statements: string[] = []
const veryMany = ' offset 50000)'
function ask(ability: Ability, question: object) {
  return queryRows(readingOf(ability), stored.app.composition.models.of(Item), question)
}
function readingOf(ability: Ability): Reading {
  const { connection, composition } = stored.app
  return {
    run: (text: string, values: readonly unknown[]) => {
      statements.push(text)
      // As if more than three were very many: so many as take another way there are in no test.
      return connection.run(text.replaceAll(veryMany, ' offset 3)'), values)
    },
    asker: { ability, asking: asking(people), locale: 'en' },
    zone: 'UTC',
    screens: composition.screens,
  }
}

async function leafedThrough(ability: Ability, question: { where: object | undefined; order: Order; limit: number }) {
  const ids = (page: { rows: readonly Record<string, unknown>[] }) => page.rows.map(({ id }) => String(id))
  let page = await ask(ability, question)
  expect(page.previous).toBeNull()
  const forth = ids(page)
  while (page.next !== null) {
    page = await ask(ability, { ...question, cursor: page.next })
    forth.push(...ids(page))
  }
  const back = ids(page)
  while (page.previous !== null) {
    page = await ask(ability, { ...question, cursor: page.previous })
    back.unshift(...ids(page))
  }
  return { forth, back }
}

/** The world as somebody sees it: a relation to what he may not read is empty, and so is a field that he may not read there. */
function seenBy(ability: Ability): readonly Thing[] {
  const { models } = stored.app.composition
  const view = (handle: typeof Firm, thing: Thing, deep: boolean): Thing | null => {
    const model = models.of(handle)
    const may = (field?: string) => ability.permits('read', model, thing, asking(people), field)
    if (!may()) return null
    const fields = [...model.fields.values()].filter(({ kind }) => kind !== 'many')
    const values = fields.map((field) => {
      const value = thing[field.name] as Thing | null | undefined
      if (field.name === 'id') return ['id', thing.id] as const
      if (!may(field.name) || value === null || value === undefined) return [field.name, null] as const
      return [field.name, field.kind === 'one' ? deep && view(field.target.handle, value, false) : value] as const
    })
    return Object.fromEntries(values) as unknown as Thing
  }
  return people.items.flatMap((item) => {
    const seen = view(Item, item, true)
    return seen ? { ...seen, firmCity: (seen.firm as Thing | null)?.city ?? null } : []
  })
}

/** What he finds of what he sees. */
function foundBy(ability: Ability, where: object | undefined, paths: readonly string[]): readonly Thing[] {
  const model = stored.app.composition.models.of(Item)
  // What is hidden everywhere cannot be asked for.
  fc.pre([...paths, 'firm', 'maker'].every((path) => readableField(ability, model, path)))
  const clause = where && conditionOn(model, where)
  return seenBy(ability).filter((item) => !clause || matches(clause, item, asking(people)))
}

/** The order as a comparison in memory: empty last, ties by id. */
function sorted(things: readonly Thing[], order: Order): readonly string[] {
  const keys = Object.entries(order)
  const all = [...keys, ['id', keys.at(-1)![1]] as const].map(([path, direction]) => {
    const [head, by] = path.split('.')
    return { head: head!, by: relations.has(path) ? 'name' : by, up: direction === 'asc' ? 1 : -1 }
  })
  const placeOf = (thing: Thing, head: string, by: string | undefined) => {
    const value = by === undefined ? thing[head] : ((thing[head] as Thing | null)?.[by] ?? null)
    if (head === 'id') return value as string
    return typeof value === 'string' ? places.get(value)! : value === null ? null : Number(value)
  }
  const compared = (a: Thing, b: Thing) => {
    for (const { head, by, up } of all) {
      const [x, y] = [placeOf(a, head, by), placeOf(b, head, by)]
      if (x === y) continue
      if (x === null || y === null) return x === null ? 1 : -1
      return (x < y ? -1 : 1) * up
    }
    return 0
  }
  return things.toSorted(compared).map(({ id }) => id)
}
const relations = new Set(['firm', 'maker', 'parent'])

const orders: fc.Arbitrary<Order> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('firm', 'maker', 'parent', 'firm.city', 'maker.kind', 'maker.size', 'parent.at'), {
      minLength: 1,
      maxLength: 2,
    }),
    fc.uniqueArray(fc.constantFrom('units', 'at', 'state', 'name', 'firmCity', 'id'), { maxLength: 2 }),
  )
  .chain(([leads, others]) => {
    const paths = [...leads, ...others]
    return fc
      .tuple(...paths.map(() => fc.constantFrom<'asc' | 'desc'>('asc', 'desc')))
      .map((directions) => Object.fromEntries(paths.map((path, at) => [path, directions[at]!])))
  })

const firms = fc.constantFrom(...people.firms.map(({ id }) => id))
const leaves = fc.oneof(
  fc.constant({ firm: null }),
  firms.map((firm) => ({ firm })),
  firms.map((firm) => ({ firm: { $ne: firm } })),
  fc.constantFrom('a', 'b').map((kind) => ({ firm: { kind } })),
  fc.constantFrom('a', 'b').map((kind) => ({ maker: { kind: { $ne: kind } } })),
  fc.constantFrom('a', 'b').map((kind) => ({ firm: { $not: { kind } } })),
  fc.constantFrom('new', 'old').map((state) => ({ state })),
  fc.constantFrom(0, 2).map((units) => ({ units: { $gte: units } })),
)
const conditions = fc.oneof(
  fc.constant(undefined),
  leaves,
  fc.tuple(leaves, leaves).map(($and) => ({ $and })),
  fc.tuple(leaves, leaves).map(($or) => ({ $or })),
  fc.tuple(leaves, leaves).map(([a, $not]) => ({ $and: [a, { $not }] })),
)
const ofMany = fc.oneof(
  fc.constantFrom(...people.items.map(({ id }) => id)).map((children) => ({ children })),
  firms.map((maker) => ({ children: { maker, state: 'new' } })),
  firms.map((firm) => ({ children: { firm: { id: firm } } })),
  fc.constantFrom(...people.marks.map(({ id }) => id)).map((marks) => ({ marks })),
)

const reader = role('reader')
const ofFirms = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom('a', 'b', 'c').map((kind) => ({ kind })),
  fc.constantFrom(0, 1).map((size) => ({ size: { $gte: size } })),
)
const ofItems = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom('a', 'b', 'c').map((kind) => ({ maker: { kind } })),
  fc.constantFrom('new', 'old').map((state) => ({ $or: [{ state }, { firm: null }] })),
)
/** Rules on items and on what they name, some of which hide the values by which is sorted. */
const rules: fc.Arbitrary<readonly Rule[]> = fc
  .record({ items: ofItems, firms: ofFirms, named: ofFirms, isNamed: fc.boolean(), isHidden: fc.boolean(), hidden: ofFirms })
  .map(({ items, firms, named, isNamed, isHidden, hidden }) => [
    reader.can(['read'], Item, items as never),
    reader.can(['read'], Firm, firms as never),
    ...(isNamed ? [reader.cannot(['read'], Firm, named as never, ['name', 'city'] as never)] : []),
    ...(isHidden ? [reader.cannot(['read'], Item, { maker: hidden ?? { kind: 'a' } } as never, ['parent'] as never)] : []),
  ])

describe('A list sorted by relations with few values', () => {
  test('is the sorted list once, forth and back, under any filter', async () => {
    statements.length = 0
    await fc.assert(
      fc.asyncProperty(orders, conditions, fc.integer({ min: 1, max: 30 }), async (order, where, limit) => {
        const found = foundBy(unlimited, where, [])
        const whole = sorted(found, order)
        const { forth, back } = await leafedThrough(unlimited, { where, order, limit })
        expect(forth).toEqual(whole)
        expect(back).toEqual(whole)
      }),
      runs(150, 3000),
    )
    expect(statements.filter((text) => text.includes('cross join lateral')).length).toBeGreaterThan(statements.length / 3)
    expect(statements.filter((text) => text.includes(veryMany)).length).toBeGreaterThan(20)
  })
  test('shows and sorts what may not be read as if it were not there', async () => {
    statements.length = 0
    await fc.assert(
      fc.asyncProperty(rules, orders, conditions, fc.integer({ min: 3, max: 40 }), async (given, order, where, limit) => {
        const ability = abilityOf([reader], given, stored.app.composition.models)
        const found = foundBy(ability, where, Object.keys(order))
        const whole = sorted(found, order)
        const { forth, back } = await leafedThrough(ability, { where, order, limit })
        expect(forth).toEqual(whole)
        expect(back).toEqual(whole)
      }),
      runs(150, 3000),
    )
    expect(statements.filter((text) => text.includes('cross join lateral')).length).toBeGreaterThan(statements.length / 4)
  })
})

describe('Groups of what a filter on relations with few values finds', () => {
  test('hold as many as the reader can find', async () => {
    statements.length = 0
    await fc.assert(
      fc.asyncProperty(fc.option(rules), conditions, async (given, where) => {
        const { models } = stored.app.composition
        const ability = given === null ? unlimited : abilityOf([reader], given, models)
        const found = foundBy(ability, where, [])
        const groups = await groupRows(readingOf(ability), models.of(Item), { by: ['state'], where })
        const counted = Object.entries(Object.groupBy(found, ({ state }) => String(state)))
        expect(Object.fromEntries(groups.map(({ state, count }) => [state, count]))).toEqual(
          Object.fromEntries(counted.map(([state, items]) => [state, items?.length])),
        )
      }),
      runs(200, 3000),
    )
    expect(statements.filter((text) => /^select s\./.test(text)).length).toBeGreaterThan(10)
  })
})

describe('The number of what a filter finds beside a menu', () => {
  test('is what is counted when nobody is in a hurry, whoever asks and whatever is asked of related records', async () => {
    statements.length = 0
    await fc.assert(
      fc.asyncProperty(fc.option(rules), conditions, leaves, ofMany, async (given, condition, leaf, many) => {
        const { models } = stored.app.composition
        const ability = given === null ? unlimited : abilityOf([reader], [...given, reader.can(['read'], Mark)], models)
        const where = { $and: [...(condition ? [condition] : []), leaf, many] }
        foundBy(ability, where, [])
        const [exactly, about] = [{ where }, { where, about: true }].map((asked) => countRows(readingOf(ability), models.of(Item), asked))
        expect(await about).toBe(await exactly)
      }),
      runs(200, 3000),
    )
    expect(statements.filter((text) => text.includes('"id" = any(array(select')).length).toBeGreaterThan(10)
  })
})
