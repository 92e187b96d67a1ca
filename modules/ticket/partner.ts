import { action, extend, type Fields, given, p, patch, show } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket } from './ticket.model.ts'

const fields = {
  tickets: () => p.oneToMany(Ticket).mappedBy('partner'),
  openTickets: p.integer().persist(false),
}

declare module '@tessera/partner' {
  interface Partner extends Fields<typeof fields> {}
}

/** What tickets add to partners: their tickets, how many are open, and a way to file a new one. */
export const partnerExtension = extend(Partner, fields, {
  fields: { openTickets: { count: { of: 'tickets', where: { closedAt: null } } } },
})

export const newTicket = action(Partner, 'newTicket', {
  label: 'New ticket',
  icon: 'ticket',
  opens: given(['id'], ({ id }) => show(Ticket, { new: true, defaults: { partner: id } })),
})

export const partnerPatch = patch(Partner, {
  form: [
    { in: 'links', insert: [{ link: 'tickets', icon: 'ticket' }] },
    { after: 'name', insert: [newTicket] },
  ],
  list: { after: 'company', insert: ['openTickets'] },
})
