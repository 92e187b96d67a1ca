import { conditionFields, conditionTraits, keepsWords, Team, User } from '@tessera/base'
import { action, defineModel, type Fields, given, type Model, p, type Records } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { z } from 'zod'

const fields = {
  name: p.string(),
  rank: p.integer().default(10),
  active: p.boolean().default(true),
  ...conditionFields,
  strategy: p.enum(['round_robin', 'least_loaded', 'person', 'team']).default('round_robin'),
  team: () => p.manyToOne(Team).nullable(),
  person: () => p.manyToOne(User).nullable(),
  tickets: () => p.oneToMany(Ticket).mappedBy('assignedBy'),
  given: p.integer().persist(false),
}

/** Who gets which new tickets. Of the active rules the first whose condition holds decides, in the order of their ranks. */
export interface AssignmentRule extends Fields<typeof fields, 'condition'> {}
export const AssignmentRule: Model<AssignmentRule> = defineModel('assignmentRule', fields, {
  title: 'name',
  icon: 'route',
  order: { rank: 'asc', createdAt: 'asc' },
  fields: {
    name: { valid: z.string().trim().min(1).max(200), tracked: true },
    rank: { help: 'The rule with the lowest rank whose condition holds decides.', tracked: true },
    active: { tracked: true },
    ...conditionTraits({
      which: 'Which tickets. Without a condition it is every ticket.',
      example: 'write it as JSON, for example {"type": {"code": "complaint"}}, or {} for every ticket',
    }),
    strategy: {
      label: 'Give to',
      help: 'Of the active members of the team: each in turn, or whoever has the fewest open tickets.',
      options: {
        round_robin: 'Members in turn',
        least_loaded: 'Fewest open tickets',
        person: 'One person',
        team: 'The team as such',
      },
      tracked: true,
    },
    team: { where: { active: true }, required: { strategy: { $ne: 'person' } }, tracked: true },
    person: { where: { active: true, staff: true }, required: { strategy: 'person' }, tracked: true },
    given: { label: 'Tickets', count: 'tickets' },
  },
  unique: { name: { of: ['name'], else: 'There is already a rule named "{name}".' } },
  around: keepsWords(Ticket),
})

const turnFields = {
  rule: () => p.manyToOne(AssignmentRule),
  last: () => p.manyToOne(User).nullable(),
}

/**
 * Whose turn it was last under a rule. A record of its own, so that whoever edits the rule neither waits for new tickets nor meets
 * a version that they changed.
 */
export interface AssignmentTurn extends Fields<typeof turnFields> {}
export const AssignmentTurn: Model<AssignmentTurn> = defineModel('assignmentTurn', turnFields, {
  title: given(['rule'], ({ rule }) => rule.label),
  exposed: false,
  unique: { rule: { of: ['rule'], else: 'The rule has its turn already.' } },
})

/** Every rule has its turn from the beginning: two tickets at once would else both make it. */
export async function beginTurn(rule: AssignmentRule, records: Records): Promise<void> {
  await records.create(AssignmentTurn, { rule: rule.id })
}

/** Hands the ticket to whom the rules say; refused for one that somebody or a team has. */
export const autoAssign = action(Ticket, 'autoAssign', {
  label: 'Assign by rules',
  help: 'By the first assignment rule whose condition holds.',
  icon: 'route',
  bulk: true,
  when: { assignee: null, team: null, status: { category: { $ne: 'closed' } } },
  otherwise: 'Rules assign open tickets that nobody and no team has, and "{title}" is none. Assign it yourself.',
  run: (ticket, _, { assignment }) => assignment.request(ticket),
})
