/** The half of the suite for channels that bring messages in. */
import type { Services } from '@tessera/core'
import type { TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import type { Vendor } from './vendor.ts'

export interface Said {
  /** A number of the chat and of the message in it: services have ids of their own kind. */
  readonly chat: number
  readonly message: number
  readonly name: string
  readonly text: string
}
/** A request as the service makes it; `forged` by somebody who does not know the secret. */
export type Deliver = (said: Said, services: Services, forged?: 'forged') => Promise<Delivery>
export interface Delivery {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What a reply is addressed to. */
  readonly address: string
  /** What the partner is called where the service does not say its name. */
  readonly called?: string
}

interface Set {
  readonly app: TestApp
  readonly system: Services
  readonly deliver: Deliver
  readonly vendor: Vendor
}

export function takesIn(channel: string, now: () => Set): void {
  let chats = 100
  const said = (about: Partial<Said> = {}): Said => ({
    chat: chats,
    message: 1,
    name: 'Fatou Camara',
    text: 'My payment did not arrive',
    ...about,
  })
  const post = async ({ path, headers, body }: Delivery): Promise<number> => {
    const answer = await fetch((await now().app.listen()) + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const deliver = async (about: Partial<Said>) => post(await now().deliver(said(about), now().system))
  const tickets = async (address: string) =>
    (
      await now().system.records.query(Ticket, {
        fields: ['description', 'partner', 'channel', 'source.code'],
        where: { channelAddress: address },
      })
    ).rows
  const deliveryOf = (chat: number) => now().deliver(said({ chat }), now().system)
  const addressOf = async (chat: number) => (await deliveryOf(chat)).address
  const heard = async (ticket: string) =>
    (await now().system.records.query(Message, { fields: ['body'], where: { ticket }, limit: 200 })).rows.map(({ body }) => body)

  describe('when a message comes in', () => {
    it('opens a ticket of the person who wrote it', async () => {
      const chat = ++chats
      expect(await deliver({ chat })).toBe(200)
      const opened = await tickets(await addressOf(chat))
      expect(opened).toMatchObject([
        {
          description: 'My payment did not arrive',
          channel,
          source: { code: 'chat' },
          partner: { label: (await deliveryOf(chat)).called ?? 'Fatou Camara' },
        },
      ])
    })

    it('goes on with the ticket, and a reply finds its way back', async () => {
      const chat = ++chats
      await deliver({ chat })
      await deliver({ chat, message: 2, text: 'Please hurry' })
      const [ticket, ...others] = await tickets(await addressOf(chat))
      expect(others).toEqual([])
      expect(await heard(ticket!.id)).toEqual(['Please hurry'])
      const { system, app, vendor } = now()
      const { channelAddress, channel: by } = await system.records.get(Ticket, ticket!.id)
      await system.outbox.send({ channel: by!, to: channelAddress!, text: 'It was sent today.' })
      await app.queue.drain()
      expect(vendor.got.splice(0)).toMatchObject([{ to: await addressOf(chat), text: 'It was sent today.' }])
    })

    it('takes it in once, however often it is delivered', async () => {
      const chat = ++chats
      for (const message of [1, 1, 2, 2, 1]) expect(await deliver({ chat, message, text: `Message ${message}` })).toBe(200)
      const opened = await tickets(await addressOf(chat))
      expect(opened).toMatchObject([{ description: 'Message 1' }])
      expect(await heard(opened[0]!.id)).toEqual(['Message 2'])
    })

    it('makes one ticket and each message once of twenty deliveries at the same moment', async () => {
      const chat = ++chats
      const numbers = Array.from({ length: 20 }, (_, at) => (at % 12) + 1)
      const answers = await Promise.all(numbers.map((message) => deliver({ chat, message, text: `Message ${message}` })))
      expect(new Set(answers)).toEqual(new Set([200]))
      const opened = await tickets(await addressOf(chat))
      expect(opened).toHaveLength(1)
      const all = [opened[0]!.description, ...(await heard(opened[0]!.id))]
      expect(all.sort()).toEqual([...new Set(numbers)].map((message) => `Message ${message}`).sort())
    })

    it('refuses what is forged and keeps nothing of it', async () => {
      const { system } = now()
      const counts = () => Promise.all([system.records.count(Ticket), system.records.count(Partner), system.records.count(Message)])
      const before = await counts()
      const genuine = await now().deliver(said({ chat: ++chats }), system)
      const forged = await now().deliver(said({ chat: ++chats }), system, 'forged')
      expect(await post(forged)).toBe(401)
      expect(await post({ ...genuine, headers: {} })).toBe(401)
      expect(await post({ ...genuine, headers: Object.fromEntries(Object.keys(genuine.headers).map((name) => [name, ''])) })).toBe(401)
      expect(await counts()).toEqual(before)
    })
  })
}
