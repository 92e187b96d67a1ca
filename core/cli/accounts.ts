/** What the commands about users need of whichever module provides the service `identity`. */
import { UserError } from '../errors.ts'
import type { Services } from '../service/services.ts'

export interface Accounts {
  createUser(about: { email: string; name: string; roles: readonly string[]; password?: string }): Promise<{ readonly id: string }>
  setPassword(user: string, password: string): Promise<void>
  createKey(
    user: string,
    name: string,
    limits?: {
      readonly expiresAt?: Date | null
      readonly origins?: readonly string[]
      readonly scopes?: readonly string[] | null
      readonly perMinute?: number
    },
  ): Promise<{ readonly id: string; readonly key: string }>
  revokeKey(id: string): Promise<void>
  createLink(user: string, purpose: 'first-run' | 'sign-in'): Promise<string>
}

/** Throws a UserError where no installed module keeps accounts. */
export function accountsOf({ app, identity }: Services): Accounts {
  if (app.services.has('identity') && isAccounts(identity)) return identity
  throw new UserError('cli.no_accounts', 'No installed module keeps user accounts.', {}, { hint: 'Run: tessera module install base' })
}

const methods = ['createUser', 'setPassword', 'createKey', 'revokeKey', 'createLink'] as const

function isAccounts(identity: object): identity is Accounts {
  return methods.every((name) => name in identity)
}
