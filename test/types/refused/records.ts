import { type Records, type Services, show } from '@tessera/core'
import { close, Partner, Status, Ticket } from './desk.ts'

export async function mistakes(records: Records, services: Services): Promise<void> {
  // refused: Did you mean '"subject"'?
  await records.query(Ticket, { fields: ['subjct'] })
  // refused: Did you mean '"partner.email"'?
  await records.query(Ticket, { fields: ['partner.emial'] })
  // refused: 'subjct' does not exist in type
  await records.query(Ticket, { fields: ['subject'], where: { subjct: 'x' } })
  // refused: 'subjct' does not exist in type
  await records.query(Ticket, { fields: ['subject'], order: { subjct: 'asc' } })
  // refused: Type 'number' is not assignable
  await records.query(Ticket, { fields: ['subject'], where: { subject: { $in: [7] } } })
  // refused: Type 'true' is not assignable to type 'Compared<number>
  await records.count(Ticket, { where: { hours: true } })
  // refused: is not assignable to type
  await records.group(Ticket, { by: ['staus'] })
  const { rows } = await records.query(Ticket, { fields: ['subject', 'partner.name'] })
  // refused: Property 'number' does not exist on type
  rows[0]?.number
  // refused: Property 'email' does not exist on type
  rows[0]?.partner.email
  // refused: Property 'subject' is missing
  await records.create(Ticket, { partner: 'id' })
  // refused: Property 'partner' is missing
  await records.create(Ticket, { subject: 'x' })
  // refused: 'sbject' does not exist in type
  await records.create(Ticket, { subject: 'x', partner: 'id', sbject: 'y' })
  // refused: Type 'number' is not assignable to type 'string'
  await records.create(Partner, { name: 7 })
  // refused: Type 'number' is not assignable to type
  await records.update(Ticket, 'id', { partner: 7 })
  // refused: Type 'string' is not assignable to type 'readonly RelationValue[]'
  await records.update(Ticket, 'id', { tags: 'x' })
  // refused: 'version' does not exist in type
  await records.update(Ticket, 'id', { version: 3 })
  // refused: Type 'null' is not assignable to type
  await records.update(Ticket, 'id', { subject: null })
  // refused: Type '"opne"' is not assignable
  await records.update(Status, 'id', { category: 'opne' })
  // refused: 'raeson' does not exist in type
  await records.act(close, 'id', { raeson: 'x' })
  const ticket = await records.get(Ticket, 'id')
  // refused: Property 'nme' does not exist on type 'Partner'
  ticket.partner.nme
  // refused: 'ticket.assignee' is possibly 'null'
  ticket.assignee.name
  // refused: Did you mean to write 'partner'?
  show(Ticket, { new: true, defaults: { partnr: 'x' } })
  // refused: Property 'tikets' does not exist on type 'Services'
  services.tikets
}
