import { defineModel, type Fields, type Model, p } from '@tessera/core'
import { User } from './user.model.ts'

const fields = {
  tokenHash: p.string(),
  user: () => p.manyToOne(User),
  purpose: p.enum(['first-run', 'sign-in', 'second-factor', 'confirm', 'invitation']),
  expiresAt: p.datetime(),
  usedAt: p.datetime().nullable(),
}

/** What one user may do once: sign in, accept an invitation, take over the first account, type his code (`second-factor`), confirm that it is he. */
export interface Link extends Fields<typeof fields> {}
export const Link: Model<Link> = defineModel('link', fields, {
  title: 'purpose',
  exposed: false,
  fleeting: true,
  fields: { tokenHash: { only: [] } },
  unique: { token: { of: ['tokenHash'], else: 'This link exists already.' } },
})
