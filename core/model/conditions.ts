/** The condition language taken apart: nested records become paths, so that SQL, memory and checks read one shape. */
import { shippedKey } from './define.ts'
import { isPlaceholder } from './placeholders.ts'

export const operators = ['$eq', '$ne', '$in', '$nin', '$gt', '$gte', '$lt', '$lte', '$contains', '$startsWith', '$null'] as const
export type Operator = (typeof operators)[number]

export type Clause =
  | { readonly all: readonly Clause[] }
  | { readonly any: readonly Clause[] }
  | { readonly not: Clause }
  /** At least one related record of a to-many field matches. */
  | { readonly some: readonly string[]; readonly of: Clause }
  | { readonly path: readonly string[]; readonly operator: Operator; readonly value: unknown }

/** Which fields are to-many decides between a path and `some`; a condition on an unknown field stays a path for the checks to refuse. */
export type IsMany = (path: readonly string[]) => boolean

/** Always true. */
export const everything: Clause = { all: [] }
/** Always false. */
export const nothing: Clause = { any: [] }

/** Takes a Where apart. Throws a TypeError for an operator that does not exist. */
export function clauseOf(where: unknown, isMany: IsMany, prefix: readonly string[] = []): Clause {
  const clauses: Clause[] = []
  for (const [key, value] of Object.entries(where as Record<string, unknown>)) {
    if (value === undefined) continue
    if (key === '$and') clauses.push({ all: list(value).map((each) => clauseOf(each, isMany, prefix)) })
    else if (key === '$or') clauses.push({ any: list(value).map((each) => clauseOf(each, isMany, prefix)) })
    else if (key === '$not') clauses.push({ not: clauseOf(value, isMany, prefix) })
    else clauses.push(fieldClause([...prefix, ...key.split('.')], value, isMany))
  }
  return clauses.length === 1 ? clauses[0]! : { all: clauses }
}

function fieldClause(path: readonly string[], value: unknown, isMany: IsMany): Clause {
  const many = path.findIndex((_, at) => at < path.length - 1 && isMany(path.slice(0, at + 1)))
  if (many >= 0) {
    const some = path.slice(0, many + 1)
    return { some, of: fieldClause(path.slice(many + 1), value, (rest) => isMany([...some, ...rest])) }
  }
  if (value === null || typeof value !== 'object' || value instanceof Date || isPlaceholder(value) || shippedKey(value) !== undefined) {
    return isMany(path) ? { some: path, of: { path: ['id'], operator: '$eq', value } } : { path, operator: '$eq', value }
  }
  if (Array.isArray(value)) return fieldClause(path, { $in: value }, isMany)
  const keys = Object.keys(value)
  if (keys.length > 0 && keys.every((key) => key.startsWith('$') && key !== '$and' && key !== '$or' && key !== '$not')) {
    const clauses = Object.entries(value).map(([operator, operand]): Clause => {
      if (!isOperator(operator)) throw new TypeError(`There is no operator "${operator}". Known are ${operators.join(', ')}.`)
      return isMany(path) ? manyClause(path, operator, operand) : { path, operator, value: operand }
    })
    return clauses.length === 1 ? clauses[0]! : { all: clauses }
  }
  return isMany(path) ? { some: path, of: clauseOf(value, (rest) => isMany([...path, ...rest])) } : clauseOf(value, isMany, path)
}

/** On a to-many field, `$ne` and `$nin` say that no related record is one of these; `$null` that there is none. */
function manyClause(path: readonly string[], operator: Operator, value: unknown): Clause {
  if (operator === '$ne') return { not: { some: path, of: { path: ['id'], operator: '$eq', value } } }
  if (operator === '$nin') return { not: { some: path, of: { path: ['id'], operator: '$in', value } } }
  if (operator === '$null') return value ? { not: { some: path, of: everything } } : { some: path, of: everything }
  return { some: path, of: { path: ['id'], operator, value } }
}

export function isOperator(text: string): text is Operator {
  return (operators as readonly string[]).includes(text)
}
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Every path that a condition reads, `some` included. */
export function pathsOf(clause: Clause): readonly (readonly string[])[] {
  if ('all' in clause) return clause.all.flatMap(pathsOf)
  if ('any' in clause) return clause.any.flatMap(pathsOf)
  if ('not' in clause) return pathsOf(clause.not)
  if ('some' in clause) return [clause.some, ...pathsOf(clause.of).map((path) => [...clause.some, ...path])]
  return [clause.path]
}
