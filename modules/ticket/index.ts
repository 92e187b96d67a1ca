import base, { agent, configuration, customer, manager, viewer } from '@tessera/base'
import { defineModule, me, menu, show } from '@tessera/core'
import partner from '@tessera/partner'
import thread from '@tessera/thread'
import { dbPopulate, demoLoad } from './commands.ts'
import { newTicket, partnerExtension, partnerPatch } from './partner.ts'
import { keepsCategory } from './status-change.ts'
import { assign, close, move, reopen, Ticket } from './ticket.model.ts'
import { TicketService } from './ticket.service.ts'
import { ticketForm, ticketKanban, ticketList, ticketSearch } from './ticket.views.ts'
import { priority, TicketPriority, ticketPriorityViews } from './ticket-priority.model.ts'
import { source, TicketSource, ticketSourceViews } from './ticket-source.model.ts'
import { status, TicketStatus, ticketStatusViews } from './ticket-status.model.ts'
import { TicketTag, ticketTagViews } from './ticket-tag.model.ts'
import { TicketType, ticketTypeViews, type } from './ticket-type.model.ts'

export type { Assignment, Closing, TicketService } from './ticket.service.ts'
export {
  assign,
  close,
  move,
  newTicket,
  priority,
  reopen,
  source,
  status,
  Ticket,
  TicketPriority,
  TicketSource,
  TicketStatus,
  TicketTag,
  TicketType,
  ticketForm,
  ticketKanban,
  ticketList,
  ticketSearch,
  type,
}

const configured = [TicketType, TicketPriority, TicketStatus, TicketSource, TicketTag]

export default defineModule({
  name: 'ticket',
  depends: [base, thread, partner],
  models: [Ticket, ...configured],
  extends: [partnerExtension],
  services: { tickets: TicketService },
  actions: [assign, close, move, reopen, newTicket],
  data: [type, priority, status, source],
  views: [
    ticketList,
    ticketForm,
    ticketKanban,
    ticketSearch,
    ...ticketTypeViews,
    ...ticketPriorityViews,
    ...ticketStatusViews,
    ...ticketSourceViews,
    ...ticketTagViews,
    partnerPatch,
  ],
  menus: [
    menu('Tickets', { icon: 'ticket', opens: show(Ticket, { filter: ['open'] }) }),
    menu('Ticket types', { in: configuration, icon: 'category', opens: TicketType }),
    menu('Priorities', { in: configuration, icon: 'flag', opens: TicketPriority }),
    menu('Statuses', { in: configuration, icon: 'progress-check', opens: TicketStatus }),
    menu('Sources', { in: configuration, icon: 'inbox', opens: TicketSource }),
    menu('Ticket tags', { in: configuration, icon: 'tag', opens: TicketTag }),
  ],
  permissions: [
    viewer.can('read', Ticket),
    agent.can(['create', 'update', assign, close, move, reopen], Ticket),
    manager.can('delete', Ticket),
    customer.can('read', Ticket, { partner: me.partnerId }),
    ...configured.flatMap((model) => [
      viewer.can('read', model),
      customer.can('read', model),
      manager.can(['create', 'update', 'delete'], model),
    ]),
  ],
  events: [keepsCategory],
  commands: [demoLoad, dbPopulate],
})
