import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type App, createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { testConfig } from '../../core/testing/index.ts'
import { type Deployment, deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let database: TestDatabase
let cli: Deployment
let server: App
let folder: string
const secret = 'what a deployment seals its audit log with'

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_audit' })
  folder = await mkdtemp(join(tmpdir(), 'tessera-audit-'))
  cli = await deployment({ DATABASE_URL: database.url, TESSERA_SECRET: secret, DATA_DIR: folder })
  await cli.tessera('db migrate')
  server = await createApp(await loadModules(await discover(process.cwd(), []), ['ticket']), {
    url: database.url,
    config: testConfig({ TESSERA_SECRET: secret, DATA_DIR: folder }),
    log: pino({ level: 'silent' }),
    version: 'test',
  })
})
afterAll(async () => {
  await server?.close()
  await cli.remove()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const kinds = async () => (await server.connection.run('select kind, details from audit_entry order by id')).map(({ kind }) => kind)

test('What operators do is in the audit log, whose newest entries are counted until they are sealed', async () => {
  await cli.tessera('user create ada@example.org --role administrator --password-stdin', { input: 'correct horse battery\n' })
  await cli.tessera('apikey create --user ada@example.org --name CI')
  expect(await kinds()).toEqual(['user.rights', 'password.changed', 'key.created'])
  expect((await cli.tessera('audit head')).err).toContain('Nothing of the audit log is sealed yet.')
  const verified = await cli.tessera('audit verify --json')
  expect(verified.code).toBe(0)
  expect(verified.json()).toEqual({ sealed: 0, waiting: 3, erased: 0, head: null })
})

test('A head that was kept proves that nothing was touched since', async () => {
  await server.queue.drain()
  const head = (await cli.tessera('audit head')).out.trim()
  expect(head).toMatch(/^3:[0-9a-f]{64}$/)
  const verified = await cli.tessera(`audit verify --head ${head} --json`)
  expect(verified).toMatchObject({ code: 0 })
  expect(verified.json()).toEqual({ sealed: 3, waiting: 0, erased: 0, head })
  expect((await cli.tessera('audit verify')).out).toContain(`head: ${head}`)
})

test('What is no head is refused', async () => {
  const refused = await cli.tessera('audit verify --head yesterday')
  expect(refused.code).toBe(2)
  expect(refused.err).toContain('"yesterday" is no head of the audit log')
})

test('The personal details of one person are erased, also of attempts with his address, and the log stays whole', async () => {
  const { identity } = await server.servicesFor({ door: 'web' })
  await expect(identity.signIn('eve@example.org', 'not the password', { ip: '192.0.2.7' })).rejects.toThrow('do not belong together')
  await server.queue.drain()
  expect((await cli.tessera('audit erase --user Eve@example.org --json')).json()).toEqual({ erased: 1 })
  expect((await cli.tessera('audit erase --user ada@example.org --json')).json().erased).toBeGreaterThan(0)
  await server.queue.drain()
  const left = await server.connection.run('select string_agg(details::text, $1) as text from audit_personal', ['|'])
  expect(String(left[0]?.text)).not.toMatch(/eve@|ada@|192\.0\.2\.7/)
  const verified = await cli.tessera('audit verify --json')
  expect(verified.code).toBe(0)
  expect(verified.json().erased).toBeGreaterThan(1)
  expect((await kinds()).slice(-2)).toEqual(['personal.erased', 'personal.erased'])
})

test('A module that is installed leaves an entry', async () => {
  await cli.tessera('module install spp')
  const rows = await server.connection.run(`select door, details from audit_entry where kind = 'module'`)
  expect(rows).toEqual([{ door: 'cli', details: { change: 'install', names: ['spp'] } }])
})

test('An entry that was edited or cut off ends the check with 5 and is named', async () => {
  await server.queue.drain()
  const head = (await cli.tessera('audit head')).out.trim()
  const { number } = (await server.connection.run('select max(number) as number from audit_seal'))[0]!
  for (const table of ['audit_entry', 'audit_seal']) await server.connection.run(`alter table ${table} disable trigger user`)
  await server.connection.run(`update audit_entry set kind = 'sign-out' where kind = 'key.created'`)
  await server.connection.run('delete from audit_seal where number = $1', [number])
  const found = await cli.tessera(`audit verify --head ${head}`)
  expect(found.code).toBe(5)
  expect(found.err).toContain('Entry 3 (sign-out,')
  expect(found.err).toContain(`entries ${number} to ${number} are missing`)
  expect((await cli.tessera('audit verify')).code).toBe(5)
})
