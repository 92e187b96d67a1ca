import { defineModel, type Fields, type Model, p } from '@tessera/core'
import { User } from './user.model.ts'

const fields = {
  tokenHash: p.string(),
  user: () => p.manyToOne(User),
  purpose: p.enum(['first-run', 'sign-in']),
  expiresAt: p.datetime(),
  usedAt: p.datetime().nullable(),
}

/** A link that signs one user in, once. */
export interface Link extends Fields<typeof fields> {}
export const Link: Model<Link> = defineModel('link', fields, {
  title: 'purpose',
  exposed: false,
  fields: { tokenHash: { only: [] } },
  unique: { token: { of: ['tokenHash'], else: 'This link exists already.' } },
})
