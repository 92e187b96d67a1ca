import { action, patch } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { newTicket } from '@tessera/ticket'

/** Lets a partner sign in to see his own tickets. */
export const invite = action(Partner, 'invite', {
  label: 'Invite to the portal',
  help: 'Opens an account for the partner if there is none, and mails an invitation to its address.',
  icon: 'mail',
  when: { active: true },
  otherwise: '{title} is not active. Make the partner active first, then invite it.',
  run: (partner, _, { portal }) => portal.invite(partner),
})

export const partnerPatch = patch(Partner, { form: { after: newTicket, insert: [invite] } })
