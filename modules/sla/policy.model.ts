import { conditionFields, conditionTraits, keepsWords } from '@tessera/base'
import { defineModel, type Fields, given, type Model, p } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { z } from 'zod'
import { WorkingHours, workingHours } from './working-hours.model.ts'

const fields = {
  name: p.string(),
  rank: p.integer().default(10),
  active: p.boolean().default(true),
  ...conditionFields,
  workingHours: () => p.manyToOne(WorkingHours),
  firstResponse: p.integer().nullable(),
  resolution: p.integer().nullable(),
  atRisk: p.integer().default(60),
  tickets: () => p.oneToMany(Ticket).mappedBy('slaPolicy'),
  promised: p.integer().persist(false),
}
/** A year of minutes, working ones: nobody promises more. */
const minutes = z.int().min(1).max(527_040)

/**
 * By when tickets are to be answered and resolved. Of the active policies the first whose condition holds decides, in the order of their
 * ranks. All spans are minutes of its working hours.
 */
export interface SlaPolicy extends Fields<typeof fields, 'condition' | 'workingHours'> {}
export const SlaPolicy: Model<SlaPolicy> = defineModel('slaPolicy', fields, {
  label: 'SLA policy',
  plural: 'SLA policies',
  title: 'name',
  icon: 'hourglass',
  order: { rank: 'asc', createdAt: 'asc' },
  announced: true,
  fields: {
    name: { valid: z.string().trim().min(1).max(200), tracked: true },
    rank: { help: 'The policy with the lowest rank whose condition holds decides.', tracked: true },
    active: { tracked: true },
    ...conditionTraits({
      which: 'Which tickets. Without a condition it is every ticket.',
      example: 'write it as JSON, for example {"type": {"code": "complaint"}}, or {} for every ticket',
    }),
    workingHours: { suggest: given([], () => workingHours.always), tracked: true },
    firstResponse: {
      label: 'First response within',
      help: 'From filing to the first public reply by staff, in minutes of the working hours. Empty: none is promised.',
      valid: minutes,
      tracked: true,
    },
    resolution: {
      label: 'Resolution within',
      help: 'From filing to closing, in minutes of the working hours, without the time on hold. Empty: none is promised.',
      valid: minutes,
      tracked: true,
    },
    atRisk: {
      label: 'At risk before it is due',
      help: 'So many minutes of the working hours.',
      valid: z.int().min(0).max(527_040),
      tracked: true,
    },
    promised: { label: 'Tickets', count: 'tickets' },
  },
  checks: {
    promise: {
      holds: given(['firstResponse', 'resolution'], ({ firstResponse, resolution }) => firstResponse !== null || resolution !== null),
      else: 'The policy "{name}" promises nothing. Say within which time tickets get a first response, or a resolution, or both.',
    },
  },
  unique: { name: { of: ['name'], else: 'There is already a policy named "{name}".' } },
  around: keepsWords(Ticket),
})
