import { User, viewer } from '@tessera/base'
import { extend, type Fields, p, patch } from '@tessera/core'
import { close, Ticket } from '@tessera/ticket'
import { AssignmentRule, autoAssign } from './rule.model.ts'

const fields = {
  assignedBy: () => p.manyToOne(AssignmentRule).nullable(),
  assignmentReason: p.string().length(1000).nullable(),
  assignmentProblem: p.string().length(1000).nullable(),
}
const userFields = {
  assignedTickets: () => p.oneToMany(Ticket).mappedBy('assignee'),
  openTickets: p.integer().persist(false),
}
declare module '@tessera/ticket' {
  interface Ticket extends Fields<typeof fields> {}
}
declare module '@tessera/base' {
  interface User extends Fields<typeof userFields> {}
}

/** Why somebody has a ticket, or why the rules could give it to nobody. What a person decides afterwards ends both. */
export const ticketExtension = extend(Ticket, fields, {
  fields: {
    assignedBy: { label: 'Assigned by rule', readonly: true, help: 'Empty once a person has assigned the ticket.' },
    assignmentReason: { label: 'Why', readonly: true, tracked: true },
    // It names what is wrong with a rule, so it is for those who read the rules.
    assignmentProblem: {
      label: 'Assignment problem',
      readonly: true,
      tracked: true,
      only: [viewer],
      help: 'Why the rules could not assign it.',
    },
  },
  around: {
    update: (ticket, changes, next) => {
      const isAnother = (name: 'assignee' | 'team') => changes[name] !== undefined && changes[name] !== (ticket[name]?.id ?? null)
      const byHand = changes.assignedBy === undefined && (isAnother('assignee') || isAnother('team'))
      return next(byHand ? { ...changes, assignedBy: null, assignmentReason: null, assignmentProblem: null } : changes)
    },
  },
})

/** How much somebody has on his desk. */
export const userExtension = extend(User, userFields, {
  fields: { openTickets: { count: { of: 'assignedTickets', where: { closedAt: null } } } },
})

export const ticketPatch = patch(Ticket, {
  form: [
    {
      after: 'assignee',
      insert: [
        { field: 'assignmentReason', hidden: { assignmentReason: null } },
        { field: 'assignmentProblem', hidden: { assignmentProblem: null } },
      ],
    },
    { after: close, insert: [autoAssign] },
  ],
  list: {
    after: 'team',
    insert: [
      { field: 'assignedBy', optional: 'hidden' },
      { field: 'assignmentProblem', optional: 'hidden' },
    ],
  },
  search: { filters: { assignmentProblems: { assignmentProblem: { $ne: null } } }, facets: ['assignedBy'] },
})

export const userPatch = patch(User, { list: { after: 'teams', insert: ['openTickets'] } })
