import { Attachment } from '@tessera/base'
import { extend, type Fields, p } from '@tessera/core'
import { Ticket } from './ticket.model.ts'

const fields = {
  ticket: () => p.manyToOne(Ticket).nullable(),
}
declare module '@tessera/base' {
  interface Attachment extends Fields<typeof fields> {}
}

/** Files of tickets: whoever may not read the ticket may not read them, and they go with it. */
export const attachmentExtension = extend(Attachment, fields, {
  within: ['ticket'],
  fields: { ticket: { removedWith: true } },
  indexes: [{ of: ['ticket', 'createdAt'] }],
})
