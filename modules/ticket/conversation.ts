import { extend, type Fields, p } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { Ticket } from './ticket.model.ts'

const fields = {
  ticket: () => p.manyToOne(Ticket).nullable(),
  partner: () => p.manyToOne(Partner).nullable(),
}
declare module '@tessera/thread' {
  interface Message extends Fields<typeof fields> {}
}

/** Messages about tickets: whoever may not read the ticket may not read them. */
export const messageExtension = extend(Message, fields, {
  within: ['ticket'],
  fields: { partner: { help: 'The customer who wrote it.' } },
  indexes: [{ of: ['ticket', 'createdAt'] }],
})
