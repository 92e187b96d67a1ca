/** A removal has steps between which others may see it: killed, delayed or refused there, it says where it stands, and goes on or back. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Operation } from '../../core/installation/plan.ts'
import { type Progress, readProgress } from '../../core/installation/progress.ts'
import { type Desk, desk as openDesk, schemaOf } from './desk.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const addon = 'spp'
const uninstall: Operation = { verb: 'uninstall', names: [addon] }
const field = { model: 'ticket', name: 'x_shelf' }

let desk: Desk
let before: readonly string[]
beforeAll(async () => {
  desk = await openDesk(['ticket', 'custom', addon])
  await desk.do({ verb: 'field', names: ['ticket.x_shelf'], field: { ...field, definition: { type: 'text', label: { en: 'Shelf' } } } })
  await desk.sql(
    `insert into program (id, code, name) select gen_random_uuid(), 'P' || n, 'Program ' || n from generate_series(1, 20000) n`,
  )
  await desk.sql('alter table program add keeper uuid references "user" (id)')
  before = await schemaOf(desk)
})
afterEach(() => Promise.all([...holding].map((client) => client.end())))
afterAll(() => desk?.close())

test('Killed while it waits for others to follow, it has disabled the module: enabling goes back', async () => {
  const other = await holder('tessera web r0 4711@elsewhere')
  const child = started('module', 'uninstall', addon, '--yes')
  await vi.waitFor(async () => expect((await newest()).doing).toBe('Waiting until nobody works with it'), soon)
  await killed(child)
  await other.end()
  await expectHalfWay()
  await desk.do({ verb: 'enable', names: [addon] })
  expect(await schemaOf(desk)).toEqual(before)
  expect(await stateOfAddon()).toEqual([{ state: 'enabled' }])
})

test('Killed while it writes the archive, it says the same, and what it had begun to write is no archive', async () => {
  const child = started('module', 'uninstall', addon, '--yes')
  while ((await desk.sql(`select from pg_stat_activity where application_name = 'tessera archive'`)).length === 0);
  await killed(child)
  await expectHalfWay()
  expect(await archives()).toEqual([])
})

test('Killed when it wants a table, it has changed nothing: beginning again goes on, and what is kept is written once', async () => {
  // What is dropped refers to people, of whom somebody makes a long list.
  const reader = await holder('reader', 'begin; select 1 from "user" limit 1')
  const child = started('module', 'uninstall', addon, '--yes')
  await vi.waitFor(async () => expect(await waitingSince()).toHaveLength(1), soon)
  await killed(child)
  // It was disabled when this one began.
  const { failure, left } = await died()
  expect({ code: failure?.code, left }).toEqual({ code: 'modules.died', left: undefined })
  await expectDisabledAndWhole()
  const first = await archives()
  expect(first).toHaveLength(1)

  const ended = desk.do(uninstall)
  const [begun] = await vi.waitFor(async () => {
    const since = await waitingSince()
    expect(since).toHaveLength(1)
    return since
  }, soon)
  // It gave up, and tries again.
  await vi.waitFor(async () => {
    const [since = begun] = await waitingSince()
    expect(since).not.toBe(begun)
  }, soon)
  await reader.end()
  const { done, archive } = await ended
  expect(done).toBe(true)
  expect((await archives()).filter((name) => !first.includes(name))).toEqual([archive!.split('/').at(-1)])
  expect(await desk.sql(`select to_regclass('program') as program`)).toEqual([{ program: null }])
  const { state, doing, step, steps } = await newest()
  expect({ state, doing, step }).toEqual({ state: 'done', doing: 'The list of modules', step: steps })
})

test('It is one operation to whoever looks: one row, one entry of the audit log, steps that go on to the last', async () => {
  await desk.do({ verb: 'install', names: [addon] })
  const rows = async () => Number((await desk.sql('select count(*)::int as rows from tessera_operation'))[0]?.rows)
  const audited = () => desk.sql(`select details from audit_entry where kind = 'module' order by at desc, id desc`)
  const [had, noted] = [await rows(), await audited()]
  const steps: [step: number, steps: number][] = []
  await desk.do(uninstall, { progress: async (...[step, all]) => void steps.push([step, all]) })
  expect(await rows()).toBe(had + 1)
  expect((await newest()).verb).toBe('uninstall')
  const entries = await audited()
  expect(entries).toHaveLength(noted.length + 1)
  expect(entries[0]?.details).toEqual({ change: 'uninstall', names: [addon] })
  expect(steps.map(([step]) => step)).toEqual(steps.map((_, at) => at + 1))
  expect(new Set(steps.map(([, all]) => all))).toEqual(new Set([steps.length]))
})

test('What stops a removal half way is told with where it stands, and with the ways on and back', async () => {
  await desk.do({ verb: 'install', names: [addon] })
  await desk.sql('create view report_of_somebody as select * from program')
  await expect(desk.do(uninstall)).rejects.toMatchObject({
    code: 'module.half_way',
    message: expect.stringMatching(/^It stopped half way: cannot drop .* depend on .*\. It had disabled spp and dropped nothing: /),
    hint: 'To go on: tessera module uninstall spp. To go back: tessera module enable spp.',
  })
  const { state, failure, left } = await newest()
  expect({ state, code: left?.code }).toEqual({ state: 'failed', code: 'modules.left_disabled' })
  expect(failure?.sentence).toMatch(/^cannot drop /)
  await desk.sql('drop view report_of_somebody')
  expect((await desk.do(uninstall)).done).toBe(true)
})

test('Of a field the same: killed while others still show it, it is hidden, and changing it brings it back', async () => {
  const other = await holder('tessera web r0 4711@elsewhere')
  const child = started('field', 'remove', field.model, field.name, '--yes')
  await vi.waitFor(async () => expect((await newest()).doing).toBe('Waiting until nobody works with it'), soon)
  await killed(child)
  await other.end()
  const { failure, left } = await died()
  expect(failure?.code).toBe('modules.died_half_way')
  expect(left?.sentence).toBe(
    'It had hidden the field ticket.x_shelf and dropped nothing: remove it again to go on, or change it to go back.',
  )
  expect(await desk.sql(`select 1 as is from information_schema.columns where column_name = 'x_shelf'`)).toHaveLength(1)
  const { done } = await desk.do({ verb: 'field', names: ['ticket.x_shelf'], field: { ...field, remove: true } })
  expect(done).toBe(true)
  expect(await desk.sql(`select 1 as is from information_schema.columns where column_name = 'x_shelf'`)).toEqual([])
})

async function expectHalfWay(): Promise<void> {
  const { failure, left, state } = await died()
  expect({ state, code: failure?.code }).toEqual({ state: 'failed', code: 'modules.died_half_way' })
  expect(left?.sentence).toBe('It had disabled spp and dropped nothing: uninstall again to go on, or enable to go back.')
  await expectDisabledAndWhole()
}

async function expectDisabledAndWhole(): Promise<void> {
  expect(await schemaOf(desk)).toEqual(before)
  expect(await stateOfAddon()).toEqual([{ state: 'disabled' }])
  expect(await desk.sql('select count(*)::int as rows from program')).toEqual([{ rows: 20_000 }])
}

const soon = { timeout: 60_000, interval: 10 }
const stateOfAddon = () => desk.sql('select state from tessera_module where name = $1', [addon])
/** Those that are whole. */
const archives = async () => (await readdir(join(desk.dataDir, 'archive')).catch(() => [])).filter((name) => name.endsWith('.zip'))

async function newest(): Promise<Progress> {
  return (await readProgress((text, values = []) => desk.sql(text, values), { most: 1 }))[0]!
}

/** The same when half a minute has gone by, in which its process might have been starting. */
async function died(): Promise<Progress> {
  await desk.sql(`update tessera_operation set updated_at = now() - interval '1 minute' where state = 'running'`)
  return newest()
}

/** Since when somebody waits for a table; of a new try it is another instant. */
async function waitingSince(): Promise<readonly unknown[]> {
  const rows = await desk.sql(
    `select xact_start::text as since from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query ilike 'drop table%'`,
  )
  return rows.map(({ since }) => since)
}

const holding = new Set<pg.Client>()

async function holder(name: string, sql = 'select'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: desk.url, application_name: name })
  client.once('end', () => holding.delete(client))
  holding.add(client)
  await client.connect()
  await client.query(sql)
  return client
}

function started(...words: string[]): ChildProcess {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, ...desk.env }
  return spawn(process.execPath, [resolve('core', 'cli', 'main.js'), ...words], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Returns when PostgreSQL knows it too. */
async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  const left = `select from pg_stat_activity where datname = current_database() and application_name like 'tessera operation%'`
  while ((await desk.sql(left)).length > 0);
}
