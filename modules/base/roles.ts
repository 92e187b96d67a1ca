import { role } from '@tessera/core'

/** Everything, without a rule. */
export const administrator = role('administrator', { everything: true })
export const viewer = role('viewer')
export const agent = role('agent', { implies: [viewer] })
export const manager = role('manager', { implies: [agent] })
/** Somebody whom the organisation serves: sees what is his own, never the staff's screens. */
export const customer = role('customer')
