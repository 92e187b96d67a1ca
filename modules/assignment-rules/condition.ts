/** Conditions that people write: read as the kernel reads them, and said in words. */
import {
  type Clause,
  conditionOn,
  type FieldMeta,
  fill,
  labelOf,
  type ModelMeta,
  optionCode,
  type Services,
  UserError,
} from '@tessera/core'
import { Ticket } from '@tessera/ticket'

/**
 * What a condition says, in words. Refused when it names a field or operator that does not exist, or a field that its writer may not
 * read: he could else learn by a rule what is in it.
 */
export async function rememberCondition(services: Services, condition: object): Promise<string> {
  try {
    await services.records.count(Ticket, { where: condition })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(
      'assignment.unreadable_condition',
      'The condition of the rule cannot be read: {reason}',
      { reason: error.message },
      {
        errors: [{ field: 'condition', code: 'assignment.condition', text: 'Condition: {reason}', values: { reason: error.message } }],
        cause: error,
      },
    )
  }
  const model = services.app.models.of(Ticket)
  return inWords(services, model, conditionOn(model, condition), false)
}

async function inWords(services: Services, model: ModelMeta, clause: Clause, nested: boolean): Promise<string> {
  const { text } = services
  const joined = async (clauses: readonly Clause[], word: string): Promise<string> => {
    const each = await Promise.all(clauses.map((one) => inWords(services, model, one, clauses.length > 1)))
    const all = each.join(` ${text(word)} `)
    return nested && each.length > 1 ? `(${all})` : all
  }
  if ('all' in clause) return clause.all.length === 0 ? text('assignment.every_ticket') : joined(clause.all, 'assignment.and')
  if ('any' in clause) return joined(clause.any, 'assignment.or')
  if ('not' in clause) return text('assignment.not', { condition: await inWords(services, model, clause.not, false) })
  if ('some' in clause) {
    const field = walk(model, clause.some).at(-1)
    if (field?.kind !== 'many') return clause.some.join('.')
    return text('assignment.some', { of: labelOf(field, text), condition: await inWords(services, field.target, clause.of, false) })
  }
  return comparison(services, model, clause)
}

async function comparison(
  services: Services,
  model: ModelMeta,
  { path, operator, value }: Extract<Clause, { path: unknown }>,
): Promise<string> {
  const { text } = services
  const steps = walk(model, path)
  const last = steps.at(-1)
  const owner = steps.at(-2)
  // "Type is Complaint", however the record was named.
  const names = owner?.kind === 'one' && (last?.name === 'id' || last?.name === owner.target.code)
  const subject = (names ? steps.slice(0, -1) : steps).map((field) => labelOf(field, text)).join(' · ')
  if (value === null || operator === '$null') {
    const isEmpty = operator === '$null' ? value === true : operator !== '$ne'
    return `${subject} ${text(isEmpty ? 'assignment.is_empty' : 'assignment.is_set')}`
  }
  const target = names ? owner.target : last?.kind === 'one' ? last.target : undefined
  const by = names ? last!.name : 'id'
  const said = await Promise.all(
    (Array.isArray(value) ? value : [value]).map((each) =>
      target ? recordInWords(services, target, by, each) : valueInWords(services, last, each),
    ),
  )
  return fill('{subject} {operator} {value}', {
    subject,
    operator: text(`assignment.operator.${operator.slice(1)}`),
    value: said.join(', '),
  })
}

/** The label of a related record that the writer may read; else what he wrote. */
async function recordInWords(services: Services, target: ModelMeta, by: string, value: unknown): Promise<string> {
  if (typeof value !== 'string') return valueInWords(services, undefined, value)
  const { rows } = await services.records.query(target.handle, { fields: [], where: { [by]: value }, limit: 1, label: true })
  const [row] = rows as readonly { readonly label?: unknown }[]
  return typeof row?.label === 'string' ? row.label : value
}

function valueInWords({ text }: Services, field: FieldMeta | undefined, value: unknown): string {
  if (typeof value === 'string' && field?.kind === 'scalar' && field.values?.includes(value)) return text(optionCode(field, value))
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value)
}

function walk(model: ModelMeta, path: readonly string[]): readonly FieldMeta[] {
  const fields: FieldMeta[] = []
  let at: ModelMeta | undefined = model
  for (const step of path) {
    const field: FieldMeta | undefined = at?.fields.get(step)
    if (!field) break
    fields.push(field)
    at = field.kind === 'scalar' ? undefined : field.target
  }
  return fields
}
