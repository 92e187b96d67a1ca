import { form, graph, kanban, list, me, pivot, search } from '@tessera/core'
import { assign, close, merge, move, note, reopen, reply, Ticket, unmerge } from './ticket.model.ts'

export const ticketList = list(
  Ticket,
  [
    'number',
    'subject',
    'partner',
    { field: 'status', as: 'status' },
    { field: 'priority', as: 'level' },
    { field: 'assignee', as: 'person' },
    'team',
    { field: 'nextActivity', as: 'due', optional: 'hidden' },
    { field: 'type', optional: 'hidden' },
    { field: 'source', optional: 'hidden' },
    { field: 'tags', as: 'tags', optional: 'hidden' },
    'createdAt',
    { field: 'closedAt', label: 'Closed', optional: 'hidden' },
    { field: 'hoursToClose', optional: 'hidden', total: 'avg' },
  ],
  {
    filter: ['open'],
    tones: {
      danger: { priority: { level: 4 }, status: { category: { $ne: 'closed' } } },
      muted: { status: { category: 'closed' } },
    },
  },
)

export const ticketForm = form(
  Ticket,
  [
    'subject',
    {
      group: 'customer',
      of: [
        'partner',
        { field: 'partner.email' },
        { field: 'partner.phone' },
        'type',
        'source',
        { field: 'channel', readonly: true, hidden: { channel: null } },
      ],
    },
    { group: 'work', of: [{ field: 'priority', as: 'level' }, 'team', { field: 'assignee', as: 'person' }, { field: 'tags', as: 'tags' }] },
    { tab: 'details', of: [{ field: 'description', wide: true }] },
    {
      tab: 'resolution',
      of: [
        { field: 'closedAt', hidden: { closedAt: null } },
        { field: 'closeReason', hidden: { closedAt: null }, wide: true },
        { field: 'hoursToClose', hidden: { closedAt: null } },
        { field: 'mergedInto', hidden: { mergedAt: null } },
        'createdAt',
        'externalId',
      ],
    },
  ],
  {
    status: 'status',
    buttons: [close, assign, reopen, move, merge, unmerge],
    links: [
      { link: 'partner.tickets', label: 'Tickets of the partner', icon: 'ticket' },
      { link: 'merged', icon: 'arrow-merge', optional: true },
    ],
    conversation: {
      of: 'messages',
      speaker: 'partner',
      joins: { of: 'merged', since: 'mergedAt', opening: 'description' },
      say: [reply, { say: note, internal: true }],
    },
  },
)

export const ticketKanban = kanban(Ticket, {
  by: 'status',
  order: 'rank',
  quick: ['subject', 'partner'],
  progress: {
    by: 'priority',
    tones: { danger: { priority: { level: 4 } }, warning: { priority: { level: 3 } }, muted: { priority: { level: 1 } } },
  },
  card: [
    'number',
    'subject',
    'partner',
    { field: 'priority', as: 'level' },
    { field: 'assignee', as: 'person' },
    { field: 'nextActivity', as: 'due' },
    { field: 'tags', as: 'tags' },
  ],
})

export const ticketPivot = pivot(Ticket, {
  rows: ['team', 'assignee'],
  columns: ['createdAt:month'],
  measures: ['count', 'hoursToClose:avg'],
})

export const ticketGraph = graph(Ticket, { by: 'createdAt:week', split: 'type', measure: 'count', kind: 'bar' })

export const ticketSearch = search(Ticket, {
  texts: ['number', 'subject', 'partner.name'],
  filters: {
    open: { status: { category: { $ne: 'closed' } } },
    mine: { assignee: me.id },
    unassigned: { assignee: null },
    followed: { followers: { user: me.id } },
    urgent: { priority: { level: 4 } },
    closed: { status: { category: 'closed' } },
    merged: { mergedAt: { $ne: null } },
  },
  groups: ['status', 'priority', 'type', 'team', 'assignee', 'createdAt:month', 'createdAt:week'],
  facets: ['type', 'priority', 'status', 'team', 'assignee', 'source', 'channel', 'tags', 'createdAt'],
})
