/** `npm run screenshots`: the pictures of README and guides, taken of the real application with its demonstrations. Needs Chromium. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { User } from '@tessera/base'
import type { Records } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { NotificationTemplate } from '@tessera/notifications'
import { Ticket } from '@tessera/ticket'
import { type Browser, chromium } from 'playwright-core'
import config from '../../config/tessera.ts'
import { rawDatabase } from '../../core/cli/raw-database.ts'
import { startTestServer } from '../../test/setup/postgres.ts'

interface Picture {
  readonly name: string
  readonly who: string
  /** Where it is, which may depend on what the demonstration made. */
  readonly at: string | ((records: Records) => Promise<string>)
  readonly theme?: 'dark'
  readonly phone?: true
}

const complaint = (records: Records) =>
  ticketLike(records, { type: { code: 'complaint' }, status: { category: 'open' }, messages: { sender: 'customer' } })
const preview = async (records: Records) => {
  const template = await records.find(NotificationTemplate, { event: 'replied', audience: 'partner' })
  return `/notifications/preview/${template?.id}`
}
const dealers = (records: Records) =>
  ticketLike(records, { type: { code: 'test_drive' }, status: { category: 'open' }, messages: { sender: 'customer' } })
/** An agent and a ticket that is none of hers. */
const refusal = async (records: Records) => {
  const { rows } = await records.query(User, { fields: ['email', 'teams'], where: { roles: { name: 'agent' } }, limit: 200 })
  const agent = rows.find(({ teams }) => teams.length > 0) ?? rows[0]!
  const others = { $nin: agent.teams.map(({ id }) => id) }
  const { rows: tickets } = await records.query(Ticket, {
    fields: ['number'],
    where: { team: others, assignee: { $ne: agent.id }, $not: { team: null } },
    limit: 1,
  })
  return `/access/explain?${new URLSearchParams({ user: agent.email, action: 'update', model: 'ticket', id: tickets[0]!.id, who: '1' })}`
}
const customers = async (records: Records) => {
  const customer = await records.find(User, { email: 'customer@example.org' })
  return `/my${await ticketLike(records, { partner: { id: customer!.partner!.id }, messages: { sender: 'staff' } })}`
}

const demonstrations: Readonly<Record<string, readonly Picture[]>> = {
  load: [
    { name: 'list-light', who: 'administrator', at: '/tickets' },
    { name: 'board-light', who: 'administrator', at: '/tickets?view=kanban' },
  ],
  spp: [
    { name: 'dashboard-light', who: 'adama.kah@programmes.example', at: '/dashboard' },
    { name: 'dashboard-dark', who: 'adama.kah@programmes.example', at: '/dashboard', theme: 'dark' },
    { name: 'reports-light', who: 'adama.kah@programmes.example', at: '/reports' },
    { name: 'reports-dark', who: 'adama.kah@programmes.example', at: '/reports', theme: 'dark' },
    { name: 'form-light', who: 'adama.kah@programmes.example', at: complaint },
    { name: 'form-dark', who: 'adama.kah@programmes.example', at: complaint, theme: 'dark' },
    { name: 'rules', who: 'adama.kah@programmes.example', at: '/assignment-rules' },
    { name: 'mail-preview', who: 'administrator', at: preview },
    { name: 'outbox', who: 'administrator', at: '/outbox-messages' },
    { name: 'roles-light', who: 'administrator', at: '/access/roles/agent?model=ticket&action=update' },
    { name: 'roles-dark', who: 'administrator', at: '/access/roles/agent?model=ticket&action=update', theme: 'dark' },
    { name: 'explain-light', who: 'administrator', at: refusal },
    { name: 'explain-dark', who: 'administrator', at: refusal, theme: 'dark' },
    { name: 'audit-light', who: 'administrator', at: '/audit-entries' },
    { name: 'audit-dark', who: 'administrator', at: '/audit-entries', theme: 'dark' },
    { name: 'spp-programs', who: 'adama.kah@programmes.example', at: '/programs' },
  ],
  dealership: [
    { name: 'dealership-list', who: 'dealer@tigris.example.org', at: '/tickets' },
    { name: 'dealership-form', who: 'distributor@example.org', at: dealers },
    { name: 'portal-home', who: 'customer@example.org', at: '/my', phone: true },
    { name: 'portal-ticket', who: 'customer@example.org', at: customers, phone: true },
  ],
}

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (!executablePath) throw new Error('Chromium is needed for screenshots: apt-get install chromium.')

// One demonstration alone, or what of it begins so: `npm run screenshots -- spp roles`.
const [only, beginning = ''] = process.argv.slice(2)
const server = await startTestServer()
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
try {
  for (const [demonstration, pictures] of Object.entries(demonstrations)) {
    if (only && only !== demonstration) continue
    const app = await bootTest(server.url, [...config.install, ...(demonstration === 'load' ? [] : [demonstration])])
    try {
      const command = app.composition.commands.find(({ name }) => name === `demo ${demonstration}`)
      await command?.run({}, await app.servicesFor({ door: 'cli' }), rawDatabase(app))
      for (const picture of pictures) if (picture.name.startsWith(beginning)) await take(app, browser, picture)
    } finally {
      await app.close()
    }
  }
} finally {
  await browser.close()
  await server.stop()
}

async function take(app: TestApp, browser: Browser, { name, who, at, theme, phone }: Picture): Promise<void> {
  const system = await app.servicesFor({ door: 'system' })
  const records = system.asSystem('Pictures are taken of everything.')
  const { token } = await system.identity.openSession(await idOf(system, records, who))
  const address = await app.listen()
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    colorScheme: theme ?? 'light',
  })
  await context.addCookies([{ name: 'tessera', value: token, url: address }])
  const page = await context.newPage()
  const answer = await page.goto(address + (typeof at === 'string' ? at : await at(records)))
  if (answer?.status() !== 200) throw new Error(`${name} is not there: ${answer?.status()} at ${page.url()}`)
  await page.evaluate('document.fonts.ready.then(() => true)')
  // Cards of a dashboard that take long come when the page is there.
  await page.waitForFunction(`!document.querySelector('.as-waiting')`)
  const path = fileURLToPath(new URL(`${name}.png`, import.meta.url))
  await page.screenshot({ path })
  console.log(path)
  await context.close()
}

/** The demonstrations bring their people, but no administrator. */
async function idOf({ identity }: Awaited<ReturnType<TestApp['servicesFor']>>, records: Records, who: string): Promise<string> {
  if (who !== 'administrator') return (await records.find(User, { email: who }))!.id
  const email = 'ana.kovac@example.org'
  const known = await records.find(User, { email })
  return (known ?? (await identity.createUser({ email, name: 'Ana Kovač', roles: ['administrator'] }))).id
}

async function ticketLike(records: Records, where: object): Promise<string> {
  const { rows } = await records.query(Ticket, { fields: ['number'], where, order: { createdAt: 'desc' }, limit: 1 })
  return `/tickets/${rows[0]?.id}`
}
