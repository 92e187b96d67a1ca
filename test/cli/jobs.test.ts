import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let database: TestDatabase
let cli: Deployment
let client: pg.Client
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_jobs' })
  cli = await deployment({ DATABASE_URL: database.url })
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await cli.remove()
  await database.drop()
})

test('A failed job is listed with its error, done again by its id, and taken out when it was confirmed', async () => {
  // What a listener of the first user has to do waits for a process that does jobs; here each of them has failed too often.
  await cli.tessera('user create ada@example.org --role administrator')
  const fail = () =>
    client.query(
      `update pgboss.job set state = 'failed', completed_on = now(), retry_count = 5, output = '{"message": "The host does not answer."}' where state < 'active' returning id`,
    )
  const { rows } = await fail()
  expect(rows.length).toBeGreaterThan(0)
  const [{ id }] = rows as [{ id: string }]

  const listed = await cli.tessera('job list --json')
  expect(listed.json()).toMatchObject({ running: 0, waiting: 0 })
  expect(listed.json().failed).toContainEqual(
    expect.objectContaining({ id, attempts: 6, error: 'The host does not answer.', task: expect.any(String) }),
  )
  expect((await cli.tessera('job list')).out).toMatch(new RegExp(`${rows.length} failed\\.[^]*${id} .*The host does not answer\\.`))

  // Besides it waits what seals the entry that the audit log has of it.
  const again = await cli.tessera(`job retry ${id}`)
  expect([again.code, again.out]).toEqual([0, expect.stringMatching(/ is done again\.\n$/)])
  expect((await cli.tessera('job list --json')).json()).toMatchObject({ waiting: 2, failed: { length: rows.length - 1 } })

  await fail()
  expect(await cli.tessera(`job discard ${id} --no-input`)).toMatchObject({ code: 6, out: '' })
  expect((await cli.tessera(`job discard ${id} --yes`)).code).toBe(0)
  const noted = await client.query(`select door, details from audit_entry where kind = 'job' order by id`)
  const name = listed.json().failed.find((each: { id: string }) => each.id === id).task
  expect(noted.rows).toEqual(['retry', 'discard'].map((change) => ({ door: 'cli', details: { change, name, job: id } })))
  for (const deed of ['retry', 'discard --yes']) {
    const late = await cli.tessera(`job ${deed} ${id}`)
    expect([late.code, late.err]).toEqual([1, expect.stringContaining(`There is no failed job "${id}".\nhint: tessera job list shows`)])
  }
  expect((await cli.tessera(`job retry nonsense`)).code).toBe(1)
})
