import { action, given, menu, patch, show } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { newTicket, Ticket } from '@tessera/ticket'
import { Enrolment, Program } from './program.model.ts'

export const newTicketForRegistrant = action(Partner, 'sppNewTicket', {
  label: 'New ticket for this registrant',
  icon: 'ticket',
  when: { sppRegistrant: { $ne: null } },
  opens: given(['id', 'sppProgram', 'sppRegistrant'], ({ id, sppProgram, sppRegistrant }) =>
    show(Ticket, { new: true, defaults: { partner: id, sppProgram: sppProgram?.id, sppRegistrant } }),
  ),
})

export const ticketPatch = patch(Ticket, {
  form: { after: 'partner', insert: ['sppProgram', 'sppRegistrant'] },
  list: { after: 'partner', insert: ['sppProgram', { field: 'sppRegistrant', optional: 'hidden' }] },
  kanban: { after: 'partner', insert: ['sppProgram'] },
  search: {
    texts: ['sppRegistrant'],
    filters: { programTickets: { sppProgram: { $ne: null } } },
    groups: ['sppProgram'],
    facets: ['sppProgram'],
  },
})

export const partnerPatch = patch(Partner, {
  form: [
    { after: 'company', insert: ['sppProgram', 'sppRegistrant'] },
    { after: newTicket, insert: [newTicketForRegistrant] },
  ],
  list: { after: 'company', insert: ['sppProgram', { field: 'sppRegistrant', optional: 'hidden' }] },
  search: {
    texts: ['sppRegistrant'],
    filters: { registrants: { sppRegistrant: { $ne: null } } },
    groups: ['sppProgram'],
    facets: ['sppProgram'],
  },
})

const programs = menu('Programs', { icon: 'heart-handshake', opens: Program })
export const programMenus = [
  programs,
  menu('Program tickets', { in: programs, icon: 'ticket', opens: show(Ticket, { filter: ['programTickets', 'open'] }) }),
  menu('Undecided complaints', { in: programs, icon: 'alert-circle', opens: show(Ticket, { filter: ['undecidedComplaints'] }) }),
  menu('Registrants', { in: programs, icon: 'users-group', opens: show(Partner, { filter: ['registrants'] }) }),
  menu('Enrolments', { in: programs, icon: 'id', opens: Enrolment }),
]
