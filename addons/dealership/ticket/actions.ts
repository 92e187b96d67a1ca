import { Team } from '@tessera/base'
import { action, ref } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { z } from 'zod'
import { Branch } from '../network/branch.model.ts'
import { Company } from '../network/company.model.ts'

/** Gives a ticket to a company, a branch or a team. What is named says the rest: a team its branch, a branch its company. */
export const handOver = action(Ticket, 'handOver', {
  label: 'Hand over',
  help: 'A branch says its company, and a team its branch. A dealer hands over inside the company only.',
  icon: 'arrow-right',
  bulk: true,
  input: z
    .object({
      company: ref(Company, { active: true }).optional(),
      branch: ref(Branch, { active: true }).nullable().optional(),
      team: ref(Team, { active: true }).nullable().optional(),
    })
    .refine((to) => Object.values(to).some((value) => value !== undefined), 'name a company, a branch or a team'),
  run: (ticket, to, { network }) => network.handOver(ticket, to),
})

/** A dealer gives a ticket back that is not for his company. */
export const giveBack = action(Ticket, 'giveBack', {
  label: 'Return to distributor',
  help: 'The ticket becomes unassigned; the reason is noted for staff.',
  icon: 'arrow-back-up',
  when: { dealerCompany: { $ne: null } },
  otherwise: 'Ticket "{title}" is with no dealer, so there is nothing to return.',
  input: z.object({ reason: z.string().trim().min(3).max(1_000).describe('Why it is not for you') }),
  run: (ticket, { reason }, { network }) => network.giveBack(ticket, reason),
})
