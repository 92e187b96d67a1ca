import { data, defineModel, type Fields, list, type Model, p, search, translated } from '@tessera/core'
import { z } from 'zod'

const fields = {
  code: p.string(),
  name: translated(),
  level: p.integer(),
}

/** How soon a ticket must be worked on: the higher the level, the sooner. */
export interface TicketPriority extends Fields<typeof fields> {}
export const TicketPriority: Model<TicketPriority> = defineModel('ticketPriority', fields, {
  plural: 'Ticket priorities',
  title: 'name',
  code: 'code',
  icon: 'flag',
  order: { level: 'asc' },
  fields: { level: { valid: z.int().min(1).max(4), help: '1 is the lowest, 4 the most urgent.' } },
  unique: { code: { of: ['code'], else: 'There is already a priority with the code "{code}".' } },
})

export const priority = data(TicketPriority, {
  low: { code: 'low', name: { en: 'Low', fr: 'Basse', ar: 'منخفضة' }, level: 1 },
  medium: { code: 'medium', name: { en: 'Medium', fr: 'Moyenne', ar: 'متوسطة' }, level: 2 },
  high: { code: 'high', name: { en: 'High', fr: 'Haute', ar: 'عالية' }, level: 3 },
  urgent: { code: 'urgent', name: { en: 'Urgent', fr: 'Urgente', ar: 'عاجلة' }, level: 4 },
})

export const ticketPriorityViews = [
  list(TicketPriority, [{ field: 'level', as: 'level' }, 'name', 'code']),
  search(TicketPriority, { texts: ['name', 'code'] }),
]
