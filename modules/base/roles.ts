import { role } from '@tessera/core'

/** Everything, without a rule. */
export const administrator = role('administrator', { everything: true })
/** Works here: uses the staff's screens and answers in the organisation's name. By itself it sees nothing. */
export const staff = role('staff')
export const viewer = role('viewer', { implies: [staff] })
export const agent = role('agent', { implies: [viewer] })
export const manager = role('manager', { implies: [agent] })
/** Somebody whom the organisation serves: sees what is his own, never the staff's screens. */
export const customer = role('customer')
