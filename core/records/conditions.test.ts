/** SQL and memory give one answer to every condition. */
import * as core from '@tessera/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { conditionsOn } from '../../test/fixtures/records-rules.ts'
import { asking, Firm, Item, runs, storedWorld, type Thing } from '../../test/fixtures/records-world.ts'
import { unlimited } from '../access/ability.ts'
import { conditionOn, matches, plain } from '../model/matches.ts'
import type { Model } from '../model/types.ts'
import { queryRows } from './read.ts'
import { Statement } from './statement.ts'

const stored = storedWorld(1)
const { people } = stored

/** The ids that a condition finds, as the read path compiles it. */
async function found(handle: Model, where: unknown, from: 'asked' | 'trusted' = 'trusted'): Promise<readonly string[]> {
  const model = stored.app.composition.models.of(handle)
  const statement = new Statement({ ability: unlimited, asking: asking(people), locale: 'en' })
  const sql = statement.condition(conditionOn(model, where), model, 't', from)
  const rows = await stored.app.connection.run(`select t.id from "${model.table}" t where ${sql} order by 1`, statement.values)
  return rows.map(({ id }) => String(id))
}
function remembered(handle: Model, where: unknown, things: readonly Thing[]): readonly string[] {
  const clause = conditionOn(stored.app.composition.models.of(handle), where)
  return things.filter((thing) => matches(clause, thing, asking(people))).map(({ id }) => id)
}

describe('A condition finds the same records in SQL and in memory', () => {
  test('of items, with every type of field and relations in all directions', async () => {
    await fc.assert(
      fc.asyncProperty(conditionsOn(people).item, async (where) => {
        expect(await found(Item, where)).toEqual([...remembered(Item, where, people.items)].sort())
      }),
      runs(1500, 20_000),
    )
  })
  test('of firms, whose relations lead back to items', async () => {
    await fc.assert(
      fc.asyncProperty(conditionsOn(people).firm, async (where) => {
        expect(await found(Firm, where)).toEqual([...remembered(Firm, where, people.firms)].sort())
      }),
      runs(700, 10_000),
    )
  })
  test('asked by somebody who may read everything', async () => {
    const { records } = await stored.app.servicesFor({ door: 'system' })
    await fc.assert(
      fc.asyncProperty(conditionsOn({ ...people }).item, async (where) => {
        fc.pre(!usesMe(where))
        const { rows } = await records.query(Item, { fields: [], where, limit: 200 })
        expect(rows.map(({ id }) => id).sort()).toEqual([...remembered(Item, where, people.items)].sort())
        expect(await records.count(Item, { where })).toBe(rows.length)
        expect(await records.count(Item, { where, about: true })).toBe(rows.length)
      }),
      runs(300, 3000),
    )
  })
})

/** The system has no own values; nor does its `now` stand still. */
function usesMe(where: unknown): boolean {
  return JSON.stringify(where).includes('"placeholder"')
}

describe('An empty placeholder', () => {
  test.each(['$eq', '$ne', '$in', '$nin', '$gt', '$gte', '$lt', '$lte'])('matches nothing with %s', async (operator) => {
    const none = (core.me as object as Record<string, unknown>).none
    for (const operand of operator.endsWith('in') ? [none, [none]] : [none]) {
      expect(await found(Item, { name: { [operator]: operand } })).toEqual([])
      expect(remembered(Item, { name: { [operator]: operand } }, people.items)).toEqual([])
      expect(await found(Item, { firm: { name: { [operator]: operand } } })).toEqual([])
      expect(remembered(Item, { firm: { name: { [operator]: operand } } }, people.items)).toEqual([])
    }
  })
})

describe('The clock', () => {
  test('goes on for a question that is asked again', async () => {
    const where = { $or: [{ at: { $lt: core.now } }, { firm: { items: { at: { $gte: core.ago({ minutes: 1 }) } } } }] }
    const model = stored.app.composition.models.of(Item)
    for (const time of [0, 1, 1_699_999_999_999, 1_700_000_000_001, 1_700_000_060_001, 2e12]) {
      const then = asking(people, new Date(time))
      const { rows } = await queryRows(
        {
          run: (text, values) => stored.app.connection.run(text, values),
          asker: { ability: unlimited, asking: then, locale: 'en' },
          zone: 'UTC',
          screens: stored.app.composition.screens,
        },
        model,
        { where, limit: 200 },
      )
      const clause = conditionOn(model, where)
      expect(rows.map(({ id }) => id).sort()).toEqual(
        people.items
          .filter((thing) => matches(clause, thing, then))
          .map(({ id }) => id)
          .sort(),
      )
    }
  })
})

describe('Words are found whatever their case and accents', () => {
  const texts = [
    'Søren',
    'soren',
    'Straße',
    'STRASSE',
    'Éclair',
    'e\u0301clair',
    'ŁÓDŹ',
    'lodz',
    'Ærø',
    'İstanbul',
    'ЖУК',
    'жук',
    '100%',
    'a_b',
    'a\\b',
    'œuvre',
    'Đà Nẵng',
    'naïve',
    '½',
  ]
  let ids: Map<string, string>
  beforeAll(async () => {
    const { records } = await stored.app.servicesFor({ door: 'system' })
    const made = await records.createMany(
      Firm,
      texts.map((name) => ({ name, kind: 'a' })),
    )
    ids = new Map(texts.map((text, at) => [text, made[at]!]))
  })
  test.each(texts)('"%s" finds itself, in any case', async (text) => {
    for (const asked of [text, text.toLowerCase(), text.normalize('NFD'), text.slice(0, 3)]) {
      for (const operator of ['$contains', '$startsWith']) {
        const where = { name: { [operator]: asked } }
        const hits = await found(Firm, where)
        expect(hits, `${operator} ${asked}`).toContain(ids.get(text))
        expect(
          [
            ...remembered(
              Firm,
              where,
              texts.map((name) => ({ id: ids.get(name)!, name })),
            ),
          ].sort(),
          `${operator} ${asked}`,
        ).toEqual(hits.filter((id) => [...ids.values()].includes(id)))
      }
    }
  })
  test('letter by letter as in memory: Latin, Vietnamese, Greek and Cyrillic', async () => {
    const letters = [
      [0xc0, 0x17f],
      [0x1ea0, 0x1ef9],
      [0x386, 0x3ce],
      [0x401, 0x401],
      [0x410, 0x44f],
      [0x451, 0x451],
    ].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at)))
    const words = letters.filter((letter) => /\p{L}/u.test(letter) && letter !== 'ŉ')
    const rows = await stored.app.connection.run('select letter, tessera_plain(letter) as plain from unnest($1::text[]) letter', [words])
    for (const row of rows) expect(plain(String(row.letter)), String(row.letter)).toBe(row.plain)
  })
  test('as people type them without a foreign keyboard', async () => {
    for (const [typed, text] of [
      ['soren', 'Søren'],
      ['strasse', 'Straße'],
      ['eclair', 'Éclair'],
      ['lodz', 'ŁÓDŹ'],
      ['aero', 'Ærø'],
      ['da nang', 'Đà Nẵng'],
      ['oeuvre', 'œuvre'],
    ] as const)
      expect(await found(Firm, { name: { $contains: typed } }), typed).toContain(ids.get(text))
  })
})
