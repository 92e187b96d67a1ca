/** A required field for more rows than a moment is enough for: filled in by a job, while people work and processes die. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { first, Priced, second, third } from '../../test/fixtures/many-rows.ts'
import { deploy, planFor } from '../../test/fixtures/versions.ts'
import type { App } from '../app.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { unfinishedFills } from './unfinished.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const rows = 60_000
let database: TestDatabase
let app: App
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'))
  app = (await deploy(database.url, { modules: [first] })).app
  await app.connection.run(
    `insert into parcel (id, name, weight, created_at, updated_at)
     select gen_random_uuid(), 'parcel ' || n, n % 100, now(), now() from generate_series(1, ${rows}) n`,
  )
  await app.connection.run(`insert into letter (id, parcel_id) select gen_random_uuid(), id from parcel order by id limit 150`)
  await app.close()
})
afterAll(async () => {
  await app?.close()
  await database?.drop()
})

const run = (sql: string) => app.connection.run(sql)
const unfinished = () => unfinishedFills((text, values) => app.connection.run(text, values))
const isNullable = async () =>
  (await run(`select is_nullable as n from information_schema.columns where table_name = 'parcel' and column_name = 'price'`))[0]!.n

describe('A backfill of many rows', () => {
  test('is left to a job, which the plan says', async () => {
    const plan = await planFor(database.url, { modules: [second] })
    expect(plan.migrations).toMatchObject([
      { name: 'prices', backfill: { model: 'parcel', rows, apart: true } },
      { name: 'parcel.isDear' },
      { name: 'letter.postage' },
    ])
    app = (await deploy(database.url, { modules: [second] })).app
    expect(await unfinished()).toMatchObject([
      { module: 'post', name: 'parcel.isDear', done: 0, rows },
      { module: 'post', name: 'prices', required: ['price', 'zone_id'], done: 0, rows },
    ])
    expect(await isNullable()).toBe('YES')
  })

  test('lets people work meanwhile: new records need the field, the others show nothing in it', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    await expect(records.create(Priced, { name: 'a new one', weight: 1 } as never)).rejects.toMatchObject({ code: 'record.invalid' })
    const { rows: some } = await records.query(Priced, { fields: ['name', 'price'], limit: 1 })
    expect(some).toMatchObject([{ price: null }])
    await records.update(Priced, some[0]!.id, { name: 'renamed' })
  })

  test('keeps a further migration of the same records waiting', async () => {
    const { refusals } = await planFor(database.url, { modules: [third] })
    expect(refusals).toMatchObject([{ code: 'migration.still_filling', sentence: expect.stringContaining(`0 of ${rows} are done`) }])
  })

  test('goes on where a killed process left it, and ends with a column that may not be empty', async () => {
    const worker = spawn(
      process.execPath,
      [fileURLToPath(new URL('../../test/fixtures/many-rows-worker.ts', import.meta.url)), database.url],
      {
        stdio: 'ignore',
      },
    )
    const prices = async () => (await unfinished()).find(({ name }) => name === 'prices')
    await expect.poll(async () => (await prices())?.done ?? rows, { timeout: 60_000, interval: 20 }).toBeGreaterThan(3_000)
    worker.kill('SIGKILL')
    await once(worker, 'exit')
    // PostgreSQL hears of it when its statement is done; until then others leave alone what the process had taken.
    await run(`select from tessera_backfill where name = 'prices' for update`)
    const left = await prices()
    expect(left?.done).toBeLessThan(rows)
    const [{ filled } = { filled: 0 }] = await run('select count(price) as filled from parcel')
    expect(filled).toBe(left?.done)
    // It came in behind the last one that was looked at, from a process that did not know the field.
    await run(
      `insert into parcel (id, name, weight, created_at, updated_at) values ('00000000-0000-4000-8000-000000000000', 'late', 50, now(), now())`,
    )

    await app.queue.drain()
    expect(await unfinished()).toEqual([])
    expect(await isNullable()).toBe('NO')
    const wrong = await run(`select count(*)::int as rows from parcel where price <> weight * 2 or is_dear <> (price > 100) or version > 2`)
    expect(wrong).toEqual([{ rows: 0 }])
    // What others keep of them was computed before they had a price.
    expect(await run(`select count(*)::int as rows from letter join parcel on parcel.id = parcel_id where postage = price + 1`)).toEqual([
      { rows: 150 },
    ])
    expect(await run(`select conname from pg_constraint where conname like 'parcel%filled'`)).toEqual([])
    expect((await planFor(database.url, { modules: [second] })).schema).toEqual([])
    expect((await planFor(database.url, { modules: [third] })).refusals).toEqual([])
  })
})
