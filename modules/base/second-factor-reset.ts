import { action, demandConfirmed, type Services } from '@tessera/core'
import { demandPowerOver } from './rights.ts'
import { User } from './user.model.ts'

/** For somebody who has lost his app and his recovery codes. Who may is said by rules, like any change of a user. */
export const resetSecondFactor = action(User, 'resetSecondFactor', {
  label: 'Reset second factor',
  help: 'Signs in without a code from now on, until a new app is set up. All sessions of the user end.',
  icon: 'shield-off',
  when: { secondFactor: true },
  otherwise: '{title} has no second factor, so there is nothing to reset.',
  async run(user, _, services: Services) {
    const { context, secondFactor, identity } = services
    demandConfirmed(context)
    await demandPowerOver(services, user.id)
    await secondFactor.remove(user.id, 'second-factor.reset')
    await identity.signOutEverywhere(user.id)
  },
})
