/** A page asks the same statements all day, and people's own filters make new ones for ever: neither may cost the other its plan. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { type Connection, connect } from './connection.ts'

let database: TestDatabase
let connection: Connection
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'prepared' })
  connection = connect(database.url, 1, [], () => undefined)
})
afterAll(async () => {
  await connection.close()
  await database.drop()
})

const page = 'select $1::text as page'
const filter = (number: number) => `select $1::int + ${number} as found`
const remembered = async () =>
  (await connection.run('select statement, generic_plans + custom_plans as runs from pg_prepared_statements')) as unknown as readonly {
    readonly statement: string
    readonly runs: number
  }[]

test('a statement that is asked for again and again keeps its plan, however many others come and go', async () => {
  const asked = 1_300
  for (let number = 0; number < asked; number++) {
    await connection.run(filter(number), [1])
    await connection.run(page, ['list'])
  }
  const plans = await remembered()
  expect(plans.find(({ statement }) => statement === page)?.runs).toBe(asked)
  expect(plans.length).toBe(300)
  const latest = Array.from({ length: 299 }, (_, back) => filter(asked - 1 - back))
  expect(plans.map(({ statement }) => statement).toSorted()).toEqual([page, ...latest].toSorted())
})

test('a statement whose plan was forgotten is answered as before, in a transaction that failed too', async () => {
  expect(await connection.run(filter(0), [1])).toEqual([{ found: 1 }])
  const client = await connection.pool.connect()
  const ask = (number: number) => client.query({ name: `by hand ${number}`, text: filter(number), values: [1] })
  await client.query('begin')
  await expect(client.query('select 1 / 0')).rejects.toThrow('division by zero')
  // Each of these makes room for itself.
  for (let number = 0; number < 20; number++) await expect(ask(number)).rejects.toThrow('current transaction is aborted')
  await client.query('rollback')
  for (let number = 0; number < 600; number++) expect((await ask(number)).rows).toEqual([{ found: number + 1 }])
  client.release()
  expect(await connection.run(page, ['again'])).toEqual([{ page: 'again' }])
  for (let number = 0; number < 600; number++) expect(await connection.run(filter(number), [2])).toEqual([{ found: number + 2 }])
  expect((await remembered()).length).toBe(300)
})

test('a statement that PostgreSQL cannot parse costs no later transaction anything, whenever its turn to be forgotten comes', async () => {
  const client = await connection.pool.connect()
  const wrong = client.query({ name: 'wrong', text: 'select $1::text from nowhere', values: ['x'] })
  await expect(wrong).rejects.toThrow('relation "nowhere" does not exist')
  await client.query('begin')
  const ask = (number: number) => client.query({ name: `in one ${number}`, text: filter(number), values: [3] })
  for (let number = 0; number < 400; number++) expect((await ask(number)).rows).toEqual([{ found: number + 3 }])
  expect((await client.query('commit')).command).toBe('COMMIT')
  client.release()
  expect((await remembered()).length).toBeLessThanOrEqual(300)
})
