import { type Records, type Services, UserError, type Where } from '@tessera/core'
import { Ticket } from './ticket.model.ts'
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

  /** The id of a status that fits: the named one, or the first by rank. */
  async #status(id: string | undefined, wanted: string, where: Where<TicketStatus>): Promise<string> {
    const fits: Where<TicketStatus> = id ? { $and: [where, { id }] } : where
    const { rows } = await this.#records.query(TicketStatus, { fields: ['id'], where: fits, order: { rank: 'asc' }, limit: 1 })
    if (rows[0]) return rows[0].id
    throw id
      ? new UserError('ticket.wrong_status', 'The chosen status is not {wanted}. Choose one that is.', { wanted })
      : new UserError('ticket.no_status', 'There is no status that is {wanted}. Add one under Configuration, Statuses.', { wanted })
  }
}

const notClosed: Where<TicketStatus> = { category: { $in: ['open', 'paused'] } }
