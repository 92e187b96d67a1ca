import base from '@tessera/base'
import { defineModule, UserError } from '@tessera/core'
import partner from '@tessera/partner'
import thread from '@tessera/thread'
import ticket, { type Closing, type Ticket } from '@tessera/ticket'
import { complaintExtension, complaintViews } from './complaint.ts'
import { demoSpp } from './demo/command.ts'
import { partnerExtension, ticketExtension } from './fields.ts'
import { officer, officerRow, officerRules } from './officer.ts'
import { Enrolment, Program, programViews } from './program.model.ts'
import { registrantExtension, registrantViews } from './registrant.ts'
import { newTicketForRegistrant, partnerPatch, programMenus, ticketPatch } from './views.ts'

export { Enrolment, newTicketForRegistrant, officer, Program }

export default defineModule({
  name: 'spp',
  depends: [base, partner, thread, ticket],
  models: [Program, Enrolment],
  extends: [partnerExtension, registrantExtension, ticketExtension, complaintExtension],
  roles: [officer],
  data: [officerRow],
  actions: [newTicketForRegistrant],
  views: [...programViews, partnerPatch, ...registrantViews, ticketPatch, ...complaintViews],
  menus: programMenus,
  permissions: officerRules,
  commands: [demoSpp],
  extras: {
    'assignment-rules': () => import('./with-assignment-rules.ts'),
    portal: () => import('./with-portal.ts'),
    reporting: () => import('./with-reporting.ts'),
  },
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
