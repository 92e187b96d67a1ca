/** Operations as real processes on one database: at the same moment, killed, refused. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { testDatabase } from '../../core/testing/index.ts'
import { type Deployment, deployment } from '../cli/deployment.ts'
import { schemaOf } from './desk.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let desk: Deployment
let client: pg.Client
const sql = async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows
const stateOf = async () => ({
  schema: await schemaOf({ sql }),
  modules: await sql('select name, version, state from tessera_module order by name'),
})

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'processes' })
  desk = await deployment({ DATABASE_URL: database.url, TESSERA_SECRET: 'a secret for tests alone, and no secret' })
  const made = await desk.tessera('db migrate')
  expect(made.code, made.err).toBe(0)
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
}, 120_000)
afterAll(async () => {
  await client?.end()
  await desk?.remove()
  await database?.drop()
})

test('Of four processes that install the same module at once, one does it and three find it done', { timeout: 120_000 }, async () => {
  const runs = await Promise.all([1, 2, 3, 4].map(() => desk.tessera('module install spp --json')))
  expect(runs.map(({ code, err }) => (code === 0 ? 'done' : err))).toEqual(['done', 'done', 'done', 'done'])
  expect(runs.map((run) => run.json().done).sort()).toEqual([false, false, false, true])
  expect(
    await sql(`select count(*)::int as times from tessera_operation where result -> 'modules' @> '[{"becomes": "installed"}]'`),
  ).toEqual([{ times: 1 }])
  await desk.tessera('module uninstall spp --yes')
})

const rounds = process.env.TESSERA_DEEP === '1' ? 100 : 3

test(`Killed at any of its steps, an operation leaves everything as it was (${rounds} rounds)`, { timeout: rounds * 60_000 }, async () => {
  const before = await stateOf()
  const steps = (await desk.tessera('module plan install spp --json')).json().schema.length
  for (let round = 0; round < rounds; round++) {
    const last = 1 + Math.floor((steps * round) / rounds)
    await killedAt(last)
    const after = await stateOf()
    // Killed behind its commit it has happened, as a whole, and its row says so.
    const isDone = after.modules.length > before.modules.length
    expect(await sql('select state from tessera_operation order by begun_at desc limit 1')).toEqual([
      { state: isDone ? 'done' : 'running' },
    ])
    if (isDone) await desk.tessera('module uninstall spp --yes')
    else await sql(`update tessera_operation set state = 'failed' where state = 'running'`)
    expect(await stateOf(), `killed at step ${last}`).toEqual(before)
  }
  expect((await desk.tessera('module install spp --json')).json().done).toBe(true)
})

/** Kills a process that installs when it is about to do this step: whoever watches reads it in the database. */
async function killedAt(step: number): Promise<void> {
  const child = desk.spawned(['module', 'install', 'spp', '--quiet'])
  const ended = new Promise((done) => child.once('close', done))
  let isOver = false
  ended.then(() => {
    isOver = true
  })
  while (!isOver) {
    const [found] = await sql(`select max(step) as step from tessera_operation where state = 'running' and verb = 'install'`)
    if (Number(found?.step ?? 0) >= step) break
  }
  child.kill('SIGKILL')
  await ended
  // PostgreSQL notices that the process is gone when it answers.
  while ((await sql(`select 1 from pg_stat_activity where datname = current_database() and state like '%in transaction%'`)).length > 0);
}

test('What others need does not leave by surprise', async () => {
  const refused = await desk.tessera('module uninstall ticket --yes')
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('"ticket" cannot be uninstalled, because spp needs it.')
  expect(refused.err).toContain('--with-dependants')
  const plan = (await desk.tessera('module plan uninstall ticket --with-dependants --json')).json()
  expect(plan.modules.map(({ name, becomes }: { name: string; becomes: string }) => `${name} ${becomes}`)).toEqual([
    'spp removed',
    'ticket removed',
  ])
})

test('A plan says how many rows and values go, and changes nothing', async () => {
  await sql(`insert into program (id, code, name) values (gen_random_uuid(), 'A', 'Cash'), (gen_random_uuid(), 'B', 'Food')`)
  await sql(`insert into partner (id, kind, name, spp_registrant) values (gen_random_uuid(), 'person', 'Ama', 'R-1')`)
  const before = await stateOf()
  const plan = (await desk.tessera('module plan uninstall spp --json')).json()
  expect(plan.schema).toContainEqual(expect.objectContaining({ kind: 'drop table', table: 'program', rows: 2, module: 'spp' }))
  expect(plan.schema).toContainEqual(
    expect.objectContaining({ kind: 'drop column', table: 'partner', name: 'spp_registrant', rows: 1, values: 1 }),
  )
  expect(plan.loses).toEqual({ rows: 2, values: 1 })
  expect(await stateOf()).toEqual(before)
})

test('What is lost is asked for, kept in an archive, and gone only then', { timeout: 60_000 }, async () => {
  const before = await stateOf()
  const nobody = await desk.tessera('module uninstall spp --no-input')
  expect(nobody.code).toBe(6)
  expect(nobody.err).toContain('Nobody is there to say yes')
  const stale = await desk.tessera('module uninstall spp --digest 0123456789abcdef')
  expect(stale.code).toBe(1)
  expect(stale.err).toContain('no longer the plan that was agreed to')
  expect(await stateOf()).toEqual(before)
  const done = (await desk.tessera('module uninstall spp --yes --json')).json()
  expect(done.done).toBe(true)
  expect(await readdir(join(desk.folder, 'data', 'archive'))).toEqual([done.archive.split('/').at(-1)])
  expect(await sql(`select to_regclass('program') as program`)).toEqual([{ program: null }])
  expect(await sql('select name from partner')).toEqual([{ name: 'Ama' }])
})

test('An index on a large table is built after the operation, and a build that was cut off is done again', {
  timeout: 120_000,
}, async () => {
  await sql(`insert into partner (id, kind, name) select gen_random_uuid(), 'person', 'Person ' || n from generate_series(1, 50001) n`)
  const plan = (await desk.tessera('module plan install spp --json')).json()
  const apart = plan.schema.filter((change: { apart: boolean }) => change.apart)
  expect(apart.map(({ kind, table }: { kind: string; table: string }) => `${kind} ${table}`)).toContain('create index partner')
  expect((await desk.tessera('module install spp --json')).json().done).toBe(true)
  expect(await sql('select name from tessera_index')).toEqual([])
  const names = apart.map(({ name }: { name: string }) => name)
  const valid = () => sql('select count(*)::int as valid from pg_index where indexrelid::regclass::text = any($1) and indisvalid', [names])
  expect(await valid()).toEqual([{ valid: names.length }])

  const [name] = names
  const [index] = await sql('select indexdef as sql from pg_indexes where indexname = $1', [name])
  await sql(`drop index "${name}"`)
  await sql('insert into tessera_index (name, sql) values ($1, $2)', [name, String(index?.sql)])
  // Whatever operation comes next.
  await desk.tessera('module disable spp')
  expect(await sql('select name from tessera_index')).toEqual([])
  await desk.tessera('module enable spp')
  expect(await valid()).toEqual([{ valid: names.length }])
})

test('Columns that an earlier version left behind stay until they are purged, and nothing else takes their values', {
  timeout: 60_000,
}, async () => {
  await sql('alter table partner add column old_registrant text')
  await sql(`update partner set old_registrant = 'kept' where name = 'Ama'`)
  await desk.tessera('module uninstall spp --yes')
  const installed = (await desk.tessera('module install spp --json')).json()
  expect(installed.schema.map(({ kind }: { kind: string }) => kind)).not.toContain('rename column')
  expect(await sql(`select old_registrant, spp_registrant from partner where name = 'Ama'`)).toEqual([
    { old_registrant: 'kept', spp_registrant: null },
  ])
})
