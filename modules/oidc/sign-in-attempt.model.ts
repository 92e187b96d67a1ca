import { User } from '@tessera/base'
import { defineModel, type Fields, given, type Model, p } from '@tessera/core'
import { IdentityProvider } from './identity-provider.model.ts'

const fields = {
  stateHash: p.string(),
  browserHash: p.string(),
  provider: () => p.manyToOne(IdentityProvider),
  next: p.text(),
  connecting: () => p.manyToOne(User).nullable(),
  confirming: () => p.manyToOne(User).nullable(),
  expiresAt: p.datetime(),
}

/**
 * Somebody who was sent to a provider and may come back once, with the same browser. What is secret about it is in his cookie and
 * in the address that he comes back to; here are only hashes.
 */
export interface SignInAttempt extends Fields<typeof fields> {}
export const SignInAttempt: Model<SignInAttempt> = defineModel('signInAttempt', fields, {
  title: given(['createdAt'], ({ createdAt }) => createdAt.toISOString()),
  exposed: false,
  fleeting: true,
  fields: { stateHash: { only: [] }, browserHash: { only: [] }, provider: { removedWith: true } },
  unique: { state: { of: ['stateHash'], else: 'This attempt to sign in exists already.' } },
})
