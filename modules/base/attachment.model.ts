import { defineModel, type Fields, Forbidden, type Model, p } from '@tessera/core'
import { z } from 'zod'

const fields = {
  name: p.string(),
  type: p.string(),
  size: p.float(),
  hash: p.string(),
  draft: p.boolean().default(true),
}

/**
 * A file that belongs to a record. A model that takes files gives this one a relation to itself, named under `within`, and a rule that
 * says who reads them; then a file is read where its record is. Until what it was sent for is saved it is a draft, its sender's alone.
 * Which model and record it belongs to, who brought it and when, say that relation, `createdBy` and `createdAt`.
 */
export interface Attachment extends Fields<typeof fields> {}
export const Attachment: Model<Attachment> = defineModel('attachment', fields, {
  title: 'name',
  icon: 'paperclip',
  order: { createdAt: 'asc' },
  exposed: false,
  fields: {
    name: { valid: z.string().min(1).max(200) },
    size: { help: 'In bytes.' },
    hash: { help: 'The SHA-256 of its content, under which that is kept.' },
    draft: { help: 'Sent, and not yet saved with anything.' },
  },
  indexes: [{ of: ['hash'] }, { of: ['createdAt'], where: { draft: true } }],
  async guard({ verb }) {
    if (verb === 'delete') return
    throw new Forbidden(
      'base.files_are_sent',
      'A file is sent as a form with the file in it, and never changed: POST it to /api/attachments.',
    )
  },
})
