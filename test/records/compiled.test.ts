/** A question that was asked before is compiled no more, and must be answered as if it were. */
import base, { Role, User } from '@tessera/base'
import { ago, data, defineModel, defineModule, type Fields, type Model, me, p, role } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'

const fields = { text: p.string(), at: p.datetime(), owner: () => p.manyToOne(User).nullable() }
interface Note extends Fields<typeof fields> {}
const Note: Model<Note> = defineModel('note', fields, { order: { text: 'asc' }, title: 'text' })
const watcher = role('watcher')
const notes = defineModule({
  name: 'notes',
  depends: [base],
  models: [Note],
  roles: [watcher],
  data: [data(Role, { watcher: { name: 'watcher', label: 'Watcher' } })],
  permissions: [watcher.can(['read', 'update'], Note, { at: { $gt: ago({ hours: 1 }) } }), watcher.can('read', Note, { owner: me.id })],
})

const noon = new Date('2026-03-02T12:00:00Z')
const hours = (n: number): Date => new Date(noon.getTime() + n * 3_600_000)

let app: TestApp
let ada: SignedIn
let ben: SignedIn
const ids = new Map<string, string>()
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [notes])
  ada = await signedInAs(app, 'watcher')
  ben = await signedInAs(app, 'watcher')
  const system = (await app.servicesFor({ door: 'system' })).asSystem('a test writes notes')
  for (const [text, at, owner] of [
    ['old', hours(-3), null],
    ['new', hours(0), null],
    ['hers', hours(-3), ada.user],
  ] as const)
    ids.set(text, (await system.create(Note, { text, at, owner })).id)
})
afterAll(() => app?.close())

const seenBy = async ({ user }: SignedIn, now: Date, where = {}) => {
  const { records } = await app.servicesFor({ door: 'api', user, now })
  const { rows } = await records.query(Note, { fields: ['text'], where })
  return rows.map(({ text }) => text)
}

test('What a rule says about now follows the clock, however often the same list was asked for', async () => {
  expect(await seenBy(ben, hours(0))).toEqual(['new'])
  expect(await seenBy(ben, hours(2))).toEqual([])
  expect(await seenBy(ben, hours(-2.5))).toEqual(['hers', 'new', 'old'])
  expect(await seenBy(ben, hours(0))).toEqual(['new'])
})

test('The same list shows two people with the same role what is theirs', async () => {
  expect(await seenBy(ada, hours(2))).toEqual(['hers'])
  expect(await seenBy(ben, hours(2))).toEqual([])
  expect(await seenBy(ada, hours(2), { text: 'old' })).toEqual([])
  expect(await seenBy(ada, hours(2), { text: 'hers' })).toEqual(['hers'])
})

test('One record and a write follow the clock too', async () => {
  const at = async (now: Date) => (await app.servicesFor({ door: 'api', user: ben.user, now })).records
  const id = ids.get('new')!
  expect(await (await at(hours(0))).get(Note, id, ['text'])).toMatchObject({ text: 'new' })
  await expect((await at(hours(2))).get(Note, id, ['text'])).rejects.toMatchObject({ status: 404 })
  expect(await (await at(hours(0))).update(Note, id, { text: 'newer' })).toMatchObject({ text: 'newer' })
  await expect((await at(hours(2))).update(Note, id, { text: 'newest' })).rejects.toMatchObject({ status: 404 })
  expect(await (await at(hours(0))).update(Note, id, { text: 'new' }, undefined, ['text'])).toMatchObject({ text: 'new', label: 'new' })
})

test('Texts with signs that mean something to SQL are kept as they are', async () => {
  const system = (await app.servicesFor({ door: 'system' })).asSystem('a test writes notes')
  for (const text of ["It's", '\\?', '$1 ?', '??', 'a ? b; --']) {
    const { id } = await system.create(Note, { text, at: hours(-9) })
    expect((await system.update(Note, id, { text: `${text}?` })).text).toBe(`${text}?`)
  }
})

test('A large number that may be some seconds old is counted once, though the rule behind it speaks of now', async () => {
  const system = (await app.servicesFor({ door: 'system' })).asSystem('a test writes notes')
  await system.createMany(
    Note,
    Array.from({ length: 1_000 }, (_, at) => ({ text: `many ${at}`, at: hours(0), owner: null })),
  )
  const count = async (now: Date) =>
    (await app.servicesFor({ door: 'api', user: ben.user, now })).records.count(Note, {
      where: { text: { $startsWith: 'many' } },
      about: true,
    })
  expect(await count(hours(0))).toBe(1_000)
  const run = vi.spyOn(app.connection, 'run')
  expect(await count(new Date(hours(0).getTime() + 1_000))).toBe(1_000)
  expect(run.mock.calls.filter(([sql]) => sql.includes('from "note"'))).toEqual([])
  run.mockRestore()
})
