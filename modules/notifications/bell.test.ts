/** Followers and those whom a text names: by mail and by the bell, each once, and only what they may read. */
import { OutboxMessage, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { assign, close, move, note, reply, Ticket, TicketStatus } from '@tessera/ticket'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { forgetsNotices } from './bell.ts'
import { Notice } from './index.ts'

let app: TestApp
let system: Services
let ada: Visitor & { user: string }
let partner: string
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['notifications'])
  system = await app.servicesFor({ door: 'system' })
  partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@example.com' })).id
  ada = await visitorAs(app, 'agent', { name: 'Ada Lovelace', email: 'ada@example.org' })
  ids.ada = ada.user
  for (const name of ['bilal', 'dana', 'omar']) ids[name] = await person(name)
  ids.fatou = (await system.identity.createUser({ email: 'fatou@example.com', name: 'Fatou Camara', roles: ['customer'] })).id
  await system.records.update(User, ids.fatou!, { partner })
})
afterAll(() => app?.close())
beforeEach(async () => {
  await system.asSystem('a test begins anew').transaction(async () => {
    for (const { id } of (await system.records.query(Notice, { fields: ['id'], limit: 200 })).rows) await system.records.remove(Notice, id)
  })
})

const person = async (name: string) => (await system.identity.createUser({ email: `${name}@example.org`, name, roles: ['agent'] })).id
const as = (name: string) => app.servicesFor({ door: 'web', user: ids[name]! })
const file = async (more: object = {}) => (await system.records.create(Ticket, { subject: 'October transfer', partner, ...more })).id

/** Who was told what while something happened: by mail, and by the bell. */
async function told(ticket: string, happen: () => Promise<unknown>) {
  const before = new Set((await mailsOf(ticket)).map(({ id }) => id))
  const rung = new Set((await rings()).map(({ id }) => id))
  await happen()
  const mails = (await mailsOf(ticket)).filter(({ id }) => !before.has(id))
  return {
    mails,
    mailed: mails.map(({ to, event }) => `${to.split('@', 1)[0]} ${event?.replace('ticket.', '')}`).sort(),
    bell: (await rings())
      .filter(({ id }) => !rung.has(id))
      .map(({ user, event }) => `${user.label} ${event}`)
      .sort(),
  }
}
const mailsOf = async (ticket: string) =>
  (await system.records.query(OutboxMessage, { fields: ['to', 'event', 'text'], where: { conversation: ticket }, limit: 200 })).rows
const rings = async () => (await system.records.query(Notice, { fields: ['user', 'event'], limit: 200 })).rows

describe('Whoever follows a ticket', () => {
  it('is told what happens to it, once, and not of his own deeds', async () => {
    const id = await file({ assignee: ids.ada })
    await (await as('bilal')).records.act(note, id, { body: 'I look into it.' })
    const answered = await told(id, async () => (await as('dana')).records.act(reply, id, { body: 'Soon' }))
    expect(answered).toMatchObject({ mailed: ['bilal replied', 'fatou replied'], bell: ['bilal replied'] })
    expect(answered.mails.find(({ to }) => to.startsWith('bilal'))?.text).toContain('Soon')
    const status = (await system.records.find(TicketStatus, { code: 'in_progress' }))!.id
    const moved = await told(id, async () => (await as('bilal')).records.act(move, id, { status }))
    expect(moved).toMatchObject({ mailed: ['ada status', 'dana status', 'fatou status'], bell: ['Ada Lovelace status', 'dana status'] })
    const closed = await told(id, async () => (await as('ada')).records.act(close, id, {}))
    expect(closed.bell).toEqual(['bilal closed', 'dana closed'])
  })

  it('hears nothing any more once he may not read it', async () => {
    const id = await file()
    const gone = await person('zoe')
    const { followers } = system
    await followers.add(app.composition.models.of(Ticket), id, gone)
    await system.records.update(User, gone, { roles: [] })
    expect(await told(id, async () => (await as('ada')).records.act(close, id, {}))).toMatchObject({ mailed: ['fatou closed'], bell: [] })
  })

  it('chooses by event what comes by mail and what by the bell', async () => {
    const id = await file({ assignee: ids.omar })
    await system.records.update(User, ids.omar!, { mailsClosed: false, bellStatus: false })
    const status = (await system.records.find(TicketStatus, { code: 'in_progress' }))!.id
    expect(await told(id, async () => (await as('ada')).records.act(move, id, { status }))).toMatchObject({
      mailed: ['fatou status', 'omar status'],
      bell: [],
    })
    expect(await told(id, async () => (await as('ada')).records.act(close, id, {}))).toMatchObject({
      mailed: ['fatou closed'],
      bell: ['omar closed'],
    })
  })
})

describe('Whom a note names', () => {
  it('is told what it says, and nobody else is: not who follows, not who has it, never the customer', async () => {
    const id = await file({ assignee: ids.omar })
    await (await as('bilal')).records.act(note, id, { body: 'Mine.' })
    const named = await told(id, async () =>
      (await as('dana')).records.act(note, id, { body: 'canary-note: @Ada Lovelace, and @Fatou Camara?' }),
    )
    expect(named).toMatchObject({ mailed: ['ada mentioned'], bell: ['Ada Lovelace mentioned'] })
    expect(named.mails[0]?.text).toContain('canary-note')
    const both = await told(id, async () => {
      const { records } = await as('dana')
      await records.transaction(async () => {
        await records.act(note, id, { body: 'canary-two for @omar' })
        await records.act(reply, id, { body: 'Said to all', status: (await system.records.find(TicketStatus, { code: 'resolved' }))!.id })
      })
    })
    expect(both.mailed).toEqual(['ada closed', 'bilal closed', 'fatou closed', 'omar mentioned'])
    expect(both.mails.filter(({ text }) => text?.includes('canary')).map(({ to }) => to)).toEqual(['omar@example.org'])
  })
})

describe('The bell', () => {
  it('counts what is unread, leads to the record, and is quiet when all is read', async () => {
    const [first, second] = [await file(), await file()]
    const { records } = await as('dana')
    for (const id of [first, second]) await records.act(assign, id, { assignee: ids.ada! })
    expect((await ada.get('/tickets')).html).toMatch(/data-bell="\/notifications\/latest"[^>]*aria-label="Notifications, 2 unread"/)
    const page = await ada.get('/notifications')
    expect(wordsOf(page.html)).toMatch(/dana assigned .*October transfer/)
    expect((await ada.get('/notifications/latest')).html).toContain('data-count="2"')
    const [, one = ''] = /\/notifications\/([0-9a-f-]{36})\/open/.exec(page.html) ?? []
    expect((await ada.post(`/notifications/${one}/open`)).location).toBe(`/tickets/${second}`)
    expect((await ada.get('/notifications/latest')).html).toContain('data-count="1"')
    await ada.post('/notifications/read')
    expect((await ada.get('/tickets')).html).toContain('aria-label="Notifications"')
  })

  it('is its owner’s alone, and says nothing of what he may no longer read', async () => {
    const id = await file()
    await (await as('dana')).records.act(assign, id, { assignee: ids.ada! })
    const [{ id: his }] = (await system.records.query(Notice, { fields: ['event'], limit: 1 })).rows as unknown as [{ id: string }]
    await expect((await as('bilal')).notices.open(his)).rejects.toMatchObject({ status: 404 })
    await expect((await as('ada')).records.update(Notice, his, { record: id })).rejects.toMatchObject({ status: 403 })
    await expect((await as('fatou')).records.get(Notice, his)).rejects.toMatchObject({ status: 404 })
    await system.records.remove(Ticket, id)
    expect(wordsOf((await ada.get('/notifications')).html)).not.toContain('October transfer')
  })

  it('forgets what it told three months ago', async () => {
    const id = await file()
    await (await as('dana')).records.act(assign, id, { assignee: ids.ada! })
    const later = (days: number) => app.servicesFor({ door: 'job', now: new Date(Date.now() + days * 86_400_000) })
    await forgetsNotices.run({}, await later(89))
    expect(await rings()).toHaveLength(1)
    await forgetsNotices.run({}, await later(91))
    expect(await rings()).toEqual([])
  })
})
