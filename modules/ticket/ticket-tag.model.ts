import { defineModel, type Fields, list, type Model, p, search } from '@tessera/core'

const fields = { name: p.string() }

/** A word that groups tickets. */
export interface TicketTag extends Fields<typeof fields> {}
export const TicketTag: Model<TicketTag> = defineModel('ticketTag', fields, {
  title: 'name',
  icon: 'tag',
  order: { name: 'asc' },
  unique: { name: { of: ['name'], else: 'There is already a tag "{name}".' } },
})

export const ticketTagViews = [list(TicketTag, ['name']), search(TicketTag, { texts: ['name'] })]
