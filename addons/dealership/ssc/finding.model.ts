import { defineModel, type Fields, form, given, list, type Model, p, search } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { z } from 'zod'

const fields = {
  ticket: () => p.manyToOne(Ticket),
  code: p.string(),
  description: p.text(),
  repaired: p.boolean().default(false),
}

/** A recall that staff found by hand for the vehicle of an SSC inquiry; the requester is told of it when the ticket is resolved. */
export interface RecallFinding extends Fields<typeof fields> {}
export const RecallFinding: Model<RecallFinding> = defineModel('recallFinding', fields, {
  label: 'Recall found',
  plural: 'Recalls found',
  title: given(['code', 'description'], ({ code, description }) => `${code}: ${description}`.slice(0, 120)),
  icon: 'alert-triangle',
  order: { createdAt: 'asc' },
  within: ['ticket'],
  fields: {
    ticket: { where: { type: { code: 'ssc_inquiry' } }, tracked: true },
    code: { valid: z.string().trim().min(1).max(40), tracked: true, help: "The campaign's number, for example 21TA04." },
    description: { valid: z.string().trim().min(1).max(2_000), tracked: true },
    repaired: { tracked: true },
  },
  unique: { once: { of: ['ticket', 'code'], else: 'The recall {code} is recorded for this ticket already.' } },
})

export const findingViews = [
  list(RecallFinding, ['code', 'description', 'repaired', 'ticket']),
  form(RecallFinding, ['code', { group: 'recall', of: ['ticket', { field: 'description', wide: true }, 'repaired'] }]),
  search(RecallFinding, { texts: ['code', 'description'], facets: ['repaired'] }),
]
