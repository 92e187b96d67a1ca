/** What belongs to a record is read and written where that record is read, whatever the rules are. */
import base, { Role as RoleModel } from '@tessera/base'
import { data, defineModule, type Model, p, type Records, type Role, type Rule, role, search } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { defineModel, extend } from '../fixtures/module-library.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const Room: Model = defineModel(
  'room',
  { name: p.string(), level: p.integer(), open: p.boolean(), words: () => p.oneToMany(Word).mappedBy('room') },
  { title: 'name' },
)
const Shelf: Model = defineModel('shelf', { name: p.string(), level: p.integer() }, { title: 'name' })
const Word: Model = defineModel(
  'word',
  { text: p.string(), kind: p.enum(['loud', 'low']), room: () => p.manyToOne(Room).nullable() },
  { title: 'text', within: ['room'] },
)
/** A second module whose records it belongs to as well. */
const onShelf = extend(Word, { shelf: () => p.manyToOne(Shelf).nullable() }, { within: ['shelf'] })

interface Room {
  readonly id: string
  readonly level: number
  readonly open: boolean
}
interface Shelf {
  readonly id: string
  readonly level: number
}
interface Word {
  readonly id: string
  readonly kind: string
  readonly room: Room | null
  readonly shelf: Shelf | null
}

/** One sentence of a random rule list, and the same as a function. */
interface Sentence {
  readonly cannot: boolean
  readonly where?: object
}
const level = fc.integer({ min: 0, max: 4 })
const aboutLevels = fc.oneof(
  level.map((least) => ({ level: { $gte: least } })),
  level.map((one) => ({ level: one })),
)
const sentences = (where: fc.Arbitrary<object>): fc.Arbitrary<readonly Sentence[]> =>
  fc
    .tuple(
      fc.oneof(fc.constant({}), where),
      fc.array(fc.record({ cannot: fc.boolean(), where: fc.oneof(fc.constant({}), where) }), { maxLength: 3 }),
    )
    .map(([first, more]) => [{ cannot: false, where: first }, ...more])
const lists = fc.record({
  room: sentences(
    fc.oneof(
      aboutLevels,
      fc.boolean().map((open) => ({ open })),
    ),
  ),
  shelf: sentences(aboutLevels),
  word: sentences(
    fc.oneof(
      fc.constantFrom('loud', 'low').map((kind) => ({ kind })),
      level.map((most) => ({ room: { level: { $lte: most } } })),
    ),
  ),
})
const drawn = fc.sample(lists, { numRuns: 14, seed: 4711 })
const roles: readonly Role[] = drawn.map((_, at) => role(`reader${at}`))

function holds(where: object, record: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(where).every(([name, wanted]) => {
    const value = record[name]
    if (typeof wanted !== 'object') return value === wanted
    if ('$gte' in wanted) return (value as number) >= wanted.$gte
    if ('$lte' in wanted) return (value as number) <= wanted.$lte
    return value !== null && holds(wanted, value as Readonly<Record<string, unknown>>)
  })
}
/** The last sentence that speaks of the record decides. */
const allows = (list: readonly Sentence[], record: object): boolean =>
  list.reduce((allowed, { cannot, where }) => (holds(where ?? {}, record as never) ? !cannot : allowed), false)
const rulesOf = (one: Role, model: Model, verbs: readonly ('read' | 'update')[], list: readonly Sentence[]): readonly Rule[] =>
  list.map(({ cannot, where }) => (cannot ? one.cannot(verbs, model, where) : one.can(verbs, model, where)))

const house = defineModule({
  name: 'house',
  depends: [base],
  models: [Room, Shelf, Word],
  extends: [onShelf],
  roles,
  data: [data(RoleModel, Object.fromEntries(roles.map(({ name, label }) => [name, { name, label }])))],
  views: [search(Word, { texts: ['text'] })],
  permissions: drawn.flatMap(({ room, shelf, word }, at) => [
    ...rulesOf(roles[at]!, Room, ['read'], room),
    ...rulesOf(roles[at]!, Shelf, ['read'], shelf),
    ...rulesOf(roles[at]!, Word, ['read'], word),
    roles[at]!.can('update', Word),
  ]),
})

let app: TestApp
let words: readonly Word[]
const readers: SignedIn[] = []
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, house])
  const { records } = await app.servicesFor({ door: 'system' })
  const made = async <T extends object>(model: Model, values: T): Promise<T & { id: string }> => ({
    ...values,
    id: (await records.create(model, values)).id,
  })
  const rooms: Room[] = []
  const shelves: Shelf[] = []
  for (let at = 0; at < 5; at++) {
    for (const open of [true, false]) rooms.push(await made(Room, { name: `room ${at}`, level: at, open }))
    shelves.push(await made(Shelf, { name: `shelf ${at}`, level: at }))
  }
  const all: Word[] = []
  for (const [at, room] of [...rooms, null].entries()) {
    for (const shelf of [shelves[at % 5]!, shelves[(at + 2) % 5]!, null]) {
      for (const kind of ['loud', 'low']) {
        const { id } = await records.create(Word, { text: `word ${at}`, kind, room: room?.id ?? null, shelf: shelf?.id ?? null })
        all.push({ id, kind, room, shelf })
      }
    }
  }
  words = all
  for (const { name } of roles) readers.push(await signedInAs(app, name))
})
afterAll(() => app?.close())

test.each(drawn.map((list, at) => ({ at, list })))(
  'By the rules of reader $at, through list, count, group, relation, single record, words and REST',
  async ({ at, list }) => {
    const reader = readers[at]!
    const { records }: { records: Records } = await reader.services()
    const mine = words.filter(
      (word) => allows(list.word, word) && (!word.room || allows(list.room, word.room)) && (!word.shelf || allows(list.shelf, word.shelf)),
    )
    const ids = mine.map(({ id }) => id).sort()
    const found = async (ask: object) => (await records.query(Word, { fields: [], limit: 200, ...ask })).rows.map(({ id }) => id).sort()

    expect(await found({})).toEqual(ids)
    expect(await found({ q: 'word' })).toEqual(ids)
    expect(await records.count(Word)).toBe(ids.length)
    const groups = await records.group(Word, { by: ['kind'] })
    for (const kind of ['loud', 'low'])
      expect(groups.find((each) => each.kind === kind)?.count ?? 0).toBe(mine.filter((word) => word.kind === kind).length)
    // From the record that they belong to, they are found by the same rule.
    const rooms = new Set(mine.flatMap(({ room }) => (room ? [room.id] : [])))
    const speaking = await records.query(Room, { fields: [], where: { words: { kind: { $ne: null } } }, limit: 200 })
    expect(new Set(speaking.rows.map(({ id }) => id))).toEqual(rooms)
    // Whose rules take everything back may read no word at all, and is told so.
    const answer = await reader.fetch('/api/words?limit=200&total=true')
    const isClosed = answer.status === 403
    const { data = [] } = (await answer.json()) as { data?: { id: string }[] }
    expect(data.map(({ id }) => id).sort()).toEqual(ids)
    for (const { id } of words) {
      const isMine = ids.includes(id)
      expect(
        await records.get(Word, id).then(
          () => true,
          () => false,
        ),
      ).toBe(isMine)
      // He may change every word, says a rule of his; but only where he may be.
      expect(
        await records.update(Word, id, { text: 'word again' }).then(
          () => true,
          () => false,
        ),
      ).toBe(isMine)
      expect((await reader.fetch(`/api/words/${id}`)).status).toBe(isMine ? 200 : isClosed ? 403 : 404)
    }
  },
)
