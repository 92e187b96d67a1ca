/** The query string of a list, as what `records` is asked. */

import { fieldAt, isInDatabase, isShared, type ModelMeta } from '../../model/meta.ts'
import type { Erased } from '../../model/types.ts'
import type { Ask, GroupAsk } from '../../records/records.ts'
import { type Choice, parseChoice } from './choice.ts'
import { Filters } from './filter.ts'
import { badParameter, didYouMean, findField, type Reader } from './path.ts'

/** `fields` is undefined when the client named none. */
export interface ListQuery extends Partial<Ask<Erased, string>> {
  /** Only what this relation may be given. */
  readonly choice?: Choice
}

/** Reads `filter[…]`, `sort`, `fields`, `q`, `limit`, `cursor`, `total` and `offered`. BadRequest names the parameter that cannot be understood. */
export function parseList(model: ModelMeta, query: string, reader: Reader): ListQuery {
  if (query === '') return {}
  const { where, given } = gather(model, query, reader, listParameters)
  const { fields, sort, q, limit, cursor, total, offered } = given
  const choice = offered === undefined ? undefined : parseChoice(offered)
  return {
    ...(where && { where }),
    ...(fields !== undefined && { fields: parseFields(model, fields, reader) }),
    ...(sort !== undefined && { order: parseSort(model, sort, reader) }),
    ...(q !== undefined && { q: shortText('q', q) }),
    ...(limit !== undefined && { limit: parseLimit(limit) }),
    ...(cursor !== undefined && { cursor: shortText('cursor', cursor) }),
    ...(total !== undefined && { total: parseTotal(total) }),
    ...(offered !== undefined && { offered: choice !== undefined || parseOffered(offered) }),
    ...(choice && { choice }),
  }
}

/** Reads `fields` alone: for one record. */
export function parseRecord(model: ModelMeta, query: string, reader: Reader): readonly string[] | undefined {
  if (query === '') return undefined
  const { fields } = gather(model, query, undefined, ['fields']).given
  return fields === undefined ? undefined : parseFields(model, fields, reader)
}

/** Reads `limit` alone: for the history of one record. */
export function parseHistory(model: ModelMeta, query: string): number | undefined {
  const { limit } = gather(model, query, undefined, ['limit']).given
  return limit === undefined ? undefined : parseLimit(limit)
}

/** Reads `by`, `measures`, `filter[…]`, `q` and `limit`. */
export function parseGroups(model: ModelMeta, query: string, reader: Reader): GroupAsk<Erased> {
  const { where, given } = gather(model, query, reader, groupParameters)
  const { measures, q, limit } = given
  const by = list(given.by ?? '').map((text) => parseGrouping(model, text, reader))
  if (by.length === 0 || by.length > mostGroupings)
    throw badParameter('by', 'request.wrong_by', 'Name in "by" one to {most} fields to group by, like by=status,createdAt:month.', {
      most: mostGroupings,
    })
  return {
    by,
    ...(where && { where }),
    ...(measures !== undefined && { measures: list(measures).map((measure) => parseMeasure(model, measure, reader)) }),
    ...(q !== undefined && { q: shortText('q', q) }),
    ...(limit !== undefined && { limit: parseLimit(limit) }),
  }
}

const listParameters = ['sort', 'fields', 'q', 'limit', 'cursor', 'total', 'offered'] as const
const groupParameters = ['by', 'measures', 'q', 'limit'] as const
const mostFields = 100
const mostSorts = 10
const mostGroupings = 3
const longestText = 2_000

/** Splits a query string into its condition (where a reader is given) and its other parameters, each given once. */
function gather<N extends string>(model: ModelMeta, query: string, reader: Reader | undefined, known: readonly N[]) {
  const filters = reader && new Filters(model, reader)
  const given: { [K in N]?: string } = Object.create(null)
  for (const [name, value] of new URLSearchParams(query)) {
    if (filters && name.startsWith('filter')) filters.add(name, value)
    else if (!isOneOf(known, name))
      throw badParameter(
        name,
        'request.unknown_parameter',
        'There is no parameter "{name}" here.',
        { name },
        didYouMean(name, known) ?? `There are ${known.join(', ')}.`,
      )
    else if (given[name] !== undefined) throw badParameter(name, 'request.repeated', 'The parameter "{name}" may be given once.', { name })
    else given[name] = value
  }
  return { where: filters?.where(), given }
}

function isOneOf<N extends string>(known: readonly N[], name: string): name is N {
  return known.some((each) => each === name)
}

function list(text: string): string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim())
}

function parseFields(model: ModelMeta, text: string, reader: Reader): string[] {
  const paths = [...new Set(list(text))]
  if (paths.length > mostFields)
    throw badParameter('fields', 'request.too_many_fields', 'A query shows {most} fields at most.', { most: mostFields })
  for (const path of paths) {
    const { isToMany, steps, field } = findField(model, path, reader, 'fields')
    if (isToMany && !(steps.length === 1 && field.kind === 'many'))
      throw badParameter(
        'fields',
        'request.through_many',
        '"{path}" goes through many records: ask for "{field}" or for the other model.',
        { path, field: steps[0] },
      )
  }
  return paths
}

function parseSort(model: ModelMeta, text: string, reader: Reader): Readonly<Record<string, 'asc' | 'desc'>> {
  const order: Record<string, 'asc' | 'desc'> = {}
  const items = list(text)
  if (items.length > mostSorts)
    throw badParameter('sort', 'request.too_many_sorts', 'A query sorts by {most} fields at most.', { most: mostSorts })
  for (const item of items) {
    const isDescending = item.startsWith('-')
    const path = isDescending ? item.slice(1) : item
    const { field, isToMany } = findField(model, path, reader, 'sort')
    // By each of what a relation to many names, where that is what the path ends with.
    const isOfMany = isShared(field) && fieldAt(model, path) !== undefined
    if ((isToMany && !isOfMany) || (field.kind === 'scalar' && (field.type === 'json' || !isInDatabase(field))))
      throw badParameter('sort', 'request.not_sortable', 'The records cannot be sorted by "{path}".', { path })
    order[path] ??= isDescending ? 'desc' : 'asc'
  }
  return order
}

const grains = ['day', 'week', 'month', 'quarter', 'year']
function parseGrouping(model: ModelMeta, text: string, reader: Reader): string {
  const [path = '', grain, ...more] = text.split(':')
  const { field, isToMany } = findField(model, path, reader, 'by')
  const isDated = field.kind === 'scalar' && (field.type === 'datetime' || field.type === 'date')
  if (grain !== undefined && (!isDated || more.length > 0 || !grains.includes(grain)))
    throw badParameter('by', 'request.wrong_grain', '"{text}" cannot be grouped by: a date takes one of {grains}.', {
      text,
      grains: grains.join(', '),
    })
  if (isToMany || (field.kind === 'scalar' && (field.type === 'json' || !isInDatabase(field))))
    throw badParameter('by', 'request.not_groupable', 'The records cannot be grouped by "{path}".', { path })
  return text
}

const aggregates = ['sum', 'avg', 'median', 'min', 'max']
function parseMeasure(model: ModelMeta, text: string, reader: Reader): string {
  if (text === 'count') return text
  const [path = '', aggregate = '', ...more] = text.split(':')
  const { field } = findField(model, path, reader, 'measures')
  const isNumber = field.kind === 'scalar' && (field.type === 'integer' || field.type === 'float' || field.type === 'decimal')
  if (!isNumber || !isInDatabase(field) || !aggregates.includes(aggregate) || more.length > 0)
    throw badParameter('measures', 'request.wrong_measure', '"{text}" is no measure: write count, or a stored number with {aggregates}.', {
      text,
      aggregates: aggregates.map((name) => `:${name}`).join(', '),
    })
  return text
}

function parseLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > 200)
    throw badParameter('limit', 'request.wrong_limit', '"limit" must be a whole number from 1 to 200, not "{value}".', {
      value: text.slice(0, 100),
    })
  return limit
}

function parseTotal(text: string): boolean {
  if (text !== 'true' && text !== 'false')
    throw badParameter('total', 'request.wrong_total', '"total" must be true or false, not "{value}".', { value: text.slice(0, 100) })
  return text === 'true'
}

function parseOffered(text: string): boolean {
  if (text !== 'true' && text !== 'false')
    throw badParameter(
      'offered',
      'request.wrong_offered',
      '"offered" must be true, false or a relation such as ticket.type, not "{value}".',
      { value: text.slice(0, 100) },
    )
  return text === 'true'
}

function shortText(name: string, text: string): string {
  if (text.length > longestText || text.includes('\0'))
    throw badParameter(name, 'request.wrong_text', '"{name}" must be a text of at most {most} characters.', { name, most: longestText })
  return text
}
