import type { Brought, BroughtFile } from '@tessera/base'
import { type Services, TooMany, UserError, type Where } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { z } from 'zod'
import { ContactPoint } from './contact-point.model.ts'
import { Ticket } from './ticket.model.ts'
import { source } from './ticket-source.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly inbox: InboxService
  }
}

/** What somebody said through a channel, as its adapter brings it. The adapter has made sure that it comes from the channel. */
export interface Incoming {
  /** The channel's name, as `services.channels` knows it; replies go back there. */
  readonly channel: string
  /** What the channel calls the sender, and where a reply reaches him. */
  readonly address: string
  /** What the sender calls himself; his address when there is nothing else. */
  readonly name: string
  /** Plain text. */
  readonly body: string
  /** What the channel calls the message; the same again is the same message. */
  readonly externalId: string
  /** What came with it, read while the message is taken in: each is taken, or a note for staff says why not. */
  readonly files?: AsyncIterable<BroughtFile> | Iterable<BroughtFile>
}
type Said = Omit<Incoming, 'files'>

/** Takes in what customers say through channels: a message opens a ticket, or goes on with one. */
export class InboxService {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services.bySystem('A channel brings what somebody without an account says: his ticket and partner are made for him.')
  }

  /**
   * Once for each `externalId` of a channel, also when a channel delivers it several times at once. It goes on with the latest ticket
   * of the address that is not closed, or was closed in the last three days and is then reopened; else it opens a ticket.
   */
  async receive(incoming: Incoming): Promise<{ ticket: string }> {
    const message = this.#checked(incoming)
    await this.#refuseFlood(message)
    const taken = await this.#ticketOf(message)
    if (taken !== undefined) return { ticket: taken }
    const point = await this.#pointOf(message)
    // They may come slowly: nobody waits for them.
    const files = await this.#services.attachments.bring(incoming.files ?? [])
    return this.#services.records.transaction(async () => {
      // Whoever writes from this address at the same time waits here, and then sees what was made of this message.
      const { partner } = await this.#services.records.lock(ContactPoint, point)
      const known = await this.#ticketOf(message)
      if (known !== undefined) return { ticket: known }
      const ticket = await this.#continued(message)
      if (!ticket) return { ticket: await this.#opened(message, partner.id, files) }
      const { channel, externalId } = message
      await this.#services.tickets.hear(ticket, message.body, { partner: partner.id, channel, externalId, files })
      return { ticket: ticket.id }
    })
  }

  #checked(incoming: Incoming): Said {
    const parsed = shape.safeParse(incoming)
    if (!parsed.success) {
      const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))].join(', ')
      throw new UserError('ticket.inbox_unfit', 'The message cannot be taken in: its {fields} does not fit. Send text and shorter names.', {
        fields,
      })
    }
    const { name, body, ...rest } = parsed.data
    const whole = body.length <= longestBody
    return {
      ...rest,
      name: name || rest.address,
      body: whole ? body : `${body.slice(0, longestBody - 200).toWellFormed()}…\n\n${this.#services.text('ticket.inbox_cut')}`,
    }
  }

  /** Before any transaction begins: the count must not wait for one. */
  async #refuseFlood({ channel, address }: Said): Promise<void> {
    const { count, seconds } = await this.#services.limits.count(`inbox ${channel} ${address}`, 60)
    if (count > mostPerMinute)
      throw new TooMany('ticket.inbox_flood', 'Too many messages came from this address; send the next in {seconds} seconds.', seconds)
  }

  /** The sender's contact point; who is new becomes a partner. */
  async #pointOf({ channel, address, name }: Said): Promise<string> {
    const { records } = this.#services
    const found = async () => (await records.query(ContactPoint, { fields: ['id'], where: { channel, address }, limit: 1 })).rows[0]?.id
    const make = async () => {
      const { id: partner } = await records.create(Partner, { kind: 'person', name }, ['id'])
      return (await records.create(ContactPoint, { channel, address, partner }, ['id'])).id
    }
    const known = await found()
    if (known !== undefined) return known
    try {
      return await records.transaction(make)
    } catch (error) {
      // Two first messages at once: the other one has made the partner.
      const other = await found()
      if (other === undefined) throw error
      return other
    }
  }

  /** The ticket that the message is in already. */
  async #ticketOf({ channel, externalId }: Said): Promise<string | undefined> {
    const { records } = this.#services
    const opening = await records.find(Ticket, { channel, externalId: openingId(channel, externalId) })
    if (opening) return opening.id
    const message = await records.find(Message, { channel, externalId })
    return message?.ticket?.id
  }

  /** The ticket that goes on with this message, locked. */
  async #continued({ channel, address }: Said): Promise<Ticket | undefined> {
    const { records, context } = this.#services
    const latest = async (where: Where<Ticket>): Promise<string | undefined> => {
      const ofAddress: Where<Ticket> = { $and: [{ channel, channelAddress: address }, where] }
      return (await records.query(Ticket, { fields: ['id'], where: ofAddress, order: { createdAt: 'desc' }, limit: 1 })).rows[0]?.id
    }
    const recently = new Date(context.now.getTime() - reopenedWithinMs)
    // One that was merged goes on as long as the one that remains.
    const orRemaining = (where: Where<Ticket>): Where<Ticket> => ({
      $or: [{ $and: [{ mergedAt: null }, where] }, { $and: [{ mergedAt: { $ne: null } }, { mergedInto: where }] }],
    })
    const id =
      (await latest(orRemaining({ status: { category: { $ne: 'closed' } } }))) ??
      (await latest(orRemaining({ closedAt: { $gte: recently } })))
    return id === undefined ? undefined : records.lock(Ticket, id)
  }

  async #opened({ channel, address, body, externalId }: Said, partner: string, files: Brought): Promise<string> {
    const [firstLine = ''] = body.split('\n', 1)
    const short =
      firstLine.length <= longestSubject
        ? firstLine
        : `${firstLine
            .slice(0, longestSubject - 1)
            .toWellFormed()
            .trimEnd()}…`
    const system = this.#services.asSystem('Where a ticket came from, and where replies go, is written by nobody else.')
    const ticket = await system.create(
      Ticket,
      {
        subject: short.length < 3 ? this.#services.text('ticket.inbox_subject', { text: short }) : short,
        description: body,
        partner,
        source: source.chat,
        channel,
        channelAddress: address,
        externalId: openingId(channel, externalId),
      },
      ['id'],
    )
    await this.#services.tickets.keepFiles(ticket.id, files)
    return ticket.id
  }
}

const longestSubject = 120
const longestBody = 20_000
const mostPerMinute = 120
const reopenedWithinMs = 3 * 24 * 3_600_000

/** Control characters have no place in a text, except for the ends of lines. */
const plain = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .toWellFormed()
    .trim()

const shape = z.object({
  channel: z.string().regex(/^[a-z][a-z0-9.-]{0,59}$/),
  address: z.string().trim().min(1).max(190),
  name: z.string().transform((name) => plain(name).replace(/\s+/g, ' ').slice(0, 200).toWellFormed().trim()),
  body: z.string().max(1_000_000).transform(plain).pipe(z.string().min(1)),
  externalId: z.string().min(1).max(190),
})

/** The first message is the ticket itself: its description, and this its name outside. */
const openingId = (channel: string, externalId: string): string => `${channel}:${externalId}`
