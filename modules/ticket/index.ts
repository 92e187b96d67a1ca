import base, { Attachment, agent, configuration, customer, manager, staff, viewer, views } from '@tessera/base'
import { card, defineModule, me, menu, show } from '@tessera/core'
import partner, { Partner } from '@tessera/partner'
import thread, { Activity } from '@tessera/thread'
import { attachmentExtension } from './attachments.ts'
import { dbPopulate, demoLoad } from './commands.ts'
import { ContactPoint, contactPointExtension, contactPointViews } from './contact-point.model.ts'
import { activityExtension, activityPatch, followedExtension, followerExtension, messageExtension } from './conversation.ts'
import { followsHisTickets } from './follow.ts'
import { InboxService } from './inbox.service.ts'
import { newTicket, partnerExtension, partnerPatch } from './partner.ts'
import { asked, atHand, inSight, ofCompany } from './reach.ts'
import { keepsCategory } from './status-change.ts'
import { assign, close, merge, move, note, rate, reopen, reply, Ticket, unmerge } from './ticket.model.ts'
import { TicketService } from './ticket.service.ts'
import { ticketForm, ticketGraph, ticketKanban, ticketList, ticketPivot, ticketSearch } from './ticket.views.ts'
import { earlierOpenings, keepsOpenings, openingExtension, TicketOpening } from './ticket-opening.model.ts'
import { priority, TicketPriority, ticketPriorityViews } from './ticket-priority.model.ts'
import { source, TicketSource, ticketSourceViews } from './ticket-source.model.ts'
import { status, TicketStatus, ticketStatusViews } from './ticket-status.model.ts'
import { TicketTag, ticketTagViews } from './ticket-tag.model.ts'
import { TicketType, ticketTypeViews, type } from './ticket-type.model.ts'

export type { InboxService, Incoming } from './inbox.service.ts'
export type { Assignment, Closing, Rating, Said, Saying, TicketService } from './ticket.service.ts'
export {
  assign,
  ContactPoint,
  close,
  merge,
  move,
  newTicket,
  note,
  priority,
  rate,
  reopen,
  reply,
  source,
  status,
  Ticket,
  TicketOpening,
  TicketPriority,
  TicketSource,
  TicketStatus,
  TicketTag,
  TicketType,
  ticketForm,
  ticketGraph,
  ticketKanban,
  ticketList,
  ticketPivot,
  ticketSearch,
  type,
  unmerge,
}

/** Further fields are shown to customers by the module that adds them. */
const shownToCustomers = [
  'number',
  'subject',
  'description',
  'type',
  'status',
  'partner',
  'source',
  'createdAt',
  'updatedAt',
  'closedAt',
  'rating',
  'ratingComment',
  'ratedAt',
  'mergedInto',
  'mergedAt',
  'merged',
  'mergedTickets',
] as const
const configured = [TicketType, TicketPriority, TicketStatus, TicketSource, TicketTag]

export { asked } from './reach.ts'

/** What of the tickets is set up once; modules that extend them put theirs here: `menu('Queues', { in: desk, opens: Queue })`. */
export const desk = menu('Desk', { in: configuration, icon: 'ticket' })

export default defineModule({
  name: 'ticket',
  depends: [base, thread, partner],
  models: [Ticket, TicketOpening, ContactPoint, ...configured],
  extends: [
    contactPointExtension,
    openingExtension,
    partnerExtension,
    messageExtension,
    attachmentExtension,
    followerExtension,
    activityExtension,
    followedExtension,
  ],
  services: { tickets: TicketService, inbox: InboxService },
  actions: [assign, close, move, reopen, reply, note, rate, merge, unmerge, newTicket],
  data: [type, priority, status, source],
  views: [
    activityPatch,
    ticketList,
    ticketForm,
    ticketKanban,
    ticketPivot,
    ticketGraph,
    ticketSearch,
    ...ticketTypeViews,
    ...ticketPriorityViews,
    ...ticketStatusViews,
    ...ticketSourceViews,
    ...ticketTagViews,
    partnerPatch,
    ...contactPointViews,
  ],
  menus: [
    menu('Tickets', { icon: 'ticket', opens: show(Ticket, { filter: ['open'] }) }),
    menu('My tickets', { in: views, icon: 'user', opens: show(Ticket, { filter: ['open', 'mine'] }), count: true }),
    menu('Unassigned', { in: views, icon: 'user-off', opens: show(Ticket, { filter: ['open', 'unassigned'] }), count: true }),
    // Without its number: who was given twenty thousand tickets follows as many, and counting the open ones of them takes longer than a page may.
    menu('Followed by me', { in: views, icon: 'eye', opens: show(Ticket, { filter: ['open', 'followed'] }) }),
    desk,
    menu('Ticket types', { in: desk, icon: 'category', opens: TicketType }),
    menu('Priorities', { in: desk, icon: 'flag', opens: TicketPriority }),
    menu('Statuses', { in: desk, icon: 'progress-check', opens: TicketStatus }),
    menu('Sources', { in: desk, icon: 'inbox', opens: TicketSource }),
    menu('Ticket tags', { in: desk, icon: 'tag', opens: TicketTag }),
  ],
  cards: [
    card('Open tickets', Ticket, { filter: ['open'] }),
    card('Unassigned tickets', Ticket, { filter: ['open', 'unassigned'] }),
    card('My open tickets', Ticket, { filter: ['open', 'mine'] }),
    card('Filed', Ticket, { dated: 'createdAt' }),
    card('Filed per week', Ticket, { as: 'graph', graph: { by: 'createdAt:week', chart: 'line' }, dated: 'createdAt' }),
    card('Open by status', Ticket, { as: 'graph', filter: ['open'], graph: { by: 'status' } }),
    card('My activities', Activity, { as: 'list', filter: ['open', 'mine'] }),
    card('Latest of my tickets', Ticket, { as: 'list', filter: ['open', 'mine'] }),
    card('Open by team', Ticket, { as: 'graph', filter: ['open'], graph: { by: 'team' } }),
  ],
  permissions: [
    viewer.can('read', Ticket, inSight),
    // Of the tickets that they may read, as the model says.
    staff.can('read', TicketOpening),
    agent.can('create', Ticket),
    agent.can(['update', assign, close, move, reopen, reply, note, merge, unmerge], Ticket, atHand),
    manager.can(['read', 'update', 'delete', 'export', assign, close, move, reopen, reply, note, merge, unmerge], Ticket),
    // A customer has the files of what was said to him; those of the ticket itself are the staff's.
    viewer.can('read', Attachment, { $not: { ticket: null } }),
    agent.can('delete', Attachment, { $not: { ticket: null }, createdBy: me.id }),
    manager.can('delete', Attachment, { $not: { ticket: null } }),
    viewer.can('read', ContactPoint),
    // The rest is what the channel said.
    manager.can('update', ContactPoint, {}, ['partner']),
    manager.can('delete', ContactPoint),
    customer.can([reply, close, reopen, rate], Ticket, asked),
    // Who works on it, under which tags and for what reason it was closed is the staff's own matter.
    customer.can('read', Ticket, asked, shownToCustomers),
    // Of colleagues, whose requests they see, who they are.
    customer.can('read', Partner, ofCompany, ['name']),
    ...configured.flatMap((model) => [viewer.can('read', model), manager.can(['create', 'update', 'delete'], model)]),
    // Tags are words of the staff among themselves.
    ...[TicketType, TicketPriority, TicketStatus, TicketSource].map((model) => customer.can('read', model)),
  ],
  events: [keepsCategory, ...keepsOpenings, followsHisTickets],
  migrations: [earlierOpenings],
  commands: [demoLoad, dbPopulate],
})
