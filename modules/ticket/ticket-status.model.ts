import { data, defineModel, type Fields, form, list, type Model, p, search, translated } from '@tessera/core'

const fields = {
  code: p.string(),
  name: translated(),
  category: p.enum(['open', 'paused', 'closed']),
  outcome: p.enum(['success', 'failure']).nullable(),
  rank: p.integer().default(0),
}

/**
 * How far a ticket is. Everything that counts or measures looks at the category, so that statuses can be added and renamed
 * freely: open tickets are worked on, paused ones wait for somebody else, closed ones are done.
 */
export interface TicketStatus extends Fields<typeof fields> {}
export const TicketStatus: Model<TicketStatus> = defineModel('ticketStatus', fields, {
  plural: 'Ticket statuses',
  title: 'name',
  code: 'code',
  icon: 'progress-check',
  order: { rank: 'asc', code: 'asc' },
  fields: {
    category: { options: { open: 'Open', paused: 'Paused', closed: 'Closed' }, tracked: true },
    outcome: { options: { success: 'Success', failure: 'Failure' }, help: 'Whether a ticket that is closed so was solved.' },
    rank: { help: 'The order of the statuses. Closing takes the first closed one, reopening the first open one.' },
  },
  checks: {
    outcome_when_closed: {
      holds: { $or: [{ outcome: null }, { category: 'closed' }] },
      else: 'Only a closed status has an outcome. Leave the outcome of "{name}" empty, or put it into the category closed.',
    },
  },
  unique: { code: { of: ['code'], else: 'There is already a status with the code "{code}".' } },
})

export const status = data(TicketStatus, {
  new: { code: 'new', name: { en: 'New', fr: 'Nouveau', ar: 'جديدة' }, category: 'open', rank: 10 },
  in_progress: { code: 'in_progress', name: { en: 'In progress', fr: 'En cours', ar: 'قيد المعالجة' }, category: 'open', rank: 20 },
  on_hold: { code: 'on_hold', name: { en: 'On hold', fr: 'Suspendu', ar: 'معلّقة' }, category: 'paused', rank: 22 },
  pending: {
    code: 'pending',
    name: { en: 'Pending customer', fr: 'En attente de votre réponse', ar: 'بانتظار ردّك' },
    category: 'paused',
    rank: 24,
  },
  resolved: { code: 'resolved', name: { en: 'Resolved', fr: 'Résolu', ar: 'تم الحل' }, category: 'closed', outcome: 'success', rank: 30 },
  closed: { code: 'closed', name: { en: 'Closed', fr: 'Clos', ar: 'مغلقة' }, category: 'closed', rank: 40 },
})

export const ticketStatusViews = [
  list(TicketStatus, ['rank', { field: 'name', as: 'status' }, 'category', 'outcome', 'code']),
  form(TicketStatus, [
    'name',
    { group: 'meaning', of: ['category', { field: 'outcome', hidden: { category: { $ne: 'closed' } } }, 'rank', 'code'] },
  ]),
  search(TicketStatus, { texts: ['name', 'code'], facets: ['category', 'outcome'] }),
]
