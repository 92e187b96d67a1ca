/** The real process: what it writes to its log, and that no request of anybody ends it. */
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { Visitor } from '../../modules/web/server/visitor.ts'
import { type Deployment, deployment } from '../cli/deployment.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let cli: Deployment
let database: TestDatabase
let address: string
let child: ReturnType<Deployment['spawned']>
let log = ''

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'))
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const free = server.address()
  const port = typeof free === 'object' && free ? free.port : 0
  server.close()
  cli = await deployment({ DATABASE_URL: database.url, PORT: String(port), LOG_LEVEL: 'trace' }, ['web', 'ticket', 'mishaps'])
  await mkdir(join(cli.folder, 'addons', 'mishaps'))
  await cli.file(
    'addons/mishaps/package.json',
    JSON.stringify({
      name: '@tessera/mishaps',
      version: '1.0.0',
      type: 'module',
      exports: { '.': './index.ts' },
      tessera: { kind: 'addon' },
      dependencies: { '@tessera/core': '0.1.0' },
    }),
  )
  await cli.file(
    'addons/mishaps/index.ts',
    `import { defineModule, html, page } from '@tessera/core'
     export default defineModule({ name: 'mishaps', pages: [
       page('GET /mishaps/forgotten', { may: 'anybody', respond() { Promise.reject(new Error('Nobody waited for this.')); return html('Left') } }),
       page('GET /mishaps/thrown', { may: 'anybody', respond() { throw new Error('A mishap inside.') } }),
       page('GET /mishaps/:secret', { may: 'anybody', respond() { throw new Error('A mishap inside.') } }),
     ] })`,
  )
  child = cli.spawned(['start'])
  address = `http://127.0.0.1:${port}`
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  await vi.waitFor(() => expect(log).toContain('Ready at'), { timeout: 50_000, interval: 50 })
})
afterAll(async () => {
  if (child && child.exitCode === null) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  await cli?.remove()
  await database?.drop()
})

test('A request that forgets a promise ends itself, not the process', async () => {
  expect((await fetch(`${address}/mishaps/forgotten`)).status).toBe(200)
  await vi.waitFor(() => expect(log).toContain('Nobody waited for this.'), { timeout: 30_000 })
  expect((await fetch(`${address}/healthz`)).status).toBe(200)
  expect(child.exitCode).toBeNull()
})

test('A mishap shows a sentence to people and its reason to the log alone', async () => {
  for (const path of ['/mishaps/thrown', '/api/nothing?x=%00', '/mishaps/thrown?token=abc']) {
    const answer = await (await fetch(address + path)).text()
    expect(answer).not.toMatch(/A mishap inside|at .*\.ts:|node_modules|\/modules\/|\bselect\b/)
  }
  await vi.waitFor(() => expect(log).toContain('A mishap inside.'), { timeout: 30_000 })
})

test('The log holds no password, token, cookie, key or link', async () => {
  const firstRun = /first-run\/([\w-]{43})/.exec(log)?.[1] ?? ''
  log = log.replaceAll(firstRun, '')
  const password = 'kettle of purple fish'
  const visitor = new Visitor(address)
  const form = { name: 'Ana', email: 'ana@example.org', password, repeat: password }
  expect((await visitor.post(`/first-run/${firstRun}`, form)).status).toBe(303)
  expect((await visitor.get('/tickets')).status).toBe(200)
  const session = visitor.cookie('tessera') ?? ''
  const { key } = (await cli.tessera('apikey create --user ana@example.org --name CI --json')).json()
  const secrets = [firstRun, session, key, password, 'a wrong password of somebody', 'secret-in-a-path', 'secret-in-a-query']
  for (const each of secrets) expect(each.length).toBeGreaterThan(10)

  await fetch(`${address}/api/tickets`, { headers: { authorization: `Bearer ${key}` } })
  await fetch(`${address}/api/tickets`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: `{"password":"${password}` })
  await new Visitor(address).post('/sign-in', { email: 'ana@example.org', password: 'a wrong password of somebody' })
  await new Visitor(address).post('/sign-in', { email: 'ana@example.org', password })
  await new Visitor(address).post(`/first-run/${firstRun}`, form)
  await new Visitor(address).get(`/sign-in/${firstRun}`)
  // With a failure on the way, when most is written.
  for (const path of ['/mishaps/secret-in-a-path', '/mishaps/thrown?next=secret-in-a-query', '/nothing/at/all/secret-in-a-path'])
    await fetch(address + path, { headers: { cookie: `tessera=${session}` } })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('alter table "session" rename to session_away')
  expect((await fetch(`${address}/tickets`, { headers: { cookie: `tessera=${session}x` } })).status).toBe(500)
  expect((await new Visitor(address).post('/sign-in', { email: 'ana@example.org', password })).status).toBe(500)
  await client.query('alter table session_away rename to "session"')
  await client.end()
  await vi.waitFor(() => expect(log).toMatch(/GET \/mishaps\/:secret/), { timeout: 30_000 })
  await visitor.get('/tickets?filter=last')
  await vi.waitFor(() => expect(log.split('"request"').length).toBeGreaterThan(8), { timeout: 30_000 })
  for (const secret of secrets) expect([secret, log.includes(secret)]).toEqual([secret, false])
})
