import { on, type Services, UserError } from '@tessera/core'
import { Ticket } from './ticket.model.ts'
import { TicketStatus } from './ticket-status.model.ts'

/** A status in use keeps its category: tickets would be closed without a time of closing, or open with one. */
export const keepsCategory = on(TicketStatus, ['category'], async (status, { asSystem }: Services) => {
  const all = asSystem('A status is in use even where the caller may not see the tickets.')
  const tickets = await all.count(Ticket, { where: { status: status.id } })
  if (tickets > 0) {
    throw new UserError(
      'ticket.status_in_use',
      'The status "{name}" has tickets and keeps its category. Add a new status for the other category and move the tickets there.',
      status,
    )
  }
})
