/** What people are told of, and who they are to the ticket. */

/** What can happen to a ticket. The strongest first: of one change everybody gets one message, about the first that concerns him. */
export const events = ['closed', 'mentioned', 'assigned', 'created', 'replied', 'status'] as const
export type Event = (typeof events)[number]

export const audiences = ['partner', 'assignee', 'team', 'follower'] as const
export type Audience = (typeof audiences)[number]

/** To a customer what staff answered says more than that his ticket was filed. */
export const eventsFor: Readonly<Record<Audience, readonly Event[]>> = {
  partner: ['closed', 'replied', 'created', 'status'],
  assignee: events,
  team: events,
  // That somebody named him says more than that he follows it, whatever else happened.
  follower: ['mentioned', 'closed', 'replied', 'status'],
}

/** The field of a user that says whether he wants a mail of it. */
export const preferenceOf = {
  mentioned: 'mailsMentioned',
  created: 'mailsCreated',
  assigned: 'mailsAssigned',
  replied: 'mailsReplied',
  status: 'mailsStatus',
  closed: 'mailsClosed',
} as const satisfies Record<Event, string>

/** The same for the bell. */
export const bellOf = {
  mentioned: 'bellMentioned',
  created: 'bellCreated',
  assigned: 'bellAssigned',
  replied: 'bellReplied',
  status: 'bellStatus',
  closed: 'bellClosed',
} as const satisfies Record<Event, string>
