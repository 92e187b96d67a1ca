import { data, defineModel, type Fields, list, type Model, p, search, translated } from '@tessera/core'

const fields = {
  code: p.string(),
  name: translated(),
  rank: p.integer().default(0),
}

/** What kind of matter a ticket is. */
export interface TicketType extends Fields<typeof fields> {}
export const TicketType: Model<TicketType> = defineModel('ticketType', fields, {
  title: 'name',
  code: 'code',
  icon: 'category',
  order: { rank: 'asc', code: 'asc' },
  unique: { code: { of: ['code'], else: 'There is already a ticket type with the code "{code}".' } },
})

export const type = data(TicketType, {
  inquiry: { code: 'inquiry', name: { en: 'Inquiry', fr: 'Question', ar: 'استفسار' }, rank: 1 },
  request: { code: 'request', name: { en: 'Request', fr: 'Demande', ar: 'طلب' }, rank: 2 },
  complaint: { code: 'complaint', name: { en: 'Complaint', fr: 'Réclamation', ar: 'شكوى' }, rank: 3 },
})

export const ticketTypeViews = [list(TicketType, ['rank', 'name', 'code']), search(TicketType, { texts: ['name', 'code'] })]
