import { defineModel, type Fields, given, type Model, p } from '@tessera/core'
import { User } from './user.model.ts'

const fields = {
  tokenHash: p.string(),
  formerHash: p.string().nullable().index(),
  formerUntil: p.datetime().nullable(),
  renew: p.boolean().default(false),
  user: () => p.manyToOne(User),
  expiresAt: p.datetime(),
  seenAt: p.datetime(),
  confirmedAt: p.datetime(),
  viewing: () => p.manyToOne(User).nullable(),
  viewingUntil: p.datetime().nullable(),
  ip: p.string().nullable(),
  agent: p.string().nullable(),
}

/**
 * Somebody signed in with one browser. The token itself is only in the cookie; at a change of rights there is a new one (`renew`),
 * and the former lives until `formerUntil`.
 */
export interface Session extends Fields<typeof fields> {}
export const Session: Model<Session> = defineModel('session', fields, {
  title: given(['createdAt'], ({ createdAt }) => createdAt.toISOString()),
  exposed: false,
  personal: true,
  fleeting: true,
  // It is written once a minute by everybody who works.
  announced: { but: ['seenAt'] },
  fields: { tokenHash: { only: [] }, formerHash: { only: [] } },
  unique: { token: { of: ['tokenHash'], else: 'This session exists already.' } },
})
