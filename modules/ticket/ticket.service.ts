import { type Brought, staff } from '@tessera/base'
import { type Records, type Services, saying, UserError, type Where } from '@tessera/core'
import { Message } from '@tessera/thread'
import { move, reopen, Ticket } from './ticket.model.ts'
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

  /** Adds a public message. A customer's answer takes a ticket up again that was waiting for him, or closed. */
  async reply(ticket: Ticket, { body, status, attachments }: Saying): Promise<void> {
    const isStaff = this.#services.context.caller.ability.has(staff)
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

  /** What the customer says takes a ticket up again; of himself he may not move one. */
  async #wake(ticket: Ticket): Promise<void> {
    const { category } = ticket.status
    if (category === 'closed') await this.#system.act(reopen, ticket.id, {})
    else if (category === 'paused')
      await this.#system.act(move, ticket.id, { status: await this.#status(undefined, 'open', { category: 'open' }) })
  }

  get #system(): Records {
    return this.#services.asSystem('What may be said about a ticket is decided by the actions reply and note.')
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
