import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { priority, Ticket, TicketTag, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { linkOf, plain, rowsOf, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let agent: Visitor & { readonly user: string }

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  agent = await visitorAs(app, 'agent')
  const { records } = await app.servicesFor({ door: 'system', now: new Date('2024-02-14T12:00:00Z') })
  const partners = await records.createMany(Partner, [
    { name: 'Lucia Rossi', city: 'Harbour' },
    { name: 'Omar Haddad', city: 'Old Town' },
  ])
  const drafts = Array.from({ length: 36 }, (_, at) => ({
    subject: `Lamp ${String(at).padStart(2, '0')}`,
    partner: partners[at % 2]!,
    type: at % 3 === 0 ? type.complaint : type.inquiry,
    priority: at % 4 === 0 ? priority.urgent : priority.medium,
  }))
  await records.createMany(Ticket, drafts)
})
afterAll(() => app.close())

describe('Groups within groups', () => {
  it('open level by level, each level one question, down to rows that are leafed through in place', async () => {
    const types = await agent.get('/tickets?filter=&group=type,priority&sort=subject')
    expect(wordsOf(types.html)).toMatch(/Inquiry 24 .*Complaint 12/)
    expect(types.html).not.toContain('depth-1')
    const run = vi.spyOn(app.connection, 'run')
    const priorities = await agent.get(linkOf(types, /<b>Inquiry/))
    expect(run.mock.calls.filter(([sql]) => sql.includes('group by'))).toHaveLength(2)
    run.mockRestore()
    expect(wordsOf(priorities.html)).toMatch(/Inquiry 24 .*Medium 18 .*Urgent 6 .*Complaint 12/)
    expect(priorities.html).toContain('class="group depth-1"')
    expect(rowsOf(priorities)).toHaveLength(0)
    const first = await agent.get(linkOf(priorities, /<b>Medium/))
    expect(rowsOf(first)).toHaveLength(10)
    expect(wordsOf(first.html)).toContain('1–10 / 18')
    const second = await agent.get(linkOf(first, /aria-label="Next rows of Medium"/))
    expect(rowsOf(second)).toHaveLength(8)
    expect(wordsOf(second.html)).toContain('11–18 / 18')
    expect(rowsOf(second).filter((row) => rowsOf(first).includes(row))).toEqual([])
    const back = await agent.get(linkOf(second, /aria-label="Previous rows of Medium"/))
    expect(rowsOf(back).map((href) => href.slice(0, 45))).toEqual(rowsOf(first).map((href) => href.slice(0, 45)))
    const all = await agent.get(linkOf(second, /Show all 18/))
    expect(wordsOf(all.html)).toContain('1–18 / 18')
    expect(wordsOf(all.html)).toMatch(/Type: Inquiry.*Priority: Medium/)
  })

  it('are chosen one after the other, also by fields that no search declares, and taken away again', async () => {
    const whole = await agent.get('/tickets?filter=')
    const byType = await agent.get(linkOf(whole, /<span class="cut">Type<\/span><\/a>/))
    const other = await agent.get(linkOf(byType, /Another field…/))
    expect(wordsOf(other.html)).toContain('Created by quarter')
    const back = plain(/id="record"[\s\S]*?name="back" value="([^"]*)"/.exec(other.html)?.[1] ?? '')
    const chosen = await agent.post('/tickets/group', { back, group: 'createdAt:quarter' })
    expect((await agent.post('/tickets/group', { back, group: 'nothing' })).status).toBe(400)
    const twice = await agent.get(chosen.location)
    const open = await agent.get(linkOf(twice, /<b>Complaint/))
    expect(wordsOf(open.html)).toMatch(/Complaint 12 .*2024 Q1 12/)
    const once = await agent.get(linkOf(open, /aria-label="Remove the filter Type"/))
    expect(wordsOf(once.html)).toMatch(/2024 Q1 36/)
    const byCity = await agent.get('/tickets?filter=&group=partner.city,createdAt:day')
    expect(wordsOf((await agent.get(linkOf(byCity, /<b>Harbour/))).html)).toMatch(/Harbour 18 .*14 Feb 2024 18/)
  })

  it('are no more than the words and filters leave, and refuse what no field is called', async () => {
    expect(wordsOf((await agent.get('/tickets?filter=&group=priority&q=rossi')).html)).toMatch(/Medium 9 .*Urgent 9/)
    const refused = await agent.get('/tickets?filter=&group=nothing')
    expect([refused.status, wordsOf(refused.html)]).toEqual([
      400,
      expect.stringContaining('There is no field &quot;nothing&quot; in tickets.'),
    ])
  })
})

describe('Groups by tags', () => {
  const ofTags = '/tickets?filter=&q=tagged'
  beforeAll(async () => {
    const { records } = await app.servicesFor({ door: 'system', now: new Date('2024-02-15T12:00:00Z') })
    const [vip, late] = await records.createMany(TicketTag, [{ name: 'VIP' }, { name: 'Late' }])
    const partner = (await records.create(Partner, { name: 'Ines Sousa' })).id
    const make = (tags: readonly string[], of: string) => records.create(Ticket, { subject: 'Tagged', partner, tags, type: of })
    for (const kind of [type.inquiry, type.complaint] as never[]) {
      await make([vip!, late!], kind)
      await make([vip!], kind)
    }
    await make([], type.inquiry as never)
  })

  it('have a ticket in each of its tags, count it once in the whole, and say so', async () => {
    const seen = await agent.get(`${ofTags}&group=tags`)
    expect(wordsOf(seen.html)).toMatch(/Late 2 .*VIP 4 .*No tags 1 .*5 tickets 3 groups Groups overlap/)
    const open = await agent.get(linkOf(seen, /<b>Late/))
    expect(rowsOf(open)).toHaveLength(2)
    const single = await agent.get(`${ofTags}&group=tags&facet.type=nobody`)
    expect(single.html).not.toContain('Groups overlap')
  })

  it('hold further groups and stand within others', async () => {
    const seen = await agent.get(`${ofTags}&group=tags,type`)
    expect(wordsOf((await agent.get(linkOf(seen, /<b>Late/))).html)).toMatch(/Late 2 Inquiry 1 Complaint 1 VIP 4/)
    const types = await agent.get(`${ofTags}&group=type,tags`)
    const inquiries = await agent.get(linkOf(types, /<b>Inquiry/))
    expect(wordsOf(inquiries.html)).toMatch(/Inquiry 3 Late 1 VIP 2 No tags 1 .*Groups overlap/)
  })

  it('lead from a chart and a pivot to their tickets, also where a tag was chosen before; no pie is made of them', async () => {
    const pivot = await agent.get(`/tickets?view=pivot&${ofTags.split('?')[1]}&rows=tags&across=type`)
    expect(wordsOf(pivot.html)).toMatch(/Groups overlap.*Late 1 1 2 .*VIP 2 2 4 .*No tags 1 1 .*Total 3 2 5/)
    const vip = plain(/<a href="([^"]*facet\.tags=[^"]*)">4<\/a>/.exec(pivot.html)?.[1] ?? '').replaceAll('&amp;', '&')
    const chosen = new URL(vip, 'http://desk').searchParams.get('facet.tags')
    const within = await agent.get(`/tickets?view=pivot&${ofTags.split('?')[1]}&rows=tags&across=&facet.tags=${chosen}`)
    expect(rowsOf(await agent.get(plain(/<a href="([^"]*)">2<\/a>/.exec(within.html)?.[1] ?? '')))).toHaveLength(2)
    const graph = await agent.get(`/tickets?view=graph&${ofTags.split('?')[1]}&by=tags&chart=pie`)
    expect(graph.html).not.toContain('icons.svg#chart-pie')
    expect(wordsOf(graph.html)).toMatch(/Groups overlap.*Late 2 VIP 4/)
  })
})

describe('A list by several columns', () => {
  it('adds a column when Shift is held, and tells which comes first', async () => {
    const one = await agent.get('/tickets?filter=&sort=priority')
    const also = plain(/id="sort-subject"[^>]*data-also="([^"]+)"/.exec(one.html)?.[1] ?? '')
    expect(new URLSearchParams(also.split('?')[1]).get('sort')).toBe('priority,subject')
    const two = await agent.get(also)
    expect(two.html.match(/aria-sort=/g)).toHaveLength(1)
    expect(two.html).toMatch(/<th[^>]*aria-sort="ascending"[^>]*><a id="sort-priority"/)
    expect(two.html).toMatch(/id="sort-subject"[\s\S]{0,600}<span class="rank">2<\/span>/)
  })
})
