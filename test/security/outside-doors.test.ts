/** What customers, dealers and strangers try at the doors that the portal, the channels and the dealership opened. */
import { OutboxMessage, User } from '@tessera/base'
import { dealerType } from '@tessera/dealership'
import { Partner } from '@tessera/partner'
import { close, note, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Visitor, visitorAs } from '../../modules/web/server/visitor.ts'
import { openWorld, type World } from '../stories/dealership.world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld(inject('postgresUrl'), ['web', 'portal', 'notifications', 'reporting', 'channel-webhook', 'dealership'])
})
afterAll(() => world?.app.close())

const ticketOf = (values: object = {}) =>
  world.system.records.create(Ticket, { subject: 'A question', partner: world.partner, type: dealerType.general_inquiry, ...values })
const intake = (body: object) =>
  world.ask('website', 'POST', '/api/intake/general-inquiries', { name: 'Somebody', message: 'Hello', ...body })

describe('A dealer', () => {
  it('cannot take over the chat of a customer by writing its address into a ticket of his own', async () => {
    const { id } = await ticketOf({ dealerCompany: world.companies.tigris })
    const stolen = { channel: 'webhook.shop', channelAddress: '9647705550777' }
    expect((await world.ask('dealer', 'PATCH', `/api/tickets/${id}`, stolen)).status).toBe(422)
    const made = { subject: 'Bait', partner: world.partner, type: { code: 'general_inquiry' }, ...stolen }
    expect((await world.ask('dealer', 'POST', '/api/tickets', made)).status).toBe(422)
    const heard = await world.system.inbox.receive({
      channel: stolen.channel,
      address: stolen.channelAddress,
      name: 'Ali',
      body: 'My number is secret',
      externalId: '1',
    })
    expect(heard.ticket).not.toBe(id)
    expect((await world.ask('dealer', 'GET', `/api/tickets/${heard.ticket}`)).status).toBe(404)
  })

  it('cannot turn the mails about tickets of other companies to himself by changing the address of their customer', async () => {
    await ticketOf({ dealerCompany: world.companies.tigris })
    await ticketOf({ dealerCompany: world.companies.zagros })
    const changed = await world.ask('dealer', 'PATCH', `/api/partners/${world.partner}`, { email: 'dealer@evil.example' })
    expect(changed.status).toBe(403)
    expect((await world.ask('branch', 'PATCH', `/api/partners/${world.partner}`, { email: 'dealer@evil.example' })).status).toBeGreaterThan(
      399,
    )
    expect((await world.ask('dealer', 'PATCH', `/api/partners/${world.partner}`, { street: 'Sadoun Street 1' })).status).toBe(200)
  })

  it('counts and finds only what he sees: not by a count, a figure, a filter of messages or a label', async () => {
    const secret = 'canary-zagros'
    const theirs = await ticketOf({ dealerCompany: world.companies.zagros, subject: secret, description: secret })
    await world.system.records.act(note, theirs.id, { body: secret })
    const shared = await ticketOf({ dealerCompany: world.companies.tigris, assignee: world.people.administrator.user })
    await world.system.records.update(User, world.people.administrator.user, { name: secret })
    const open = await world.system.records.count(Ticket, {
      where: { partner: world.partner, closedAt: null, dealerCompany: world.companies.tigris },
    })
    const { body } = await world.ask('dealer', 'GET', `/api/partners/${world.partner}?fields=openTickets`)
    expect(body.openTickets).toBe(open)
    for (const path of [
      '/api/reports/backlog?by=assignee',
      '/api/reports/backlog?by=dealerCompany',
      '/api/reports/volume?by=partner,day',
      '/api/tickets/groups?by=assignee',
      '/api/tickets/groups?by=dealerCompany',
      '/api/ticket-openings?fields=ticket',
      `/api/tickets/${shared.id}/history`,
      '/api/messages?q=canary',
    ]) {
      const answer = await world.ask('dealer', 'GET', path)
      expect([
        path,
        answer.status < 500,
        JSON.stringify(answer.body).includes(secret) || JSON.stringify(answer.body).includes('Zagros'),
      ]).toEqual([path, true, false])
    }
    const found = await world.ask('dealer', 'GET', `/api/partners?filter[tickets.subject][contains]=${secret}&total=true`)
    expect(JSON.stringify(found.body)).not.toContain('Layla')
  })
})

describe('A stranger', () => {
  it('cannot have the tickets of somebody else by giving that number as his own', async () => {
    const number = '+964 770 555 0888'
    expect((await intake({ email: 'attacker@evil.example', phone: number })).status).toBe(201)
    const victim = await intake({ phone: number, message: 'My secret' })
    expect((await world.system.records.get(Ticket, victim.body.id)).partner.email).not.toBe('attacker@evil.example')
    const other = await intake({ phone: number, email: 'victim@mail.example', message: 'My secret' })
    expect((await world.system.records.get(Ticket, other.body.id)).partner.email).not.toBe('attacker@evil.example')
  })

  it('cannot do so by the public form either', async () => {
    const stranger = new Visitor(world.address)
    const phone = '+9647705550999'
    const form = {
      name: 'Eve',
      email: 'eve@evil.example',
      phone,
      type: 'general_inquiry',
      subject: 'A question',
      description: 'Well',
      at: String(Date.now() - 60_000),
    }
    const sent = await stranger.post('/contact', form)
    expect([sent.status, sent.location]).toEqual([303, expect.stringContaining('/contact/sent')])
    const victim = await intake({ phone, message: 'My secret' })
    expect((await world.system.records.get(Ticket, victim.body.id)).partner.email).not.toBe('eve@evil.example')
    const notes = await world.system.records.query(Partner, { fields: ['email'], where: { email: 'eve@evil.example' } })
    expect(notes.rows).toHaveLength(1)
  })
})

describe('A customer', () => {
  it('is not told by mail why staff closed his ticket, which the portal does not show him either', async () => {
    const { id } = await ticketOf()
    const agent = await world.people.distributor.services()
    await agent.records.act(close, id, { reason: 'canary-reason' })
    const { rows } = await world.system.records.query(OutboxMessage, { fields: ['to', 'text', 'subject'], where: { record: id } })
    expect(rows.map(({ to }) => to)).toContain('layla@mail.example')
    expect(JSON.stringify(rows.filter(({ to }) => to === 'layla@mail.example'))).not.toContain('canary-reason')
  })

  it('moves no ticket with a reply, asks nothing about notes, and sees nothing without a partner', async () => {
    const { id } = await ticketOf()
    await world.system.records.act(note, id, { body: 'canary-note' })
    for (const code of ['on_hold', 'pending', 'in_progress']) {
      const said = await world.ask('customer', 'POST', `/api/tickets/${id}/reply`, { body: 'Hello', status: { code } })
      expect(said.status).toBe(403)
    }
    for (const path of [
      '/api/tickets?filter[messages.body][contains]=canary-note&total=true',
      '/api/tickets?filter[messages.kind]=note&total=true',
      '/api/messages?filter[body][contains]=canary-note&total=true',
      '/api/messages?filter[kind]=note&total=true',
      '/api/messages/groups?by=kind',
    ]) {
      const { body, status } = await world.ask('customer', 'GET', path)
      expect([path, status < 500, JSON.stringify(body.data ?? []).match(/"id"|note"/)]).toEqual([path, true, null])
    }
    const nobody = await visitorAs(world.app, 'customer')
    expect((await nobody.get('/my')).html).not.toContain('A question')
    expect((await nobody.get(`/my/tickets/${id}`)).status).toBe(404)
    expect((await nobody.get('/api/tickets?total=true')).html).not.toContain('A question')
  })

  it('writes no field that the form does not ask for, and is refused from another site or without the token', async () => {
    const visitor = await visitorAs(world.app, 'customer', { partner: world.partner })
    await visitor.get('/my')
    const form = {
      type: 'general_inquiry',
      subject: 'Mass assignment',
      description: '<script>alert(1)</script>',
      partner: world.people.customer.user,
      dealerCompany: world.companies.zagros,
      team: world.teams.erbilSales,
      assignee: world.people.otherDealer.user,
      channel: 'webhook.shop',
      channelAddress: '1',
      externalId: 'x',
      'partner.email': 'evil@evil.example',
    }
    expect((await visitor.post('/my/tickets/new', { ...form, _csrf: 'wrong' })).status).toBe(403)
    expect((await visitor.post('/my/tickets/new', form, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const { status, location } = await visitor.post('/my/tickets/new', form)
    expect(status).toBe(303)
    const made = await world.system.records.get(Ticket, location.split('/').at(-1)!)
    expect(made).toMatchObject({
      partner: { id: world.partner, email: 'layla@mail.example' },
      team: null,
      assignee: null,
      dealerCompany: null,
      channel: null,
      externalId: null,
    })
    const shown = await visitor.get(location)
    expect(shown.html).not.toContain('<script>alert(1)')
    expect((await visitor.get(`${location}?before=%00garbage`)).status).toBeLessThan(500)
    for (const back of ['https://evil.example/', '//evil.example/', '/\\evil.example', '/%09/evil.example'])
      expect((await visitor.post('/preferences', { locale: 'en', back })).location).not.toMatch(
        /^(https?:)?[/\\]{2}|evil\.example\/$|^\/\\/,
      )
    for (const path of ['/reports?team=xyz', '/dashboard?from=xyz', '/dashboard?range=%00', '/api/reports/volume?by=team&priority=abc'])
      expect((await visitor.get(path)).status).toBeLessThan(500)
  })
})

it('A figure that is narrowed to nonsense is refused and does not fail', async () => {
  for (const path of [
    '/api/reports/volume?team=xyz',
    '/api/reports/volume?by=status&priority=abc',
    '/api/reports/volume?dealerQuotation=nothing',
    '/api/reports/volume?from=0001-01-01&by=day',
  ])
    expect([path, (await world.ask('distributor', 'GET', path)).status]).toEqual([path, expect.toSatisfy((code: number) => code < 500)])
})
