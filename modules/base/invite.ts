import { action } from '@tessera/core'
import { User } from './user.model.ts'

/** Also again: for somebody whose mail got lost, or whose link has expired. */
export const invite = action(User, 'invite', {
  label: 'Invite',
  help: 'Mails a link by which the user makes the account his own, within three days. Earlier links are over.',
  icon: 'mail',
  when: { active: true, lastSignInAt: null },
  otherwise: '{title} has signed in already, or is deactivated. Only active users who never signed in are invited.',
  async run(user, _, { invitations }) {
    await invitations.again(user)
  },
})
