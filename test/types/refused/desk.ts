/** A desk in few words, so that what is refused here does not depend on what the modules happen to have. */
import { action, data, defineModel, type Fields, form, given, list, type Model, me, p, role, search, show, translated } from '@tessera/core'
import { z } from 'zod'

const statusFields = { name: translated(), category: p.enum(['open', 'paused', 'closed']), rank: p.integer().default(0) }
export interface Status extends Fields<typeof statusFields> {}
export const Status: Model<Status> = defineModel('status', statusFields, { title: 'name' })

const partnerFields = { name: p.string(), email: p.string().nullable(), company: () => p.manyToOne(Partner).nullable() }
export interface Partner extends Fields<typeof partnerFields> {}
export const Partner: Model<Partner> = defineModel('partner', partnerFields)

const fields = {
  number: p.string(),
  subject: p.string(),
  status: () => p.manyToOne(Status),
  partner: () => p.manyToOne(Partner),
  assignee: () => p.manyToOne(Partner).nullable(),
  tags: () => p.manyToMany(Status),
  parent: () => p.manyToOne(Ticket).nullable(),
  children: () => p.oneToMany(Ticket).mappedBy('parent'),
  dueAt: p.datetime().nullable(),
  hours: p.float().nullable(),
}
export interface Ticket extends Fields<typeof fields, 'number' | 'status'> {}
export const Ticket: Model<Ticket> = defineModel('ticket', fields, {
  fields: { number: { sequence: 'T-{00000}' }, status: { suggest: given([], () => status.new) } },
})

export const agent = role('agent')
export const status = data(Status, { new: { name: 'New', category: 'open' } })
export const close = action(Ticket, 'close', {
  label: 'Close',
  input: z.object({ reason: z.string().optional() }),
  run: (ticket, { reason }, { records }) => records.update(Ticket, ticket.id, { subject: reason }),
})
export const newTicket = action(Partner, 'newTicket', {
  label: 'New ticket',
  opens: given(['id'], ({ id }) => show(Ticket, { new: true, defaults: { partner: id } })),
})
export const ticketForm = form(Ticket, ['subject', { group: 'customer', of: ['partner'] }, { tab: 'details', of: ['dueAt'] }], {
  buttons: [close],
})
export const ticketList = list(Ticket, ['number', 'subject'])
export const ticketSearch = search(Ticket, { filters: { mine: { assignee: me.id }, open: { status: { category: 'open' } } } })
