import { defineModel, type Fields, given, type Model, p } from '@tessera/core'
import { User } from './user.model.ts'

const fields = {
  tokenHash: p.string(),
  user: () => p.manyToOne(User),
  expiresAt: p.datetime(),
  seenAt: p.datetime(),
  ip: p.string().nullable(),
  agent: p.string().nullable(),
}

/** Somebody signed in with one browser. The token itself is only in the cookie. */
export interface Session extends Fields<typeof fields> {}
export const Session: Model<Session> = defineModel('session', fields, {
  title: given(['createdAt'], ({ createdAt }) => createdAt.toISOString()),
  exposed: false,
  // It is written once a minute by everybody who works.
  announced: { but: ['seenAt'] },
  fields: { tokenHash: { only: [] } },
  unique: { token: { of: ['tokenHash'], else: 'This session exists already.' } },
})
