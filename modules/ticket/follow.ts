import { on } from '@tessera/core'
import { Ticket } from './ticket.model.ts'

/** Whoever is given a ticket hears of it from then on, also when somebody else has it later. */
export const followsHisTickets = on(Ticket, ['assignee'], async ({ id, assignee }, { app, context, followers }) => {
  if (assignee && context.door !== 'import') await followers.add(app.models.of(Ticket), id, assignee.id)
})
