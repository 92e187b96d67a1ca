import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { testFolder } from '../../core/testing/folder.ts'
import { deployment } from '../cli/deployment.ts'
import { type Place, place } from './place.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

/** A module of the deployment's own, which the stories change. */
async function cellar(at: Place, version: string): Promise<void> {
  await at.file(
    'modules/cellar/package.json',
    `{ "name": "@tessera/cellar", "version": "${version}", "type": "module", "dependencies": { "@tessera/core": "*" } }`,
  )
  await at.file(
    'modules/cellar/index.ts',
    `import { defineModel, defineModule, p } from '@tessera/core'
     const Bottle = defineModel('bottle', { name: p.string() })
     export default defineModule({ name: 'cellar', models: [Bottle] })`,
  )
}

let desk: Place
let empty: Place
let archive: string

beforeAll(async () => {
  desk = await place(inject('postgresUrl'), ['ticket', 'cellar'])
  await cellar(desk, '1.0.0')
  await desk.tessera('db migrate')
  await desk.tessera('db populate --tickets 1500')
  await desk.query(`insert into bottle (id, name) values (gen_random_uuid(), 'Old and disabled')`)
  expect(await desk.tessera('module disable cellar --yes')).toMatchObject({ code: 0 })
  // What an operation has not finished yet.
  await desk.query('alter table bottle alter column name drop not null')
  await desk.query(`insert into bottle (id) values (gen_random_uuid())`)
  await desk.query('drop index uq_ticket_tag_name')
  await desk.query(
    `insert into tessera_index (name, sql, error) values ('uq_ticket_tag_name', 'create unique index …', 'There are two of a name.')`,
  )
  // What earlier versions left behind.
  await desk.query('alter table ticket add column former_rank numeric(8,2), add column former_words text[]')
  await desk.query(`update ticket set former_rank = 12.5, former_words = '{"a, b",null,"\\"c\\""}' where number like '%1'`)
  await desk.query('create table former_thing (id uuid, "Said at" timestamptz(3), said text)')
  await desk.query(`insert into former_thing values (gen_random_uuid(), now(), ''), (null, null, null), (null, null, E'one\\n"two"\\\\.')`)
  archive = join(desk.dataDir, 'whole.zip')
  expect(await desk.tessera(`db backup ${archive}`)).toMatchObject({ code: 0 })
  empty = await place(inject('postgresUrl'), ['ticket', 'cellar'])
})
afterAll(async () => {
  for (const each of [desk, empty]) await each?.remove()
})

test('Code that lacks a module of the backup, or has it in another version, is told what to install', async () => {
  const without = await empty.tessera(`db restore ${archive}`)
  expect(without.code).toBe(1)
  expect(without.err).toContain('install cellar 1.0.0, then restore it')
  await cellar(empty, '2.0.0')
  const newer = await empty.tessera(`db restore ${archive}`)
  expect(newer.code).toBe(1)
  expect(newer.err).toContain('cellar 1.0.0 is needed, and 2.0.0 is there.')
  expect(await empty.contents()).toEqual({})
  await cellar(empty, '1.0.0')
})

test('An archive that was cut, or whose content differs in a single byte, is refused before anything is changed', async () => {
  const whole = await readFile(archive)
  const damaged = async (bytes: Buffer) => empty.tessera(`db restore ${await empty.file('damaged.zip', bytes)}`)
  for (const length of [0, 1000, whole.length >> 1, whole.length - 30]) {
    const { code, err } = await damaged(whole.subarray(0, length))
    expect({ code, err }, `cut at ${length}`).toEqual({ code: 1, err: expect.stringContaining('is damaged: ') })
  }
  for (const part of [0.001, 0.3, 0.6, 0.9]) {
    const bytes = Buffer.from(whole)
    const at = Math.floor(bytes.length * part)
    bytes[at] = bytes[at]! ^ 0x20
    const { code, err } = await damaged(bytes)
    expect({ code, err }, `another byte at ${at}`).toEqual({ code: 1, err: expect.stringContaining('is damaged: ') })
  }
  const missing = await empty.tessera('db restore nowhere.zip')
  expect(missing.err).toContain('There is no file')
  expect(await empty.contents()).toEqual({})
})

test('Whoever is killed while he restores leaves an empty database, wherever he is', async () => {
  const phases = [/^copy "tessera/, /^create table "/, /^copy "(history|ticket)/, /^create (unique )?index/]
  const doing = async () => {
    const rows = await empty.query(
      `select query from pg_stat_activity where datname = current_database() and application_name = 'tessera restore' and xact_start is not null`,
    )
    return phases.findLastIndex((phase) => rows.some(({ query }) => phase.test(String(query).trim())))
  }
  for (const wanted of phases.keys()) {
    const child = empty.spawned(['db', 'restore', archive])
    child.stderr.resume()
    await vi.waitUntil(async () => (await doing()) >= wanted, { timeout: 30_000, interval: 1 })
    child.kill('SIGKILL')
    await vi.waitUntil(
      async () => (await empty.query(`select from pg_stat_activity where application_name = 'tessera restore'`)).length === 0,
    )
    expect(await empty.contents(), String(phases[wanted])).toEqual({})
  }
})

test('It comes back with disabled modules disabled, and with what earlier versions left behind', async () => {
  expect(await empty.tessera(`db restore ${archive}`)).toMatchObject({ code: 0 })
  const { tessera_operation: _operations, ...kept } = await desk.contents()
  expect(await empty.contents()).toEqual({ ...kept, tessera_operation: '0 rows, 0' })
  expect(await empty.schema()).toEqual(await desk.schema())
  expect(await empty.query(`select name from tessera_module where state = 'disabled'`)).toEqual([{ name: 'cellar' }])
})

test('A database or folder that is not empty is refused with 6, and what is there is named', async () => {
  const full = await empty.tessera(`db restore ${archive}`)
  expect(full.code).toBe(6)
  expect(full.err).toMatch(/is restored into an empty database only, and backup_\w+ has \d+ tables: /)

  const other = await place(inject('postgresUrl'), ['ticket', 'cellar'])
  try {
    await cellar(other, '1.0.0')
    await other.query('create table of_somebody_else (id int)')
    const refused = await other.tessera(`db restore ${archive}`)
    expect(refused).toMatchObject({ code: 6 })
    expect(refused.err).toContain('has 1 tables: of_somebody_else.')
    await other.query('drop table of_somebody_else')
    await mkdir(join(other.dataDir, 'files'))
    await writeFile(join(other.dataDir, 'files', 'theirs'), 'of somebody else')
    const files = await other.tessera(`db restore ${archive}`)
    expect(files.code).toBe(6)
    expect(files.err).toContain('holds theirs, which is not of this backup.')
    expect(await other.contents()).toEqual({})
  } finally {
    await other.remove()
  }
})

test('A backup of a server goes into the embedded database', async () => {
  const dataDir = await testFolder('tessera-restored')
  const cli = await deployment({ DATA_DIR: dataDir })
  try {
    for (const name of ['package.json', 'index.ts'])
      await cli.file(`modules/cellar/${name}`, await readFile(join(desk.folder, 'modules', 'cellar', name), 'utf8'))
    expect(await cli.tessera(`db restore ${archive}`)).toMatchObject({ code: 0 })
    const again = join(dataDir, 'again.zip')
    expect((await cli.tessera(`db backup ${again} --json`)).json()).toMatchObject({ file: again })
    expect((await cli.tessera('db status --json')).json()).toMatchObject({ embedded: true, upToDate: true })
  } finally {
    await cli.remove()
    await rm(dataDir, { recursive: true, force: true })
  }
})

test('What is no backup is not restored', async () => {
  const text = await empty.file('text.zip', 'not a ZIP')
  expect((await empty.tessera(`db restore ${text}`)).err).toContain('is damaged: its end is missing, or it is no archive at all.')
})
