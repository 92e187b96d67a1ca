/** Modules changed from the Apps page: a real deployment, its server with workers that roll over, and a browser without a script. */
import { existsSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Seen, Visitor } from '../../modules/web/server/visitor.ts'
import { type AppsDesk, appsDesk } from './apps-desk.ts'
import type { Deployment } from './deployment.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let desk: AppsDesk
let sql: pg.Client
let ruth: Visitor
beforeAll(async () => {
  desk = await appsDesk('cli_apps', (cli) => trial(cli, '0.1.0'))
  sql = new pg.Client({ connectionString: desk.databaseUrl })
  await sql.connect()
  ruth = new Visitor(desk.server.address)
  await ruth.post(await desk.linkFor('ruth@example.org'))
  await ruth.get('/apps')
})
afterAll(async () => {
  await sql?.end()
  await desk?.close()
})

/** An addon with a table, a column of the ticket and a type of ticket; its second version has another column, which the third knows no more. */
async function trial(cli: Deployment, version: string): Promise<void> {
  const about = {
    name: '@tessera/trial',
    version,
    type: 'module',
    description: 'Visits of people at home',
    author: 'Acme <acme@example.org>',
  }
  await cli.file('addons/trial/README.md', hostile)
  const dependencies = { '@tessera/core': '*', '@tessera/base': '*', '@tessera/ticket': '*' }
  await cli.file('addons/trial/package.json', JSON.stringify({ ...about, tessera: { title: 'Home visits', icon: 'home' }, dependencies }))
  await cli.file(
    'addons/trial/index.ts',
    `import base, { manager } from '@tessera/base'
     import { data, defineModel, defineModule, extend, p } from '@tessera/core'
     import ticket, { Ticket, TicketType } from '@tessera/ticket'
     export const Visit = defineModel('visit', { name: p.string()${version === '0.2.0' ? ', remark: p.string().nullable()' : ''} })
     export default defineModule({ name: 'trial', depends: [base, ticket], models: [Visit],
       extends: [extend(Ticket, { trialStreet: p.string().nullable() })],
       data: [data(TicketType, { trialVisit: { code: 'visit', name: { en: 'Visit at home' }, rank: 9 } })],
       permissions: [manager.can('read', Visit)] })`,
  )
}

/** What somebody might write who wants more than to be read. */
const hostile = `## Home visits
#### For those who cannot come
<script>alert('read')</script> [press](javascript:alert(1)) [or here](data:text/html,<b>) <img src=x onerror=alert(1)>
![A map of the *streets*](https://tracker.example/pixel.png "seen") [the guide](../guide.md) [elsewhere](//evil.example/x)
See https://visits.example/?of=1&in=2 and README.md.

| Street | Visits |
|---|---:|
| <b onclick="alert(1)">Main</b> | 12 |

\`\`\`html" onfocus="alert(1)
<script src="https://evil.example/x.js"></script>
\`\`\`
`

const digestIn = ({ html }: Seen) => /name="digest" value="([^"]+)"/.exec(html)?.[1] ?? ''
/** What a page does not say of these. */
const missing = ({ html }: Seen, ...words: readonly string[]) => words.filter((each) => !html.includes(each))
const states = async () => (await sql.query('select name, version, state from tessera_module where name = $1', ['trial'])).rows
const rows = async (text: string) => (await sql.query(text)).rows

/** Reads the plan, confirms it, and follows it to its end. */
async function confirmed(path: string, more: Readonly<Record<string, string>> = {}): Promise<Seen> {
  const plan = await ruth.get(path)
  const answer = await ruth.post(path.replace(/\?.*/, ''), { digest: digestIn(plan), ...more })
  expect(answer).toMatchObject({ status: 303, location: expect.stringMatching(/^\/apps\/operations\//) })
  return ended(answer.location)
}

async function ended(path: string): Promise<Seen> {
  let last: Seen | undefined
  await vi.waitFor(
    async () => {
      last = await ruth.get(path)
      expect(last.status).toBe(200)
      expect(last.html.includes('http-equiv="refresh"')).toBe(false)
    },
    { timeout: 100_000, interval: 200 },
  )
  return last!
}

/** She showed so many minutes ago that it is she. */
async function confirm(minutes: number): Promise<void> {
  await sql.query(`update session set confirmed_at = now() - $1 * interval '1 minute'`, [minutes])
  await sql.query(`select pg_notify('tessera', '{"kind":"modules"}')`)
}

/** The workers have followed. */
const shows = (path: string, said: string) =>
  vi.waitFor(async () => expect(missing(await ruth.get(path), said)).toEqual([]), { timeout: 60_000, interval: 200 })

test('A module that is not installed is found by its fields, read about, planned and installed, while the server goes on', async () => {
  expect(missing(await ruth.get('/apps?q=trialStreet'), 'Home visits')).toEqual([])
  const about = await ruth.get('/apps/trial')
  expect(missing(about, 'Acme', 'Visits of people at home', 'Ticket desk', 'ticket.trialStreet', 'Install')).toEqual([])
  const plan = await ruth.get('/apps/trial/install')
  expect(
    missing(plan, 'extends Ticket', 'ticket.trial_street', 'text, empty allowed', 'Create table', 'Install 1 module', '1 shipped record'),
  ).toEqual([])
  const file = await ruth.get('/apps/trial/install/plan')
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="plan-install-trial.json"')
  expect(JSON.parse(file.html)).toMatchObject({ digest: digestIn(plan), operation: { verb: 'install', names: ['trial'] } })
  expect(await states()).toEqual([])

  const done = await confirmed('/apps/trial/install')
  expect(missing(done, 'Done', 'Home visits', 'installed', 'Ruth Okello')).toEqual([])
  expect(await states()).toEqual([{ name: 'trial', version: '0.1.0', state: 'enabled' }])
  await shows('/apps/trial', 'Uninstall')
  expect((await ruth.get('/apps/operations')).html).toMatch(/Install Home visits<\/a><p class="meta"><bdi>Ruth Okello/)
  const [entry] = await rows(
    `select u.email, e.details from audit_entry e join "user" u on u.id = e.actor_id where e.kind = 'module' order by e.at desc limit 1`,
  )
  expect(entry).toEqual({ email: 'ruth@example.org', details: { change: 'install', names: ['trial'] } })
})

test('What an author says of his module is read, and can do nothing else', async () => {
  const { html } = await ruth.get('/apps/trial')
  const [, said = ''] = /<div class="apps-readme"[^>]*>(.*?)<\/section>/s.exec(html) ?? []
  expect(said).toContain('<h3>Home visits</h3>\n<h4>For those who cannot come</h4>')
  expect(said).toContain('<a href="https://visits.example/?of=1&amp;in=2" rel="noopener" class="link">')
  expect(said).toMatch(/<div class="apps-scroll" tabindex="0" role="group" aria-label="Table"><table>.*<td class="end">12<\/td>/s)
  expect(said).toMatch(/<div class="apps-scroll" tabindex="0" role="group" aria-label="Code"><pre>&lt;script/)
  expect(said).toContain('A map of the streets the guide elsewhere')
  const made = new Set([...said.matchAll(/<([a-z][^\s>]*)/g)].map(([, name]) => name))
  expect([...made].sort()).toEqual(['a', 'div', 'h3', 'h4', 'p', 'pre', 'table', 'tbody', 'td', 'th', 'thead', 'tr'])
  const given = [...said.matchAll(/<[a-z][^>]*>/g)].flatMap(([tag]) => [...tag.matchAll(/ ([\w-]+)="/g)].map(([, name]) => name))
  expect([...new Set(given)].sort()).toEqual(['aria-label', 'class', 'href', 'rel', 'role', 'tabindex'])
  expect([...said.matchAll(/href="([^"]*)"/g)]).toHaveLength(1)
})

test('Whoever confirms another plan than the present one is shown the new one, and nothing is done', async () => {
  const before = await rows('select count(*)::int as count from tessera_operation')
  const answer = await ruth.post('/apps/trial/disable', { digest: 'of-yesterday' })
  expect(answer.status).toBe(409)
  expect(missing(answer, 'have changed since you read the plan')).toEqual([])
  expect(digestIn(answer)).toMatch(/^[0-9a-f]{16}$/)
  expect(await rows('select count(*)::int as count from tessera_operation')).toEqual(before)
  expect(await states()).toMatchObject([{ state: 'enabled' }])
})

test('Whoever signed in longer than ten minutes ago must first show that it is he', async () => {
  await confirm(11)
  await vi.waitFor(async () => expect((await ruth.post('/apps/trial/disable', { digest: 'x' })).status).toBe(403), { timeout: 20_000 })
  expect(missing(await ruth.post('/apps/trial/disable', { digest: 'x' }), 'Confirm that it is you')).toEqual([])
  await confirm(0)
  await vi.waitFor(async () => expect((await ruth.post('/apps/trial/disable', { digest: 'x' })).status).toBe(409), { timeout: 20_000 })
})

test('A module is disabled and enabled again', async () => {
  expect(missing(await ruth.get('/apps/trial/disable'), 'Takes away')).toEqual([])
  expect(missing(await confirmed('/apps/trial/disable'), 'disabled')).toEqual([])
  const [{ id, fine }] = await rows(
    `select id, (select bool_and((part ->> 'at')::timestamptz between begun_at and ended_at) from jsonb_array_elements(to_jsonb(log)) one(part)) as fine
       from tessera_operation order by begun_at desc limit 1`,
  )
  expect(fine).toBe(true)
  // A page that waited is loaded anew: the places beside it have changed as well.
  expect((await ruth.get(`/apps/operations/${id}?waiting`)).headers.get('hx-redirect')).toBe(`/apps/operations/${id}`)
  expect(await states()).toMatchObject([{ state: 'disabled' }])
  await shows('/apps?show=installed', 'Disabled')
  expect(missing(await ruth.get('/apps/trial'), 'Enable')).toEqual([])
  expect(missing(await confirmed('/apps/trial/enable'), 'enabled')).toEqual([])
  expect(await states()).toMatchObject([{ state: 'enabled' }])
})

test('A newer version on disk is offered, and upgraded after a backup', async () => {
  await trial(desk.cli, '0.2.0')
  const list = await ruth.get('/apps?show=upgrades')
  expect(missing(list, 'Home visits', 'Upgrade to 0.2.0', 'Upgrades <span class="muted">1')).toEqual([])
  const plan = await ruth.get('/apps/trial/upgrade')
  expect(missing(plan, 'visit.remark', 'Back up first', '0.1.0 → 0.2.0')).toEqual([])
  expect(missing(await confirmed('/apps/trial/upgrade', { backup: 'yes' }), 'upgraded')).toEqual([])
  expect(await states()).toMatchObject([{ version: '0.2.0' }])
  await shows('/apps/trial/disable', 'Last backup:')
})

test('What a newer version leaves behind is told on a page of its own, and goes from there into an archive', async () => {
  await sql.query(`insert into visit (id, name, remark) values (gen_random_uuid(), 'Number 7', 'Ring twice')`)
  await trial(desk.cli, '0.3.0')
  await confirmed('/apps/trial/upgrade')
  expect(missing(await ruth.get('/apps'), 'Leftovers <span class="muted">1')).toEqual([])
  const plan = await ruth.get('/apps/leftovers')
  expect(missing(plan, 'visit.remark', '1 value', 'Type purge to confirm', 'Drop what was left behind')).toEqual([])
  expect(JSON.parse((await ruth.get('/apps/leftovers/plan')).html)).toMatchObject({ operation: { verb: 'purge' }, loses: { values: 1 } })
  expect(await ruth.post('/apps/leftovers', { digest: digestIn(plan), typed: 'trial' })).toMatchObject({ status: 422 })
  const done = await confirmed('/apps/leftovers', { typed: 'purge' })
  expect(await rows(`select column_name from information_schema.columns where table_name = 'visit' and column_name = 'remark'`)).toEqual([])
  expect(missing(done, 'The plan that was agreed to', 'Drop column visit.remark', 'Ruth Okello')).toEqual([])
  expect((await ruth.get('/apps')).html).not.toContain('Leftovers')
  expect(missing(await ruth.get('/apps/leftovers'), 'Nothing was left behind')).toEqual([])

  const archive = /href="([^"]+\/archive)"/.exec(done.html)?.[1] ?? ''
  const file = await ruth.get(archive)
  expect([file.status, file.headers.get('content-type'), file.html.slice(0, 2)]).toEqual([200, 'application/zip', 'PK'])
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="purge-.*\.zip"$/)
  await confirm(11)
  await vi.waitFor(async () => expect((await ruth.get(archive)).status).toBe(403), { timeout: 20_000 })
  await confirm(0)
  await vi.waitFor(async () => expect((await ruth.get(archive)).status).toBe(200), { timeout: 20_000 })
  await sql.query('delete from visit')
})

test('A module leaves with its data: what is used gets a replacement, its name is typed, and an archive is written', async () => {
  expect(missing(await ruth.get('/apps/trial/uninstall'), 'holds nothing that would be lost')).toEqual([])
  await sql.query(`insert into visit (id, name) values (gen_random_uuid(), 'Number 7')`)
  const { key } = (await desk.cli.tessera('apikey create --user ruth@example.org --name CI --json')).json()
  const api = (path: string, body?: object) =>
    fetch(`${desk.server.address}/api/${path}`, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    }).then(async (answer) => ((await answer.json()) as { data: { id: string } }).data)
  const types = await rows(`select id, name->>'en' as name from ticket_type`)
  const typeOf = (name: string): string => types.find((each) => each.name === name)?.id
  const partner = await api('partners', { name: 'Fatou' })
  const ticket = await api('tickets', { subject: 'Please come', partner: partner.id, type: typeOf('Visit at home') })

  const first = await ruth.get('/apps/trial/uninstall')
  expect(missing(first, 'still used')).toEqual([])
  const select = /name="(replace\.[^"]+)"[^>]*><option value="">[\s\S]*?<option value="([^"]+)">/.exec(first.html)
  const [, name = '', other = ''] = select ?? []
  expect(types.map(({ id }) => id)).toContain(other)
  const path = `/apps/trial/uninstall?${new URLSearchParams({ [name]: other })}`
  const plan = await ruth.get(path)
  expect(missing(plan, 'Type trial to confirm', 'Drop table', '1 row goes')).toEqual([])
  const chosen = { digest: digestIn(plan), [name]: other }
  expect(await ruth.post('/apps/trial/uninstall', { ...chosen, typed: 'trail' })).toMatchObject({
    status: 422,
    html: expect.stringContaining('type &quot;trial&quot; to confirm'),
  })
  expect(await states()).toHaveLength(1)
  const done = await confirmed(path, { [name]: other, typed: 'trial' })
  expect(missing(done, 'removed')).toEqual([])
  const [{ archive }] = await rows(
    `select result -> 'files' ->> 'archive' as archive from tessera_operation where verb = 'uninstall' and state = 'done'`,
  )
  expect(archive).toContain('uninstall-trial-')
  expect(existsSync(archive)).toBe(true)
  expect(missing(done, archive.split('/').at(-1))).toEqual([])
  expect(await states()).toEqual([])
  expect(await rows(`select to_regclass('visit') as visit`)).toEqual([{ visit: null }])
  expect(await rows(`select type_id from ticket where id = '${ticket.id}'`)).toEqual([{ type_id: other }])
  await shows('/apps?show=absent', 'Home visits')
  // Who looks back at what was done waits for nothing.
  const [{ id: installed }] = await rows(
    `select id from tessera_operation where verb = 'install' and names = '{trial}' order by begun_at limit 1`,
  )
  expect((await ruth.get(`/apps/operations/${installed}`)).html).not.toContain('http-equiv="refresh"')
})

test('What others need is refused, unless they leave too; what shows the progress does not take itself away', async () => {
  const refused = await ruth.get('/apps/partner/disable')
  expect(missing(refused, 'needs it')).toEqual([])
  expect(missing(refused, 'Let them leave too')).toEqual([])
  expect(digestIn(refused)).toBe('')
  const plan = await ruth.get('/apps/partner/disable?dependants=yes')
  expect(missing(plan, 'Disable 2 modules')).toEqual([])
  const own = await ruth.get('/apps/apps/disable')
  expect(missing(own, 'Do it at the command line')).toEqual([])
  expect(own.html).not.toContain('Disable 1 module')
  expect(await ruth.post('/apps/apps/disable', { digest: digestIn(own) })).toMatchObject({ status: 409 })
})

test('Of an operation that fails the page says why; what was agreed to is done, or nothing', async () => {
  const [user] = await rows(`select id from "user" where email = 'ruth@example.org'`)
  const id = await desk.system(async (app) => {
    const { modules } = await app.servicesFor({ door: 'system' })
    return modules.begin({ verb: 'install', names: ['spp'] }, { digest: 'of-yesterday', actor: user.id, backup: false })
  })
  const page = await ended(`/apps/operations/${id}`)
  expect(missing(page, 'Nothing was done', 'no longer the plan that was agreed to', 'To the module')).toEqual([])
  expect(await rows(`select name from tessera_module where name = 'spp'`)).toEqual([])
})

test('Of an operation whose process was killed the page says so, and what to do', async () => {
  const [row] = await rows(
    `insert into tessera_operation (id, verb, names, digest, begun_at, updated_at)
     values (gen_random_uuid(), 'install', '{trial}', '', now() - interval '2 minutes', now() - interval '1 minute') returning id`,
  )
  const page = await ruth.get(`/apps/operations/${row.id}`)
  expect(missing(page, 'Nothing was done', 'ended before it was done', 'begin anew', 'The command line')).toEqual([])
})
