import { User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { assign, close, move, reopen, status, Ticket, TicketStatus } from './index.ts'

houseRules('ticket')

let app: TestApp
let amara: string
let agent: Services
let partner: string
const statusIds = new Map<string, string>()
const idOf = (code: string): string => statusIds.get(code)!

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  const system = await app.servicesFor({ door: 'system' })
  amara = (await system.identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  const { rows } = await system.records.query(TicketStatus, { fields: ['code'] })
  for (const { id, code } of rows) statusIds.set(code, id)
  agent = await asAgent(noon)
})
afterAll(() => app.close())

const noon = new Date('2026-03-02T12:00:00Z')
const hours = (many: number): Date => new Date(noon.getTime() + many * 3_600_000)
const asAgent = (now: Date): Promise<Services> => app.servicesFor({ door: 'api', user: amara, now })
const fileTicket = (subject = 'October cash transfer did not arrive'): Promise<Ticket> => agent.records.create(Ticket, { subject, partner })

describe('A new ticket', () => {
  it('has a number and is an inquiry of medium priority, new and open', async () => {
    const ticket = await fileTicket()
    expect(ticket.number).toMatch(/^T-2026-\d{5}$/)
    expect(ticket).toMatchObject({
      type: { code: 'inquiry' },
      priority: { code: 'medium' },
      status: { code: 'new', category: 'open' },
      closedAt: null,
    })
  })

  it('is not filed without a partner or with a subject of two letters', async () => {
    const without = agent.records.create(Ticket, { subject: 'Hm', partner: '' })
    await expect(without).rejects.toMatchObject({ code: 'record.invalid', status: 422 })
  })

  it('that is filed as closed was closed at that moment', async () => {
    const ticket = await agent.records.create(Ticket, { subject: 'Answered on the phone', partner, status: status.resolved })
    expect(ticket).toMatchObject({ status: { code: 'resolved' }, closedAt: noon, hoursToClose: 0 })
  })
})

describe('Closing a ticket', () => {
  it('puts it into the first closed status at that instant, with the reason', async () => {
    const { id } = await fileTicket()
    const closed = await (await asAgent(hours(3))).records.act(close, id, { reason: 'Paid on Monday' })
    expect(closed).toMatchObject({ status: { code: 'resolved' }, closedAt: hours(3), closeReason: 'Paid on Monday', hoursToClose: 3 })
  })

  it('takes the closed status that is named, and no open one', async () => {
    const { id } = await fileTicket()
    await expect(agent.records.act(close, id, { status: idOf('in_progress') })).rejects.toMatchObject({
      code: 'ticket.wrong_status',
      message: 'The chosen status is not closed. Choose one that is.',
    })
    expect(await agent.records.act(close, id, { status: idOf('closed') })).toMatchObject({ status: { code: 'closed' } })
  })

  it('and then moving it to another closed status keeps the time of closing', async () => {
    const { id } = await fileTicket()
    await agent.records.act(close, id, { reason: 'Paid' })
    const later = await asAgent(hours(8))
    const changed = await later.records.act(move, id, { status: idOf('closed') })
    expect(changed).toMatchObject({ status: { code: 'closed' }, closedAt: noon, closeReason: 'Paid' })
    expect(await later.records.update(Ticket, id, { status: status.resolved })).toMatchObject({
      status: { code: 'resolved' },
      closedAt: noon,
    })
    await expect(later.records.act(close, id, {})).rejects.toMatchObject({ code: 'ticket.action.close.otherwise' })
  })
})

describe('Reopening a ticket', () => {
  it('puts it into the first open status and forgets when and why it was closed', async () => {
    const { id } = await fileTicket()
    await agent.records.act(close, id, { reason: 'Paid' })
    const open = await agent.records.act(reopen, id, {})
    expect(open).toMatchObject({ status: { code: 'new' }, closedAt: null, closeReason: null, hoursToClose: null })
  })

  it('is refused while it is not closed', async () => {
    const { id } = await fileTicket('Card reader refuses the card')
    await expect(agent.records.act(reopen, id, {})).rejects.toMatchObject({ code: 'ticket.action.reopen.otherwise' })
  })
})

describe('Moving a ticket', () => {
  it('stays on its side: it neither closes nor reopens', async () => {
    const { id } = await fileTicket()
    expect(await agent.records.act(move, id, { status: idOf('in_progress') })).toMatchObject({
      status: { code: 'in_progress' },
      closedAt: null,
    })
    await expect(agent.records.act(move, id, { status: idOf('closed') })).rejects.toMatchObject({ code: 'ticket.wrong_status' })
    await agent.records.act(close, id, {})
    await expect(agent.records.act(move, id, { status: idOf('new') })).rejects.toMatchObject({ code: 'ticket.wrong_status' })
  })
})

describe('The status written as a field', () => {
  it('of a new ticket takes it there as if it had been new first', async () => {
    const { partner } = await fileTicket()
    for (const [code, closedAt] of [
      ['in_progress', null],
      ['closed', noon],
      ['new', null],
    ] as const) {
      const filed = await agent.records.create(Ticket, { subject: 'Card was lost', partner: partner.id, status: { code } })
      expect(filed).toMatchObject({ status: { code }, closedAt })
    }
  })

  it('becomes closing, reopening or moving', async () => {
    const { id } = await fileTicket()
    const write = (code: string, now: Date) => asAgent(now).then(({ records }) => records.update(Ticket, id, { status: { code } }))
    expect(await write('in_progress', hours(1))).toMatchObject({ status: { code: 'in_progress' }, closedAt: null })
    expect(await write('closed', hours(2))).toMatchObject({ status: { code: 'closed' }, closedAt: hours(2) })
    expect(await write('in_progress', hours(3))).toMatchObject({ status: { code: 'in_progress' }, closedAt: null })
  })

  it('cannot be followed by a time of closing of one’s own', async () => {
    const { id } = await fileTicket()
    await expect(agent.records.update(Ticket, id, { closedAt: noon })).rejects.toMatchObject({ status: 422 })
  })

  it('keeps closedAt true whatever happens in whatever order', async () => {
    const step = fc.record({ code: fc.constantFrom('new', 'in_progress', 'resolved', 'closed'), later: fc.integer({ min: 1, max: 48 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { id } = await fileTicket()
        let at = 0
        let closedAt: Date | null = null
        for (const { code, later } of steps) {
          at += later
          const written = await (await asAgent(hours(at))).records.update(Ticket, id, { status: { code } })
          const isClosed = code === 'resolved' || code === 'closed'
          closedAt = isClosed ? (closedAt ?? hours(at)) : null
          expect(written).toMatchObject({ status: { code }, closedAt })
        }
      }),
      { numRuns: 25 },
    )
  })
})

describe('Assigning a ticket', () => {
  it('changes what is named and leaves the rest', async () => {
    const { id } = await fileTicket()
    expect(await agent.records.act(assign, id, { assignee: amara })).toMatchObject({ assignee: { id: amara }, team: null })
    expect(await agent.records.act(assign, id, {})).toMatchObject({ assignee: { id: amara } })
    expect(await agent.records.update(Ticket, id, { assignee: null })).toMatchObject({ assignee: null })
  })
})

describe('The history of a ticket', () => {
  it('names who closed it, when, and from which status', async () => {
    const { id } = await fileTicket()
    await (await asAgent(hours(2))).records.act(close, id, {})
    const entries = await agent.records.history(Ticket, id)
    expect(entries.find(({ field }) => field === 'status')).toMatchObject({
      at: hours(2),
      actor: { label: 'Amara Diallo' },
      door: 'api',
      old: { id: idOf('new'), label: 'New' },
      new: { id: idOf('resolved'), label: 'Resolved' },
    })
  })
})

describe('A status in use', () => {
  it('may be renamed and keeps its category', async () => {
    await fileTicket()
    const { records } = await app.servicesFor({ door: 'system' })
    await expect(records.update(TicketStatus, idOf('new'), { category: 'paused' })).rejects.toMatchObject({ code: 'ticket.status_in_use' })
    expect(await records.update(TicketStatus, idOf('new'), { name: 'Fresh' })).toMatchObject({ name: 'Fresh', category: 'open' })
    await records.update(TicketStatus, idOf('new'), { name: 'New' })
  })
})

describe('Who may do what', () => {
  const somebody = async (role: string, of?: string): Promise<Services> => {
    const { identity, records } = await app.servicesFor({ door: 'system' })
    const { id } = await identity.createUser({ email: `${role}@example.org`, name: role, roles: [role] })
    if (of) await records.update(User, id, { partner: of })
    return app.servicesFor({ door: 'api', user: id, now: noon })
  }

  it('a viewer reads tickets and changes none', async () => {
    const { records } = await somebody('viewer')
    const { id } = await fileTicket()
    expect(await records.get(Ticket, id)).toMatchObject({ id })
    await expect(records.act(close, id, {})).rejects.toMatchObject({ status: 403 })
    await expect(records.update(Ticket, id, { status: status.closed })).rejects.toMatchObject({ status: 403 })
    await expect(records.create(Ticket, { subject: 'Not for me', partner })).rejects.toMatchObject({ status: 403 })
  })

  it('an agent deletes none, a manager does', async () => {
    const { id } = await fileTicket()
    await expect(agent.records.remove(Ticket, id)).rejects.toMatchObject({ status: 403 })
    const { records } = await somebody('manager')
    await records.remove(Ticket, id)
    await expect(records.get(Ticket, id)).rejects.toMatchObject({ status: 404 })
  })

  it('a customer reads the tickets of the partner that he is, and no others', async () => {
    const own = await agent.records.create(Partner, { name: 'Omar Haddad' })
    const his = await agent.records.create(Ticket, { subject: 'My payment', partner: own.id })
    const another = await fileTicket()
    const { records } = await somebody('customer', own.id)
    const { rows } = await records.query(Ticket, { fields: ['number', 'status.category'] })
    expect(rows.map(({ id }) => id)).toEqual([his.id])
    expect(rows[0]?.status.category).toBe('open')
    await expect(records.get(Ticket, another.id)).rejects.toMatchObject({ status: 404 })
  })
})

describe('A partner', () => {
  it('counts the tickets that are open', async () => {
    const { id } = await agent.records.create(Partner, { name: 'Lucia Rossi' })
    const tickets = await agent.records.createMany(
      Ticket,
      Array.from({ length: 3 }, (_, i) => ({ subject: `Matter ${i}`, partner: id })),
    )
    await agent.records.act(close, tickets[0]!, {})
    expect(await agent.records.get(Partner, id, ['openTickets'])).toMatchObject({ openTickets: 2 })
  })
})
