/** What a write does: once, wholly, with a version and a history, and refused in words. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { Case, Client, chief, close, desk, Entry, escalate, Stage, stage, Tag } from '../../test/fixtures/records-desk.ts'
import { runs } from '../../test/fixtures/records-world.ts'
import { shippedId } from '../model/shipped.ts'
import type { Services } from '../service/services.ts'
import { bootTest, type SignedIn, signedInAs, type TestApp, unique } from '../testing/index.ts'

// Milliseconds: the machine of a run may be slow or shared, and TESSERA_DEEP asks for much.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

let app: TestApp
let person: SignedIn
let system: Services
let client: string
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [desk])
  person = await signedInAs(app, chief.name)
  system = await app.servicesFor({ door: 'system' })
  client = (await system.records.create(Client, { name: 'Ann', email: 'ann@example.org' })).id
})
afterAll(() => app?.close())

const services = () => person.services()
const fresh = async (more: object = {}) => (await services()).records.create(Case, { subject: 'A case', ...more })
const stored = async (id: string) => (await app.connection.run('select * from "case" where id = $1', [id]))[0]!
const outcome = (results: readonly PromiseSettledResult<unknown>[]) => ({
  done: results.filter(({ status }) => status === 'fulfilled').length,
  refused: results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])),
})

describe('The version of a record', () => {
  test('rises by one with a write that changes something, and with no other', async () => {
    const { records } = await services()
    const { id } = await fresh({ meta: { a: 1, b: [2], id: 'x' }, words: ['a', 'b'], title: { en: 'One', fr: 'Un' }, amount: 1.5, client })
    const same: object[] = [
      {},
      { subject: 'A case' },
      { meta: { id: 'x', b: [2], a: 1 } },
      { words: ['a', 'b'] },
      { title: { fr: 'Un', en: 'One' } },
      { title: 'One' },
      { amount: 1.5 },
      { amount: 1.501 },
      { client: client.toUpperCase() },
      { client: { id: client } },
      { stage: { code: 'open' } },
      { tags: [] },
      { due: null },
      { slug: '' },
    ]
    for (const changes of same) expect((await records.update(Case, id, changes)).version, JSON.stringify(changes)).toBe(1)
    const other: object[] = [
      { subject: 'Another' },
      { meta: { a: 1, b: [2], id: 'y' } },
      { meta: { a: 2, b: [2], id: 'y' } },
      { words: ['a,b'] },
      { title: 'Two' },
      { title: { en: 'Two', fr: 'Deux' } },
      { client: null },
      { tags: [(await records.create(Tag, { name: unique('tag') })).id] },
      { tags: [] },
      { rank: 3, level: 'high' },
    ]
    for (const [at, changes] of other.entries())
      expect((await records.update(Case, id, changes)).version, JSON.stringify(changes)).toBe(at + 2)
    expect((await records.act(close, id, {})).version).toBe(other.length + 2)
  })
  test('named by a writer must be the stored one', async () => {
    const { records } = await services()
    const { id } = await fresh()
    await records.update(Case, id, { rank: 1 }, 1)
    await expect(records.update(Case, id, { rank: 2 }, 1)).rejects.toMatchObject({ status: 412, code: 'record.changed' })
    await expect(records.act(close, id, {}, 1)).rejects.toMatchObject({ status: 412 })
    await expect(records.remove(Case, id, 1)).rejects.toMatchObject({ status: 412 })
    expect((await stored(id)).rank).toBe(1)
  })
})

describe('Fifty at once', () => {
  test('update one record from the same version: one wins', async () => {
    const { id } = await fresh()
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, async (_, rank) => (await services()).records.update(Case, id, { rank: rank + 1 }, 1)),
    )
    const { done, refused } = outcome(results)
    expect(done).toBe(1)
    for (const error of refused) expect(error).toMatchObject({ status: 412 })
    expect((await stored(id)).version).toBe(2)
  })
  test('add without a version: every write counts', async () => {
    const { id } = await fresh()
    await Promise.all(Array.from({ length: 50 }, async (_, rank) => (await services()).records.update(Case, id, { rank: rank + 1 })))
    expect((await stored(id)).version).toBe(51)
    expect((await (await services()).records.history(Case, id)).filter(({ field }) => field === 'rank')).toHaveLength(50)
  })
  test('close one case: one does it, the others are told that it is not to be closed any more', async () => {
    const { id } = await fresh()
    const results = await Promise.allSettled(Array.from({ length: 50 }, async () => (await services()).records.act(close, id, {})))
    const { done, refused } = outcome(results)
    expect(new Set(refused.map((error) => error.code ?? error))).toEqual(new Set(['action.not_now']))
    expect(done).toBe(1)
    expect((await stored(id)).version).toBe(2)
  })
  test('create cases: each gets a number, without a gap', async () => {
    const before = Number((await fresh()).number.slice(2))
    const made = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const { records } = await services()
        return at % 5 === 0 ? records.create(Case, { subject: 'x' }).catch(() => undefined) : records.create(Case, { subject: 'Numbered' })
      }),
    )
    const numbers = made.flatMap((each) => (each ? [Number(each.number.slice(2))] : [])).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, at) => before + 1 + at))
  })
  test('by one and the same services: each in a transaction of its own', async () => {
    const { records } = await services()
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) => records.create(Case, { subject: at % 5 === 0 ? 'x' : 'Side by side', slug: unique('s') })),
    )
    const { done, refused } = outcome(results)
    expect(done).toBe(40)
    for (const error of refused) expect(error).toMatchObject({ status: 422 })
    const ids = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value.id] : []))
    expect(await records.count(Case, { where: { id: { $in: ids } } })).toBe(40)
  })
  test('inside one transaction: all are there', async () => {
    const { records } = await services()
    const made = await records.transaction(() =>
      Promise.all(Array.from({ length: 20 }, (_, at) => records.create(Case, { subject: `Together ${at}` }))),
    )
    expect(await records.count(Case, { where: { id: { $in: made.map(({ id }) => id) } } })).toBe(20)
  })
})

describe('Actions side by side in one set of services', () => {
  test('do not lend each other their rights or their transaction', async () => {
    const { records } = await services()
    const made = await records.createMany(
      Case,
      Array.from({ length: 20 }, (_, at) => ({ subject: `Case ${at}` })),
    )
    const closed = await system.records.create(Case, { subject: 'Closed', stage: stage.done })
    const results = await Promise.allSettled([...made, closed.id].map((id) => records.act(close, id, {})))
    expect(outcome(results)).toMatchObject({ done: 20, refused: [{ code: 'action.not_now' }] })
    expect(await records.count(Case, { where: { id: { $in: [...made] }, stage: { category: 'closed' } } })).toBe(20)
  })
  test('take the first numbers of a year even when they hold all connections', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, async () => (await services()).records.create(Entry, { text: 'First' })))
    expect(new Set(made.map(({ number }) => number)).size).toBe(20)
    expect(made[0]!.number).toMatch(/^E-\d{4}-\d{3}$/)
  })
})

describe('A transaction', () => {
  const everything = async () =>
    Promise.all(
      ['"case"', 'client', 'tag', 'case_tags', 'history', 'tessera_counter', 'pgboss.job'].map(async (table) =>
        JSON.stringify(await app.connection.run(`select * from ${table} order by 1`)),
      ),
    )
  test('that fails leaves nothing behind: no record, no link, no history, no number', async () => {
    const { id } = await fresh()
    const tag = await system.records.create(Tag, { name: unique('tag') })
    const before = await everything()
    const { records } = await services()
    await expect(
      records.transaction(async () => {
        await records.create(Case, { subject: 'Never', tags: [tag.id] })
        await records.update(Case, id, { subject: 'Nor this', tags: [tag.id] })
        await records.act(close, id, {})
        await records.remove(Case, id)
        throw new Error('enough')
      }),
    ).rejects.toThrow('enough')
    expect(await everything()).toEqual(before)
    expect((await fresh()).number).toBe(`C-${String(Number(String((await stored(id)).number).slice(2)) + 1).padStart(4, '0')}`)
  })
  test('inside another fails alone when its error is caught', async () => {
    const { records } = await services()
    const made = await records.transaction(async () => {
      const kept = await records.create(Case, { subject: 'Kept' })
      await expect(
        records.transaction(async () => {
          await records.create(Case, { subject: 'Lost', slug: 'lost' })
          throw new Error('enough')
        }),
      ).rejects.toThrow('enough')
      return kept.id
    })
    const next = await fresh()
    expect(await records.count(Case, { where: { slug: 'lost' } })).toBe(0)
    expect(Number(next.number.slice(2))).toBe(Number(String((await stored(made)).number).slice(2)) + 1)
  })
  test('of many drafts makes all or none', async () => {
    const before = await everything()
    const { records } = await services()
    const slug = unique('twice')
    await expect(
      records.createMany(Case, [{ subject: 'One', slug }, { subject: 'Two' }, { subject: 'Three', slug }]),
    ).rejects.toMatchObject({
      status: 422,
      errors: [{ field: 'slug', code: 'case.slug' }],
    })
    expect(await everything()).toEqual(before)
    expect(await records.createMany(Case, [])).toEqual([])
  })
})

describe('What the database refuses is said in words', () => {
  test('a value that must be unique names its field and the value', async () => {
    const slug = unique('slug')
    await fresh({ slug })
    const error = await fresh({ slug }).catch((each) => each)
    expect(error.errors).toMatchObject([{ field: 'slug', code: 'case.slug', values: { slug } }])
    const { id } = await fresh()
    await expect((await services()).records.update(Case, id, { slug })).rejects.toMatchObject({ status: 422, errors: [{ field: 'slug' }] })
  })
  test('a record in use says what still uses it', async () => {
    const { records } = await services()
    const used = await records.create(Client, { name: 'Used' })
    await fresh({ client: used.id })
    await expect(records.remove(Client, used.id)).rejects.toMatchObject({
      status: 409,
      code: 'record.in_use',
      message: expect.stringContaining('cases'),
    })
    const boss = await records.create(Client, { name: 'Boss' })
    await records.create(Client, { name: 'Staff', chief: boss.id })
    await expect(records.remove(Client, boss.id)).rejects.toMatchObject({ status: 409, message: expect.stringContaining('clients') })
  })
  test('a record that the system refers to and that is gone is no error of the database', async () => {
    const gone = '01900000-0000-7000-8000-000000000000'
    for (const more of [{ client: gone }, { tags: [gone] }]) {
      const error = await system.records.create(Case, { subject: 'Nowhere', ...more }).catch((each) => each)
      expect([409, 422], error.errors?.[0]?.text).toContain(error.status)
    }
  })
})

describe('A record that is only added', () => {
  test('is neither changed nor removed, by nobody', async () => {
    const { records } = await services()
    const { id } = await records.create(Entry, { text: 'Written' })
    for (const who of [records, system.records]) {
      await expect(who.update(Entry, id, { text: 'Rewritten' })).rejects.toMatchObject({ status: 403 })
      await expect(who.remove(Entry, id)).rejects.toMatchObject({ status: 403 })
    }
    expect(await records.get(Entry, id)).toMatchObject({ text: 'Written', version: 1 })
  })
})

describe('An action', () => {
  test('is sensible or not by what the database knows, through two relations and to many records', async () => {
    const { records } = await services()
    const boss = await records.create(Client, { name: 'Boss' })
    const shut = await records.create(Client, { name: 'Shut', open: false })
    const urgent = await records.create(Tag, { name: 'urgent' })
    const of = async (chiefs: string | null, tags: string[]) => {
      const client = await records.create(Client, { name: 'Somebody', chief: chiefs })
      return (await fresh({ client: client.id, tags })).id
    }
    const fits = await of(boss.id, [urgent.id])
    expect(await records.act(escalate, fits, {})).toMatchObject({ rank: 1 })
    for (const id of [await of(boss.id, []), await of(shut.id, [urgent.id]), await of(null, [urgent.id])])
      await expect(records.act(escalate, id, {})).rejects.toMatchObject({ code: 'action.not_now' })
  })
  test('may be named with an id in capital letters', async () => {
    const { records } = await services()
    const { id } = await fresh()
    expect(await records.act(close, id.toUpperCase(), {})).toMatchObject({ id, stage: { category: 'closed' } })
  })
})

describe('Values that are not written', () => {
  test('take their default, also when they are given as nothing and must be something', async () => {
    const made = await fresh({ level: null, rank: '', active: null })
    expect(made).toMatchObject({ level: 'low', rank: 0, active: true, five: 5, double: 0 })
    expect(await fresh({ five: null })).toMatchObject({ five: null })
  })
  test('cannot be emptied where they must be something', async () => {
    const { records } = await services()
    const { id } = await fresh()
    for (const name of ['level', 'rank', 'active', 'subject'])
      await expect(records.update(Case, id, { [name]: null })).rejects.toMatchObject({ status: 422, errors: [{ field: name }] })
  })
})

describe('What is written is what is read', () => {
  const values: fc.Arbitrary<Record<string, unknown>> = fc.record(
    {
      meta: fc.jsonValue({ maxDepth: 2 }).filter(isFaithful),
      words: fc.array(fc.constantFrom('', 'a', 'a,b', '{}', '"', '\\', 'null', ' x ', 'é')),
      score: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => value === 0 || Math.abs(value) > 1e-300),
      amount: fc.integer({ min: -1e11, max: 1e11 }).map((cents) => cents / 100),
      rank: fc.integer({ min: -(2 ** 30) + 1, max: 2 ** 30 - 1 }),
      due: fc
        .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
      at: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      note: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0') && text.isWellFormed()),
    },
    { requiredKeys: [] },
  )
  test('of every type, created and changed', async () => {
    await fc.assert(
      fc.asyncProperty(values, values, async (first, second) => {
        const { records } = await services()
        const { id } = await fresh(first)
        expect(await records.get(Case, id, [...Object.keys(first)] as never)).toEqual({ id, ...normal(first) })
        await records.update(Case, id, second)
        const both = { ...first, ...second }
        expect(await records.get(Case, id, [...Object.keys(both)] as never)).toEqual({ id, ...normal(both) })
      }),
      runs(40, 400),
    )
  })
  /**
   * JSON.parse of Node 24.21 reads a key that is one escaped sign, as in `{"\"":1}`, as a backslash once it has seen enough
   * objects; and PostgreSQL writes numbers out in full.
   */
  function isFaithful(value: unknown): boolean {
    const text = JSON.stringify(value)
    return !/"\\.":|\\u|e-/.test(text)
  }
  /** JSON has neither -0 nor an order of keys; `null` as JSON is no value. */
  function normal(value: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, each instanceof Date ? each : JSON.parse(JSON.stringify(each)), name].slice(0, 2)),
    )
  }
})

describe('The history', () => {
  const tags: string[] = []
  beforeAll(async () => {
    for (let at = 0; at < 3; at++) tags.push((await system.records.create(Tag, { name: unique('tag') })).id)
  })
  const change: fc.Arbitrary<Record<string, unknown>> = fc.record(
    {
      subject: fc.constantFrom('One', 'Two', 'Three'),
      rank: fc.integer({ min: 0, max: 2 }),
      five: fc.constantFrom(null, 5, 6),
      amount: fc.constantFrom(null, 1, 1.005, 2.344, 2.345),
      active: fc.boolean(),
      level: fc.constantFrom('low', 'high'),
      due: fc.constantFrom(null, '2024-02-29', '2024-03-01'),
      at: fc.constantFrom(null, new Date(0), '2024-01-01T00:00:00.123456Z'),
      meta: fc.constantFrom(null, { a: 1, b: 2 }, { b: 2, a: 1 }, [1]),
      words: fc.constantFrom(null, ['a'], ['a', 'b']),
      title: fc.constantFrom(null, 'Hello', { en: 'Hello', fr: 'Bonjour' }, { en: 'Bye' }),
      tags: fc.constantFrom([], [0], [1, 2], [2, 1], [0, 1, 2]),
      client: fc.constantFrom(true, false),
    },
    { requiredKeys: [] },
  )
  const columns =
    'number, subject, stage_id as stage, client_id as client, owner_id as owner, level, rank, five, active, amount, score, due, at, meta, words, title, note, done_at as "doneAt"'
  const state = async (id: string): Promise<Record<string, unknown>> => {
    const [row] = await app.connection.run(
      `select ${columns}, array(select tag_id from case_tags where case_id = t.id order by 1) as tags from "case" t where id = $1`,
      [id],
    )
    return JSON.parse(JSON.stringify(row))
  }
  const told = async (id: string) =>
    (await app.connection.run('select field, old, new from history where record = $1 order by at, id', [id])) as unknown as {
      field: string | null
      old: unknown
      new: Record<string, unknown>
    }[]
  const isNothing = (value: unknown) => value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  const sorted = (value: unknown) => (Array.isArray(value) && tags.includes(String(value[0])) ? [...value].sort() : value)

  test('of any changes is the difference of the states that the database went through', async () => {
    await fc.assert(
      fc.asyncProperty(change, fc.array(change, { maxLength: 6 }), async (first, changes) => {
        const { records } = await services()
        const real = (one: Record<string, unknown>) => ({
          ...one,
          ...('tags' in one ? { tags: (one.tags as number[]).map((at) => tags[at]) } : {}),
          ...('client' in one ? { client: one.client ? client : null } : {}),
        })
        const { id } = await records.create(Case, { subject: 'A case', ...real(first) })
        let before = await state(id)
        const [creation] = await told(id)
        const { number: _, ...begun } = Object.fromEntries(Object.entries(before).filter(([, value]) => !isNothing(value)))
        expect({ ...creation!.new, tags: sorted(creation!.new.tags) }).toEqual({ ...begun, tags: begun.tags })
        let known = 1
        for (const one of changes) {
          await records.update(Case, id, real(one))
          const after = await state(id)
          const rows = (await told(id)).slice(known)
          known += rows.length
          const expected = Object.keys(after)
            .filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]))
            .map((name) => ({ field: name, old: before[name] ?? null, new: after[name] ?? null }))
          const byField = (a: { field: string | null }, b: { field: string | null }) => (String(a.field) < String(b.field) ? -1 : 1)
          expect(rows.map((row) => ({ ...row, old: sorted(row.old), new: sorted(row.new) })).sort(byField)).toEqual(expected.sort(byField))
          before = after
        }
        await records.remove(Case, id)
        const [removal] = (await told(id)).slice(known)
        expect({ ...(removal!.old as object), tags: undefined }).toEqual({
          ...Object.fromEntries(Object.entries(before).filter(([, value]) => !isNothing(value))),
          tags: undefined,
        })
      }),
      runs(40, 500),
    )
  })
  test('and the record are stamped with the instant at which they count as written', async () => {
    const past = new Date('2001-02-03T04:05:06.789Z')
    const later = new Date('2002-02-03T04:05:06.789Z')
    const { records } = await services()
    const { id } = await records.at(past).create(Case, { subject: 'Long ago' })
    await records.at(later).act(close, id, {})
    expect(await records.get(Case, id)).toMatchObject({
      createdAt: past,
      updatedAt: later,
      doneAt: later,
      createdBy: { id: person.user },
      updatedBy: { id: person.user },
    })
    const history = await records.history(Case, id)
    expect(history.at(-1)).toMatchObject({ at: past, field: null, actor: { id: person.user }, door: 'api' })
    expect(history.slice(0, -1).every(({ at }) => at.getTime() === later.getTime())).toBe(true)
  })
})

describe('A value computed through a relation', () => {
  test('follows when the related record changes, with a version of its own', async () => {
    const { records } = await services()
    const other = await records.create(Client, { name: 'Before' })
    const { id } = await fresh({ client: other.id })
    expect(await records.get(Case, id)).toMatchObject({ clientName: 'Before', version: 1 })
    await records.update(Client, other.id, { name: 'After' })
    expect(await records.get(Case, id)).toMatchObject({ clientName: 'After', version: 2 })
    await records.update(Client, other.id, { email: 'x@example.org' })
    expect((await stored(id)).version).toBe(2)
  })
})

test('a shipped record is named by its key, its code and its id alike', async () => {
  const id = shippedId('stage.done')
  for (const name of [stage.done, { code: 'done' }, { id }, id])
    expect(await system.records.create(Case, { subject: 'A case', stage: name })).toMatchObject({ stage: { id }, doneAt: expect.any(Date) })
  expect(await system.records.find(Stage, { code: 'done' })).toMatchObject({ id })
})

describe('What is kept for the end of a transaction', () => {
  test('comes together, once, when everything else was written; what a savepoint undid is not among it', async () => {
    const { records } = await services()
    const ended: (readonly string[])[] = []
    const ending = async (gathered: readonly string[]) => void ended.push(gathered)
    await records.transaction(async () => {
      records.atEnd(ending, 'first')
      const undone = records.transaction(async () => {
        records.atEnd(ending, 'undone')
        throw new Error('No.')
      })
      await undone.catch(() => undefined)
      records.atEnd(ending, 'second')
      expect(ended).toEqual([])
    })
    expect(ended).toEqual([['first', 'second']])
  })

  test('is written in the same transaction, and undoes it when it fails', async () => {
    const { records } = await services()
    const { id } = await fresh()
    const filing = async ([subject]: readonly string[]) => void (await records.update(Case, id, { subject: subject! }))
    await records.transaction(async () => records.atEnd(filing, 'At the end'))
    expect(await stored(id)).toMatchObject({ subject: 'At the end' })
    const failing = records.transaction(async () => {
      await records.update(Case, id, { subject: 'Before' })
      records.atEnd(() => Promise.reject(new Error('Too late.')), 'anything')
    })
    await expect(failing).rejects.toThrow('Too late.')
    expect(await stored(id)).toMatchObject({ subject: 'At the end' })
  })

  test('needs a transaction', async () => {
    const { records } = await services()
    expect(() => records.atEnd(async () => undefined, 'anything')).toThrow(TypeError)
  })
})
