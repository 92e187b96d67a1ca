import { on, type Services } from '@tessera/core'
import { User } from './user.model.ts'

/** Whoever is deactivated comes back, if ever, as somebody who has to sign in. */
export const signsOut = on(User, ['active'], async (user, { identity }: Services) => {
  if (!user.active) await identity.signOutEverywhere(user.id)
})
