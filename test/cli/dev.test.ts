/** `tessera dev`: the server of somebody who changes its code. */
import { Agent } from 'node:http'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { type Chromium, chromiumPath, openChromium } from '../browser/chromium.ts'
import { type Answer, ask } from './clients.ts'
import { type Deployment, deployment } from './deployment.ts'
import { type Server, startServer } from './server.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let cli: Deployment
let database: TestDatabase
let server: Server
let browser: Chromium | undefined

/** A module with one page and one model. */
const trial = (answer: string, fields = '') => `
  import { defineModel, defineModule, html, p, page } from '@tessera/core'
  export const Trial = defineModel('trial', { name: p.string()${fields} }, { title: 'name' })
  export default defineModule({ name: 'trial', models: [Trial], pages: [page('GET /trial', { may: 'anybody', respond: () => html('${answer}') })] })`

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'cli_dev' })
  cli = await deployment({ DATABASE_URL: database.url }, ['ticket', 'trial'])
  await cli.file(
    'addons/trial/package.json',
    '{ "name": "@tessera/trial", "version": "0.1.0", "type": "module", "dependencies": { "@tessera/core": "*" } }',
  )
  await cli.file('addons/trial/index.ts', trial('one'))
  server = await startServer(cli, {}, 'dev')
  if (chromiumPath) browser = await openChromium(server.address)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await cli?.remove()
  await database?.drop()
})

const trialPage = (): Promise<Answer> => ask(new Agent(), `${server.address}/trial`)
const shows = (answer: object) => vi.waitFor(async () => expect(await trialPage()).toMatchObject(answer), { timeout: 60_000, interval: 30 })

test('A change of a source file is there at the next request, and the terminal says it', async () => {
  await shows({ status: 200, text: 'one' })
  await cli.file('addons/trial/index.ts', trial('two'))
  await shows({ status: 200, text: 'two' })
  expect(server.log()).toContain('addons/trial/index.ts has changed.')
  await vi.waitFor(() => expect(server.log()).toMatch(/Ready again after \d+\.\d s\./), { timeout: 30_000 })
  // A request is one line that can be read.
  await vi.waitFor(() => expect(server.log()).toMatch(/^\d\d:\d\d:\d\d 200 GET \/trial \d+(\.\d)? ms$/m), { timeout: 30_000 })
})

test('A new field has its column without another command', async () => {
  await cli.file('addons/trial/index.ts', trial('three', ', colour: p.string().nullable()'))
  await shows({ status: 200, text: 'three' })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const { rowCount } = await client.query(`select from information_schema.columns where table_name = 'trial' and column_name = 'colour'`)
  await client.end()
  expect(rowCount).toBe(1)
})

test('A new file in a new folder is seen too', async () => {
  await cli.file('addons/trial/words/said.ts', `export const said = 'four'`)
  await cli.file(
    'addons/trial/index.ts',
    `import { said } from './words/said.ts'\n${trial("' + said + '", ', colour: p.string().nullable()')}`,
  )
  await shows({ status: 200, text: 'four' })
  await cli.file('addons/trial/words/said.ts', `export const said = 'five'`)
  await shows({ status: 200, text: 'five' })
})

const broken = trial('never').replace("name: 'trial'", "name: 'trail'")

test('What keeps it from starting is said in the terminal and to every client', async () => {
  await cli.file('addons/trial/index.ts', broken)
  await shows({ status: 503, text: expect.stringContaining('The module "trial" declares itself as "trail"') })
  const html = await ask(new Agent(), `${server.address}/trial`, { headers: { accept: 'text/html' } })
  expect(html.text).toContain('<h1>The modules do not fit together:</h1>')
  expect(html.text).toContain('The module &#34;trial&#34; declares itself as &#34;trail&#34;')
  expect(server.log()).toContain('The module "trial" declares itself as "trail", but its package.json says "trial".')
})

test.skipIf(!chromiumPath)('The page in the browser shows it, and loads itself again when it is mended', async () => {
  const page = await browser!.page()
  await page.goto('/trial')
  await page.getByRole('heading', { name: 'The modules do not fit together' }).waitFor()
  await page.getByText('declares itself as "trail"').waitFor()
  await cli.file('addons/trial/index.ts', trial('mended', ', colour: p.string().nullable()'))
  await page.getByText('mended').waitFor({ timeout: 60_000 })
  // Answers of 503 are what the page is about; its policy is kept.
  expect((await browser!.leave()).filter((complaint) => !complaint.includes('503'))).toEqual([])
})

test('A module that is installed while it runs is there', async () => {
  const revision = `insert into tessera_state (key, value) values ('revision', '1')
    on conflict (key) do update set value = to_jsonb((tessera_state.value #>> '{}')::int + 1)`
  const before = server.log().split('Ready again').length
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(revision)
  await client.end()
  await vi.waitFor(() => expect(server.log().split('Ready again').length).toBeGreaterThan(before), { timeout: 30_000 })
})

test('It is not for production', async () => {
  const { code, err } = await cli.tessera('dev', { env: { NODE_ENV: 'production' } })
  expect(code).toBe(3)
  expect(err).toContain('error: NODE_ENV is "production", and tessera dev is for development.')
  expect(err).toContain('tessera start')
})
