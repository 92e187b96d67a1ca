import { Attachment, drafts, Team, User } from '@tessera/base'
import { action, defineModel, type Fields, given, type Model, p, ranked, ref, type Where } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Activity, Message } from '@tessera/thread'
import { z } from 'zod'
import { ofSameCustomer } from './same-customer.ts'
import { priority, TicketPriority } from './ticket-priority.model.ts'
import { TicketSource } from './ticket-source.model.ts'
import { status, TicketStatus } from './ticket-status.model.ts'
import { TicketTag } from './ticket-tag.model.ts'
import { TicketType, type } from './ticket-type.model.ts'

const fields = {
  number: p.string(),
  subject: p.string(),
  description: p.text().nullable(),
  type: () => p.manyToOne(TicketType),
  priority: () => p.manyToOne(TicketPriority),
  status: () => p.manyToOne(TicketStatus),
  partner: () => p.manyToOne(Partner),
  team: () => p.manyToOne(Team).nullable(),
  assignee: () => p.manyToOne(User).nullable(),
  source: () => p.manyToOne(TicketSource).nullable(),
  tags: () => p.manyToMany(TicketTag),
  closedAt: p.datetime().nullable(),
  closeReason: p.string().nullable(),
  hoursToClose: p.float().nullable(),
  channel: p.string().nullable(),
  channelAddress: p.string().nullable(),
  messages: () => p.oneToMany(Message).mappedBy('ticket'),
  attachments: () => p.oneToMany(Attachment).mappedBy('ticket'),
  activities: () => p.oneToMany(Activity).mappedBy('ticket'),
  firstRepliedAt: p.datetime().nullable(),
  hoursToFirstReply: p.float().nullable(),
  rating: p.integer().nullable(),
  ratingComment: p.text().nullable(),
  ratedAt: p.datetime().nullable(),
  externalId: p.string().nullable(),
  rank: p.string(),
  nextActivity: p.date().nullable().persist(false),
  mergedInto: () => p.manyToOne(Ticket).nullable(),
  mergedAt: p.datetime().nullable(),
  merged: () => p.oneToMany(Ticket).mappedBy('mergedInto'),
  mergedTickets: p.integer().persist(false),
}

/** A matter that a partner raised: filed, assigned, worked on, closed. */
export interface Ticket extends Fields<typeof fields, 'number' | 'type' | 'priority' | 'status' | 'rank'> {}
export const Ticket: Model<Ticket> = defineModel('ticket', fields, {
  title: given(['number', 'subject'], ({ number, subject }) => `${number} ${subject}`),
  icon: 'ticket',
  order: { createdAt: 'desc' },
  fields: {
    number: { sequence: 'T-{yyyy}-{00000}', readonly: true },
    subject: { valid: z.string().min(3).max(255), tracked: true, help: 'What it is about, in one line.' },
    description: { tracked: true },
    type: { suggest: given([], () => type.inquiry), tracked: true },
    priority: { suggest: given([], () => priority.medium), tracked: true },
    status: { suggest: given([], () => status.new), tracked: true, through: () => [close, reopen, move] },
    partner: { tracked: true },
    team: { where: { active: true }, tracked: true },
    assignee: { where: { active: true, staff: true }, tracked: true },
    source: { tracked: true },
    tags: { tracked: true },
    closedAt: { tracked: true, through: () => [close, reopen, move] },
    closeReason: { valid: z.string().max(200), tracked: true, through: () => [close, reopen, move] },
    hoursToClose: {
      help: 'From filing to the last closing; empty while the ticket is not closed.',
      compute: given(
        ['createdAt', 'closedAt'],
        ({ createdAt, closedAt }) => closedAt && (closedAt.getTime() - createdAt.getTime()) / 3_600_000,
      ),
    },
    // Written by the inbox alone: whoever could write them would speak in a chat that is not his, and be brought what is said there.
    channel: { readonly: true, help: 'How the customer is reached besides email: the chat by which the ticket came in.' },
    channelAddress: { readonly: true, help: 'Whom the channel calls the customer; replies go there.' },
    firstRepliedAt: { help: 'When a person first answered the customer.', through: () => [reply] },
    hoursToFirstReply: {
      help: 'From filing to the first public reply by staff.',
      compute: given(
        ['createdAt', 'firstRepliedAt'],
        ({ createdAt, firstRepliedAt }) => firstRepliedAt && (firstRepliedAt.getTime() - createdAt.getTime()) / 3_600_000,
      ),
    },
    rating: { valid: z.int().min(1).max(5), tracked: true, help: 'From 1 (very bad) to 5 (very good).', through: () => [rate] },
    ratingComment: { valid: z.string().max(2_000), through: () => [rate] },
    ratedAt: { through: () => [rate] },
    attachments: { tracked: true },
    nextActivity: {
      help: 'By when the most pressing of what somebody means to do about it is due.',
      min: { of: 'activities', field: 'due', where: { doneAt: null } },
    },
    mergedInto: { tracked: true, help: 'The ticket in which this one goes on.', through: () => [merge, unmerge] },
    mergedAt: { through: () => [merge, unmerge] },
    merged: { label: 'Merged', help: 'The tickets that go on in this one.' },
    mergedTickets: { count: 'merged' },
    rank: { ...ranked, label: 'Place on the board', help: 'Where it stands in its column; drag its card to change it.' },
    externalId: { label: 'External id', help: 'What another system calls this ticket; an import finds it by this.' },
  },
  checks: {
    merged_whole: {
      holds: given(
        ['mergedInto', 'mergedAt'],
        ({ id, mergedInto, mergedAt }) => (mergedInto === null) === (mergedAt === null) && mergedInto?.id !== id,
      ),
      else: 'Ticket {number} goes on in another one exactly while it is merged, and never in itself. Merge it, or take it apart.',
    },
  },
  // The second for the numbers that stand beside every screen: one's own open ones among all that one ever had, and what nobody has.
  indexes: [{ of: ['channel', 'channelAddress'] }, { of: ['assignee', 'status'] }],
  unique: {
    number: { of: ['number'], else: 'There is already a ticket {number}.' },
    external_id: { of: ['externalId'], else: 'There is already a ticket with the external id {externalId}.' },
  },
})

/** Hands a ticket to a person, a team or both. What is left out stays as it is; null takes it away. */
export const assign = action(Ticket, 'assign', {
  label: 'Assign',
  hotkey: 'a',
  icon: 'user-plus',
  bulk: true,
  input: z.object({
    assignee: ref(User, { active: true, staff: true }).nullable().optional(),
    team: ref(Team, { active: true }).nullable().optional(),
  }),
  run: (ticket, to, { tickets }) => tickets.assign(ticket, to),
})

/** Closes a ticket; how a closed one was closed is changed by `move`. */
export const close = action(Ticket, 'close', {
  label: 'Close',
  hotkey: 'l',
  help: 'Without a status it gets the first closed one.',
  icon: 'circle-check',
  bulk: true,
  when: { status: { category: { $ne: 'closed' } } },
  otherwise: 'Ticket "{title}" is closed already. To change how it was closed, move it to another status.',
  input: z.object({
    status: ref(TicketStatus, { category: 'closed' }).optional(),
    reason: z.string().max(200).optional(),
  }),
  takes: { status: { category: 'closed' } },
  run: (ticket, closing, { tickets }) => tickets.close(ticket, closing),
})

/** Takes a closed ticket up again: into the first open status unless told. */
export const reopen = action(Ticket, 'reopen', {
  label: 'Reopen',
  help: 'Without a status it gets the first open one.',
  icon: 'rotate',
  when: { status: { category: 'closed' }, mergedAt: null },
  otherwise: 'Ticket "{title}" is not closed, or it was merged into another one. What was merged is taken apart instead.',
  input: z.object({ status: ref(TicketStatus, { category: { $in: ['open', 'paused'] } }).optional() }),
  takes: { status: { category: { $in: ['open', 'paused'] } } },
  run: (ticket, { status }, { tickets }) => tickets.reopen(ticket, status),
})

/** Moves a ticket to another status on the same side: from open to open or paused, or from one way of being closed to another. */
export const move = action(Ticket, 'move', {
  label: 'Move',
  hotkey: 's',
  icon: 'arrow-right',
  bulk: true,
  input: z.object({ status: ref(TicketStatus) }),
  takes: { status: true },
  run: (ticket, { status }, { tickets }) => tickets.move(ticket, status),
})

/** Answers the customer, and if told moves or closes the ticket with the same click. By the customer himself it is his answer. */
export const reply = action(Ticket, 'reply', {
  label: 'Reply',
  hotkey: 'r',
  icon: 'message',
  input: z.object({
    body: z.string().trim().min(1).max(20_000).describe('What everybody who sees the ticket reads'),
    status: ref(TicketStatus).optional(),
    attachments: drafts,
  }),
  run: (ticket, said, { tickets }) => tickets.reply(ticket, said),
})

/** Writes down what only staff read. */
export const note = action(Ticket, 'note', {
  label: 'Note',
  hotkey: 'n',
  help: 'Staff only: a customer never sees it.',
  icon: 'lock',
  input: z.object({ body: z.string().trim().min(1).max(20_000).describe('What only staff read'), attachments: drafts }),
  run: (ticket, { body, attachments }, { tickets }) => tickets.note(ticket, body, attachments),
})

/** How content the customer was, once the ticket is closed; rating again replaces it. */
export const rate = action(Ticket, 'rate', {
  label: 'Rate',
  icon: 'star',
  when: { status: { category: 'closed' }, mergedAt: null },
  otherwise: '"{title}" can be rated once it is closed; what was merged into another one is rated there.',
  input: z.object({
    rating: z.int().min(1).max(5).describe('From 1 (very bad) to 5 (very good)'),
    comment: z.string().trim().max(2_000).optional(),
  }),
  run: (ticket, rating, { tickets }) => tickets.rate(ticket, rating),
})

/** Has a ticket go on in another one of the same customer: it is closed, and what was said in it is shown there. Nothing is moved. */
export const merge = action(Ticket, 'merge', {
  label: 'Merge',
  help: 'A merged ticket is closed and goes on in the one that remains, which shows what was said in both; whoever follows it follows that one. The customer is sent nothing. It can be taken apart again.',
  icon: 'arrow-merge',
  bulk: true,
  when: { mergedAt: null },
  otherwise: 'Ticket "{title}" was merged into another one already. Take it apart first, or merge the one in which it goes on.',
  input: z.object({ into: ref(Ticket, { mergedAt: null }) }),
  remains: {
    as: 'into',
    among: given(['id', 'partner.id', 'partner.kind', 'partner.company'], ({ id, partner }) => {
      const others: Where<Ticket> = { id: { $ne: id }, mergedAt: null, ...ofSameCustomer(partner) }
      return [{ $and: [others, { status: { category: { $ne: 'closed' } } }] }, others]
    }),
  },
  undoneBy: () => unmerge,
  run: (ticket, { into }, { tickets }) => tickets.merge(ticket, into),
})

/** Takes a merged ticket out of the one in which it went on: it stands by itself again, and is open if merging closed it. */
export const unmerge = action(Ticket, 'unmerge', {
  label: 'Take apart',
  help: 'It stands by itself again with all that was said in it, and is reopened if merging closed it.',
  icon: 'arrows-split',
  bulk: true,
  when: { mergedAt: { $ne: null } },
  otherwise: 'Ticket "{title}" was not merged into another one, so there is nothing to take apart.',
  run: (ticket, _, { tickets }) => tickets.unmerge(ticket),
})
