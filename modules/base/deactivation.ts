import { action, on, type Services } from '@tessera/core'
import { User } from './user.model.ts'

export const deactivate = action(User, 'deactivate', {
  label: 'Deactivate',
  help: 'All sessions end at once, keys stop working, and nobody signs in with this account until it is activated again.',
  icon: 'user-off',
  when: { active: true },
  otherwise: '{title} is deactivated already.',
  bulk: true,
  async run({ id }, _, { records }) {
    await records.update(User, id, { active: false })
  },
})

export const activate = action(User, 'activate', {
  label: 'Activate',
  help: 'The user can sign in again.',
  icon: 'user-check',
  when: { active: false },
  otherwise: '{title} is active already.',
  bulk: true,
  async run({ id }, _, { records }) {
    await records.update(User, id, { active: true })
  },
})

/** Whoever is deactivated comes back, if ever, as somebody who has to sign in. */
export const signsOut = on(User, ['active'], async (user, { identity }: Services) => {
  if (!user.active) await identity.signOutEverywhere(user.id)
})
