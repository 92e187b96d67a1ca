import { action, ago, extend, type Fields, given, now, p, patch, type Where } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { SlaPolicy } from './policy.model.ts'

const fields = {
  slaPolicy: () => p.manyToOne(SlaPolicy).nullable(),
  firstResponseTarget: p.datetime().nullable(),
  firstResponseDue: p.datetime().nullable(),
  firstResponseRisk: p.datetime().nullable(),
  firstResponseMet: p.boolean().nullable(),
  firstResponseWarning: p.datetime().nullable(),
  resolutionTarget: p.datetime().nullable(),
  resolutionDue: p.datetime().nullable(),
  resolutionRisk: p.datetime().nullable(),
  resolutionMet: p.boolean().nullable(),
  resolutionWarning: p.datetime().nullable(),
  resolutionLeft: p.float().nullable(),
  slaDue: p.datetime().nullable(),
  slaRisk: p.datetime().nullable(),
  slaUsed: p.float().nullable(),
  slaSince: p.datetime().nullable(),
}
declare module '@tessera/ticket' {
  interface Ticket extends Fields<typeof fields> {}
}

/** Kept by the system, and none of it comes along with a duplicate: that begins anew. */
const kept = { readonly: true, copy: false } as const
/** What only follows from the rest is no news. */
const follows = { ...kept, quiet: true } as const
const due = { $ne: null } as const

/**
 * What was promised and by when. `…Target` stays when a target is reached, for reports; `…Due` is only there while its clock runs, so that
 * the few that are due are found among very many. Whether one is overdue is nowhere stored: time makes it so.
 */
export const ticketExtension = extend(Ticket, fields, {
  fields: {
    slaPolicy: {
      ...kept,
      label: 'SLA policy',
      tracked: true,
      help: 'What was promised; chosen by the policies, while the ticket is open.',
    },
    firstResponseTarget: { ...kept, label: 'First response promised', help: 'By when somebody was or is to answer the customer.' },
    firstResponseDue: {
      label: 'First response',
      help: 'By when somebody has to answer the customer; empty once somebody has.',
      compute: given(['firstResponseTarget', 'firstRepliedAt', 'closedAt'], ({ firstResponseTarget, firstRepliedAt, closedAt }) =>
        firstRepliedAt || closedAt ? null : firstResponseTarget,
      ),
      quiet: true,
    },
    firstResponseRisk: { ...follows, label: 'First response at risk', help: 'From when on it is at risk.' },
    firstResponseMet: {
      label: 'First response in time',
      help: 'Empty while nobody has answered, and where the ticket was closed before an answer was due.',
      compute: given(['firstResponseTarget', 'firstRepliedAt', 'closedAt'], ({ firstResponseTarget, firstRepliedAt, closedAt }) => {
        if (!firstResponseTarget) return null
        if (firstRepliedAt) return firstRepliedAt <= firstResponseTarget
        return closedAt && closedAt > firstResponseTarget ? false : null
      }),
      tracked: true,
      quiet: true,
    },
    firstResponseWarning: {
      ...follows,
      label: 'First response: next warning',
      suggest: given(['firstResponseDue', 'firstResponseRisk'], (ticket) => ticket.firstResponseDue && ticket.firstResponseRisk),
    },
    resolutionTarget: { ...kept, label: 'Resolution promised', help: 'By when it was or is to be closed; empty while the clock stands.' },
    resolutionDue: {
      label: 'Resolution',
      help: 'By when it has to be closed; empty once it is, and while its clock stands.',
      compute: given(['resolutionTarget', 'closedAt'], ({ resolutionTarget, closedAt }) => (closedAt ? null : resolutionTarget)),
      quiet: true,
    },
    resolutionRisk: { ...follows, label: 'Resolution at risk', help: 'From when on it is at risk.' },
    resolutionMet: {
      label: 'Resolution in time',
      help: 'Empty while it is open.',
      compute: given(['resolutionTarget', 'closedAt'], ({ resolutionTarget, closedAt }) =>
        closedAt && resolutionTarget ? closedAt <= resolutionTarget : null,
      ),
      tracked: true,
      quiet: true,
    },
    resolutionWarning: {
      ...follows,
      label: 'Resolution: next warning',
      suggest: given(['resolutionDue', 'resolutionRisk'], (ticket) => ticket.resolutionDue && ticket.resolutionRisk),
    },
    resolutionLeft: { ...follows, label: 'Working minutes left', help: 'While the clock stands: how much is left when it goes on.' },
    slaDue: {
      label: 'SLA',
      help: 'What is due next: the first response, or the resolution.',
      compute: given(['firstResponseDue', 'resolutionDue'], ({ firstResponseDue, resolutionDue }) =>
        earlier(firstResponseDue, resolutionDue),
      ),
      quiet: true,
    },
    slaRisk: {
      label: 'SLA at risk',
      help: 'From when on one of them is at risk.',
      compute: given(['firstResponseDue', 'firstResponseRisk', 'resolutionDue', 'resolutionRisk'], (ticket) =>
        earlier(ticket.firstResponseDue && ticket.firstResponseRisk, ticket.resolutionDue && ticket.resolutionRisk),
      ),
      quiet: true,
    },
    slaUsed: { ...follows, label: 'Working minutes used', help: 'Before its clock began to run last.' },
    slaSince: { ...follows, label: 'Clock runs since', help: 'Empty while it stands.' },
  },
  indexes: [
    // In the order in which a list is sorted by it; what is due next has its own, since lists show it.
    { of: ['resolutionDue', 'id'] },
    { of: ['firstResponseWarning'], where: { firstResponseWarning: due } },
    { of: ['resolutionWarning'], where: { resolutionWarning: due } },
    { of: ['firstResponseTarget'], where: { firstResponseTarget: due } },
    { of: ['resolutionTarget'], where: { resolutionTarget: due } },
  ],
})

function earlier(one: Date | null, other: Date | null): Date | null {
  return one && (!other || one <= other) ? one : other
}

/** Time alone makes it so. */
export const overdue: Where<Ticket> = { slaDue: { $lt: now } }

/** Chooses the policy of an open ticket anew and counts its deadlines again: after policies or working hours were changed. */
export const applySla = action(Ticket, 'applySla', {
  label: 'Apply service levels',
  help: 'Chooses the policy anew and counts the deadlines again.',
  icon: 'hourglass',
  bulk: true,
  when: { status: { category: { $ne: 'closed' } } },
  otherwise: 'Ticket "{title}" is closed, so nothing is due any more. Reopen it first.',
  run: (ticket, _, { serviceLevels }) => serviceLevels.apply(ticket),
})

const response = {
  field: 'firstResponseDue',
  as: 'deadline',
  deadline: { risk: 'firstResponseRisk', met: 'firstResponseMet' },
} as const
const resolution = {
  field: 'resolutionDue',
  as: 'deadline',
  deadline: { risk: 'resolutionRisk', met: 'resolutionMet', left: 'resolutionLeft' },
} as const

const next = {
  field: 'slaDue',
  as: 'deadline',
  deadline: { risk: 'slaRisk', met: 'resolutionMet', left: 'resolutionLeft' },
} as const

export const ticketPatch = patch(Ticket, {
  form: [
    { before: 'priority', insert: [response, resolution] },
    { after: 'createdAt', insert: ['slaPolicy'] },
  ],
  list: [
    { after: 'status', insert: [next] },
    {
      after: 'team',
      insert: [
        { ...response, optional: 'hidden' },
        { ...resolution, optional: 'hidden' },
        { field: 'slaPolicy', optional: 'hidden' },
      ],
    },
  ],
  kanban: { after: 'assignee', insert: [next] },
  search: {
    filters: {
      overdue,
      atRisk: { slaDue: { $gte: now }, slaRisk: { $lte: now } },
      dueSoon: { slaDue: { $gte: now, $lt: ago({ hours: -24 }) } },
    },
    facets: ['slaPolicy'],
    marks: { overdue: 'danger', atRisk: 'warning' },
  },
})
