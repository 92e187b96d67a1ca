/** What a row can say about a field: its operators, and a row as a condition and back. */
import { type Clause, type FieldMeta, fieldAt, fromText, instantOf, isDay, isPlaceholder, localTime, type ModelMeta } from '@tessera/core'
import { codedBy, targetOf } from './fields.ts'
import type { Row } from './nodes.ts'

/** Which value an operator asks for: none, one, several of a choice, or a number of days or hours. */
export type Takes = 'none' | 'one' | 'many' | 'span'
export type FieldKind = 'text' | 'number' | 'day' | 'instant' | 'boolean' | 'choice' | 'records'

const takes: Readonly<Record<string, Takes>> = {
  empty: 'none',
  set: 'none',
  past: 'none',
  future: 'none',
  some: 'none',
  none: 'none',
  in: 'many',
  nin: 'many',
  within_days: 'span',
  within_hours: 'span',
  older_days: 'span',
  older_hours: 'span',
}
export const takenBy = (operator: string): Takes => takes[operator] ?? 'one'

const ofKind: Readonly<Record<FieldKind, readonly string[]>> = {
  text: ['contains', 'contains_not', 'starts', 'is', 'is_not'],
  number: ['is', 'is_not', 'more', 'least', 'less', 'most'],
  day: ['is', 'less', 'most', 'more', 'least', 'is_not'],
  instant: ['within_days', 'older_days', 'within_hours', 'older_hours', 'less', 'most', 'more', 'least', 'past', 'future'],
  boolean: ['is', 'is_not'],
  choice: ['in', 'nin'],
  records: ['in', 'nin'],
}

export function kindOf(model: ModelMeta, path: string): FieldKind | undefined {
  if (targetOf(model, path)) return 'records'
  if (codedBy(model, path)) return 'choice'
  const field = fieldAt(model, path)
  if (field?.kind !== 'scalar') return undefined
  return kinds[field.type]
}
const kinds: Readonly<Record<string, FieldKind>> = {
  string: 'text',
  text: 'text',
  translated: 'text',
  integer: 'number',
  float: 'number',
  decimal: 'number',
  boolean: 'boolean',
  date: 'day',
  datetime: 'instant',
  enum: 'choice',
}

/** The operators of a field, the usual one first. */
export function operatorsOf(model: ModelMeta, path: string): readonly string[] {
  const kind = kindOf(model, path)
  if (!kind) return []
  if (path === 'id') return ofKind[kind]
  return [...ofKind[kind], 'empty', 'set', ...(isToMany(model, path) ? ['some', 'none'] : [])]
}

/** "Has one that …" and "has none that …": what begins a group about the related records. */
export function isAboutRelated(operator: string): boolean {
  return operator === 'some' || operator === 'none'
}

export function isToMany(model: ModelMeta, path: string): boolean {
  return fieldAt(model, path)?.kind === 'many'
}

/** What stands for a value of the user who asks: `me:teamIds`. */
export const meText = (field: string): string => `me:${field}`

/** The row's condition, or what is wrong with it as a code. An empty list of one is how "none" is told apart. */
export function whereOfRow(model: ModelMeta, row: Row, zone: string): { readonly where?: readonly [object]; readonly wrong?: string } {
  const { path, operator, texts } = row
  if (path === '') return { wrong: 'web.builder_no_field' }
  if (!operatorsOf(model, path).includes(operator)) return { wrong: 'web.builder_no_operator' }
  if (isAboutRelated(operator)) return { wrong: 'web.builder_no_value' }
  const taken = takenBy(operator)
  const given = texts.filter((text) => text !== '')
  if (taken === 'none') return { where: [whereWithout(model, path, operator)] }
  if (given.length === 0) return { wrong: taken === 'many' ? 'web.builder_choose' : 'web.builder_no_value' }
  if (taken === 'many') return { where: [{ [path]: { [operator === 'in' ? '$in' : '$nin']: given.map(standsFor) } }] }
  if (taken === 'span') {
    const span = Number(given[0])
    if (!Number.isInteger(span) || span < 0 || span > 100_000) return { wrong: 'web.builder_not_span' }
    const agoMs = span * (operator.endsWith('days') ? dayMs : hourMs)
    return { where: [{ [path]: { [operator.startsWith('within') ? '$gte' : '$lt']: { placeholder: 'now', agoMs } } }] }
  }
  const field = fieldAt(model, path)
  const value = field && valueFrom(field, given[0]!, zone)
  if (value === undefined) return { wrong: wrongOf[kindOf(model, path) ?? 'text'] ?? 'web.builder_no_value' }
  if (operator === 'is') return { where: [{ [path]: value }] }
  if (operator === 'contains_not') return { where: [{ $not: { [path]: { $contains: value } } }] }
  return { where: [{ [path]: { [signs[operator]!]: value } }] }
}

/** The row that says this, as far as one can. */
export function rowOf(model: ModelMeta, clause: Clause, zone: string): Row | undefined {
  if ('all' in clause || 'any' in clause) return undefined
  if ('not' in clause) {
    const inner = rowOf(model, clause.not, zone)
    const opposite = inner && fieldAt(model, inner.path)?.kind === 'many' ? { in: 'nin', set: 'empty' }[inner.operator] : undefined
    if (opposite) return { ...inner!, operator: opposite }
    return inner?.operator === 'contains' ? { ...inner, operator: 'contains_not' } : undefined
  }
  if ('some' in clause) {
    const path = clause.some.join('.')
    if ('all' in clause.of && clause.of.all.length === 0) return row(path, 'set')
    if (!('path' in clause.of) || clause.of.path.join('.') !== 'id') return undefined
    return listRow(path, clause.of.operator, clause.of.value)
  }
  const path = clause.path.join('.')
  const kind = kindOf(model, path)
  const { operator, value } = clause
  if (!kind || path.split('.').length > 2) return undefined
  if (value === null || operator === '$null') return row(path, (operator === '$null' ? value : operator === '$eq') ? 'empty' : 'set')
  if (kind === 'records' || kind === 'choice') return listRow(path, operator, value)
  if (isPlaceholder(value)) return kind === 'instant' && value.placeholder === 'now' ? spanRow(path, operator, value.agoMs) : undefined
  const name = Object.entries(signs).find(([, sign]) => sign === operator)?.[0]
  const field = fieldAt(model, path)
  const text = field && textOf(field, Array.isArray(value) && value.length === 1 ? value[0] : value, zone)
  const single = operator === '$in' || operator === '$eq' ? 'is' : operator === '$nin' ? 'is_not' : name
  return single === undefined || text === undefined ? undefined : row(path, single, text)
}

const dayMs = 86_400_000
const hourMs = 3_600_000
const signs: Readonly<Record<string, string>> = {
  contains: '$contains',
  starts: '$startsWith',
  is_not: '$ne',
  more: '$gt',
  least: '$gte',
  less: '$lt',
  most: '$lte',
}
const wrongOf: { readonly [K in FieldKind]?: string } = {
  number: 'web.builder_not_number',
  day: 'web.builder_not_day',
  instant: 'web.builder_not_instant',
  boolean: 'web.builder_choose',
}

const row = (path: string, operator: string, ...texts: readonly string[]): Row => ({ is: 'row', path, operator, texts })

function whereWithout(model: ModelMeta, path: string, operator: string): object {
  if (operator === 'past' || operator === 'future')
    return { [path]: { [operator === 'past' ? '$lt' : '$gt']: { placeholder: 'now', agoMs: 0 } } }
  const isMany = fieldAt(model, path)?.kind === 'many'
  if (operator === 'empty') return { [path]: isMany ? { $null: true } : null }
  return { [path]: isMany ? { $null: false } : { $ne: null } }
}

function listRow(path: string, operator: string, value: unknown): Row | undefined {
  const name = operator === '$eq' || operator === '$in' ? 'in' : operator === '$ne' || operator === '$nin' ? 'nin' : undefined
  const values = Array.isArray(value) ? value : [value]
  const texts = values.map((each) => (isPlaceholder(each) && each.placeholder === 'me' ? meText(each.field) : each))
  const areTexts = texts.every((text): text is string => typeof text === 'string' && text !== '')
  return name && texts.length > 0 && areTexts ? row(path, name, ...texts) : undefined
}

function spanRow(path: string, operator: string, agoMs: number): Row | undefined {
  if (agoMs === 0 && operator === '$lt') return row(path, 'past')
  if (agoMs === 0 && operator === '$gt') return row(path, 'future')
  const kind = operator === '$gte' ? 'within' : operator === '$lt' ? 'older' : undefined
  if (!kind || agoMs < 0) return undefined
  if (agoMs % dayMs === 0) return row(path, `${kind}_days`, String(agoMs / dayMs))
  return agoMs % hourMs === 0 ? row(path, `${kind}_hours`, String(agoMs / hourMs)) : undefined
}

function standsFor(text: string): unknown {
  return text.startsWith('me:') ? { placeholder: 'me', field: text.slice('me:'.length) } : text
}

/** JSON has no instants: they are texts, as the API writes them. */
function valueFrom(field: FieldMeta, text: string, zone: string): unknown {
  if (field.kind !== 'scalar') return undefined
  if (field.type === 'datetime') {
    if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text)) return undefined
    const instant = instantOf(text.length === 16 ? `${text}:00` : text, zone)
    return instant instanceof Date ? instant.toISOString() : undefined
  }
  if (field.type === 'date') return isDay(text) ? text : undefined
  const value = fromText(field, text)
  if (field.type === 'boolean') return typeof value === 'boolean' ? value : undefined
  if (kinds[field.type] !== 'number') return typeof value === 'string' ? value : undefined
  if (typeof value !== 'number' || (field.type === 'integer' && !Number.isInteger(value))) return undefined
  return value
}

function textOf(field: FieldMeta, value: unknown, zone: string): string | undefined {
  if (field.kind !== 'scalar' || typeof value === 'object')
    return value instanceof Date ? textOf(field, value.toISOString(), zone) : undefined
  if (field.type !== 'datetime') return String(value)
  const instant = new Date(String(value))
  if (Number.isNaN(instant.getTime())) return undefined
  const local = localTime(instant, zone).slice(0, 19)
  return local.endsWith(':00') ? local.slice(0, 16) : local
}
