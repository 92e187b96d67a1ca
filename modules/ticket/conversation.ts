import { extend, type Fields, p, patch } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Activity, Follower, Message } from '@tessera/thread'
import { Ticket } from './ticket.model.ts'

const fields = {
  ticket: () => p.manyToOne(Ticket).nullable(),
  partner: () => p.manyToOne(Partner).nullable(),
}
const ofTicket = { ticket: () => p.manyToOne(Ticket).nullable() }
declare module '@tessera/thread' {
  interface Message extends Fields<typeof fields> {}
  interface Follower extends Fields<typeof ofTicket> {}
  interface Activity extends Fields<typeof ofTicket> {}
}

const followed = { followers: () => p.oneToMany(Follower).mappedBy('ticket') }
declare module './ticket.model.ts' {
  interface Ticket extends Fields<typeof followed> {}
}

/** A ticket knows who follows it, so that those that one follows can be listed. */
export const followedExtension = extend(Ticket, followed, {
  fields: { followers: { help: 'Who of the staff hears of it, besides those whose work it is.' } },
})

/** Messages about tickets: whoever may not read the ticket may not read them. */
export const messageExtension = extend(Message, fields, {
  within: ['ticket'],
  fields: { partner: { help: 'The customer who wrote it.' } },
  indexes: [{ of: ['ticket', 'createdAt'] }],
})

/** Who follows a ticket: that goes with it, as what was planned does; what was said about it keeps it. */
export const followerExtension = extend(Follower, ofTicket, {
  within: ['ticket'],
  fields: { ticket: { removedWith: true } },
  unique: { ticket_user: { of: ['ticket', 'user'], else: 'He follows this ticket already.' } },
})

/** What is to be done about a ticket. */
export const activityExtension = extend(Activity, ofTicket, {
  within: ['ticket'],
  fields: { ticket: { removedWith: true } },
  indexes: [{ of: ['ticket', 'due'], where: { doneAt: null } }],
})

/** Its ticket stands with an activity wherever that is shown. */
export const activityPatch = patch(Activity, {
  list: { after: 'summary', insert: ['ticket'] },
  form: { after: 'due', insert: ['ticket'] },
  calendar: { after: 'summary', insert: ['ticket'] },
})
