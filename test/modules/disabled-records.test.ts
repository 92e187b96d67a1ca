/** Records that a disabled module shipped, at the doors of the ticket desk. */
import base from '@tessera/base'
import { data, defineModule, type Services } from '@tessera/core'
import { signedInAs, type TestApp } from '@tessera/core/testing'
import partner, { Partner } from '@tessera/partner'
import thread from '@tessera/thread'
import tickets, { status, Ticket, TicketStatus, TicketTag, TicketType } from '@tessera/ticket'
import web from '@tessera/web'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { shippedId } from '../../core/model/shipped.ts'
import { type TestDatabase, testDatabase } from '../../core/testing/database.ts'
import { listening } from '../../core/testing/listening.ts'
import { type Visitor, visitorAs } from '../../modules/web/server/visitor.ts'
import { deploy } from '../fixtures/versions.ts'
import { type Answer, asked, saidOf } from '../techniques/workshop.ts'

const fraud = defineModule({
  name: 'fraud',
  depends: [tickets],
  data: [
    data(TicketType, { fraud: { code: 'fraud', name: 'Suspected fraud', rank: 4 } }),
    data(TicketStatus, {
      investigated: { code: 'investigated', name: 'Under investigation', category: 'open', rank: 21 },
      proven: { code: 'proven', name: 'Proven', category: 'closed', rank: 29 },
    }),
    data(TicketTag, { police: { name: 'Police informed' } }),
  ],
})
const modules = [base, thread, partner, tickets, web, fraud]
const [type, investigated, tag] = [shippedId('ticketType.fraud'), shippedId('ticketStatus.investigated'), shippedId('ticketTag.police')]

let database: TestDatabase
let app: TestApp
let system: Services
let agent: Visitor
let ask: (method: string, path: string, body?: unknown) => Promise<Answer>
let suspicious: string
let plain: string

async function open(disabled: readonly string[]): Promise<void> {
  await app?.close()
  app = listening((await deploy(database.url, { modules, disabled })).app)
  system = await app.servicesFor({ door: 'system' })
  agent = await visitorAs(app, 'agent')
  ask = asked(await signedInAs(app, 'manager'))
}

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'))
  await open([])
  const { id } = await system.records.create(Partner, { name: 'Fatou Camara' })
  suspicious = (await system.records.create(Ticket, { subject: 'Two cards', partner: id, type, tags: [tag] })).id
  plain = (await system.records.create(Ticket, { subject: 'Opening hours', partner: id })).id
  await system.asSystem('a test').update(Ticket, suspicious, { status: investigated })
  await open(['fraud'])
})
afterAll(async () => {
  await app?.close()
  await database?.drop()
})

describe('A type, a status and a tag of a disabled module', () => {
  it('stay readable on the tickets that have them', async () => {
    const { body } = await ask('GET', `/api/tickets/${suspicious}`)
    expect(body.data).toMatchObject({ type: { label: 'Suspected fraud' }, status: { label: 'Under investigation' } })
    expect(body.data.tags).toMatchObject([{ label: 'Police informed' }])
    const { html } = await agent.get(`/tickets/${suspicious}`)
    expect(html).toContain('Suspected fraud')
    expect(html).toContain('Under investigation')
  })

  it('stay there through other changes, over the API and in the form', async () => {
    const named = { subject: 'Two cards, one name', type, tags: [tag] }
    expect(await ask('PATCH', `/api/tickets/${suspicious}`, named)).toMatchObject({ status: 200, body: { data: { type: { id: type } } } })
    const page = await agent.get(`/tickets/${suspicious}`)
    expect(page.html).toContain(`<option value="${type}"`)
  })

  it('are left out of what an API client is offered to choose, and stay in the list of all', async () => {
    const namesOf = async (query: string) =>
      (await ask('GET', `/api/ticket-types?fields=name${query}`)).body.data.map((row: { name: string }) => row.name)
    expect(await namesOf('')).toContain('Suspected fraud')
    expect(await namesOf('&offered=false')).toContain('Suspected fraud')
    const offered = await namesOf('&offered=true')
    expect(offered).not.toContain('Suspected fraud')
    expect(offered.length).toBe((await namesOf('')).length - 1)
    const { meta } = (await ask('GET', '/api/ticket-types?offered=true&total=true')).body as unknown as { meta: { total: number } }
    expect(meta.total).toBe(offered.length)
    expect(await ask('GET', '/api/ticket-types?offered=perhaps')).toMatchObject({ status: 400, body: { code: 'request.wrong_offered' } })
  })

  it('are refused to others, each in a sentence that names the module', async () => {
    const refused = await ask('PATCH', `/api/tickets/${plain}`, { type, tags: [tag] })
    expect(refused.status).toBe(422)
    expect(saidOf(refused)).toEqual({
      type: 'Type does not take this ticket type: it comes from the module "fraud", which is disabled.',
      tags: 'Tags does not take this ticket tag: it comes from the module "fraud", which is disabled.',
    })
    const moved = await ask('PATCH', `/api/tickets/${plain}`, { status: { code: 'investigated' } })
    expect(saidOf(moved)).toEqual({
      status: 'Status does not take this ticket status: it comes from the module "fraud", which is disabled.',
    })
    const filed = await ask('POST', '/api/tickets', { subject: 'A new one', partner: { id: suspicious }, type })
    expect(filed.status).toBe(422)
  })

  it('are not offered: in a form, while somebody types, in filters', async () => {
    const { html: form } = await agent.get('/tickets/new')
    expect(form).toContain('Complaint')
    expect(form).not.toContain('Suspected fraud')
    const found = await agent.get('/tickets/options?field=type&q=fraud')
    expect(JSON.parse(found.html)).toEqual({ data: [] })
    const { html: filter } = await agent.get('/tickets/choose?field=tags&back=/tickets')
    expect(filter).not.toContain('Police informed')
  })

  it('have a column of the board only while tickets are in it, and nothing can be brought there', async () => {
    const { html } = await agent.get('/tickets?view=kanban')
    expect(html).toContain('Under investigation')
    expect(html).not.toContain('Proven')
    await system.asSystem('a test').update(Ticket, suspicious, { status: status.in_progress })
    expect((await agent.get('/tickets?view=kanban')).html).not.toContain('Under investigation')
    await system.asSystem('a test').update(Ticket, suspicious, { status: investigated })
  })

  it('are not what an action comes to by itself', async () => {
    const { id } = await system.records.create(Partner, { name: 'Modou Jallow' })
    const ticket = await system.records.create(Ticket, { subject: 'To be closed', partner: id })
    const closed = await ask('POST', `/api/tickets/${ticket.id}/close`, {})
    expect(closed).toMatchObject({ status: 200, body: { data: { status: { label: 'Resolved' } } } })
  })

  it('are offered again when their module is enabled', async () => {
    await open([])
    expect((await agent.get('/tickets/new')).html).toContain('Suspected fraud')
    expect(JSON.parse((await agent.get('/tickets/options?field=type&q=fraud')).html)).toEqual({
      data: [{ id: type, label: 'Suspected fraud', detail: 'fraud' }],
    })
    expect((await agent.get('/tickets/choose?field=tags&back=/tickets')).html).toContain('Police informed')
    expect((await agent.get('/tickets?view=kanban')).html).toContain('Proven')
    expect(await ask('PATCH', `/api/tickets/${plain}`, { type, tags: [tag] })).toMatchObject({ status: 200 })
  })
})
