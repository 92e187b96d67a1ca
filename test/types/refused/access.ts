import { action, ago, me, now, permission, route } from '@tessera/core'
import { agent, close, newTicket, Partner, status, Ticket } from './desk.ts'

// refused: 'partnr' does not exist in type
agent.can('read', Ticket, { partnr: 'x' })
// refused: 'nme' does not exist in type
agent.can('read', Ticket, { partner: { nme: 'x' } })
// refused: Type '"opne"' is not assignable
agent.can('read', Ticket, { status: { category: 'opne' } })
// refused: Type 'number' is not assignable
agent.can('read', Ticket, { subject: 7 })
// refused: Type 'string' is not assignable to type 'Date'
agent.can('read', Ticket, { dueAt: { $lt: 'yesterday' } })
// refused: '$like' does not exist in type
agent.can('read', Ticket, { subject: { $like: 'x' } })
// refused: Argument of type '"reed"' is not assignable
agent.can('reed', Ticket)
// refused: is not assignable to parameter of type
agent.can(newTicket, Ticket)
// refused: Did you mean '"subject"'?
agent.can('update', Ticket, {}, ['subjct'])
// refused: Property 'partnerid' does not exist on type 'Me'
agent.can('read', Ticket, { partner: me.partnerid })
// refused: 'day' does not exist in type
agent.can('read', Ticket, { dueAt: { $lt: ago({ day: 1 }) } })
// refused: Property 'nwe' does not exist on type
agent.can('read', Ticket, { status: status.nwe })
// refused: Property 'permission' is missing in type 'Action<Ticket
agent.may(close)

// refused: Property 'may' is missing
route('GET /lookup/:number', { run: () => ({}) })
// refused: Property 'numbr' does not exist on type
route('GET /lookup/:number', { may: permission('lookup', 'Look up'), run: ({ params }) => params.numbr })
// refused: Argument of type '"FETCH /lookup"' is not assignable
route('FETCH /lookup', { may: 'anybody', run: () => ({}) })

// refused: 'staus' does not exist in type
action(Ticket, 'open', { label: 'Open', takes: { staus: true }, run: () => undefined })
// refused: Type '"opne"' is not assignable
action(Ticket, 'open', { label: 'Open', takes: { status: { category: 'opne' } }, run: () => undefined })
// refused: 'subjct' does not exist in type
action(Ticket, 'open', { label: 'Open', when: { subjct: 'x' }, run: () => undefined })
// refused: Property 'sbject' does not exist on type 'Ticket'
action(Ticket, 'open', { label: 'Open', run: (ticket) => ticket.sbject })
// refused: Type 'number' is not assignable to type 'string'
agent.can('read', Partner, { createdAt: { $gt: now, $contains: 7 } })
