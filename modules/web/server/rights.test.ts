import base, { Role, staff, User } from '@tessera/base'
import { data, defineModule, html, me, page, role, type Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import partner, { Partner } from '@tessera/partner'
import thread from '@tessera/thread'
import tickets, { Ticket, TicketPriority, TicketStatus } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import web from '../index.ts'
import { idIn, rowsOf, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let system: Services
let ticket: string
let own: string
let customer: Visitor
let clerk: Visitor

/** Staff who are kept to the tickets of the partner that they belong to. */
const clerkRole = role('clerk', { implies: [staff] })
const clerks = defineModule({
  name: 'clerks',
  depends: [base, partner, tickets],
  roles: [clerkRole],
  data: [data(Role, { clerk: { name: clerkRole.name, label: 'Clerk' } })],
  permissions: [
    clerkRole.can('read', Ticket, { partner: me.partnerId }),
    clerkRole.can('read', TicketStatus),
    clerkRole.can('read', TicketPriority),
    clerkRole.can('read', User, { id: me.id }),
    clerkRole.can('read', Partner, { id: me.partnerId }),
  ],
})

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, thread, partner, tickets, web, clerks])
  system = await app.servicesFor({ door: 'system' })
  const [omar, fatou] = await system.records.createMany(Partner, [{ name: 'Omar Haddad' }, { name: 'Fatou Camara' }])
  ticket = (await system.records.create(Ticket, { subject: 'Not his', partner: fatou! })).id
  own = (await system.records.create(Ticket, { subject: 'His own', partner: omar! })).id
  customer = await visitorAs(app, 'customer', { partner: omar })
  clerk = await visitorAs(app, 'clerk', { partner: omar })
})
afterAll(() => app.close())

describe('A viewer', () => {
  it('reads everything and is offered nothing to change', async () => {
    const viewer = await visitorAs(app, 'viewer')
    for (const path of ['/tickets', '/tickets?view=kanban', `/tickets/${ticket}`]) {
      const { html, status } = await viewer.get(path)
      expect(status).toBe(200)
      expect([path, /\/new|\/actions\/|data-save|\/move|\/delete/.exec(html)?.[0]]).toEqual([path, undefined])
    }
  })

  it('is refused whatever he sends', async () => {
    const viewer = await visitorAs(app, 'viewer')
    const closed = (await system.records.find(TicketStatus, { code: 'closed' }))!.id
    const attempts: [string, Record<string, string | string[]>][] = [
      [`/tickets/${ticket}`, { subject: 'Changed' }],
      ['/tickets/new', { subject: 'Filed by a viewer' }],
      [`/tickets/${ticket}/move`, { field: 'status', value: closed }],
      [`/tickets/${ticket}/actions/close`, {}],
      ['/tickets/actions/close', { id: [ticket], _go: '1' }],
      [`/tickets/${ticket}/delete`, {}],
    ]
    for (const [path, fields] of attempts) expect([path, (await viewer.post(path, fields)).status]).toEqual([path, 403])
    for (const path of ['/tickets/new', `/tickets/${ticket}/delete`, `/tickets/${ticket}/actions/close`]) {
      expect([path, (await viewer.get(path)).status]).toEqual([path, 403])
    }
    expect(await system.records.get(Ticket, ticket)).toMatchObject({ subject: 'Not his', version: 1, closedAt: null })
  })

  it('sees no places that his role does not open', async () => {
    const { html } = await (await visitorAs(app, 'viewer')).get('/tickets')
    expect(html).not.toContain('href="/users"')
    expect(html).not.toContain('href="/roles"')
  })
})

describe('A clerk who reads the tickets of one partner', () => {
  it('sees them in list, board, search and record, and no others', async () => {
    expect(rowsOf(await clerk.get('/tickets?filter=')).map(idIn)).toEqual([own])
    expect((await clerk.get('/tickets?view=kanban')).html).not.toContain('Not his')
    expect(rowsOf(await clerk.get('/tickets?filter=&q=not')).map(idIn)).toEqual([])
    expect((await clerk.get(`/tickets/${own}`)).status).toBe(200)
    const hidden = await clerk.get(`/tickets/${ticket}`)
    const none = await clerk.get('/tickets/00000000-0000-7000-8000-000000000000')
    expect([hidden.status, none.status]).toEqual([404, 404])
    expect(wordsOf(hidden.html).replace(ticket, '')).toContain('or you may not see it')
  })

  it('learns of nobody else through counts, groups, options and facets', async () => {
    expect(wordsOf((await clerk.get('/tickets?filter=&group=status')).html)).toMatch(/New 1 /)
    expect(JSON.parse((await clerk.get('/tickets/options?field=partner&q=camara')).html)).toEqual({ data: [] })
    expect((await clerk.get('/users')).html).not.toContain('agent')
    const { rows } = await system.records.query(Partner, { fields: ['name'], where: { name: 'Fatou Camara' } })
    expect((await clerk.get(`/tickets?filter=&facet.partner=${rows[0]!.id}`)).html).not.toContain('Fatou')
  })
})

describe('A customer', () => {
  it('is refused every generated screen, with the way to his own pages', async () => {
    const paths = [
      '/tickets',
      '/tickets?view=kanban',
      `/tickets/${own}`,
      '/tickets/new',
      '/tickets/options?field=partner',
      '/no-such-thing',
    ]
    for (const path of paths) {
      const { status, html } = await customer.get(path)
      expect([path, status]).toEqual([path, 403])
      expect(html).toContain('web.staff_only')
      expect(html).not.toContain('class="side"')
      expect(html).toContain('href="/"')
    }
  })

  it('sends nothing to them either', async () => {
    for (const path of [`/tickets/${own}`, '/tickets/new', `/tickets/${own}/actions/close`, `/tickets/${own}/move`])
      expect([path, (await customer.post(path, { subject: 'Changed' })).status]).toEqual([path, 403])
    expect(await system.records.get(Ticket, own)).toMatchObject({ subject: 'His own', closedAt: null })
  })
})

it('Somebody without any role is told so', async () => {
  const { identity } = system
  const { id } = await identity.createUser({ email: 'nobody@example.org', name: 'Nobody', roles: [] })
  const { Visitor } = await import('./visitor.ts')
  const visitor = new Visitor(await app.listen())
  await visitor.post(`/sign-in/${await identity.createLink(id, 'sign-in')}`)
  expect(await visitor.get('/')).toMatchObject({ status: 404 })
  expect(await visitor.get('/tickets')).toMatchObject({ status: 403 })
})

it('A model that is not exposed has no pages', async () => {
  const admin = await visitorAs(app, 'administrator')
  for (const path of ['/sessions', '/links']) expect([path, (await admin.get(path)).status]).toEqual([path, 404])
})

it('A page of another module stands before the generated ones, and the API beside them', async () => {
  const hello = defineModule({
    name: 'hello',
    depends: [web],
    pages: [
      page('GET /hello', { may: 'anybody', respond: () => html('Hello') }),
      page('GET /users/me', { may: 'signed-in', respond: () => html('Me') }),
    ],
  })
  const other = await bootTest(inject('postgresUrl'), [base, web, hello])
  try {
    const visitor = await visitorAs(other, 'administrator')
    expect((await visitor.get('/hello')).html).toBe('Hello')
    expect((await visitor.get('/users/me')).html).toBe('Me')
    expect((await visitor.get(`/users/${visitor.user}`)).status).toBe(200)
    expect((await visitor.get('/api/nothing')).headers.get('content-type')).toContain('problem+json')
  } finally {
    await other.close()
  }
})
