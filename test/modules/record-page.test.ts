/** The generated form of a record with what an addon puts into it: saved, merged, refused and acted on, without a script. */
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Program } from '@tessera/spp'
import { status, Ticket, TicketStatus } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { linkOf, plain, type Seen, type Visitor, visitorAs, wordsOf } from '../../modules/web/server/visitor.ts'

let app: TestApp
let system: Services
let agent: Visitor & { readonly user: string }
let partner: string
let pension: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'spp'])
  system = await app.servicesFor({ door: 'system' })
  agent = await visitorAs(app, 'agent')
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  await system.records.create(Program, { code: 'child_grant', name: 'Child Grant' })
  pension = (await system.records.create(Program, { code: 'pension', name: 'Pension' })).id
})
afterAll(() => app.close())

const file = (subject = 'October transfer did not arrive') => system.records.create(Ticket, { subject, partner })
const idOfStatus = async (code: string) => (await system.records.find(TicketStatus, { code }))!.id
/** What a control of the page holds. */
const held = ({ html }: Seen, name: string) => plain(new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1] ?? '')

describe('A form', () => {
  it('files a ticket for whom the address names, and opens it', async () => {
    const page = await agent.get(`/tickets/new?partner=${partner}`)
    expect(page.html).toContain(`value="${partner}" selected`)
    const filed = await agent.post('/tickets/new', { subject: 'Card reader refuses the card', partner, description: 'Two\r\nlines' })
    expect(filed.status).toBe(303)
    const record = await agent.get(filed.location)
    expect(wordsOf(record.html)).toContain('Ticket created')
    expect(wordsOf((await agent.get(filed.location)).html)).not.toContain('Ticket created')
    const id = filed.location.split('/').at(-1)!
    expect(await system.records.get(Ticket, id)).toMatchObject({
      subject: 'Card reader refuses the card',
      description: 'Two\nlines',
      type: { code: 'inquiry' },
    })
  })

  it('leads from a ticket to all that its partner has filed, as many as its reader may see', async () => {
    const [hers, others] = await system.records.createMany(Partner, [{ name: 'Binta Sow' }, { name: 'Omar Haddad' }])
    for (const subject of ['Card is lost', 'Card is found'])
      await system.records.create(Ticket, { subject, partner: hers!, assignee: agent.user })
    const { id } = await system.records.create(Ticket, { subject: 'Card is broken', partner: hers!, assignee: agent.user })
    await system.records.create(Ticket, { subject: 'Card of another', partner: others!, assignee: agent.user })
    const page = await agent.get(`/tickets/${id}`)
    expect(wordsOf(page.html)).toContain('3 Tickets of the partner')
    const listed = wordsOf((await agent.get(linkOf(page, /Tickets of the partner/))).html)
    expect(
      ['lost', 'found', 'broken', 'of another'].filter((word) => listed.includes(`Card is ${word}`) || listed.includes(`Card ${word}`)),
    ).toEqual(['lost', 'found', 'broken'])
  })

  it('keeps what was typed and says what is wrong where it is', async () => {
    const refused = await agent.post('/tickets/new', { subject: 'No', description: 'Typed at length' })
    expect(refused.status).toBe(422)
    expect(wordsOf(refused.html)).toContain('2 fields need you')
    expect(held(refused, 'subject')).toBe('No')
    expect(refused.html).toContain('Typed at length')
    expect(refused.html).toContain('href="#f-partner"')
    expect(refused.html).toMatch(/id="e-subject"/)
    expect(wordsOf(refused.html)).toContain('At least 3 characters.')
    expect(await system.records.count(Ticket, { where: { description: 'Typed at length' } })).toBe(0)
  })

  it('says what is wrong with a value in the reader’s language, at the form and behind the API', async () => {
    const reader = await visitorAs(app, 'agent', { language: 'fr' })
    await reader.get('/tickets/new')
    const refused = await reader.post('/tickets/new', { subject: 'No' })
    expect(wordsOf(refused.html)).toContain('Au moins 3 caractères.')
    await reader.get('/partners/new')
    const partner = await reader.post('/partners/new', { name: 'X', email: 'nobody' })
    expect(wordsOf(partner.html)).toContain('Écrivez une adresse e-mail, par exemple ada@example.org.')
    const { key } = await system.identity.createKey(reader.user, 'CI')
    const answer = await fetch(new URL('/api/partners', await app.listen()), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'X', email: 'nobody' }),
    })
    expect(await answer.json()).toMatchObject({
      errors: [{ field: 'email', code: 'field.invalid', detail: expect.stringMatching(/: écrivez une adresse e-mail/) }],
    })
  })

  it('saves what was changed and leaves the rest', async () => {
    const { id, createdAt } = await file()
    const page = await agent.get(`/tickets/${id}`)
    const saved = await agent.post(`/tickets/${id}?at=1`, {
      _version: held(page, '_version'),
      subject: 'November transfer',
      tags: '',
      assignee: agent.user,
    })
    expect(saved).toMatchObject({ status: 303, location: `/tickets/${id}?at=1` })
    expect(await system.records.get(Ticket, id)).toMatchObject({
      subject: 'November transfer',
      assignee: { id: agent.user },
      createdAt,
      version: 2,
    })
    expect((await agent.post(`/tickets/${id}`, { _version: '2', subject: 'November transfer' })).status).toBe(303)
    expect((await system.records.get(Ticket, id)).version).toBe(2)
  })

  it('shows who changed what, in words', async () => {
    const { id } = await file()
    await agent.post(`/tickets/${id}`, { assignee: agent.user })
    const words = wordsOf((await agent.get(`/tickets/${id}`)).html)
    expect(words).toMatch(/agent \d+ set\s+Assignee\s*: agent \d+/)
    expect(words).toContain('Created by the system')
  })

  it('shows stored texts as texts, whatever they hold', async () => {
    const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    const { id: owner } = await system.records.create(Partner, { name: evil })
    const { id } = await system.records.create(Ticket, { subject: evil, description: evil, partner: owner })
    for (const path of [
      `/tickets/${id}`,
      '/tickets',
      '/tickets?view=kanban',
      `/tickets/${id}/actions/assign`,
      `/tickets?filter=&facet.partner=${owner}`,
      '/partners',
    ]) {
      const { html } = await agent.get(path)
      expect([path, /<script>alert|<img src=x/.test(html)]).toEqual([path, false])
    }
    const asked = await agent.get(`/tickets?q=${encodeURIComponent(evil)}`)
    expect(asked.html).not.toMatch(/<script>alert|<img src=x/)
  })
})

describe('Somebody else who saved first', () => {
  it('is shown field by field, and each value is chosen', async () => {
    const { id } = await file()
    const mine = await agent.get(`/tickets/${id}`)
    const ella = await visitorAs(app, 'agent')
    await ella.get(`/tickets/${id}`)
    await ella.post(`/tickets/${id}`, { _version: '1', subject: 'Ella’s subject', externalId: 'E-7' })

    const typed = { subject: 'My subject', externalId: '', sppProgram: pension }
    const conflict = await agent.post(`/tickets/${id}`, { _version: held(mine, '_version'), ...typed })
    expect(conflict.status).toBe(409)
    const words = wordsOf(conflict.html)
    expect(words).toContain('Someone saved this ticket first')
    expect(words).toMatch(/Subject Both changed it/)
    expect(words).toMatch(/Program Only you changed it/)
    expect(held(conflict, 'subject')).toBe('My subject')
    expect(held(conflict, '_version')).toBe('2')
    expect((await system.records.get(Ticket, id)).subject).toBe('Ella’s subject')

    const merged = await agent.post(`/tickets/${id}`, {
      _version: '2',
      ...typed,
      '_merge.subject': 'theirs',
      '_merge.externalId': 'theirs',
      '_merge.sppProgram': 'mine',
    })
    expect(merged.status).toBe(303)
    expect(await system.records.get(Ticket, id)).toMatchObject({
      subject: 'Ella’s subject',
      externalId: 'E-7',
      sppProgram: { id: pension },
    })
  })
})

describe('The status bar', () => {
  it('moves, closes and reopens through the actions that own the status', async () => {
    const { id } = await file()
    const move = async (code: string) => agent.post(`/tickets/${id}/move?at=3`, { field: 'status', value: await idOfStatus(code) })
    expect(await move('in_progress')).toMatchObject({ status: 303, location: `/tickets/${id}?at=3` })
    expect((await move('closed')).status).toBe(303)
    expect((await system.records.get(Ticket, id)).closedAt).toBeInstanceOf(Date)
    expect((await move('new')).status).toBe(303)
    expect((await system.records.get(Ticket, id)).closedAt).toBeNull()
  })

  it('says why a rule refuses, on the record and to a script', async () => {
    const { id } = await system.records.create(Ticket, { subject: 'October transfer', partner, sppProgram: { code: 'child_grant' } })
    const value = await idOfStatus('resolved')
    const refused = await agent.post(`/tickets/${id}/move`, { field: 'status', value })
    expect(refused.status).toBe(422)
    expect(wordsOf(refused.html)).toContain('Link a registrant to ticket “October transfer”'.replaceAll(/[“”]/g, '&quot;'))
    const told = await agent.post(`/tickets/${id}/move`, { field: 'status', to: value }, { accept: 'application/json' })
    expect(told.status).toBe(422)
    expect(JSON.parse(told.html).detail).toContain('Link a registrant')
    expect((await system.records.get(Ticket, id)).closedAt).toBeNull()
  })

  it('moves nothing but the field that it shows', async () => {
    const { id } = await file()
    expect((await agent.post(`/tickets/${id}/move`, { field: 'subject', value: 'Hijacked' })).status).toBe(400)
  })
})

describe('An action', () => {
  it('asks for its input, with what the record has, and does it', async () => {
    const { id } = await system.records.create(Ticket, { subject: 'Street lamp', partner, assignee: agent.user })
    const asked = await agent.get(`/tickets/${id}/actions/assign`)
    expect(asked.html).toContain(`value="${agent.user}" selected`)
    expect((await agent.post(`/tickets/${id}/actions/assign`, { assignee: '', team: '' })).status).toBe(303)
    expect((await system.records.get(Ticket, id)).assignee).toBeNull()
  })

  it('comes back with its dialog when a rule refuses', async () => {
    const { id } = await system.records.create(Ticket, { subject: 'October transfer', partner, sppProgram: { code: 'child_grant' } })
    const refused = await agent.post(`/tickets/${id}/actions/close`, { status: '', reason: 'Paid on Monday' })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('Paid on Monday')
    expect(refused.html).toContain('Link a registrant')
  })

  it('is offered only where it makes sense', async () => {
    const { id } = await file()
    const offered = (html: string) => ['close', 'reopen', 'move'].filter((name) => html.includes(`/actions/${name}`))
    expect(offered((await agent.get(`/tickets/${id}`)).html)).toEqual(['close', 'move'])
    await agent.post(`/tickets/${id}/actions/close`)
    expect(offered((await agent.get(`/tickets/${id}`)).html)).toEqual(['reopen', 'move'])
  })

  it('that leads somewhere leads there with what it knows', async () => {
    const page = await agent.get(`/partners/${partner}`)
    expect(linkOf(page, /New ticket/)).toBe(`/tickets/new?partner=${partner}`)
  })

  it('on many records says how many it did and why it refused the others', async () => {
    const fine = await Promise.all([file('First'), file('Second')])
    const program = await system.records.create(Ticket, { subject: 'Program ticket', partner, sppProgram: { code: 'child_grant' } })
    const id = [...fine, program].map((ticket) => ticket.id)
    const asked = await agent.post('/tickets/actions/close', { id, back: '/tickets?q=first' })
    expect(wordsOf(asked.html)).toContain('3 tickets')
    const result = await agent.post('/tickets/actions/close', { id, back: '/tickets?q=first', _go: '1', reason: 'Paid' })
    expect(wordsOf(result.html)).toContain('2 done, 1 refused')
    expect(wordsOf(result.html)).toMatch(/Program ticket.*Link a registrant/)
    expect(result.html).not.toContain(`value="${fine[0]!.id}"`)
    const { rows } = await system.records.query(Ticket, { fields: ['status.category'], where: { id: { $in: id } } })
    expect(rows.filter((row) => row.status.category === 'closed')).toHaveLength(2)
    const done = await agent.post('/tickets/actions/close', { id: [(await file('Third')).id], back: '/tickets?q=first', _go: '1' })
    expect(done).toMatchObject({ status: 303, location: '/tickets?q=first' })
    expect(wordsOf((await agent.get(done.location)).html)).toContain('Close: 1 done, 0 refused')
  })
})

describe('Deleting', () => {
  it('asks first, and takes the reader back to his list', async () => {
    const manager = await visitorAs(app, 'manager')
    const { id } = await file('To be deleted')
    const list = 'filter=&q=deleted'
    const asked = await manager.get(`/tickets/${id}/delete?in=${encodeURIComponent(list)}&at=1`)
    expect(wordsOf(asked.html)).toContain('cannot be undone')
    const gone = await manager.post(`/tickets/${id}/delete?in=${encodeURIComponent(list)}&at=1`, { _version: '1' })
    expect(gone).toMatchObject({ status: 303, location: `/tickets?${list}` })
    expect((await manager.get(`/tickets/${id}`)).status).toBe(404)
  })

  it('says what hangs on a record that is still needed', async () => {
    const manager = await visitorAs(app, 'manager')
    const { id: owner } = await system.records.create(Partner, { name: 'Needed' })
    await system.records.create(Ticket, { subject: 'Hanging on', partner: owner })
    expect(wordsOf((await manager.get(`/partners/${owner}/delete`)).html)).toMatch(/1\s+ticket needs it as Partner/)
    const refused = await manager.post(`/partners/${owner}/delete`)
    expect(refused.status).toBe(409)
    expect(wordsOf(refused.html)).toContain('still used')
    expect((await manager.get(`/partners/${owner}`)).status).toBe(200)
  })
})

describe('A relation that is searched', () => {
  it('offers what matches, with a second line', async () => {
    await system.records.createMany(
      Partner,
      Array.from({ length: 60 }, (_, at) => ({ name: `Person ${at}`, email: `person${at}@mail.example` })),
    )
    const page = await (await visitorAs(app, 'agent')).get('/tickets/new')
    expect(page.html).toContain('search="/tickets/options?field=partner"')
    const answer = await agent.get('/tickets/options?field=partner&q=person%2059')
    expect(JSON.parse(answer.html)).toMatchObject({ data: [{ label: 'Person 59', detail: 'person59@mail.example' }] })
    expect(JSON.parse((await agent.get('/partners/options?field=company&q=person')).html)).toEqual({ data: [] })
    expect((await agent.get('/tickets/options?field=subject')).status).toBe(400)
  })
})

it('A status keeps its place in the bar when there are more', async () => {
  await system.records.create(TicketStatus, { code: 'waiting', name: 'Waiting', category: 'paused', rank: 25 })
  const { id } = await file()
  await system.records.update(Ticket, id, { status: { code: 'waiting' } })
  const { html } = await (await visitorAs(app, 'agent')).get(`/tickets/${id}`)
  const stages = [...html.matchAll(/<li class="(done|current|future)[^"]*"[^>]*>.*?<\/li>/gs)].map(
    ([li, state]) => `${wordsOf(li!).trim()} ${state}`,
  )
  expect(stages).toEqual(['New done', 'In progress done', 'On hold done', 'Pending customer done', 'Waiting current', 'Resolved future'])
  expect(status.new).toBeDefined()
})

it('A record costs a handful of statements: itself, its history, its messages and the counts it shows', async () => {
  const { id } = await file()
  const run = vi.spyOn(app.connection, 'run')
  const costs: number[] = []
  // The first finds out what is kept; what an earlier story changed may be announced during any of them, and be found out anew.
  for (let time = 0; time < 4; time++) {
    const before = run.mock.calls.length
    await agent.get(`/tickets/${id}?at=1`)
    costs.push(run.mock.calls.length - before)
  }
  // Itself; its files; its page of the list and that page's count; its history, with the right to it and the names of what it mentions; its
  // messages; who follows it, what is planned, and by which types and for whom one plans; how many tickets its partner has; what presses the
  // reader; the numbers of two views at the left; his saved views and with which of them lists open.
  expect(Math.min(...costs)).toBeLessThanOrEqual(18)
  run.mockRestore()
})
