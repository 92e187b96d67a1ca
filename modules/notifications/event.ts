/** What people are told of, and who they are to the ticket. */

/** What can happen to a ticket. The strongest first: of one change everybody gets one message, about the first that concerns him. */
export const events = ['closed', 'mentioned', 'assigned', 'planned', 'due', 'overdue', 'atRisk', 'created', 'replied', 'status'] as const
export type Event = (typeof events)[number]

export const audiences = ['partner', 'assignee', 'team', 'follower', 'doer'] as const
export type Audience = (typeof audiences)[number]

const ofStaff: readonly Event[] = ['closed', 'mentioned', 'assigned', 'overdue', 'atRisk', 'created', 'replied', 'status']

/** To a customer what staff answered says more than that his ticket was filed. */
export const eventsFor: Readonly<Record<Audience, readonly Event[]>> = {
  partner: ['closed', 'replied', 'created', 'status'],
  assignee: ofStaff,
  team: ofStaff,
  // That somebody named him says more than that he follows it, whatever else happened.
  follower: ['mentioned', 'closed', 'replied', 'status'],
  // Whose activity it is: that is told besides whatever else happened to the ticket.
  doer: ['planned', 'due'],
}

/** The field of a user that says whether he wants a mail of it. */
export const preferenceOf = {
  mentioned: 'mailsMentioned',
  created: 'mailsCreated',
  assigned: 'mailsAssigned',
  replied: 'mailsReplied',
  status: 'mailsStatus',
  closed: 'mailsClosed',
  planned: 'mailsPlanned',
  due: 'mailsDue',
  // Both are about the same wish: to be told of deadlines.
  overdue: 'mailsDeadline',
  atRisk: 'mailsDeadline',
} as const satisfies Record<Event, string>

/** The same for the bell. */
export const bellOf = {
  mentioned: 'bellMentioned',
  created: 'bellCreated',
  assigned: 'bellAssigned',
  replied: 'bellReplied',
  status: 'bellStatus',
  closed: 'bellClosed',
  planned: 'bellPlanned',
  due: 'bellDue',
  overdue: 'bellDeadline',
  atRisk: 'bellDeadline',
} as const satisfies Record<Event, string>
