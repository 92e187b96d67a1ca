/** What is said about a ticket: to the customer, by him, and among staff alone. */
import type { Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { close, move, Ticket, TicketStatus } from './index.ts'

let app: TestApp
let system: Services
let agent: SignedIn
let fatou: SignedIn
let omar: SignedIn
let partner: string
const secret = 'canary-note-4711'

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  agent = await signedInAs(app, 'agent')
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  const other = (await system.records.create(Partner, { name: 'Omar Haddad' })).id
  fatou = await signedInAs(app, 'customer', { partner })
  omar = await signedInAs(app, 'customer', { partner: other })
})
afterAll(() => app?.close())

const file = async (more: object = {}): Promise<string> =>
  (await system.records.create(Ticket, { subject: 'Card is lost', partner, ...more })).id
const act = async (who: SignedIn, verb: string, id: string, input: object) => {
  const answer = await who.fetch(`/api/tickets/${id}/${verb}`, { method: 'POST', body: JSON.stringify(input) })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}
const statusOf = async (id: string): Promise<string> => (await system.records.get(Ticket, id)).status.code
const messagesOf = async (id: string) =>
  (
    await system.records.query(Message, {
      fields: ['kind', 'body', 'sender', 'author', 'partner', 'channel'],
      where: { ticket: id },
      order: { createdAt: 'asc' },
    })
  ).rows
const status = async (code: string): Promise<string> => (await system.records.find(TicketStatus, { code }))!.id

describe('A reply by staff', () => {
  it('is public, names its author, and the first one is when the customer was first answered', async () => {
    const id = await file()
    expect((await act(agent, 'reply', id, { body: 'We send a new one.' })).status).toBe(200)
    expect(await messagesOf(id)).toMatchObject([
      { kind: 'public', body: 'We send a new one.', sender: 'staff', author: { id: agent.user }, partner: null },
    ])
    const { firstRepliedAt, hoursToFirstReply } = await system.records.get(Ticket, id)
    expect(firstRepliedAt).toBeInstanceOf(Date)
    expect(hoursToFirstReply).toBeGreaterThanOrEqual(0)
    await act(agent, 'reply', id, { body: 'It is on its way.' })
    expect((await system.records.get(Ticket, id)).firstRepliedAt).toEqual(firstRepliedAt)
  })

  it('moves, closes or reopens the ticket with the same click', async () => {
    const id = await file()
    for (const code of ['pending', 'resolved', 'closed', 'in_progress']) {
      await act(agent, 'reply', id, { body: `Now it is ${code}.`, status: await status(code) })
      expect(await statusOf(id)).toBe(code)
    }
    expect((await system.records.get(Ticket, id)).closedAt).toBeNull()
    expect(await messagesOf(id)).toHaveLength(4)
  })

  it('that cannot do what it shall do says nothing', async () => {
    const id = await file()
    expect((await act(agent, 'reply', id, { body: 'Hello', status: '01900000-0000-7000-8000-000000000000' })).status).toBe(422)
    expect((await act(agent, 'reply', id, { body: '   ' })).status).toBe(422)
    expect(await messagesOf(id)).toEqual([])
  })
})

describe('A reply by the customer', () => {
  it('is his, and is no answer by staff', async () => {
    const id = await file()
    expect((await act(fatou, 'reply', id, { body: 'Any news?' })).status).toBe(200)
    expect(await messagesOf(id)).toMatchObject([
      { kind: 'public', sender: 'customer', author: { id: fatou.user }, partner: { id: partner } },
    ])
    expect(await system.records.get(Ticket, id)).toMatchObject({ firstRepliedAt: null, status: { code: 'new' } })
  })

  it.each([
    ['on_hold', 'new'],
    ['pending', 'new'],
    ['closed', 'new'],
    ['in_progress', 'in_progress'],
  ])('takes a ticket that is %s to %s', async (before, after) => {
    const id = await file({ status: { code: before } })
    expect(await statusOf(id)).toBe(before)
    await act(fatou, 'reply', id, { body: 'I am still waiting.' })
    expect(await statusOf(id)).toBe(after)
    expect((await system.records.get(Ticket, id)).closedAt).toBeNull()
  })

  it('is refused on a ticket that is not his', async () => {
    const id = await file()
    expect((await act(omar, 'reply', id, { body: 'Let me in' })).status).toBe(404)
    expect(await messagesOf(id)).toEqual([])
  })
})

describe('What a channel heard', () => {
  it('is said once, however often it is brought', async () => {
    const id = await file({ status: { code: 'pending' } })
    const ticket = await system.records.get(Ticket, id)
    const said = { partner, channel: 'telegram', externalId: '17' }
    await system.records.transaction(() => system.tickets.hear(ticket, 'Hello?', said))
    await system.records.transaction(() => system.tickets.hear(ticket, 'Hello?', said))
    expect(await messagesOf(id)).toMatchObject([
      { body: 'Hello?', sender: 'customer', channel: 'telegram', author: null, partner: { id: partner } },
    ])
    expect(await statusOf(id)).toBe('new')
  })
})

describe('A message', () => {
  it('is written by the actions alone, and never changed or taken back', async () => {
    const id = await file()
    const { records } = await agent.services()
    await expect(records.create(Message, { ticket: id, kind: 'public', body: 'Sneaked in', sender: 'staff' })).rejects.toMatchObject({
      status: 403,
    })
    await act(agent, 'reply', id, { body: 'Said' })
    const [message] = await messagesOf(id)
    await expect(records.update(Message, message!.id, { body: 'Unsaid' })).rejects.toMatchObject({ status: 403 })
    await expect(system.records.update(Message, message!.id, { body: 'Unsaid' })).rejects.toMatchObject({ code: 'record.append_only' })
    await expect(system.records.remove(Message, message!.id)).rejects.toMatchObject({ status: 403 })
    expect(
      (
        await agent.fetch('/api/messages', {
          method: 'POST',
          body: JSON.stringify({ kind: 'public', body: 'x', sender: 'staff', ticket: id }),
        })
      ).status,
    ).toBe(403)
  })
})

describe('A note', () => {
  it('is read by staff, changes no status and is no answer', async () => {
    const id = await file()
    await act(agent, 'note', id, { body: secret })
    expect(await messagesOf(id)).toMatchObject([{ kind: 'note', sender: 'staff', author: { id: agent.user } }])
    expect(await system.records.get(Ticket, id)).toMatchObject({ firstRepliedAt: null, status: { code: 'new' } })
    const read = await agent.fetch(`/api/messages?filter[ticket]=${id}`)
    expect(await read.text()).toContain(secret)
    expect((await act(fatou, 'note', id, { body: 'Mine' })).status).toBe(403)
  })

  it('is seen by the customer on no path, nor guessed by a filter, a count or an order', async () => {
    const id = await file()
    await act(agent, 'note', id, { body: secret })
    await act(agent, 'reply', id, { body: 'Said to everybody' })
    await act(agent, 'note', await file({ partner: (await system.records.find(Partner, { name: 'Omar Haddad' }))!.id }), { body: secret })
    const mine = (await fatou.services()).records
    const paths = [
      '/api/messages',
      '/api/messages?limit=200&total=true&fields=kind,body,sender,author,partner,ticket,channel,externalId',
      '/api/messages?fields=body,kind',
      `/api/messages?q=${secret}&total=true`,
      `/api/messages?filter[body][contains]=canary&total=true`,
      '/api/messages?filter[kind]=note&total=true',
      '/api/messages?sort=body',
      '/api/messages/groups?by=kind',
      '/api/messages/groups?by=body',
      `/api/tickets?filter[messages.body][contains]=canary&total=true`,
      '/api/tickets?filter[messages.kind]=note&total=true',
      '/api/tickets?fields=messages',
      `/api/tickets?q=${secret}`,
      `/api/tickets/${id}?fields=messages`,
      `/api/tickets/${id}`,
      `/api/tickets/${id}/history`,
      '/api/openapi.json',
    ]
    for (const path of paths) {
      const answer = await fatou.fetch(path)
      const text = await answer.text()
      // A refusal may repeat the question.
      if (answer.status < 400) {
        expect(text, path).not.toContain(secret)
        if (path.includes('total=true') && !path.includes('limit=200')) expect(JSON.parse(text).total ?? 0, path).toBe(0)
      }
    }
    expect(await (await fatou.fetch('/api/messages')).text()).toContain('Said to everybody')
    const { rows } = await mine.query(Message, { fields: ['body', 'kind'], limit: 200 })
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['public']))
    expect(await mine.count(Message, { where: { kind: 'note' } })).toBe(0)
    const notes = await system.records.query(Message, { fields: ['kind'], where: { kind: 'note' }, limit: 200 })
    for (const { id: each } of notes.rows) {
      await expect(mine.get(Message, each)).rejects.toMatchObject({ status: 404 })
      expect((await fatou.fetch(`/api/messages/${each}`)).status).toBe(404)
      expect((await fatou.fetch(`/api/messages/${each}/history`)).status).toBe(404)
    }
    const groups = await mine.group(Message, { by: ['kind'] })
    expect(groups).toMatchObject([{ kind: 'public' }])
  })

  it('a public message of another’s ticket is not read either', async () => {
    const id = await file()
    await act(agent, 'reply', id, { body: 'For Fatou alone' })
    const [message] = await messagesOf(id)
    expect((await fatou.fetch(`/api/messages/${message!.id}`)).status).toBe(200)
    expect((await omar.fetch(`/api/messages/${message!.id}`)).status).toBe(404)
    const { records } = await omar.services()
    expect(await records.count(Message, { where: { kind: 'public' } })).toBe(0)
    expect(await records.group(Message, { by: ['kind'] })).toEqual([])
  })
})

describe('On hold and pending', () => {
  it('are paused: neither closed nor counted as closed, and closing from there works', async () => {
    for (const code of ['on_hold', 'pending']) {
      const id = await file({ status: { code } })
      expect(await system.records.get(Ticket, id)).toMatchObject({ status: { category: 'paused' }, closedAt: null })
      await system.records.act(close, id, {})
      await expect(system.records.act(move, id, { status: await status(code) })).rejects.toMatchObject({ code: 'ticket.wrong_status' })
    }
  })
})

describe('A rating', () => {
  it('is given by the customer once the ticket is closed, from 1 to 5, and may be given again', async () => {
    const id = await file()
    expect((await act(fatou, 'rate', id, { rating: 5 })).body).toMatchObject({ code: 'ticket.action.rate.otherwise' })
    await system.records.act(close, id, {})
    for (const rating of [0, 6, 2.5]) expect((await act(fatou, 'rate', id, { rating })).status).toBe(422)
    expect((await act(omar, 'rate', id, { rating: 1 })).status).toBe(404)
    expect((await act(agent, 'rate', id, { rating: 5 })).status).toBe(403)
    expect((await act(fatou, 'rate', id, { rating: 2, comment: 'It took weeks.' })).status).toBe(200)
    expect(await system.records.get(Ticket, id)).toMatchObject({ rating: 2, ratingComment: 'It took weeks.', ratedAt: expect.any(Date) })
    await act(fatou, 'rate', id, { rating: 4 })
    expect(await system.records.get(Ticket, id)).toMatchObject({ rating: 4, ratingComment: null, status: { category: 'closed' } })
    const written = await agent.fetch(`/api/tickets/${id}`, { method: 'PATCH', body: JSON.stringify({ rating: 5 }) })
    expect(written.status).toBe(422)
  })
})
