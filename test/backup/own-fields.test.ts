import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Place, place } from './place.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const modules = ['ticket', 'web', 'custom']
let desk: Place
let empty: Place
beforeAll(async () => {
  desk = await place(inject('postgresUrl'), modules)
  empty = await place(inject('postgresUrl'), modules)
  await desk.tessera('db migrate')
})
afterAll(async () => {
  for (const each of [desk, empty]) await each?.remove()
})

test('What an administrator added comes back with its columns, indexes, checks and values', async () => {
  expect(await desk.tessera('field add partner x_grade --type choice --label Grade --choices a=A,b=B --filter')).toMatchObject({ code: 0 })
  expect(await desk.tessera('field add partner x_parent --type relation --to partner --label Parent')).toMatchObject({ code: 0 })
  await desk.file('partners.csv', 'name,x_grade\nFatou Camara,a\n')
  expect(await desk.tessera('data import partner partners.csv')).toMatchObject({ code: 0 })
  const archive = join(desk.dataDir, 'fields.zip')
  expect(await desk.tessera(`db backup ${archive}`)).toMatchObject({ code: 0 })
  expect(await empty.tessera(`db restore ${archive} --yes`)).toMatchObject({ code: 0 })
  expect(await empty.query('select name, x_grade from partner')).toEqual([{ name: 'Fatou Camara', x_grade: 'a' }])
  const own = (lines: readonly string[]) => lines.filter((line) => line.includes('x_'))
  expect(own(await empty.schema())).toEqual(own(await desk.schema()))
  expect(own(await empty.schema()).length).toBeGreaterThan(4)
  // What was restored is what its modules need.
  expect((await empty.tessera('field list --json')).json()).toHaveLength(2)
  expect(await empty.tessera('field add partner x_note --type text --label Note')).toMatchObject({ code: 0 })
})
