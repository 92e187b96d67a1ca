/** What a person asked for, checked: a field that does not exist and one that he may not read are the same to him. */
import type { Ability } from '../access/ability.ts'
import { BadRequest, nearest } from '../errors.ts'
import { type Clause, type Operator, pathsOf } from '../model/conditions.ts'
import { shippedKey } from '../model/define.ts'
import { conditionOn } from '../model/matches.ts'
import { type FieldMeta, fieldAt, isInDatabase, isShared, type ModelMeta } from '../model/meta.ts'
import { isPlaceholder } from '../model/placeholders.ts'
import { checked } from '../model/values.ts'
import { isId } from './read.ts'

/** The field at a path, when the asker may read every step of it. */
export function readableField(ability: Ability, model: ModelMeta, path: string): FieldMeta | undefined {
  let at: ModelMeta | undefined = model
  let field: FieldMeta | undefined
  for (const step of path.split('.')) {
    field = at?.fields.get(step)
    if (!field || ability.field('read', field) === false) return undefined
    at = field.kind === 'scalar' ? undefined : field.target
  }
  return field
}

/** What a field is named for. Grouped by what it has several of, a record stands in several groups. */
type Use = 'read' | 'filter' | 'sort' | 'group' | 'measure'

/** Throws BadRequest with a near match for a field that is not there for this asker. */
export function demandField(ability: Ability, model: ModelMeta, path: string, use: Use): FieldMeta {
  const field = readableField(ability, model, path)
  if (!field) {
    const known = [...model.fields.values()].filter((each) => ability.field('read', each) !== false).map((each) => each.name)
    const near = nearest(path.split('.')[0]!, known)
    throw new BadRequest(
      'request.unknown_field',
      near && near !== path ? 'There is no field "{field}" in {model}. Did you mean "{near}"?' : 'There is no field "{field}" in {model}.',
      { field: path, model: model.plural.toLowerCase(), near },
      {
        errors: [
          {
            field: path,
            code: 'request.unknown_field',
            text: 'There is no field "{field}" in {model}.',
            values: { field: path, model: model.plural.toLowerCase() },
          },
        ],
      },
    )
  }
  if (use !== 'read' && (!inDatabase(field, use) || (use !== 'filter' && throughMany(model, path)))) {
    throw new BadRequest('request.not_comparable', 'The field "{field}" has no one value in the database; one cannot {use} by it.', {
      field: path,
      use,
    })
  }
  return field
}

/** Of many records there is no one value. */
function throughMany(model: ModelMeta, path: string): boolean {
  return fieldAt(model, path) === undefined
}

function inDatabase(field: FieldMeta, use: Exclude<Use, 'read'>): boolean {
  if (field.kind === 'many') return use === 'filter' || (use === 'group' && isShared(field))
  if (field.kind === 'one') return true
  if (use !== 'filter' && (field.type === 'json' || field.type === 'texts')) return false
  return isInDatabase(field)
}

/** A Where that came from a person as a clause whose every path he may read. */
export function askedClause(ability: Ability, model: ModelMeta, where: unknown): Clause {
  let clause: Clause
  try {
    clause = conditionOn(model, where)
  } catch (cause) {
    throw new BadRequest(
      'request.unreadable_filter',
      'The filter cannot be read: {reason}',
      { reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    )
  }
  for (const path of pathsOf(clause)) demandField(ability, model, path.join('.'), 'filter')
  demandFitting(clause, model, [])
  return clause
}

/** An operand that the field cannot hold would be an error of the database. */
function demandFitting(clause: Clause, model: ModelMeta, above: readonly string[]): void {
  if ('all' in clause) for (const each of clause.all) demandFitting(each, model, above)
  else if ('any' in clause) for (const each of clause.any) demandFitting(each, model, above)
  else if ('not' in clause) demandFitting(clause.not, model, above)
  else if ('some' in clause) demandFitting(clause.of, model, [...above, ...clause.some])
  else {
    const path = [...above, ...clause.path]
    const field = path.reduce<FieldMeta | undefined>(
      (at, step) => (at && at.kind !== 'scalar' ? at.target : at ? undefined : model)?.fields.get(step),
      undefined,
    )
    if (field && isFitting(field, clause.operator, clause.value)) return
    throw new BadRequest('request.not_fitting', 'The field "{field}" cannot be compared by "{operator}" with this value.', {
      field: path.join('.'),
      operator: clause.operator.slice(1),
    })
  }
}

function isFitting(field: FieldMeta, operator: Operator, value: unknown): boolean {
  if (operator === '$null') return typeof value === 'boolean'
  if (isPlaceholder(value) || shippedKey(value) !== undefined) return true
  const isText = field.kind === 'scalar' && ['string', 'text', 'enum', 'translated'].includes(field.type)
  if (operator === '$contains' || operator === '$startsWith') return isText && typeof value === 'string' && !value.includes('\0')
  if (Array.isArray(value)) return ['$in', '$nin'].includes(operator) && value.every((each) => isFitting(field, '$eq', each))
  if (value === null) return true
  if (field.kind !== 'scalar') return typeof value === 'string' && isId(value)
  if (isText) return typeof value === 'string' && !value.includes('\0')
  return field.type !== 'json' && field.type !== 'texts' && value !== '' && 'value' in checked({ ...field, valid: undefined }, value)
}
