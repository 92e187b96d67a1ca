import { type Brought, staff } from '@tessera/base'
import { type Records, recordTopic, type Services, saying, UserError, type Where } from '@tessera/core'
import { Message } from '@tessera/thread'
import { carryFollowers, demandRemaining, writeDown } from './merging.ts'
import { close, move, reopen, Ticket } from './ticket.model.ts'
import { TicketStatus } from './ticket-status.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly tickets: TicketService
  }
}

/** How to close a ticket. */
export interface Closing {
  /** The id of a closed status; the first one by rank unless told. */
  readonly status?: string | undefined
  readonly reason?: string | undefined
}
/** What is said to the customer, or by him. */
export interface Saying {
  readonly body: string
  /** The id of the status that the ticket gets with it. */
  readonly status?: string | undefined
  /** Ids of drafts that go with it. */
  readonly attachments?: readonly string[] | undefined
}
/** By whom, where a channel brings in what somebody without an account said. */
export interface Said {
  /** The partner's id. */
  readonly partner: string
  /** The name of the channel, and what it calls the message. */
  readonly channel: string
  readonly externalId: string
  /** What came with it. */
  readonly files?: Brought
}
export interface Rating {
  /** From 1 to 5. */
  readonly rating: number
  readonly comment?: string | undefined
}
/** To whom a ticket goes, by id. What is left out stays; null takes it away. */
export interface Assignment {
  readonly assignee?: string | null | undefined
  readonly team?: string | null | undefined
}

/**
 * What happens to a ticket. The actions come through here from every door, so that an override holds at all of them; other code
 * says `records.act(close, id, …)`, which asks for the permission first.
 */
export class TicketService {
  readonly #records: Records
  readonly #services: Services

  constructor(services: Services) {
    this.#records = services.records
    this.#services = services
  }

  async assign(ticket: Ticket, { assignee, team }: Assignment): Promise<void> {
    await this.#records.update(Ticket, ticket.id, { assignee, team })
  }

  async close(ticket: Ticket, { status, reason }: Closing = {}): Promise<void> {
    await this.#records.update(Ticket, ticket.id, {
      status: await this.#status(status, 'closed', { category: 'closed' }),
      closedAt: this.#services.context.now,
      closeReason: reason ?? null,
    })
  }

  /** Into the named status that is not closed, or into the first open one. When and why it was closed is forgotten. */
  async reopen(ticket: Ticket, status?: string): Promise<void> {
    const unclosed = await this.#status(status, 'open or paused', status ? notClosed : { category: 'open' })
    await this.#records.update(Ticket, ticket.id, { status: unclosed, closedAt: null, closeReason: null })
  }

  /** On the same side: closing and reopening have their own verbs and their own permissions. A closed ticket keeps `closedAt`. */
  async move(ticket: Ticket, status: string): Promise<void> {
    const isClosed = ticket.status.category === 'closed'
    const fitting = isClosed
      ? await this.#status(status, 'closed', { category: 'closed' })
      : await this.#status(status, 'open or paused', notClosed)
    await this.#records.update(Ticket, ticket.id, { status: fitting })
  }

  /**
   * It goes on in another one of the same customer, which shows what was said in it. Whatever has a say in closing has it here: by then
   * the ticket names the other one.
   */
  async merge(ticket: Ticket, into: string): Promise<void> {
    await demandRemaining(ticket, into, this.#services)
    await this.#records.update(Ticket, ticket.id, { mergedInto: into, mergedAt: this.#services.context.now })
    if (ticket.status.category !== 'closed') await this.#records.act(close, ticket.id, {})
    await this.#passOn(ticket.id, into)
    await carryFollowers(ticket.id, into, this.#services)
    await writeDown(into, ticket.id, 'came', this.#services)
    await this.#tellLookers(into)
  }

  /** It stands by itself again; one that was closed before stays closed. */
  async unmerge(ticket: Ticket): Promise<void> {
    const { mergedAt, mergedInto, closedAt } = ticket
    await this.#records.update(Ticket, ticket.id, { mergedInto: null, mergedAt: null })
    if (closedAt && mergedAt && closedAt >= mergedAt) await this.#records.act(reopen, ticket.id, {})
    if (!mergedInto) return
    await writeDown(mergedInto.id, ticket.id, 'went', this.#services)
    await this.#tellLookers(mergedInto.id)
  }

  /** Adds a public message. A customer's answer takes a ticket up again that was waiting for him, or closed. */
  async reply(ticket: Ticket, { body, status, attachments }: Saying): Promise<void> {
    const isStaff = this.#services.context.caller.ability.has(staff)
    if (isStaff || status !== undefined) this.#refuseMerged(ticket)
    await this.#say(ticket, { kind: 'public', body, sender: isStaff ? 'staff' : 'customer' }, attachments)
    if (isStaff && !ticket.firstRepliedAt) await this.#records.update(Ticket, ticket.id, { firstRepliedAt: this.#services.context.now })
    if (status !== undefined) await this.#into(ticket, status)
    else if (!isStaff) await this.#wake(ticket)
  }

  /** What a customer said through a channel. Taking in the same message again does nothing. */
  async hear(ticket: Ticket, body: string, { partner, channel, externalId, files }: Said): Promise<void> {
    if (await this.#system.find(Message, { channel, externalId })) return
    const said = await this.#say(ticket, { kind: 'public', body, sender: 'customer', partner, channel, externalId })
    if (files) await this.keepFiles(ticket.id, files, said)
    await this.#wake(ticket)
  }

  /** What a channel brought becomes files of the message, or without one of the ticket; a note tells staff what was refused and why. */
  async keepFiles(ticket: string, files: Brought, message?: string): Promise<void> {
    const { attachments, text } = this.#services
    await (message === undefined ? attachments.keep(files, Ticket, ticket) : attachments.keep(files, Message, message))
    if (files.refused.length === 0) return
    const say = saying({ text })
    const reasons = files.refused.map(({ code, text: english, values }) => `- ${say(code, english, values)}`)
    const body = [text('ticket.files_refused'), ...reasons].join('\n').slice(0, 20_000).toWellFormed()
    await this.#system.create(Message, { kind: 'note', body, sender: 'bot', ticket })
  }

  /** Adds a note, which only staff read. */
  async note(ticket: Ticket, body: string, attachments?: readonly string[]): Promise<void> {
    this.#refuseMerged(ticket)
    await this.#say(ticket, { kind: 'note', body, sender: 'staff' }, attachments)
  }

  async rate(ticket: Ticket, { rating, comment }: Rating): Promise<void> {
    await this.#records.update(Ticket, ticket.id, { rating, ratingComment: comment ?? null, ratedAt: this.#services.context.now })
  }

  async #say(
    ticket: Ticket,
    said: Pick<Message, 'kind' | 'body' | 'sender'> & Partial<Omit<Said, 'files'>>,
    attachments: readonly string[] = [],
  ): Promise<string> {
    const { partner, ...message } = said
    const author = this.#services.context.caller.id
    const whose = partner ?? (said.sender === 'customer' ? ticket.partner.id : null)
    const { id } = await this.#system.create(Message, { ...message, ticket: ticket.id, author, partner: whose }, ['id'])
    await this.#services.attachments.settle(attachments, Message, id)
    return id
  }

  /** To where the status belongs, by the verb that leads there. */
  async #into(ticket: Ticket, status: string): Promise<void> {
    const { category } = await this.#records.get(TicketStatus, status)
    const isClosed = ticket.status.category === 'closed'
    if ((category === 'closed') === isClosed) await this.move(ticket, status)
    else if (isClosed) await this.reopen(ticket, status)
    else await this.close(ticket, { status })
  }

  /** What the customer says takes a ticket up again, or the one in which it goes on; of himself he may not move one. */
  async #wake({ mergedInto, ...ticket }: Ticket): Promise<void> {
    if (!mergedInto) return this.#wakeBy(this.#system, ticket)
    const { records } = this.#services.bySystem(
      'What a customer says takes up the ticket in which his goes on, also where that is a colleague’s.',
    )
    await this.#tellLookers(mergedInto.id)
    await this.#wakeBy(records, await records.lock(Ticket, mergedInto.id))
  }

  async #wakeBy(records: Records, { id, status }: Pick<Ticket, 'id' | 'status'>): Promise<void> {
    if (status.category === 'closed') await records.act(reopen, id, {})
    else if (status.category === 'paused')
      await records.act(move, id, { status: await this.#status(undefined, 'open', { category: 'open' }) })
  }

  /** Staff go on in the one that remains: said here, it would be read by nobody who looks there for an answer. */
  #refuseMerged({ number, mergedAt }: Ticket): void {
    if (mergedAt === null) return
    throw new UserError('ticket.say_there', 'Ticket {number} was merged into another one. Say it there, or take {number} apart first.', {
      number,
    })
  }

  /** What was merged into a ticket goes on where that does, a page at a time until none is left. */
  async #passOn(ticket: string, into: string): Promise<void> {
    const page = () => this.#system.query(Ticket, { fields: ['id'], where: { mergedInto: ticket }, limit: 200 })
    for (let { rows } = await page(); rows.length > 0; rows = (await page()).rows) {
      for (const { id } of rows) {
        // Somebody may be taking it apart just now: it goes on where this does only if it still goes on here.
        const { mergedInto } = await this.#system.lock(Ticket, id)
        if (mergedInto?.id === ticket) await this.#system.update(Ticket, id, { mergedInto: into })
      }
    }
  }

  /** Something was said or joined there without a change of its own. */
  async #tellLookers(id: string): Promise<void> {
    await this.#services.live.tell(recordTopic('ticket', id), {})
  }

  get #system(): Records {
    return this.#services.asSystem('What is said about a ticket, and what goes on in it, is decided by its actions.')
  }

  /** The id of a status that fits: the named one, or the first by rank. */
  async #status(id: string | undefined, wanted: string, where: Where<TicketStatus>): Promise<string> {
    const fits: Where<TicketStatus> = id ? { $and: [where, { id }] } : where
    const ask = { fields: ['id'], where: fits, order: { rank: 'asc' }, limit: 1, offered: id === undefined } as const
    const { rows } = await this.#records.query(TicketStatus, ask)
    if (rows[0]) return rows[0].id
    throw id
      ? new UserError('ticket.wrong_status', 'The chosen status is not {wanted}. Choose one that is.', { wanted })
      : new UserError('ticket.no_status', 'There is no status that is {wanted}. Add one under Configuration, Statuses.', { wanted })
  }
}

const notClosed: Where<TicketStatus> = { category: { $in: ['open', 'paused'] } }
