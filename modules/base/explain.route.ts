import { permission, type Request, route, type Services } from '@tessera/core'
import { z } from 'zod'
import { explainedTo } from './explain-answer.ts'
import { askOf } from './explain-ask.ts'

/** Given to nobody by a rule: administrators alone have it, for explanations tell what records hold. */
export const explaining = permission('base.explain', 'Explain anybody’s access')

const query = z.object({
  user: z.string().min(1).describe('The email address of the user.'),
  action: z.string().min(1).describe('read, create, update, delete, export, an action of the model such as close, or a named right.'),
  model: z.string().optional().describe('The name of the model or the path of its records: ticket or tickets. None for a named right.'),
  id: z.string().optional().describe('The id of a record, its code, number or title. Without one it is about all records.'),
  field: z.string().optional().describe('The name of a field: may the verb touch it?'),
})

/** Why a user may do something or may not. */
export const explainRoute = route('GET /access/explain', {
  may: explaining,
  summary: 'Why a user may do something or may not',
  query,
  returns: answer(),
  run: async (request, services) => explained(request, services),
})

async function explained(request: Request, services: Services): Promise<object> {
  const asked = query.parse(Object.fromEntries(request.query))
  return explainedTo(services, await askOf(services, asked))
}

function answer(): z.ZodType {
  const truth = z.boolean().nullable().describe('Null without a record.')
  const clause: z.ZodType = z.object({
    kind: z.enum(['all', 'any', 'not', 'some', 'is']),
    says: z.string().describe('The clause in words.'),
    has: z.string().nullable().describe('What the record has there.'),
    holds: truth,
    of: z.array(z.unknown()).describe('The clauses that it is made of, of the same form.'),
    path: z.array(z.string()).optional(),
    operator: z.string().optional(),
    wanted: z
      .object({ source: z.unknown(), value: z.unknown(), empty: z.boolean() })
      .optional()
      .describe('As the rule has it, with its placeholders, and what that is for this user.'),
    value: z.unknown().optional().describe('The value that the record has there.'),
  })
  const rule = z.object({
    number: z.int(),
    role: z.string(),
    via: z.array(z.string()).describe('The roles through which the user has it.'),
    module: z.string().describe('The module that declares it; empty for one of this deployment.'),
    local: z.boolean(),
    cannot: z.boolean(),
    verbs: z.array(z.string()),
    fields: z.array(z.string()).nullable(),
    where: z.record(z.string(), z.unknown()).nullable(),
    says: z.string(),
    holds: truth,
    clause: clause.nullable(),
  })
  const right = z.object({
    may: z.union([z.boolean(), z.literal('where')]),
    here: truth,
    rule: z.object({ number: z.int(), role: z.string(), module: z.string(), cannot: z.boolean() }).nullable(),
  })
  const field = z.object({
    name: z.string(),
    label: z.string(),
    read: right,
    write: right,
    kept: z.boolean().describe('Nobody writes it but the system.'),
    through: z.array(z.string()).describe('The actions that change it.'),
  })
  return z.object({
    allowed: z.boolean(),
    sentence: z.string(),
    details: z.array(z.string()),
    reason: z.object({ code: z.string(), rule: z.int().nullable() }),
    user: z.object({ id: z.string(), name: z.string(), email: z.string().nullable(), active: z.boolean() }),
    verb: z.string(),
    model: z.string().describe('Empty of a named right.'),
    record: z.object({ id: z.string(), label: z.string() }).nullable(),
    reach: z.enum(['every', 'some', 'none']),
    roles: z.array(z.object({ name: z.string(), label: z.string(), via: z.array(z.string()), everything: z.boolean() })),
    rules: z.array(rule).describe('In the order in which they count: the last one that holds decides.'),
    closest: z.int().nullable(),
    within: z.array(clause),
    readable: truth,
    state: z.object({ fits: truth, says: z.string(), clause: clause.nullable() }).nullable(),
    field: field.nullable(),
    fields: z.array(field),
    broken: z.array(z.string()),
  })
}
