import { extend, type Fields, p, patch, patchView } from '@tessera/core'
import { Ticket, ticketForm } from '@tessera/ticket'
import { z } from 'zod'

const fields = {
  sppSeverity: p.enum(['minor', 'serious', 'grave']).nullable(),
  sppDecision: p.enum(['upheld', 'partly', 'rejected']).nullable(),
  sppDecisionReason: p.text().nullable(),
}
declare module '@tessera/ticket' {
  interface Ticket extends Fields<typeof fields> {}
}

/** A complaint says how grave it is, and once decided, how and why. */
export const complaintExtension = extend(Ticket, fields, {
  fields: {
    sppSeverity: { label: 'Severity', options: { minor: 'Minor', serious: 'Serious', grave: 'Grave' }, tracked: true },
    sppDecision: { label: 'Decision', options: { upheld: 'Upheld', partly: 'Upheld in part', rejected: 'Rejected' }, tracked: true },
    sppDecisionReason: {
      label: 'Why it was decided so',
      valid: z.string().max(2_000),
      required: { sppDecision: 'rejected' },
      tracked: true,
    },
  },
  checks: {
    spp_complaint: {
      holds: { $or: [{ type: { code: 'complaint' } }, { sppSeverity: null, sppDecision: null }] },
      else: 'Only a complaint has a severity and a decision. Make "{subject}" a complaint, or leave them empty.',
    },
  },
})

/** Of a complaint alone. */
const isOther = { type: { code: { $ne: 'complaint' } } }
export const complaintViews = [
  patchView(ticketForm, {
    before: 'resolution',
    insert: [
      {
        tab: 'complaint',
        label: 'Complaint',
        of: [
          { field: 'sppSeverity', hidden: isOther },
          { field: 'sppDecision', hidden: isOther },
          { field: 'sppDecisionReason', wide: true, hidden: isOther },
        ],
      },
    ],
  }),
  patch(Ticket, {
    search: {
      filters: { undecidedComplaints: { type: { code: 'complaint' }, sppProgram: { $ne: null }, sppDecision: null } },
      groups: ['sppSeverity', 'sppDecision'],
      facets: ['sppSeverity', 'sppDecision'],
    },
  }),
]
