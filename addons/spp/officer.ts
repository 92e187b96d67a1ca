import { Role, Team, User } from '@tessera/base'
import { data, role } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { assign, close, move, reopen, Ticket, TicketPriority, TicketSource, TicketStatus, TicketTag, TicketType } from '@tessera/ticket'

/** Works on the tickets and registrants of programs, and sees no others. */
export const officer = role('sppOfficer', { label: 'Programme officer' })

export const officerRow = data(Role, { sppOfficer: { name: officer.name, label: officer.label } })

export const officerRules = [
  officer.can(['create', 'read', 'update', assign, close, move, reopen], Ticket, { sppProgram: { $ne: null } }),
  officer.can(['create', 'read', 'update'], Partner, { sppProgram: { $ne: null } }),
  // Whoever has a program ticket is seen too, registered or not.
  officer.can('read', Partner, { tickets: { sppProgram: { $ne: null } } }),
  officer.can('read', User, {}, ['name', 'email', 'active', 'teams']),
  ...[Team, TicketType, TicketPriority, TicketStatus, TicketSource, TicketTag].map((model) => officer.can('read', model)),
]
