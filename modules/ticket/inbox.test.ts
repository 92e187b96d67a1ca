import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ContactPoint, close, type Incoming, move, Ticket, TicketStatus } from './index.ts'

let app: TestApp
let system: Services
let addresses = 0

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
})
afterAll(() => app.close())

const noon = new Date('2026-03-02T12:00:00Z')
const days = (many: number): Date => new Date(noon.getTime() + many * 86_400_000)
const said = (about: Partial<Incoming> = {}): Incoming => ({
  channel: 'telegram',
  address: `chat-${addresses}`,
  name: 'Fatou Camara',
  body: 'My payment did not arrive',
  externalId: `${addresses}.1`,
  ...about,
})
const newAddress = (): string => `chat-${++addresses}`
/** As a route for everybody would: nobody is signed in. */
const receive = async (about: Partial<Incoming>, now = noon): Promise<string> => {
  const { inbox } = await app.servicesFor({ door: 'api', user: '00000000-0000-7000-8000-000000000000', now })
  return (await inbox.receive(said(about))).ticket
}
const ticketOf = (id: string): Promise<Ticket> => system.records.get(Ticket, id)
const heard = async (ticket: string): Promise<readonly string[]> =>
  (await system.records.query(Message, { fields: ['body'], where: { ticket }, order: { createdAt: 'asc' } })).rows.map(({ body }) => body)

describe('A message of somebody unknown', () => {
  it('makes a partner named as the channel says, and opens a ticket', async () => {
    const address = newAddress()
    const id = await receive({ address, body: '  My payment\r\ndid not arrive.\u0007  ' })
    expect(await ticketOf(id)).toMatchObject({
      subject: 'My payment',
      description: 'My payment\ndid not arrive.',
      partner: { name: 'Fatou Camara', kind: 'person' },
      source: { code: 'chat' },
      channel: 'telegram',
      channelAddress: address,
      status: { code: 'new' },
      createdBy: null,
    })
    expect(await heard(id)).toEqual([])
  })

  it('is named by the address where the channel knows no name', async () => {
    const address = newAddress()
    const id = await receive({ address, name: ' \n ' })
    expect(await ticketOf(id)).toMatchObject({ partner: { name: address } })
  })

  it('makes no subject of more than 120 characters, nor one that is too short', async () => {
    const long = await ticketOf(await receive({ address: newAddress(), body: `${'word '.repeat(60)}\nmore` }))
    expect(long.subject.length).toBeLessThanOrEqual(120)
    expect(long.subject).toMatch(/word…$/)
    expect(await ticketOf(await receive({ address: newAddress(), body: '?' }))).toMatchObject({ subject: 'Message "?"' })
  })

  it('is cut where it is longer than a message may be, and says so', async () => {
    const { description } = await ticketOf(await receive({ address: newAddress(), body: '😀'.repeat(15_000) }))
    expect(description!.length).toBeLessThanOrEqual(20_000)
    expect(description).toMatch(/😀…\n\n\(The message was longer and is cut here\.\)$/)
  })

  it('is refused without text, without address or from a channel that is no name', async () => {
    for (const wrong of [
      { body: ' \u0000 ' },
      { address: '' },
      { channel: 'no channel' },
      { externalId: '' },
      { address: 'x'.repeat(191) },
    ])
      await expect(receive({ address: newAddress(), ...wrong })).rejects.toMatchObject({ code: 'ticket.inbox_unfit', status: 422 })
  })
})

describe('The next message from the same address', () => {
  it('goes on with the ticket that is not closed', async () => {
    const address = newAddress()
    const id = await receive({ address })
    expect(await receive({ address, body: 'Still not', externalId: `${address}.2` }, days(30))).toBe(id)
    expect(await heard(id)).toEqual(['Still not'])
    const message = await system.records.find(Message, { ticket: id })
    expect(message).toMatchObject({
      kind: 'public',
      sender: 'customer',
      author: null,
      partner: { name: 'Fatou Camara' },
      channel: 'telegram',
    })
  })

  it('takes up again a ticket that waited for the customer', async () => {
    const address = newAddress()
    const id = await receive({ address })
    const pending = await system.records.find(TicketStatus, { category: 'paused' })
    await system.records.act(move, id, { status: pending!.id })
    await receive({ address, externalId: `${address}.2` })
    expect(await ticketOf(id)).toMatchObject({ status: { category: 'open' } })
  })

  it('reopens a ticket that was closed three days ago or less, and after that opens another', async () => {
    const address = newAddress()
    const id = await receive({ address })
    const closing = await app.servicesFor({ door: 'system', now: noon })
    await closing.records.act(close, id, {})
    expect(await receive({ address, externalId: `${address}.2` }, days(3))).toBe(id)
    expect(await ticketOf(id)).toMatchObject({ status: { category: 'open' }, closedAt: null })
    await closing.records.act(close, id, {})
    const other = await receive({ address, name: 'F. C.', externalId: `${address}.3` }, days(3.1))
    expect(other).not.toBe(id)
    expect(await ticketOf(other)).toMatchObject({ partner: { name: 'Fatou Camara' } })
  })

  it('goes on with the open one of two, though the other was closed later', async () => {
    const address = newAddress()
    const id = await receive({ address })
    const { partner } = await ticketOf(id)
    const later = await system.asSystem('As the inbox writes it.').create(Ticket, {
      subject: 'Another',
      partner: partner.id,
      channel: 'telegram',
      channelAddress: address,
    })
    await system.records.act(close, later.id, {})
    expect(await receive({ address, externalId: `${address}.2` }, new Date())).toBe(id)
  })

  it('of another channel is from somebody else', async () => {
    const address = newAddress()
    const id = await receive({ address })
    expect(await receive({ address, channel: 'chat.viber' })).not.toBe(id)
  })

  it('is refused when more than 120 came within a minute', async () => {
    const address = newAddress()
    for (let i = 0; i < 120; i++) await system.limits.count(`inbox telegram ${address}`, 60)
    await expect(receive({ address })).rejects.toMatchObject({ code: 'ticket.inbox_flood', status: 429 })
  })
})

describe('A message that is delivered again', () => {
  it('changes nothing and names the same ticket, also once that is closed', async () => {
    const address = newAddress()
    const id = await receive({ address })
    await receive({ address, externalId: `${address}.2` })
    await system.records.act(close, id, {})
    expect(await receive({ address })).toBe(id)
    expect(await receive({ address, externalId: `${address}.2` }, days(9))).toBe(id)
    expect(await heard(id)).toHaveLength(1)
    expect(await ticketOf(id)).toMatchObject({ status: { category: 'closed' } })
  })
})

describe('Messages that are delivered at the same moment', () => {
  it('from one new address make one partner and one ticket, and each is there once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 20, maxLength: 20 }), async (numbers) => {
        const address = newAddress()
        const deliver = (number: number) => receive({ address, body: `Message ${number}`, externalId: `${address}.${number}` })
        const tickets = await Promise.all(numbers.map(deliver))
        expect(new Set(tickets).size).toBe(1)
        const { description } = await ticketOf(tickets[0]!)
        const all = [description, ...(await heard(tickets[0]!))]
        expect(all.sort()).toEqual([...new Set(numbers)].map((number) => `Message ${number}`).sort())
        expect(await system.records.count(Ticket, { where: { channelAddress: address } })).toBe(1)
        expect(await system.records.count(ContactPoint, { where: { address } })).toBe(1)
        expect(await system.records.count(Partner, { where: { contactPoints: { address } } })).toBe(1)
      }),
      { numRuns: 10 },
    )
    // Nobody was made twice and left without an address.
    expect(await system.records.count(Partner)).toBe(await system.records.count(ContactPoint))
  })
})
