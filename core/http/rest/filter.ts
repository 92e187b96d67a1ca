/** `filter[status.category]=open` as the one condition language. */

import { dayAfter, startOfDay } from '../../model/day.ts'
import { type FieldMeta, isInDatabase, type ModelMeta } from '../../model/meta.ts'
import { badParameter, didYouMean, type Found, findField, type Reader } from './path.ts'
import { expected, isWholeDay, readValue, type Value } from './value.ts'

/** A condition as `records` reads it. */
export type Condition = Readonly<Record<string, unknown>>

const operators = ['eq', 'ne', 'in', 'nin', 'gt', 'gte', 'lt', 'lte', 'contains', 'startsWith', 'null'] as const
export type Operator = (typeof operators)[number]

/** One `filter[…]…` of a query string. `in` and `nin` may be repeated: their values add up. */
interface Filter {
  readonly parameter: string
  /** The index after `or`; inside one index all must hold. */
  readonly group: number | undefined
  readonly found: Found
  readonly operator: Operator
  readonly texts: string[]
}

/** Gathers the filters of one request. */
export class Filters {
  readonly #model: ModelMeta
  readonly #reader: Reader
  readonly #filters: Filter[] = []

  constructor(model: ModelMeta, reader: Reader) {
    this.#model = model
    this.#reader = reader
  }

  /** Takes `filter[…]…` with its value; BadRequest names what cannot be understood. */
  add(parameter: string, text: string): void {
    const { group, path, operator } = parse(parameter)
    const isList = operator === 'in' || operator === 'nin'
    const texts = isList ? text.split(',') : [text]
    const begun = isList ? this.#filters.find((filter) => filter.parameter === parameter) : undefined
    if ((begun?.texts.length ?? 0) + texts.length > mostValues)
      throw badParameter(parameter, 'request.too_many_values', 'A list takes {most} values at most.', { most: mostValues })
    if (begun) {
      begun.texts.push(...texts)
      return
    }
    if (this.#filters.length === mostConditions)
      throw badParameter(parameter, 'request.too_many_conditions', 'A query takes {most} conditions at most.', { most: mostConditions })
    const found = findField(this.#model, path, this.#reader, parameter)
    refuseOperator(found.field, operator, parameter)
    this.#filters.push({ parameter, group, found, operator, texts })
  }

  /** All of them as one condition; undefined when there are none. */
  where(): Condition | undefined {
    const conditions: Condition[] = []
    const either = new Map<number, Condition[]>()
    for (const filter of this.#filters) {
      const condition = conditionOf(filter, this.#reader.zone)
      if (filter.group === undefined) conditions.push(condition)
      else either.set(filter.group, [...(either.get(filter.group) ?? []), condition])
    }
    if (either.size > 0) conditions.push(any([...either.values()].map(all)))
    return conditions.length === 0 ? undefined : all(conditions)
  }
}

const mostConditions = 50
const mostValues = 200

/** Splits `filter[or][0][createdAt][gte]`. */
function parse(parameter: string): { group: number | undefined; path: string; operator: Operator } {
  const segments = parameter.startsWith('filter[') && parameter.endsWith(']') ? parameter.slice(7, -1).split('][') : []
  const isGrouped = segments[0] === 'or'
  const [path, operator = 'eq', ...more] = isGrouped ? segments.slice(2) : segments
  if (!path || more.length > 0 || (isGrouped && !/^\d{1,2}$/.test(segments[1] ?? '')))
    throw badParameter(
      parameter,
      'request.unknown_filter',
      '"{parameter}" is no filter. Write filter[field], filter[field][operator] or filter[or][0][field].',
      { parameter },
    )
  if (!isOperator(operator))
    throw badParameter(
      parameter,
      'request.unknown_operator',
      'There is no operator "{operator}" for "{field}".',
      { operator, field: path },
      didYouMean(operator, operators) ?? `There are ${operators.join(', ')}.`,
    )
  return { group: isGrouped ? Number(segments[1]) : undefined, path, operator }
}

function isOperator(name: string): name is Operator {
  return operators.some((operator) => operator === name)
}

/** The operators that make sense for a field; none for a value that is only made when it is read. */
export function operatorsOf(field: FieldMeta): readonly Operator[] {
  if (field.kind !== 'scalar') return choice
  if (!isInDatabase(field)) return []
  switch (field.type) {
    case 'string':
    case 'text':
    case 'translated':
      return operators
    case 'json':
    case 'texts':
      return ['null']
    case 'enum':
    case 'uuid':
    case 'boolean':
      return choice
    default:
      return ordered
  }
}
const choice: readonly Operator[] = ['eq', 'ne', 'in', 'nin', 'null']
const ordered: readonly Operator[] = ['eq', 'ne', 'in', 'nin', 'gt', 'gte', 'lt', 'lte', 'null']

function refuseOperator(field: FieldMeta, operator: Operator, parameter: string): void {
  const known = operatorsOf(field)
  if (known.includes(operator)) return
  if (known.length === 0)
    throw badParameter(
      parameter,
      'request.not_stored',
      '"{field}" is made when it is read: it can be shown, but not be searched or sorted by.',
      { field: field.name },
    )
  throw badParameter(parameter, 'request.wrong_operator', '"{field}" cannot be compared with "{operator}". It takes {known}.', {
    field: field.name,
    operator,
    known: known.join(', '),
  })
}

function conditionOf({ found: { steps, field, isToMany }, operator, texts, parameter }: Filter, zone: string): Condition {
  const holds = (value: unknown) => nest(steps, value)
  const isThroughMany = isToMany && field.kind !== 'many'
  if (operator === 'null') {
    const isEmpty = booleanOf(texts[0] ?? '', field, parameter)
    return isThroughMany && isEmpty ? { $not: holds({ $null: false }) } : holds({ $null: isEmpty })
  }
  const values = texts.map((text) => read(field, text, operator, parameter))
  if (values.some(isWholeDay)) return onDays(holds, values, operator, zone)
  // "None of them is": of many records the negation is about all, not about one.
  if (isThroughMany && (operator === 'ne' || operator === 'nin')) return { $not: holds({ $in: values }) }
  return holds({ [`$${operator}`]: operator === 'in' || operator === 'nin' ? values : values[0] })
}

/** A day is all of its instants. */
function onDays(holds: (value: unknown) => Condition, values: readonly Value[], operator: Operator, zone: string): Condition {
  const within = (value: Value) => {
    if (!isWholeDay(value)) return holds({ $eq: value })
    return holds({ $gte: startOfDay(value.day, zone), $lt: startOfDay(dayAfter(value.day), zone) })
  }
  if (operator === 'in' || operator === 'eq') return any(values.map(within))
  if (operator === 'nin' || operator === 'ne') return { $not: any(values.map(within)) }
  const [value] = values
  if (value === undefined || !isWholeDay(value)) return holds({ [`$${operator}`]: value })
  const { day } = value
  const edge = operator === 'gt' || operator === 'lte' ? startOfDay(dayAfter(day), zone) : startOfDay(day, zone)
  return holds({ [operator === 'gt' || operator === 'gte' ? '$gte' : '$lt']: edge })
}

function read(field: FieldMeta, text: string, operator: Operator, parameter: string): Value {
  const value = readValue(field, text)
  if (value !== undefined) return value
  const hint = field.kind === 'scalar' && field.values ? didYouMean(text, field.values) : undefined
  throw badParameter(
    parameter,
    'request.wrong_value',
    '"{field}" ({operator}) must be {expected}, not "{value}".',
    { field: field.name, operator, expected: expected(field), value: text.slice(0, 100).replaceAll('\0', '\u2400') },
    hint,
  )
}

function booleanOf(text: string, field: FieldMeta, parameter: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw badParameter(parameter, 'request.wrong_value', '"{field}" ({operator}) must be {expected}, not "{value}".', {
    field: field.name,
    operator: 'null',
    expected: 'true or false',
    value: text.slice(0, 100),
  })
}

function nest(path: readonly string[], value: unknown): Condition {
  return path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Condition
}

function all(conditions: readonly Condition[]): Condition {
  return conditions.length === 1 && conditions[0] ? conditions[0] : { $and: conditions }
}

function any(conditions: readonly Condition[]): Condition {
  return conditions.length === 1 && conditions[0] ? conditions[0] : { $or: conditions }
}
