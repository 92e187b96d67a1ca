import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { lockTogether } from './together.ts'

let database: TestDatabase
let operation: pg.Client
let request: pg.Client
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'together' })
  operation = new pg.Client({ connectionString: database.url })
  request = new pg.Client({ connectionString: database.url })
  await Promise.all([operation.connect(), request.connect()])
  await operation.query('create table apple (id int); create table pear (id int)')
})
afterAll(async () => {
  await Promise.all([operation?.end(), request?.end()])
  await database?.drop()
})

const transaction = { run: async (text: string, values: readonly unknown[] = []) => (await operation.query(text, [...values])).rows }

test('An operation lets go of the tables that it has rather than deadlock with a request that has another one', async () => {
  await request.query('begin; select from pear')
  await operation.query('begin')
  const locked = lockTogether(transaction, ['alter table "apple" add column "name" text', 'drop table "pear"'])
  const held = `select from pg_locks join pg_class c on c.oid = relation where relname = 'apple' and mode = 'AccessExclusiveLock' and granted`
  await vi.waitFor(async () => expect((await request.query(held)).rowCount).toBe(1), { timeout: 30_000, interval: 5 })
  // Each has what the other wants: the request gets it.
  expect((await request.query('select from apple')).rowCount).toBe(0)
  await request.query('commit')
  await locked
  expect((await request.query(held)).rowCount).toBe(1)
  await operation.query('rollback')
})

test('Statements that name no table of the database lock nothing', async () => {
  await operation.query('begin')
  await lockTogether(transaction, ['create table "plum" ("id" uuid)'])
  expect(
    (
      await request.query(
        `select from pg_locks l join pg_database d on d.oid = l.database where datname = current_database() and mode = 'AccessExclusiveLock'`,
      )
    ).rowCount,
  ).toBe(0)
  await operation.query('rollback')
})
