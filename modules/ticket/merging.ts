/** What merging a ticket into another asks for, and what follows from it besides. */
import { Forbidden, type Services, UserError } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { History } from '@tessera/thread'
import { isSameCustomer } from './same-customer.ts'
import { merge, Ticket } from './ticket.model.ts'

/** Refuses what cannot remain: the ticket itself, one that was merged, another customer's, one that the caller may only read. */
export async function demandRemaining({ number, id, partner }: Ticket, into: string, services: Services): Promise<void> {
  if (into === id)
    throw new UserError('ticket.merge_itself', 'Ticket {number} cannot be merged into itself. Choose another one that remains.', { number })
  const system = services.asSystem('Whether two tickets are of one customer is known whole, also to whoever may not see his company.')
  const other = await system.get(Ticket, into, ['number', 'mergedAt', 'partner'])
  const names = { number, into: other.number }
  if (!(await mayWorkOn(into, services)))
    throw new Forbidden('ticket.merge_refused', 'Your role does not allow you to merge anything into ticket {into}.', names)
  if (other.mergedAt !== null)
    throw new UserError(
      'ticket.merge_into_merged',
      'Ticket {into} was merged into another one itself. Merge {number} into that one, or take {into} apart first.',
      names,
    )
  const customers = await system.query(Partner, { fields: ['kind', 'company'], where: { id: { $in: [partner.id, other.partner.id] } } })
  const [one, another] = [partner.id, other.partner.id].map((each) => customers.rows.find((row) => row.id === each))
  if (!one || !another || !isSameCustomer(one, another))
    throw new UserError(
      'ticket.merge_customers',
      'Tickets {number} and {into} are of different customers: what one of them said would be shown with the other. Merge tickets of one customer, or of one company.',
      names,
    )
}

/** Both the right to change it and the right to merge: what is said and asked of it becomes more. */
async function mayWorkOn(id: string, { records }: Services): Promise<boolean> {
  for (const may of ['update', merge.name]) {
    const { rows } = await records.query(Ticket, { fields: ['id'], where: { id }, may, limit: 1 })
    if (rows.length === 0) return false
  }
  return true
}

/** Whoever heard of the merged ticket hears of the one that remains, as far as he may read it. */
export async function carryFollowers(from: string, into: string, { app, followers }: Services): Promise<void> {
  const model = app.models.of(Ticket)
  for (const user of await followers.of(model, from)) await followers.add(model, into, user)
}

/** The history of the one that remains says what came and went; whoever may not read that is not told what it was. */
export async function writeDown(remaining: string, ticket: string, what: 'came' | 'went', services: Services): Promise<void> {
  const { context, asSystem } = services
  await asSystem('What happened to a ticket is written down whoever did it.').create(History, {
    model: 'ticket',
    record: remaining,
    at: context.now,
    actor: context.caller.id,
    door: context.door,
    field: 'merged',
    old: what === 'went' ? [ticket] : null,
    new: what === 'came' ? [ticket] : null,
  })
}
