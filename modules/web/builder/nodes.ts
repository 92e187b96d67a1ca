/** A condition as the builder shows it: rows in groups, and what no row can say as JSON. */
import { type Clause, conditionOn, fieldAt, type ModelMeta } from '@tessera/core'
import { targetOf } from './fields.ts'
import { rowOf, whereOfRow } from './operators.ts'

export interface Row {
  readonly is: 'row'
  /** A field or a path of one step; '' while none is chosen. */
  readonly path: string
  readonly operator: string
  readonly texts: readonly string[]
  /** What is looked for among the records that can be chosen: without a script. */
  readonly find?: string
}
export interface Group {
  readonly is: 'group'
  /** Its rows are about related records: one of them fits them all, or none does. */
  readonly some?: Some
  readonly join: 'all' | 'any'
  readonly of: readonly BuilderNode[]
}
export interface Some {
  /** The relation that leads there. */
  readonly path: string
  readonly none: boolean
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
  if (whole.is === 'group' && !whole.some) return whole
  return { is: 'group', join: 'all', of: [whole] }
}

/** Rows as a condition; what is not complete is left out. */
export function whereOf(model: ModelMeta, { join, of }: Group, zone: string): object {
  const parts = of.flatMap((node): object[] => {
    if (node.is === 'row') return [...(whereOfRow(model, node, zone).where ?? [])]
    const inner = node.is === 'group' ? whereOf(modelIn(model, node), node, zone) : (jsonIn(node.json) ?? {})
    if (Object.keys(inner).length === 0) return []
    if (node.is !== 'group' || !node.some) return [inner]
    const some = { [node.some.path]: inner }
    return [node.some.none ? { $not: some } : some]
  })
  if (parts.length <= 1) return parts[0] ?? {}
  if (join === 'any') return { $or: parts }
  const keys = parts.flatMap((part) => Object.keys(part))
  const areApart = new Set(keys).size === keys.length && keys.every((key) => !key.startsWith('$'))
  return areApart ? Object.assign({}, ...parts) : { $and: parts }
}

/** Whose fields the rows of a group name. */
export function modelIn(model: ModelMeta, { some }: Pick<Group, 'some'>): ModelMeta {
  return some === undefined ? model : (targetOf(model, some.path) ?? model)
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
    if (row && isSame(model, where, whereOfRow(model, row, zone).where?.[0])) return row
    const some = level < deepest ? someIn(model, where, zone, level) : undefined
    return some && isSame(model, where, whereOf(model, { is: 'group', join: 'all', of: [some] }, zone)) ? some : raw(where)
  } catch {
    return raw(where)
  }
}

/** `{ tags: { name: 'vip' } }`, `{ 'tags.name': 'vip' }` and `$not` of these: a group about related records. */
function someIn(model: ModelMeta, where: object, zone: string, level: number): Group | undefined {
  const [[key, value] = ['', undefined], ...others] = Object.entries(where)
  if (others.length > 0) return undefined
  if (key === '$not' && typeof value === 'object' && value !== null) {
    const inner = someIn(model, value, zone, level)
    return inner?.some && !inner.some.none ? { ...inner, some: { ...inner.some, none: true } } : undefined
  }
  const steps = key.split('.')
  const at = steps.findIndex((_, step) => fieldAt(model, steps.slice(0, step + 1).join('.'))?.kind === 'many')
  const path = steps.slice(0, at + 1).join('.')
  const target = at < 0 ? undefined : targetOf(model, path)
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!target || (at === steps.length - 1 && !isPlain)) return undefined
  const rest = steps.slice(at + 1).join('.')
  const inner = groupIn(target, rest === '' ? (value as object) : { [rest]: value }, zone, level + 1)
  const of = inner.is === 'group' && !inner.some ? inner : { join: 'all' as const, of: [inner] }
  return { is: 'group', some: { path, none: false }, join: of.join, of: of.of }
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
    of: of.flatMap((node) => (node.is === 'group' && !node.some && (node.join === join || node.of.length === 1) ? node.of : [node])),
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
