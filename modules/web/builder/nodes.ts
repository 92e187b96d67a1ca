/** A condition as the builder shows it: rows in groups, and what no row can say as JSON. */
import { type Clause, conditionOn, fieldAt, type ModelMeta } from '@tessera/core'
import { rowOf, whereOfRow } from './operators.ts'

export interface Row {
  readonly is: 'row'
  /** A field or a path of one step; '' while none is chosen. */
  readonly path: string
  readonly operator: string
  readonly texts: readonly string[]
}
export interface Group {
  readonly is: 'group'
  readonly join: 'all' | 'any'
  readonly of: readonly BuilderNode[]
}
/** A part that no row can say, as the text of its JSON. */
export interface Raw {
  readonly is: 'raw'
  readonly json: string
}
export type BuilderNode = Row | Group | Raw

/** Groups within groups, the whole counted. */
export const deepest = 3

/** A stored condition as rows. What would not come back the same stays JSON. */
export function nodesOf(model: ModelMeta, where: object, zone: string): Group {
  const rest = Object.keys(where).length === 0 ? [] : [where]
  if (rest.length === 0) return { is: 'group', join: 'all', of: [] }
  const whole = groupIn(model, where, zone, 1)
  if (whole.is === 'group') return whole
  return { is: 'group', join: 'all', of: [whole] }
}

/** Rows as a condition; what is not complete is left out. */
export function whereOf(model: ModelMeta, { join, of }: Group, zone: string): object {
  const parts = of.flatMap((node): object[] => {
    if (node.is === 'row') return [...(whereOfRow(model, node, zone).where ?? [])]
    const inner = node.is === 'group' ? whereOf(model, node, zone) : (jsonIn(node.json) ?? {})
    return Object.keys(inner).length > 0 ? [inner] : []
  })
  if (parts.length <= 1) return parts[0] ?? {}
  if (join === 'any') return { $or: parts }
  const keys = parts.flatMap((part) => Object.keys(part))
  const areApart = new Set(keys).size === keys.length && keys.every((key) => !key.startsWith('$'))
  return areApart ? Object.assign({}, ...parts) : { $and: parts }
}

/** Whether two conditions say the same, however they are written. */
export function isSame(model: ModelMeta, a: unknown, b: unknown): boolean {
  try {
    return JSON.stringify(plainClause(conditionOn(model, a))) === JSON.stringify(plainClause(conditionOn(model, b)))
  } catch {
    return JSON.stringify(a) === JSON.stringify(b)
  }
}

/** An object that was written as JSON; undefined for anything else. */
export function jsonIn(text: string): object | undefined {
  try {
    const where: unknown = JSON.parse(text)
    return typeof where === 'object' && where !== null && !Array.isArray(where) ? where : undefined
  } catch {
    return undefined
  }
}

/** Each part of a Where on its own, so that one that no row can say leaves the others as rows. */
function groupIn(model: ModelMeta, where: object, zone: string, level: number): BuilderNode {
  const keys = Object.keys(where)
  const [only] = keys
  if (keys.length === 1 && (only === '$and' || only === '$or')) {
    const each = (where as Record<string, unknown>)[only]
    const parts = Array.isArray(each) ? each.filter((one) => typeof one === 'object' && one !== null) : []
    if (parts.length === 0 || (Array.isArray(each) && parts.length !== each.length) || level > deepest) return raw(where)
    return grouped(
      only === '$and' ? 'all' : 'any',
      parts.map((one) => groupIn(model, one, zone, level + 1)),
    )
  }
  if (keys.length > 1) {
    if (level > deepest) return raw(where)
    return grouped(
      'all',
      Object.entries(where).map(([key, value]) => groupIn(model, { [key]: value }, zone, level + 1)),
    )
  }
  const nested = levelled(model, where)
  if (nested) return groupIn(model, nested, zone, level)
  try {
    const row = rowOf(model, conditionOn(model, where), zone)
    return row && isSame(model, where, whereOfRow(model, row, zone).where?.[0]) ? row : raw(where)
  } catch {
    return raw(where)
  }
}

/** `{ partner: { city: 'Basse', name: … } }` as paths, and several operators on one field as several conditions. */
function levelled(model: ModelMeta, where: object): object | undefined {
  const [[key, value] = ['', undefined]] = Object.entries(where)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) return undefined
  const inner = Object.entries(value as Record<string, unknown>)
  if (inner.length === 0 || 'placeholder' in value) return undefined
  const areOperators = inner.every(([each]) => each.startsWith('$'))
  const isMany = fieldAt(model, key)?.kind === 'many'
  if (areOperators)
    return inner.length > 1 && !isMany && key !== '$not' ? { $and: inner.map(([op, each]) => ({ [key]: { [op]: each } })) } : undefined
  if (key.startsWith('$') || fieldAt(model, key)?.kind !== 'one' || inner.some(([each]) => each.startsWith('$'))) return undefined
  const parts = inner.map(([each, one]) => ({ [`${key}.${each}`]: one }))
  return parts.length === 1 ? parts[0] : { $and: parts }
}

/** A group within one of its own kind is the same without. */
function grouped(join: Group['join'], of: readonly BuilderNode[]): Group {
  return {
    is: 'group',
    join,
    of: of.flatMap((node) => (node.is === 'group' && (node.join === join || node.of.length === 1) ? node.of : [node])),
  }
}

const raw = (where: object): Raw => ({ is: 'raw', json: JSON.stringify(where, undefined, 2) })

/** One writing for what is equal: no groups of one, "is" as "is one of", null as empty. */
function plainClause(clause: Clause): unknown {
  if ('all' in clause || 'any' in clause) {
    const join = 'all' in clause ? 'all' : 'any'
    const parts = ('all' in clause ? clause.all : clause.any).map(plainClause).flatMap((each) => {
      const inner = typeof each === 'object' && each !== null && join in each ? (each as Record<string, unknown[]>)[join] : undefined
      return inner ?? [each]
    })
    return parts.length === 1 ? parts[0] : { [join]: parts }
  }
  if ('not' in clause) return { not: plainClause(clause.not) }
  if ('some' in clause) return { some: clause.some, of: plainClause(clause.of) }
  const { path, operator, value } = clause
  if (operator === '$null') return { path, operator: value ? '$eq' : '$ne', value: null }
  const list = operator === '$eq' ? '$in' : operator === '$ne' ? '$nin' : undefined
  if (!list || value === null) return { path, operator, value: plainValue(value) }
  return { path, operator: list, value: (Array.isArray(value) ? value : [value]).map(plainValue) }
}

/** An instant in one writing. */
function plainValue(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return value
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? value : at.toISOString()
}
