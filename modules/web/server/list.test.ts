import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, priority, status, Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { idIn, linkOf, plain, rowsOf, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let system: Services
let agent: Visitor & { readonly user: string }
let rossi: string
const total = 130

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  system = await app.servicesFor({ door: 'system' })
  agent = await visitorAs(app, 'agent')
  const partners = await system.records.createMany(Partner, [{ name: 'Lucia Rossi' }, { name: 'Omar Haddad' }])
  rossi = partners[0]!
  const start = Date.UTC(2024, 0, 1, 12)
  for (let at = 0; at < total; at++) {
    const { records } = await app.servicesFor({ door: 'system', now: new Date(start + at * 24 * 3_600_000) })
    await records.create(Ticket, {
      subject: at % 10 === 0 ? `Deep pothole ${at}` : `Street lamp ${at}`,
      partner: partners[at % 2]!,
      type: at % 3 === 0 ? type.complaint : type.inquiry,
      priority: at % 7 === 0 ? priority.urgent : priority.medium,
      assignee: at % 5 === 0 ? agent.user : null,
    })
  }
  const { rows } = await system.records.query(Ticket, { fields: ['subject'], q: 'pothole', limit: 20 })
  for (const { id } of rows.slice(0, 3)) await system.records.act(close, id, {})
})
afterAll(() => app.close())

const subjects = (html: string) => [...html.matchAll(/(?:pothole|lamp) \d+/g)].map(([text]) => text)

describe('A list', () => {
  it('begins with the filters that it declares, which can be taken away', async () => {
    const first = await agent.get('/tickets')
    expect(wordsOf(first.html)).toContain(`1–50 / ${total - 3}`)
    const all = await agent.get(linkOf(first, /Remove the filter Open/))
    expect(wordsOf(all.html)).toContain(`1–50 / ${total}`)
    expect(all.html).not.toContain('Remove the filter Open')
  })

  it('says by a sign and in words what a coloured row means', async () => {
    const page = await agent.get('/tickets?filter=&q=lamp%207')
    const urgent = /<a class="open" href="[^"]*">(.*?lamp 7<.*?)<\/a>/.exec(page.html)?.[1]
    expect(urgent).toMatch(/#alert-circle"\/><\/svg><span class="heard">Urgent: <\/span><span class="cut red">/)
    const closed = await agent.get('/tickets?filter=closed&q=pothole')
    expect(wordsOf(closed.html)).toMatch(/No longer current: Deep pothole/)
    // One that says nothing in colours says nothing in words either.
    expect(page.html).toMatch(/<a class="open" href="[^"]*"><span class="cut">Street lamp/)
  })

  it('shows every record exactly once over its pages, forwards and back', async () => {
    const seen: string[] = []
    const pages: string[] = []
    let path = '/tickets?filter=&sort=subject'
    for (;;) {
      const page = await agent.get(path)
      pages.push(path)
      seen.push(...rowsOf(page).map(idIn))
      path = linkOf(page, /aria-label="Next page"/)
      if (path === '') break
    }
    expect(seen).toHaveLength(total)
    expect(new Set(seen).size).toBe(total)
    const back = await agent.get(linkOf(await agent.get(pages.at(-1)!), /aria-label="Previous page"/))
    expect(rowsOf(back).map(idIn)).toEqual(seen.slice(50, 100))
    expect(wordsOf(back.html)).toContain(`51–100 / ${total}`)
  })

  it('is the same for whoever opens its address', async () => {
    const address = `/tickets?q=lamp&filter=mine&facet.type=${await idOf('inquiry')}&sort=-number`
    const mine = await agent.get(address)
    const hers = await (await visitorAs(app, 'manager')).get(address.replace('filter=mine', `filter=&facet.assignee=${agent.user}`))
    expect(subjects(mine.html)).toEqual(subjects(hers.html))
    expect(rowsOf(mine).length).toBeGreaterThan(5)
  })

  it('finds words in any case, and says how to go on when nothing fits', async () => {
    expect(wordsOf((await agent.get('/tickets?q=POTHOLE&filter=')).html)).toContain('1–13 / 13')
    const none = await agent.get('/tickets?q=zebra')
    expect(wordsOf(none.html)).toContain('No tickets match')
    const all = await agent.get(linkOf(none, /Clear filters/))
    expect(wordsOf(all.html)).toContain(`/ ${total}`)
  })

  it('takes values of one facet together and facets apart', async () => {
    const inquiry = await idOf('inquiry')
    const complaint = await idOf('complaint')
    const both = await agent.get(`/tickets?filter=&facet.type=${inquiry}&facet.type=${complaint}`)
    expect(wordsOf(both.html)).toContain(`/ ${total}`)
    expect(wordsOf(both.html)).toContain('Type: Inquiry or Complaint')
    const narrowed = await agent.get(`/tickets?filter=&facet.type=${complaint}&facet.partner=${rossi}`)
    expect(wordsOf(narrowed.html)).toContain('Partner: Lucia Rossi')
    expect(wordsOf(narrowed.html)).toContain('/ 22')
  })

  it('sorts by a link in the head, tells how, and turns the order around', async () => {
    const ascending = await agent.get(linkOf(await agent.get('/tickets'), /id="sort-subject"/))
    expect(ascending.html).toMatch(/<th[^>]*aria-sort="ascending"[^>]*><a id="sort-subject"/)
    const descending = await agent.get(linkOf(ascending, /id="sort-subject"/))
    expect(descending.html).toMatch(/<th[^>]*aria-sort="descending"[^>]*><a id="sort-subject"/)
    expect(subjects(descending.html)[0]).toMatch(/^lamp/)
  })

  it('sorted by what many have in common, it shows the newest of those first, and so on page by page', async () => {
    const first = await agent.get('/tickets?filter=&sort=-type')
    const next = await agent.get(linkOf(first, /Next page/))
    const numbers = (html: string) => [...new Set(subjects(html))].map((subject) => Number(subject.split(' ')[1]))
    const shown = [...numbers(first.html), ...numbers(next.html)]
    const isComplaint = (at: number) => at % 3 === 0
    const all = Array.from({ length: total }, (_, at) => total - 1 - at)
    expect(shown).toEqual([...all.filter(isComplaint), ...all.filter((at) => !isComplaint(at))].slice(0, 100))
  })

  it('groups into lines with counts, each showing its first records in place and leading to all of them', async () => {
    const byType = await agent.get('/tickets?filter=&group=type')
    expect(wordsOf(byType.html)).toMatch(/Inquiry 86 .*Complaint 44/)
    expect(rowsOf(byType)).toHaveLength(0)
    const opened = await agent.get(linkOf(byType, /<b>Complaint/))
    expect(rowsOf(opened)).toHaveLength(10)
    expect(wordsOf(opened.html)).toMatch(/Complaint 44 .*Show all 44/)
    const complaints = await agent.get(linkOf(opened, /Show all 44/))
    expect(wordsOf(complaints.html)).toContain('1–44 / 44')
    expect(rowsOf(await agent.get(linkOf(opened, /<b>Complaint/)))).toHaveLength(0)
    const byMonth = await agent.get('/tickets?filter=&group=createdAt:month')
    const march = await agent.get(linkOf(await agent.get(linkOf(byMonth, /March 2024/)), /Show all/))
    expect(wordsOf(march.html)).toContain('1–31 / 31')
    expect(wordsOf(march.html)).toContain('Created: March 2024')
  })

  it('leads from a record in an open group back to the groups as they were', async () => {
    const opened = await agent.get(linkOf(await agent.get('/tickets?filter=&group=type'), /<b>Complaint/))
    const record = await agent.get(rowsOf(opened)[0]!)
    expect(rowsOf(await agent.get(linkOf(record, /class="cut"[^>]*>Tickets</)))).toEqual(rowsOf(opened))
  })

  it('keeps the chosen columns for the next visit', async () => {
    const visitor = await visitorAs(app, 'agent')
    expect((await visitor.get('/tickets')).html).not.toContain('sort-closedAt')
    await visitor.post('/tickets/columns', { column: ['closedAt', 'source'], back: '/tickets' })
    expect((await visitor.get('/tickets')).html).toContain('sort-closedAt')
    await visitor.post('/tickets/columns?reset=1', { back: '/tickets' })
    expect((await visitor.get('/tickets')).html).not.toContain('sort-closedAt')
  })

  it('has its columns in the order and width that its reader chose, fields of related records among them', async () => {
    const visitor = await visitorAs(app, 'agent')
    const heads = async (path = '/tickets') =>
      [...(await visitor.get(path)).html.matchAll(/<th [^>]*data-column="([^"]+)"/g)].map(([, name]) => name)
    await visitor.get('/tickets')
    const asked = await visitor.get(linkOf(await visitor.get('/tickets'), /Add a field/))
    expect(asked.html).toMatch(/value="partner\.email"[^>]*>[\s\S]{0,200}Email/)
    await visitor.post('/tickets/columns', { column: ['number', 'subject', 'partner.email', 'status', 'nothing'], back: '/tickets' })
    expect(await heads()).toEqual(['number', 'subject', 'partner.email', 'status'])
    const earlier = /formaction="([^"]+)" aria-label="Move Status up"/.exec((await visitor.get('/tickets')).html)?.[1] ?? ''
    const back = '/tickets?filter=&columns=subject'
    const moved = await visitor.post(plain(earlier), { column: ['number', 'subject', 'partner.email', 'status'], back })
    // What was decided for good is not hidden by what only the address says.
    expect(moved.location).toBe('/tickets?filter=')
    expect(await heads()).toEqual(['number', 'subject', 'status', 'partner.email'])
    expect((await visitor.post('/tickets/columns?of=status&width=203', { back: '/tickets' })).status).toBe(204)
    expect((await visitor.get('/tickets')).html).toContain('<col class="px-200">')
    expect(await heads('/tickets?columns=type')).toEqual(['subject', 'type'])
    expect(await (await visitorAs(app, 'agent')).get('/tickets').then(({ html }) => html)).not.toContain('px-200')
    await visitor.post('/tickets/columns?reset=1', { back: '/tickets' })
    expect((await heads())[0]).toBe('priority')
  })

  it('has all its matches chosen at once, not only those of this page', async () => {
    const page = await agent.get('/tickets?q=lamp&filter=unassigned')
    const chosen = await agent.get(linkOf(page, /Select all/))
    expect(wordsOf(chosen.html)).toContain('All 104 selected')
    const all = plain(/name="all" value="([^"]*)"/.exec(chosen.html)?.[1] ?? '')
    const asked = await agent.post('/tickets/actions/assign', { all, id: [], back: '/tickets' })
    expect(wordsOf(asked.html)).toContain('104 tickets')
  })

  it('costs five statements: its rows, their number, what presses its reader, and the numbers of two views at the left', async () => {
    await agent.get('/tickets')
    const run = vi.spyOn(app.connection, 'run')
    await agent.get('/tickets')
    expect(run.mock.calls.map(([sql]) => sql.slice(0, 30))).toHaveLength(5)
    run.mockRestore()
  })

  it('comes as its middle alone to a script that swaps it', async () => {
    const part = await agent.get('/tickets', { 'hx-request': 'true' })
    expect(part.html).toMatch(/^<title>Tickets/)
    expect(part.html).toContain('<main')
    expect(part.html).not.toContain('<html')
  })

  it('answers what cannot be asked with a sentence', async () => {
    for (const query of [
      'sort=passwordHash',
      'facet.nothing=1',
      'where=[',
      'after=broken',
      'facet.createdAt:month=2024-13',
      'where={"subject":{"$like":"x"}}',
    ]) {
      const answer = await agent.get(`/tickets?${query}`)
      expect([query, answer.status]).toEqual([query, 400])
      expect(answer.html).toContain('This request could not be understood')
    }
  })
})

describe('A record opened from a list', () => {
  it('knows its place, its neighbours and the way back', async () => {
    const list = await agent.get('/tickets?filter=&sort=number')
    const hrefs = rowsOf(list)
    const record = await agent.get(hrefs[49]!)
    expect(wordsOf(record.html)).toContain(`50 / ${total}`)
    expect(idIn(linkOf(record, /aria-label="Previous record"/))).toBe(idIn(hrefs[48]!))
    const next = await agent.get(linkOf(record, /aria-label="Next record"/))
    expect(wordsOf(next.html)).toContain(`51 / ${total}`)
    expect(idIn(linkOf(next, /aria-label="Previous record"/))).toBe(idIn(hrefs[49]!))
    const back = await agent.get(linkOf(record, /class="cut" href=[^>]*>Tickets</))
    expect(rowsOf(back).map(idIn)).toEqual(hrefs.map(idIn))
  })
})

describe('A board', () => {
  it('has a column for each status, with counts, and moves a card through its actions', async () => {
    const board = await agent.get('/tickets?view=kanban')
    expect(wordsOf(board.html)).toMatch(/New 127 .*In progress 0 .*Resolved 3 .*Closed 0/)
    const card = /data-id="([^"]+)" data-move="([^"]+)" data-version="(\d+)"/.exec(board.html)
    const [, id = '', move = '', version = ''] = (card ?? []).map(plain)
    const { rows } = await system.records.query(Ticket, { fields: ['status'], where: { status: status.resolved }, limit: 1 })
    const resolved = rows[0]!.status.id
    const moved = await agent.post(move, { to: resolved, before: '', _version: version }, { accept: 'application/json' })
    expect(moved.status).toBe(200)
    const { status: now, closedAt, version: raised } = await system.records.get(Ticket, id)
    expect(now.code).toBe('resolved')
    expect(closedAt).toBeInstanceOf(Date)
    expect(JSON.parse(moved.html)).toEqual({ version: raised })
    const stale = await agent.post(move, { to: resolved, _version: version }, { accept: 'application/json' })
    expect(stale.status).toBe(412)
    expect(JSON.parse(stale.html).detail).toContain('Somebody else saved')
  })
})

async function idOf(code: string): Promise<string> {
  const { TicketType } = await import('@tessera/ticket')
  return (await system.records.find(TicketType, { code }))!.id
}

describe('A longer list', () => {
  it('shows the average that a column declares, of all that match and by group', async () => {
    const taking = async (subject: string, year: number, hours: number) => {
      const begin = await app.servicesFor({ door: 'system', now: new Date(Date.UTC(year, 4, 1)) })
      const { id } = await begin.records.create(Ticket, { subject, partner: rossi })
      const end = await app.servicesFor({ door: 'system', now: new Date(Date.UTC(year, 4, 1, hours)) })
      await end.records.act(close, id, {})
    }
    await taking('measured one', 2024, 2)
    await taking('measured two', 2023, 5)
    const address = '/tickets?filter=&q=measured'
    expect(wordsOf(/<tfoot>.*<\/tfoot>/s.exec((await agent.get(`${address}&columns=hoursToClose`)).html)?.[0] ?? '')).toContain('avg 3.5')
    expect(wordsOf((await agent.get(`${address}&columns=hoursToClose&group=status`)).html)).toContain('avg 3.5 hours to close')
    expect((await agent.get(address)).html).not.toContain('<tfoot>')
  })
})
