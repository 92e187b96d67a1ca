import base from '@tessera/base'
import { defineModule, UserError } from '@tessera/core'
import partner from '@tessera/partner'
import ticket, { type Closing, type Ticket } from '@tessera/ticket'
import { partnerExtension, ticketExtension } from './fields.ts'
import { officer, officerRow, officerRules } from './officer.ts'
import { newTicketForRegistrant, partnerPatch, ticketPatch } from './views.ts'

export { newTicketForRegistrant, officer }

export default defineModule({
  name: 'spp',
  depends: [base, partner, ticket],
  extends: [partnerExtension, ticketExtension],
  roles: [officer],
  data: [officerRow],
  actions: [newTicketForRegistrant],
  views: [partnerPatch, ticketPatch],
  permissions: officerRules,
  overrides: {
    tickets: (Tickets) =>
      class SppTickets extends Tickets {
        /** A program ticket closes only once we know whom it concerns. */
        override async close(ticket: Ticket, closing?: Closing): Promise<void> {
          if (ticket.sppProgram && !ticket.sppRegistrant) {
            throw new UserError('spp.no_registrant', 'Link a registrant to ticket "{subject}" before closing it.', ticket)
          }
          await super.close(ticket, closing)
        }
      },
  },
})
