/** `tessera start` as a supervisor of web workers, with real processes. */
import { once } from 'node:events'
import { Agent } from 'node:http'
import { createConnection } from 'node:net'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest'
import { processesBehind } from '../../core/database/processes.ts'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { ask, load } from './clients.ts'
import { type Deployment, deployment } from './deployment.ts'
import { type Server, startServer } from './server.ts'

vi.setConfig({ testTimeout: 500_000, hookTimeout: 60_000 })

const requests = process.env.TESSERA_DEEP ? 5_000 : 600

let cli: Deployment
let database: TestDatabase
let sql: pg.Client
let key: string
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_supervisor' })
  cli = await deployment({ DATABASE_URL: database.url, LOG_LEVEL: 'info' }, ['ticket', 'slow'])
  await cli.file(
    'addons/slow/package.json',
    '{ "name": "@tessera/slow", "version": "0.1.0", "type": "module", "dependencies": { "@tessera/core": "*", "@tessera/partner": "*" } }',
  )
  await cli.file(
    'addons/slow/index.ts',
    `import { setTimeout as sleep } from 'node:timers/promises'
     import { defineModule, html, job, page } from '@tessera/core'
     import partner, { Partner } from '@tessera/partner'
     const long = job('slow.long', { outside: true, async run(_, services) {
       await sleep(8_000)
       await services.asSystem('a test').create(Partner, { name: 'Done by ' + process.pid })
     } })
     export default defineModule({ name: 'slow', depends: [partner], jobs: [long], pages: [
       page('GET /slow/job', { may: 'anybody', async respond(_, services) { await services.jobs.send(long, {}); return html('sent') } }),
       page('GET /slow/report', { may: 'anybody', async respond() { await sleep(10_000); return html('The report of ' + process.pid) } }),
       page('GET /slow/who', { may: 'anybody', respond: () => html(String(process.pid)) }),
     ] })`,
  )
  await cli.tessera('db migrate')
  await cli.tessera('user create ada@example.org --role administrator')
  key = (await cli.tessera('apikey create --user ada@example.org --name CI --per-minute 100000 --json')).json().key
  sql = new pg.Client({ connectionString: database.url })
  await sql.connect()
})
afterEach(async () => {
  await Promise.all([...started].map((server) => server.stop()))
})
afterAll(async () => {
  await shared?.stop()
  await sql?.end()
  await cli?.remove()
  await database?.drop()
})

const started = new Set<Server>()
async function start(env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const server = await startServer(cli, env)
  started.add(server)
  return server
}

/** One that several stories look at: each of them leaves it serving. */
let shared: Server | undefined
async function running(): Promise<Server> {
  shared ??= await startServer(cli)
  return shared
}

const run = async (text: string, values: readonly unknown[] = []) => (await sql.query(text, [...values])).rows

/** As a module operation does it: another revision, announced with the commit. */
async function change({ silently = false } = {}): Promise<number> {
  const [row] = await run(
    `insert into tessera_state (key, value) values ('revision', '1')
       on conflict (key) do update set value = to_jsonb((tessera_state.value #>> '{}')::int + 1) returning value`,
  )
  if (!silently) await run(`select pg_notify('tessera', '{"kind":"modules"}')`)
  return Number(row.value)
}

/** The process that answers on a new connection. */
async function workerOf({ address }: Server): Promise<number> {
  return Number((await ask(new Agent(), `${address}/slow/who`)).text)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test(`Of ${requests} requests none fails while a module comes, rests, comes back and goes, and a report and a job that take long are finished`, async () => {
  const server = await start({ WEB_WORKERS: '2' })
  const before = await workerOf(server)
  const slow = slowClient(server)
  const report = ask(new Agent({ keepAlive: true }), `${server.address}/slow/report`)
  await ask(new Agent(), `${server.address}/slow/job`)
  const clients = load({ address: server.address, key, clients: 12 })
  for (const [at, verb] of ['install', 'disable', 'enable', 'uninstall'].entries()) {
    await vi.waitFor(() => expect(clients.answered()).toBeGreaterThan(((at + 1) * requests) / 5), { timeout: 200_000 })
    expect(await cli.tessera(`module ${verb} spp --yes`)).toMatchObject({ code: 0 })
    await vi.waitFor(() => expect(server.log().split('have rolled over')).toHaveLength(at + 2), { timeout: 60_000 })
  }
  await vi.waitFor(() => expect(clients.answered()).toBeGreaterThan(requests), { timeout: 200_000 })
  const { failed, filed, connections } = await clients.stop()
  const warned = server
    .log()
    .split('\n')
    .filter((line) => /"level":[456]0/.test(line))
  expect({ failed, warned: failed.length > 0 ? warned : [] }).toEqual({ failed: [], warned: [] })
  // The clients kept their connections, and what was filed is there once.
  expect(connections).toBeLessThan(requests / 5)
  expect(await run(`select count(*)::int as count, count(distinct name)::int as names from partner where name like 'Partner %'`)).toEqual([
    { count: filed, names: filed },
  ])
  expect(await report).toMatchObject({ status: 200, text: expect.stringMatching(/^The report of \d+$/) })
  // So is a job that runs, and nobody else does it again.
  const jobs = () => run(`select name from partner where name like 'Done by %'`)
  await vi.waitFor(async () => expect(await jobs()).toHaveLength(1), waiting)
  // Whoever is slow with his question is cut off by the clocks of the server, as everywhere.
  expect(await slow).toContain('408')
  expect(await workerOf(server)).not.toBe(before)
})

/** Begins a request and never ends it; resolves with what the server says to that. */
async function slowClient({ port }: Server): Promise<string> {
  const socket = createConnection({ port, host: '127.0.0.1' })
  socket.write('GET /slow/who HTTP/1.1\r\nHost: desk\r\n')
  return text(socket)
}

test('A connection on which nothing is asked moves to the new worker, and the old one is gone at once', async () => {
  const server = await running()
  const before = await workerOf(server)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect((await ask(agent, `${server.address}/slow/who`)).text).toBe(String(before))
  const [socket] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])
  const begun = createConnection({ port: server.port, host: '127.0.0.1' })
  await once(begun, 'connect')
  begun.write('GET /slow/who HTTP/1.1\r\n')

  const revision = await change()
  await vi.waitFor(async () => expect(await workerOf(server)).not.toBe(before), waiting)
  const after = await workerOf(server)
  const answer = await ask(agent, `${server.address}/slow/who`)
  expect(answer.text).toBe(String(after))
  expect(Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])).toEqual([socket])

  // A question that has begun is answered by who heard its beginning, and that is the last that he does.
  expect(await processesBehind(run, revision)).toMatchObject([{ what: 'web', pid: before }])
  begun.write('Host: desk\r\n\r\n')
  const said = await text(begun)
  expect(said).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(said).toMatch(/\r\nConnection: close\r\n/i)
  expect(said).toContain(`\r\n${before}`)
  await vi.waitFor(async () => expect(await processesBehind(run, revision)).toEqual([]), waiting)
  await vi.waitFor(() => expect(isAlive(before)).toBe(false), waiting)
  agent.destroy()
})

test('A worker that is killed is replaced, and who connects meanwhile waits for the next', async () => {
  const server = await running()
  const killed = await workerOf(server)
  process.kill(killed, 'SIGKILL')
  await vi.waitFor(() => expect(isAlive(killed)).toBe(false), waiting)
  const answers = await Promise.all(Array.from({ length: 5 }, () => workerOf(server)))
  expect(new Set(answers).size).toBe(1)
  expect(answers).not.toContain(killed)
  expect(server.log()).toContain('A web worker ended (by SIGKILL); another takes its place.')
})

test('When the supervisor is killed its worker ends, and the next start works', async () => {
  const server = await start()
  const worker = await workerOf(server)
  await server.stop('SIGKILL')
  await vi.waitFor(() => expect(isAlive(worker)).toBe(false), waiting)
  const next = await start({ PORT: String(server.port) })
  expect(await workerOf(next)).not.toBe(worker)
  expect(await next.stop()).toBe(0)
})

test('Two supervisors on one database follow one change, also one that nobody told them', async () => {
  const servers = [await running(), await start()]
  for (const silently of [false, true]) {
    const before = await Promise.all(servers.map(workerOf))
    const revision = await change({ silently })
    expect(await processesBehind(run, revision)).toHaveLength(2)
    await vi.waitFor(async () => expect(await processesBehind(run, revision)).toEqual([]), waiting)
    const after = await Promise.all(servers.map(workerOf))
    expect(new Set([...before, ...after]).size).toBe(4)
  }
})

test('A worker that cannot boot leaves the old one working, with one line; the next change is tried again', async () => {
  const server = await running()
  const before = await workerOf(server)
  await run(`insert into tessera_module (name, version) values ('ghost', '1.0.0')`)
  await change()
  await vi.waitFor(() => expect(server.log()).toContain('No web worker can work with revision'), waiting)
  expect(server.log()).toMatch(/so those with the older one go on; it is tried again at the next change: This database has .*ghost/)
  expect(await workerOf(server)).toBe(before)

  // Elsewhere it is a sentence and the exit code 3, and nothing is changed.
  const refused = await cli.tessera('user list')
  expect(refused.code).toBe(3)
  expect(refused.err).toMatch(/^error: This database has "ghost" installed, and this copy of Tessera does not have the code/)

  await run(`delete from tessera_module where name = 'ghost'`)
  await change()
  await vi.waitFor(async () => expect(await workerOf(server)).not.toBe(before), waiting)
  expect(server.log().match(/No web worker can work/g)).toHaveLength(1)
})

test('Ctrl+C reaches the workers too, and everything ends in order', async () => {
  const server = await running()
  shared = undefined
  const worker = await workerOf(server)
  process.kill(worker, 'SIGINT')
  expect(await server.stop('SIGINT')).toBe(0)
  expect(server.log()).toContain('Stopping …')
  expect(isAlive(worker)).toBe(false)
})

const waiting = { timeout: 60_000, interval: 30 }
