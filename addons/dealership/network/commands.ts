import { command } from '@tessera/core'
import { networkSettings } from './lock.ts'

/** From now on the Identity System alone changes the network. */
export const networkLock = command('network lock', {
  help: 'Let only the Identity System change companies, branches, teams and their users.',
  run: async (_, { settings }) => {
    await settings.set(networkSettings, { ...(await settings.get(networkSettings)), locked: true })
    return { locked: true }
  },
})

/** Back to a network that is kept here. */
export const networkUnlock = command('network unlock', {
  help: 'Let managers of the network change it here again.',
  run: async (_, { settings }) => {
    await settings.set(networkSettings, { ...(await settings.get(networkSettings)), locked: false })
    return { locked: false }
  },
})
