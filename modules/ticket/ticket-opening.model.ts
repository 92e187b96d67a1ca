import { defineModel, extend, type Fields, type Model, migration, on, p, type Services } from '@tessera/core'
import { Ticket } from './ticket.model.ts'

const fields = {
  ticket: () => p.manyToOne(Ticket),
  openedAt: p.datetime(),
  closedAt: p.datetime().nullable(),
  reopened: p.boolean().default(false),
  merged: p.boolean().default(false),
}

/**
 * One time during which a ticket was open, from its filing or a reopening to the next closing. A ticket was open at an instant when
 * one of them began by then and had not ended; whatever counts a backlog, closings or reopenings of the past asks here, since the
 * ticket itself knows only its last closing. Kept by the system alone.
 */
export interface TicketOpening extends Fields<typeof fields> {}
export const TicketOpening: Model<TicketOpening> = defineModel('ticketOpening', fields, {
  icon: 'clock',
  order: { openedAt: 'desc' },
  exposed: false,
  within: ['ticket'],
  fields: {
    ticket: { removedWith: true },
    openedAt: { help: 'When it was filed or reopened.' },
    closedAt: { help: 'When it was closed then; empty while it is open.' },
    reopened: { help: 'Whether it was reopened after this closing.' },
    merged: { help: 'Whether it was closed because it was merged into another ticket: nothing was solved then.' },
  },
  indexes: [{ of: ['openedAt'] }, { of: ['closedAt', 'ticket'] }],
})

const openings = { openings: () => p.oneToMany(TicketOpening).mappedBy('ticket') }
declare module './ticket.model.ts' {
  interface Ticket extends Fields<typeof openings> {}
}

/** A ticket knows when it was open. */
export const openingExtension = extend(Ticket, openings, {
  fields: { openings: { help: 'Each time that it was open.' } },
})

/** Written in the transaction of the filing, the closing, the reopening: an import and a demonstration get theirs in the same way. */
export const keepsOpenings = [
  on(Ticket, 'create', async (ticket, services) => {
    // Whoever creates several is told their ids alone: nothing is read back, with each ticket that is filed.
    await kept(services).createMany(TicketOpening, [{ ticket: ticket.id, openedAt: ticket.createdAt }])
  }),
  on(Ticket, ['closedAt'], async (ticket, services, { verb }) => {
    if (verb === 'create') return
    const records = kept(services)
    const { rows } = await records.query(TicketOpening, {
      fields: ['closedAt'],
      where: { ticket: ticket.id },
      order: { openedAt: 'desc', createdAt: 'desc' },
      limit: 1,
    })
    const last = rows[0]
    if (ticket.closedAt) {
      if (last && !last.closedAt)
        await records.update(TicketOpening, last.id, { closedAt: ticket.closedAt, merged: ticket.mergedAt !== null })
      return
    }
    if (last) await records.update(TicketOpening, last.id, { reopened: true })
    await records.create(TicketOpening, { ticket: ticket.id, openedAt: services.context.now })
  }),
]

/** Tickets that were there before get one opening, to their last closing: earlier ones nobody wrote down in a form to count. */
export const earlierOpenings = migration('openings of the tickets so far', TicketOpening, {
  after: [
    `insert into ticket_opening (id, ticket_id, opened_at, closed_at, created_at, updated_at)
    select gen_random_uuid(), t.id, t.created_at, t.closed_at, t.created_at, coalesce(t.closed_at, t.created_at) from ticket t
    where not exists (select 1 from ticket_opening where ticket_id = t.id)`,
  ],
})

const kept = ({ asSystem }: Services) => asSystem('When a ticket was open is kept by the system, whoever closes or reopens it.')
