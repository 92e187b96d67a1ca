import { customer, manager, Role, roleRow, staff, Team, User, viewer } from '@tessera/base'
import { data, me, role } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import {
  asked,
  assign,
  close,
  merge,
  move,
  note,
  reopen,
  reply,
  Ticket,
  TicketPriority,
  TicketSource,
  TicketStatus,
  TicketTag,
  TicketType,
  unmerge,
} from '@tessera/ticket'
import { Enrolment, Program } from './program.model.ts'

/** Works on the tickets and registrants of his programs, and sees no others. */
export const officer = role('sppOfficer', { label: 'Programme officer', implies: [staff] })

export const officerRow = data(Role, { sppOfficer: roleRow(officer) })

const mine = { officers: { id: me.id } }

export const officerRules = [
  officer.can(['create', 'read', 'update', assign, close, move, reopen, reply, note, merge, unmerge], Ticket, { sppProgram: mine }),
  officer.can(['create', 'read', 'update'], Partner, { sppProgram: mine }),
  // Whoever takes part in one of his programs, or has a ticket of it, is seen too.
  officer.can('read', Partner, { sppEnrolments: { program: mine } }),
  officer.can('read', Partner, { tickets: { sppProgram: mine } }),
  officer.can('read', Message),
  officer.can('read', Program, mine),
  officer.can(['create', 'read', 'update'], Enrolment, { program: mine }),
  officer.can('read', User, {}, ['name', 'staff']),
  officer.can('read', User, { staff: true }, ['email', 'active', 'teams']),
  officer.can('update', User, { id: me.id }, ['name', 'language', 'zone']),
  ...[Team, TicketType, TicketPriority, TicketStatus, TicketSource, TicketTag].map((model) => officer.can('read', model)),

  viewer.can('read', Program),
  viewer.can('read', Enrolment),
  manager.can(['create', 'update', 'delete'], Program),
  manager.can(['create', 'update', 'delete'], Enrolment),
  customer.can('read', Program, {}, ['name']),
  // The decision he is told, not how grave staff think it is.
  customer.can('read', Ticket, asked, ['sppProgram', 'sppDecision', 'sppDecisionReason']),
]
