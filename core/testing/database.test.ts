import { rm } from 'node:fs/promises'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { openEmbedded } from '../database/embedded.ts'
import { openCluster } from '../database/server.ts'
import { testDatabase } from './database.ts'
import { testFolder } from './folder.ts'

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}

test('a test database is a copy of its template, alone, and gone when dropped', async () => {
  const admin = inject('postgresUrl')
  const original = await testDatabase(admin, { name: 'template' })
  await query(original.url, `create table note as select 'first' as text`)
  const template = new URL(original.url).pathname.slice(1)

  const copies = await Promise.all([1, 2, 3, 4].map(() => testDatabase(admin, { template })))
  await query(copies[0]!.url, `update note set text = 'changed'`)
  expect(await query(copies[1]!.url, 'select text from note')).toEqual([{ text: 'first' }])

  const busy = new pg.Client(copies[2]!.url)
  busy.on('error', () => undefined)
  await busy.connect()
  await Promise.all([original, ...copies].map((database) => database.drop()))
  await expect(query(original.url, 'select 1')).rejects.toThrow(/does not exist/)
})

test('a template that is in use for a moment is waited for', async () => {
  const admin = inject('postgresUrl')
  const original = await testDatabase(admin)
  const busy = new pg.Client(original.url)
  await busy.connect()
  setTimeout(() => void busy.end(), 150)
  const copy = await testDatabase(admin, { template: new URL(original.url).pathname.slice(1) })
  expect(await query(copy.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await Promise.all([original.drop(), copy.drop()])
})

test('a process of the superuser, as autovacuum is one, is waited for when a database is dropped', async () => {
  const dataDir = await testFolder('superuser')
  const embedded = await openEmbedded({ dataDir, role: 'owner', durable: false })
  const { password } = await openCluster(dataDir, false)
  const database = await testDatabase(embedded.url)
  const superuser = Object.assign(new URL(database.url), { username: 'postgres', password })
  const busy = new pg.Client(superuser.href)
  await busy.connect()
  setTimeout(() => void busy.end(), 150)
  await database.drop()
  await expect(query(database.url, 'select 1')).rejects.toThrow(/does not exist/)
  await embedded.close()
  await rm(dataDir, { recursive: true })
})
