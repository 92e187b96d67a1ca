/** What every channel keeps, whatever is behind it: one suite, run against a server that stands for the service. */
import { OutboxMessage, type Outgoing, Undeliverable } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Deliver, takesIn } from './incoming.ts'
import type { Vendor } from './vendor.ts'

/** One channel, as the suite needs it. */
export interface Adapter {
  readonly channel: string
  readonly modules: readonly string[]
  /** Whom it sends to. */
  readonly to: string
  readonly startVendor: () => Promise<Vendor>
  /** The environment of a deployment that reaches the vendor. */
  readonly env: (vendor: string) => Readonly<Record<string, string>>
  /** What an administrator sets up. */
  readonly setUp?: (services: Services, vendor: string) => Promise<unknown>
  /** Whether the service takes an id of ours. */
  readonly takesMessageId: boolean
  /** Makes the request by which the service brings a message; a channel without one only sends. */
  readonly deliver?: Deliver
}

export function channelConformance(title: string, adapter: Adapter): void {
  describe(`The channel ${title}`, () => {
    let vendor: Vendor
    let app: TestApp
    let system: Services
    let messages = 0

    beforeAll(async () => {
      vendor = await adapter.startVendor()
      const asked = { TESSERA_ALLOW_PRIVATE_TARGETS: '1', TESSERA_OUTSIDE_SECONDS: '3' }
      app = await bootTest(inject('postgresUrl'), adapter.modules, { ...asked, ...adapter.env(vendor.url) })
      system = await app.servicesFor({ door: 'system' })
      await adapter.setUp?.(system, vendor.url)
    })
    afterAll(async () => {
      await app?.close()
      await vendor?.close()
    })

    const message = (text = 'We have it.'): Outgoing => ({
      messageId: `<${++messages}@desk.example.org>`,
      to: adapter.to,
      subject: 'Your request',
      text,
      html: undefined,
      references: [],
    })
    const send = (outgoing: Outgoing): Promise<unknown> =>
      system.channels
        .named(adapter.channel)!
        .send(outgoing)
        .then(
          () => 'sent',
          (error: unknown) => error,
        )
    const temporary = (error: unknown): void => {
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(Undeliverable)
    }

    it('is known by its name and ready once it is set up', () => {
      const channel = system.channels.named(adapter.channel)
      expect(channel).toMatchObject({ name: adapter.channel, label: expect.stringMatching(/\S/) })
      expect(channel?.notReady()).toBeUndefined()
    })

    it('delivers a message once, with its text and where the service takes it with its id', async () => {
      const outgoing = message('Your payment of 1,200 was sent.\nIt takes "two" days. {{text}} <b>&amp;</b>')
      expect(await send(outgoing)).toBe('sent')
      const messageId = adapter.takesMessageId ? outgoing.messageId : undefined
      expect(vendor.got.splice(0).map((got) => ({ ...got, text: got.text.replace(/\r\n/g, '\n') }))).toEqual([
        { to: adapter.to, text: outgoing.text, messageId },
      ])
    })

    it('delivers what the outbox holds', async () => {
      await system.outbox.send({ channel: adapter.channel, to: adapter.to, subject: 'Your request', text: 'From the outbox' })
      await app.queue.drain()
      expect(vendor.got.splice(0)).toMatchObject([{ text: 'From the outbox' }])
      expect(await system.records.count(OutboxMessage, { where: { status: 'sent' } })).toBe(1)
    })

    it('says of what may work later that it failed, and never that it is undeliverable', async () => {
      vendor.next.push('temporary')
      temporary(await send(message()))
      expect(await send(message())).toBe('sent')
      expect(vendor.got.splice(0)).toHaveLength(1)
    })

    it('says of what the service refuses for good that it is undeliverable', async () => {
      vendor.next.push('permanent')
      const error = await send(message())
      expect(error).toBeInstanceOf(Undeliverable)
      expect((error as Error).message).toMatch(/^[A-Z].*\d/)
    })

    it('takes a connection that breaks, and one that says nothing, for a failure that may pass', { timeout: 60_000 }, async () => {
      vendor.next.push('drop')
      temporary(await send(message()))
      vendor.next.push('hang')
      temporary(await send(message()))
      expect(vendor.got).toEqual([])
      expect(await send(message())).toBe('sent')
      vendor.got.splice(0)
    })

    const { deliver } = adapter
    if (deliver) takesIn(adapter.channel, () => ({ app, system, deliver, vendor }))
  })
}
