import { Attachment } from '@tessera/base'
import { extend, type Fields, p } from '@tessera/core'
import { Message } from './message.model.ts'

const fields = {
  message: () => p.manyToOne(Message).nullable(),
}
declare module '@tessera/base' {
  interface Attachment extends Fields<typeof fields> {}
}

/** Files that were sent with what was said: whoever may not read that, such as a note, may not read them. */
export const attachmentExtension = extend(Attachment, fields, { within: ['message'], indexes: [{ of: ['message', 'createdAt'] }] })
