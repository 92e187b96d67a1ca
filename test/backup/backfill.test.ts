/** A backfill of many records is a matter of the database: it goes along in a backup, and whoever has the copy goes on with it. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { startServer } from '../cli/server.ts'
import { type Place, place } from './place.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

/** More than an operation fills in by itself. */
const rows = 51_000

let desk: Place
let copy: Place
beforeAll(async () => {
  ;[desk, copy] = [await place(inject('postgresUrl'), ['cellar']), await place(inject('postgresUrl'), ['cellar'])]
  await cellar(desk, '1.0.0')
  expect(await desk.tessera('db migrate')).toMatchObject({ code: 0 })
  await desk.query(
    `insert into bottle (id, name, litres) select gen_random_uuid(), 'Bottle ' || n, n % 50 from generate_series(1, ${rows}) n`,
  )
  for (const each of [desk, copy]) await cellar(each, '2.0.0')
})
afterAll(async () => {
  for (const each of [desk, copy]) await each?.remove()
})

/** The second version asks for a price of every bottle. */
async function cellar(at: Place, version: '1.0.0' | '2.0.0'): Promise<void> {
  const isPriced = version === '2.0.0'
  await at.file(
    'modules/cellar/package.json',
    `{ "name": "@tessera/cellar", "version": "${version}", "type": "module", "dependencies": { "@tessera/core": "*" } }`,
  )
  await at.file(
    'modules/cellar/index.ts',
    `import { defineModel, defineModule, given, migration, p } from '@tessera/core'
     const Bottle = defineModel('bottle', { name: p.string(), litres: p.integer()${isPriced ? ', price: p.integer()' : ''} })
     const prices = () => migration('prices', Bottle, { backfill: { set: { price: given(['litres'], ({ litres }) => litres * 2) } } })
     export default defineModule({ name: 'cellar', models: [Bottle], migrations: [${isPriced ? 'prices()' : ''}] })`,
  )
}

const unfinished = async (at: Place) => (await at.query('select name, done, error from tessera_backfill'))[0]
const priced = async (at: Place) => Number((await at.query('select count(price)::int as priced from bottle'))[0]?.priced)
const doctor = async (at: Place) => (await at.tessera('doctor')).out

test('Begun, backed up and restored elsewhere, it goes on there to its end, and doctor says how far it is', async () => {
  expect(await desk.tessera('module upgrade cellar --yes --no-backup')).toMatchObject({ code: 0 })
  expect(await unfinished(desk)).toEqual({ name: 'prices', done: 0, error: null })
  expect(await doctor(desk)).toContain(`"prices" of "cellar" has filled in 0 of ${rows} records; a worker goes on with it.`)

  const server = await startServer(desk)
  await vi.waitUntil(async () => Number((await unfinished(desk))?.done ?? rows) >= 2_000, { timeout: 60_000, interval: 5 })
  // Its worker too, in the middle of a batch.
  const names = (await desk.query(others.replace('select', 'select application_name as name'))).map(({ name }) => String(name))
  for (const pid of new Set(names.flatMap((name) => /(\d+)@/.exec(name)?.[1] ?? []))) process.kill(Number(pid), 'SIGKILL')
  await server.stop('SIGKILL')
  await vi.waitUntil(async () => (await desk.query(others)).length === 0, { timeout: 60_000, interval: 20 })
  const done = Number((await unfinished(desk))?.done)
  expect(done).toBeGreaterThanOrEqual(2_000)
  expect(done).toBeLessThan(rows)
  expect(await priced(desk)).toBe(done)

  const archive = join(desk.dataDir, 'half.zip')
  expect(await desk.tessera(`db backup ${archive}`)).toMatchObject({ code: 0 })
  expect(await copy.tessera(`db restore ${archive}`)).toMatchObject({ code: 0 })
  expect(await doctor(copy)).toContain(`"prices" of "cellar" has filled in ${done} of ${rows} records; a worker goes on with it.`)
  expect(await priced(copy)).toBe(done)

  const other = await startServer(copy)
  await vi.waitUntil(async () => (await unfinished(copy)) === undefined, { timeout: 100_000, interval: 50 })
  await other.stop()
  expect(await copy.query('select count(*)::int as rows from bottle where price = litres * 2')).toEqual([{ rows }])
  const [column] = await copy.query(
    `select is_nullable as empty from information_schema.columns where table_name = 'bottle' and column_name = 'price'`,
  )
  expect(column).toEqual({ empty: 'NO' })
  expect(await doctor(copy)).not.toContain('has filled in')
  // Where it came from, it is where it was.
  expect(await priced(desk)).toBe(done)
})

test('What stops it stands in what doctor finds', async () => {
  await desk.query(`update tessera_backfill set error = 'A price is missing.'`)
  const { out, code } = await desk.tessera('doctor')
  expect(out).toMatch(/"prices" of "cellar" has filled in \d+ of 51000 records: A price is missing\./)
  expect(code).not.toBe(0)
})

/** Those who work with the database, the story itself left out. */
const others = `select from pg_stat_activity where datname = current_database() and application_name like 'tessera%'`
