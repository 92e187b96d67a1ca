import { Workbook } from '@cj-tech-master/excelts'
import { AuditEntry, AuditPersonal, Role, RuleSet } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { priority, Ticket } from '@tessera/ticket'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, plain, type Seen, type Visitor, visitorAs } from './visitor.ts'

let app: TestApp
let system: Services
let manager: Visitor & { readonly user: string }
let agent: Visitor & { readonly user: string }
const lamps = 430

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  system = await app.servicesFor({ door: 'system' })
  manager = await visitorAs(app, 'manager')
  agent = await visitorAs(app, 'agent')
  const partner = (await system.records.create(Partner, { name: '+Canary & "Sons", Ltd.' })).id
  const named = ['=HYPERLINK("https://example.org")', '+1+1', '-2+3', '@SUM(1)', 'Two, "quoted"', 'École – مرحبا']
  await system.records.createMany(
    Ticket,
    Array.from({ length: lamps }, (_, at) => ({
      subject: named[at] ?? `Lamp ${at} is out`,
      partner,
      priority: at % 10 === 0 ? priority.urgent : priority.medium,
      assignee: at % 2 === 0 ? agent.user : null,
    })),
  )
})
afterAll(() => app?.close())

const linesOf = ({ html }: Seen): readonly Record<string, string>[] => parse(html, { columns: true })
/** By the page that the list leads to, as it stands there, and what is typed into it. */
async function downloaded(visitor: Visitor, list: Seen, typed: Readonly<Record<string, string | readonly string[]>>): Promise<Seen> {
  const page = await visitor.get(linkOf(list, /Export/))
  const field = [...page.html.matchAll(/name="field" value="([^"]+)" checked/g)].map(([, path]) => path!)
  const query = plain(/name="list" value="([^"]*)"/.exec(page.html)![1]!)
  const sent = await visitor.post('/tickets/export/choose', { list: query, field, do: 'export', ...typed })
  expect(sent.status).toBe(303)
  return visitor.get(sent.location)
}
async function entries() {
  const { rows } = await system.records.query(AuditEntry, {
    fields: ['actor', 'details', 'model'],
    where: { kind: 'export' },
    order: { id: 'desc' },
  })
  return rows
}

describe('An export', () => {
  it('is the whole list as it is shown: its filters, words, order and columns, over all its pages', async () => {
    const list = await manager.get('/tickets?filter=&sort=subject&q=lamp&columns=subject,partner,priority')
    const file = await downloaded(manager, list, { format: 'csv' })
    expect(file.status).toBe(200)
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="tickets-\d{4}-\d\d-\d\d\.csv"$/)
    expect(file.headers.get('cache-control')).toBe('no-store')
    const lines = linesOf(file)
    expect(lines).toHaveLength(lamps - 6)
    const subjects = lines.map(({ Subject }) => Subject)
    expect(new Set(subjects).size).toBe(lamps - 6)
    expect(subjects.slice(0, 2)).toEqual(['Lamp 10 is out', 'Lamp 100 is out'])
    expect(lines.filter(({ Priority }) => Priority === 'Urgent')).toHaveLength(lamps / 10 - 1)
  })

  it('holds no cell that a spreadsheet would run, and no mark before its first letter', async () => {
    const { html } = await manager.get('/tickets/export?filter=&columns=subject,partner')
    expect(html.charCodeAt(0)).not.toBe(0xfeff)
    const cells = parse(html).flat() as string[]
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    expect(cells).toEqual(
      expect.arrayContaining([`'=HYPERLINK("https://example.org")`, "'+1+1", "'-2+3", "'@SUM(1)", `'+Canary & "Sons", Ltd.`]),
    )
    expect(cells).toEqual(expect.arrayContaining(['Two, "quoted"', 'École – مرحبا']))
  })

  it('is kept in the audit log with what was taken and how much, the words looked for apart', async () => {
    const lines = linesOf(await manager.get('/tickets/export?filter=&q=lamp%20429&sort=-subject'))
    const [entry] = await entries()
    expect(entry).toMatchObject({
      actor: { id: manager.user },
      model: 'ticket',
      details: { model: 'ticket', count: lines.length, filter: { sort: ['subject desc'] } },
    })
    const part = await system.records.find(AuditPersonal, { entry: entry!.id })
    expect(part?.details).toMatchObject({ words: 'lamp 429' })
    expect(JSON.stringify(entry)).not.toContain('429')
  })

  it('that its receiver broke off is kept too', async () => {
    const before = (await entries()).length
    const address = await app.listen()
    const { body } = await fetch(`${address}/tickets/export?filter=`, { headers: { cookie: `tessera=${manager.cookie('tessera')}` } })
    const reader = body!.getReader()
    await reader.read()
    await reader.cancel()
    await expect.poll(async () => (await entries()).length, { timeout: 30_000 }).toBe(before + 1)
  })

  it('is refused to whoever may look but not export, and not offered', async () => {
    expect(linkOf(await agent.get('/tickets'), /Export/)).toBe('')
    expect((await agent.get('/tickets/export/choose')).status).toBe(403)
    const before = (await entries()).length
    const refused = await agent.get('/tickets/export')
    expect(refused.status).toBe(403)
    expect(refused.html).toContain('but not export them')
    expect(await entries()).toHaveLength(before)
  })

  it('says what is asked wrongly before it sends anything', async () => {
    expect((await manager.get('/tickets/export?where=nonsense')).status).toBe(400)
    expect((await manager.get('/tickets/export?sort=nonsense')).status).toBe(400)
  })

  it('keeps to the records and fields that may be exported, also where more may be read', async () => {
    const role = (await system.records.find(Role, { name: 'agent' }))!.id
    const rules = [{ verbs: ['export'], where: { priority: { level: { $gte: 4 } } }, fields: ['number', 'subject'] }]
    const { id } = await system.records.create(RuleSet, { role, model: 'ticket', rules })
    await expect.poll(async () => (await agent.get('/tickets/export')).status).toBe(200)
    const list = await agent.get('/tickets?filter=&columns=number,subject,partner,priority')
    expect(list.html).toContain('+Canary')
    const file = await downloaded(agent, list, { format: 'csv' })
    const lines = linesOf(file)
    expect(Object.keys(lines[0]!).sort()).toEqual(['Number', 'Subject'])
    expect(lines).toHaveLength(lamps / 10)
    expect(file.html).not.toContain('Canary')
    await system.records.remove(RuleSet, id)
  })
})

describe('What goes into a file', () => {
  const field = ['number', 'partner.name', 'createdAt', 'priority']

  it('is chosen by field, of related records too, in a workbook or CSV', async () => {
    const list = await manager.get('/tickets?filter=&sort=subject&q=lamp%2042')
    const book = await bookOf(await downloaded(manager, list, { field, format: 'xlsx' }))
    expect(book.name).toBe('Tickets')
    expect(book.rows[0]).toEqual(['Number', 'Partner / Name', 'Created', 'Priority'])
    const [, [number, name, created, level]] = book.rows as [unknown, unknown[]]
    expect([number, name, level]).toEqual([expect.any(String), '+Canary & "Sons", Ltd.', expect.stringMatching(/^(Urgent|Medium)$/)])
    expect(created).toBeInstanceOf(Date)
    const csv = await downloaded(manager, list, { field, format: 'csv' })
    expect(linesOf(csv).length).toBeGreaterThan(10)
    expect(linesOf(csv)).toHaveLength(book.rows.length - 1)
    const [entry] = await entries()
    expect(entry?.details).toMatchObject({ columns: field, format: 'csv', count: book.rows.length - 1 })
  })

  it('is kept under a name for oneself or for everybody, and taken away again', async () => {
    const save = (visitor: Visitor, typed: object) =>
      visitor.post('/tickets/export/choose', { list: '', format: 'csv', do: 'save', ...typed })
    const kept = await save(manager, { field, name: 'For the board', shared: 'on' })
    expect(kept.status).toBe(303)
    const page = await manager.get(kept.location)
    expect([...page.html.matchAll(/name="field" value="([^"]+)" checked/g)].map(([, path]) => path)).toEqual(expect.arrayContaining(field))
    await save(manager, { field, name: 'My own' })
    const other = await visitorAs(app, 'manager')
    const seen = (await other.get('/tickets/export/choose')).html
    expect(seen).toContain('For the board')
    expect(seen).not.toContain('My own')
    const template = /template=([\w-]+)/.exec(kept.location)![1]!
    expect((await other.post('/tickets/export/choose', { list: '', template, do: 'remove' })).status).toBe(403)
    await manager.post('/tickets/export/choose', { list: '', template, do: 'remove' })
    expect((await other.get('/tickets/export/choose')).html).not.toContain('For the board')
  })

  it('is said in a sentence where it is nothing, unnamed, or not to be had, and what was chosen stays', async () => {
    const nothing = await manager.post('/tickets/export/choose', { list: 'q=lamp', format: 'csv', do: 'export' })
    expect(nothing.status).toBe(400)
    expect(nothing.html).toContain('Choose at least one field')
    const unnamed = await manager.post('/tickets/export/choose', { list: '', field: ['subject'], format: 'csv', name: ' ', do: 'save' })
    expect(unnamed.status).toBe(422)
    expect(unnamed.html).toMatch(/name="field" value="subject" checked/)
    for (const path of ['nonsense', 'partner.nonsense', 'assignee.passwordHash']) {
      const refused = await manager.get(`/tickets/export?field=${path}`)
      expect([path, refused.status, refused.html.includes('that you may export')]).toEqual([path, 400, true])
    }
  })
})

/** As another library reads the file. */
async function bookOf({ bytes }: Seen): Promise<{ readonly name: string; readonly rows: unknown[][] }> {
  const book = new Workbook()
  await book.xlsx.load(bytes)
  const sheet = book.worksheets[0]!
  const rows: unknown[][] = []
  sheet.eachRow((row) => rows.push(Array.from({ length: row.cellCount }, (_, at) => row.getCell(at + 1).value)))
  return { name: sheet.name, rows }
}
