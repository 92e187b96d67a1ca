import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { exportRows } from './index.ts'
import { openArchive } from './opened.ts'

let database: TestDatabase
let client: pg.Client
let folder: string
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'rows' })
  folder = await mkdtemp(join(tmpdir(), 'tessera-rows-'))
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(`create table wine (id int, "said of it" text, tags text[], at timestamptz)`)
  await client.query(
    `insert into wine values (1, E'dry, "crisp"\\nand white', '{"a b",c}', '2026-01-02T03:04:05Z'), (2, '', '{}', null), (3, null, null, null)`,
  )
})
afterAll(async () => {
  await client.end()
  await database.drop()
  await rm(folder, { recursive: true })
})

describe('Rows that are about to be dropped', () => {
  test('are taken out as CSV that people can read, with why and how many, by the transaction that drops them', async () => {
    const file = join(folder, 'deep', 'wine.zip')
    await client.query('begin')
    await client.query(`update wine set tags = '{changed}' where id = 3`)
    const parts = [
      { name: 'wine', sql: 'select * from wine order by id' },
      { name: 'columns of wine', sql: 'select id, tags from wine where tags is not null order by id' },
    ]
    const exported = await exportRows(client, parts, file, { operation: { verb: 'uninstall', names: ['cellar'] } })
    await client.query('rollback')
    expect(exported).toEqual({ file, rows: 6, bytes: (await stat(file)).size })
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    const archive = await openArchive(file)
    expect(archive.manifest).toMatchObject({ kind: 'rows', format: 1, about: { operation: { verb: 'uninstall', names: ['cellar'] } } })
    expect([...archive.parts].map(([name, { rows }]) => [name, rows])).toEqual([
      ['manifest.json', undefined],
      ['wine.csv', 3],
      ['columns of wine.csv', 3],
    ])
    expect(await text(await archive.read('wine.csv'))).toBe(
      'id,said of it,tags,at\n1,"dry, ""crisp""\nand white","{""a b"",c}",2026-01-02 03:04:05+00\n2,"",{},\n3,,{changed},\n',
    )
    archive.close()
  })

  test('leave no file behind when they cannot be read, and never write over one', async () => {
    const other = new pg.Client({ connectionString: database.url })
    other.on('error', () => undefined)
    await other.connect()
    const file = join(folder, 'broken.zip')
    const parts = [
      { name: 'wine', sql: 'select * from wine' },
      { name: 'nothing', sql: 'select 1 / (id - 2) from wine order by id' },
    ]
    await expect(exportRows(other, parts, file, {})).rejects.toThrow('division by zero')
    await other.end()
    expect((await readdir(folder)).filter((name) => name.includes('broken'))).toEqual([])
    const taken = join(folder, 'taken.zip')
    await exportRows(client, [], taken, {})
    await expect(exportRows(client, [], taken, {})).rejects.toThrow('There is already a file')
  })
})
