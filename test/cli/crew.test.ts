/** What a supervisor does with workers that do not do as they should: real ones, on a socket of its own. */
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { join } from 'node:path'
import pg from 'pg'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Crew, createCrew } from '../../core/cli/serving/crew.ts'
import { type Front, openFront } from '../../core/cli/serving/front.ts'
import { startWebWorker } from '../../core/cli/serving/web-worker.ts'
import { revisionOf } from '../../core/installation/revision.ts'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { ask } from './clients.ts'
import { type Deployment, deployment } from './deployment.ts'
import { freePort } from './server.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let cli: Deployment
let database: TestDatabase
let sql: pg.Client
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_crew' })
  cli = await deployment({ DATABASE_URL: database.url }, ['partner', 'odd'])
  await cli.file(
    'addons/odd/package.json',
    '{ "name": "@tessera/odd", "version": "0.1.0", "type": "module", "dependencies": { "@tessera/core": "*", "@tessera/base": "*" } }',
  )
  // Commands do not wait here, nor do they die.
  await cli.file(
    'addons/odd/index.ts',
    `import { existsSync, writeFileSync } from 'node:fs'
     import { setTimeout as sleep } from 'node:timers/promises'
     import { defineModule, html, page } from '@tessera/core'
     import base from '@tessera/base'
     const isWorker = process.argv[1].endsWith('worker.js')
     if (isWorker && existsSync('${at('die')}')) process.exit(9)
     if (isWorker && existsSync('${at('wait')}')) {
       writeFileSync('${at('waits')}', '')
       while (existsSync('${at('wait')}')) await sleep(10)
     }
     export default defineModule({ name: 'odd', depends: [base], pages: [
       page('GET /odd/who', { may: 'anybody', respond: () => html(String(process.pid)) }),
       page('GET /odd/report', { may: 'anybody', async respond() { writeFileSync('${at('asked')}', ''); await sleep(600_000); return html('done') } }),
       page('GET /odd/stuck', { may: 'anybody', respond() { writeFileSync('${at('asked')}', ''); for (;;); } }),
     ] })`,
  )
  sql = new pg.Client({ connectionString: database.url })
  sql.on('error', () => undefined)
  await sql.connect()
})
afterEach(async () => {
  await crew?.stop()
  front?.close()
})
afterAll(async () => {
  await sql?.end()
  await cli?.remove()
  await database?.drop()
})

/** A file whose being there tells new workers what to do. */
function at(name: string): string {
  return join(cli.folder, name)
}

let front: Front
let crew: Crew
let lines: { readonly level: number; readonly msg: string }[]

/** Workers as `tessera start` has them, with less patience; returns the address. */
async function supervised(patience: { readonly drainMs?: number } = {}): Promise<string> {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, DATABASE_URL: database.url, LOG_LEVEL: 'warn', TESSERA_SECRET: 'a secret for tests alone, and no secret' }
  const port = await freePort()
  lines = []
  front = openFront()
  await front.listen({ host: '127.0.0.1', port })
  crew = createCrew({
    ...patience,
    wanted: 1,
    front,
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    revision: () => revisionOf(async (statement) => (await sql.query(statement)).rows),
    start() {
      const worker = startWebWorker(env, front, (line) => line.startsWith('{') && lines.push(JSON.parse(line)))
      const flags = { yes: false, input: false, json: false, quiet: true }
      return { worker, ready: worker.boot({ root: cli.folder, flags, also: [] }) }
    },
  })
  crew.look()
  return `http://127.0.0.1:${port}`
}

/** The process that answers on a new connection; a busy machine is asked again. */
async function workerOf(address: string): Promise<number> {
  const { status, text } = await ask(new Agent(), `${address}/odd/who`)
  return status === 200 ? Number(text) : workerOf(address)
}

const said = () => lines.map(({ msg }) => msg)

async function change(): Promise<void> {
  await sql.query(`update tessera_state set value = to_jsonb((value #>> '{}')::int + 1) where key = 'revision'`)
  crew.look()
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('Who waits in vain for a worker is answered with 503 and a sentence', async () => {
  const port = await freePort()
  front = openFront(200)
  await front.listen({ host: '127.0.0.1', port })
  const began = performance.now()
  const answer = await ask(new Agent(), `http://127.0.0.1:${port}/odd/who`)
  expect(performance.now() - began).toBeGreaterThan(190)
  expect(answer).toEqual({ status: 503, text: 'The desk is being started. Try again in a moment.' })
  const posted = await ask(new Agent(), `http://127.0.0.1:${port}/api/partners`, { method: 'POST', body: '{"name":"Ama"}' })
  expect(posted.status).toBe(503)
})

test('A worker that dies as soon as it starts is started again after longer and longer pauses, which a line tells; then it serves', async () => {
  await cli.file('die', '')
  const address = await supervised()
  const waiting = workerOf(address)
  const tries = () =>
    said().flatMap((line) => /^A web worker could not be started; it is tried again in ([\d.]+) s: (.*)$/.exec(line)?.slice(1) ?? [])
  await vi.waitFor(() => expect(tries().length).toBeGreaterThanOrEqual(6), soon)
  const why = 'The web worker ended (exit code 9) before it could work.'
  expect(tries().slice(0, 6)).toEqual(['0.1', why, '0.2', why, '0.4', why])
  await rm(at('die'))
  // Whoever came meanwhile was kept waiting, not refused.
  expect(await waiting).toBe(await workerOf(address))
})

test('A report that a worker does not end in its time is cut off, with a line; a worker that does not even hear that is ended', async () => {
  const address = await supervised({ drainMs: 300 })
  const first = await workerOf(address)
  const report = await begun(`${address}/odd/report`)
  await change()
  expect(await report.end).toBe('ECONNRESET')
  await vi.waitFor(() => expect(isAlive(first)).toBe(false), soon)
  expect(said()).toContain('What was still being answered after 0.3 s was cut off.')

  const second = await workerOf(address)
  const stuck = await begun(`${address}/odd/stuck`)
  await change()
  expect(await stuck.end).toBe('ECONNRESET')
  await vi.waitFor(() => expect(isAlive(second)).toBe(false), soon)
  expect(said()).toContain('A web worker that was relieved still worked after 0.3 s and was ended.')
  expect(await workerOf(address)).not.toBe(second)
})

test('A module that another process installs while a worker starts is there when it serves', async () => {
  await cli.file('wait', '')
  const address = await supervised()
  await vi.waitFor(() => expect(existsSync(at('waits'))).toBe(true), soon)
  // The worker has read which modules there are, and has not begun with its application.
  expect(await cli.tessera('module install ticket --yes')).toMatchObject({ code: 0 })
  await rm(at('wait'))
  expect((await ask(new Agent(), `${address}/api/tickets`)).status).toBe(401)
  expect(said().filter((line) => line.includes('rolled over'))).toEqual([])
})

/** Returns when the page has begun to answer; a busy machine is asked again. */
async function begun(url: string): Promise<{ readonly end: Promise<string> }> {
  for (;;) {
    let isOver = false
    const end = ask(new Agent(), url)
      .then(
        ({ status }) => String(status),
        ({ code }: NodeJS.ErrnoException) => String(code),
      )
      .finally(() => {
        isOver = true
      })
    await vi.waitUntil(() => isOver || existsSync(at('asked')), soon)
    if (isOver) continue
    await rm(at('asked'))
    return { end }
  }
}

const soon = { timeout: 60_000, interval: 20 }
