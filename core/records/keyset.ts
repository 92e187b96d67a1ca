/** Pages by key: page 3,800 costs what page 1 costs, and a record that appears meanwhile moves nothing. */
import { hash } from 'node:crypto'
import { BadRequest } from '../errors.ts'
import { isDay } from '../model/day.ts'
import type { ScalarType } from '../model/meta.ts'
import { type Row, textOf } from './selection.ts'
import type { Statement } from './statement.ts'

/** One key of an order. Empty values come last in either direction. */
export interface Key {
  readonly path: string
  readonly direction: 'asc' | 'desc'
  readonly sql: string
  readonly nullable: boolean
  readonly type: ScalarType
  readonly read: (row: Row) => unknown
}
export interface Page {
  readonly backward: boolean
  readonly values: readonly unknown[]
}

export function orderBy(keys: readonly Key[], page: Page | undefined): string {
  return keys
    .map(({ sql, direction, nullable }) => {
      const turned = page?.backward ? (direction === 'asc' ? 'desc' : 'asc') : direction
      // Said only where a value can be empty: an index on a column that cannot has no such words.
      return `${sql} ${turned}${nullable ? (page?.backward ? ' nulls first' : ' nulls last') : ''}`
    })
    .join(', ')
}

/** The condition for "after this row", or before it. Its parameters are `valuesOf` the page, in their order and after all others. */
export function keyset(statement: Statement, keys: readonly Key[], page: Page | undefined): readonly string[] {
  return page ? [past(keys, sealedIn(statement, keys, page), page.backward)] : []
}

/** The values of the row where a page begins, as parameters of the statement; null where one is empty. */
export function sealedIn(statement: Statement, keys: readonly Key[], page: Page): readonly Sealed[] {
  return keys.map((key, at) => {
    const value = page.values[at]
    return value === null ? null : `${statement.param(value)}::${casts[key.type] ?? 'text'}`
  })
}
export type Sealed = string | null

/** Of the keys that come first in an order, or last: behind the row with these values, or before it. */
export function past(keys: readonly Key[], sealed: readonly Sealed[], backward: boolean): string {
  const forward = (key: Key): boolean => (key.direction === 'asc') !== backward
  if (keys.every((key) => !key.nullable && forward(key) === forward(keys[0]!)))
    return `(${keys.map((key) => key.sql).join(', ')}) ${forward(keys[0]!) ? '>' : '<'} (${sealed.join(', ')})`
  const alternatives = keys.map((key, at) =>
    [...equal(keys.slice(0, at), sealed), beyond(key, sealed[at]!, backward, forward(key))].join(' and '),
  )
  return `(${alternatives.map((each) => `(${each})`).join(' or ')})`
}

/** The conditions under which a row has these values. */
export function equal(keys: readonly Key[], sealed: readonly Sealed[]): readonly string[] {
  return keys.map(({ sql }, at) => (sealed[at] == null ? `${sql} is null` : `${sql} = ${sealed[at]}`))
}

function beyond(key: Key, sealed: string | null, backward: boolean, ascending: boolean): string {
  if (sealed === null) return backward ? `${key.sql} is not null` : 'false'
  const past = `${key.sql} ${ascending ? '>' : '<'} ${sealed}`
  return key.nullable && !backward ? `(${past} or ${key.sql} is null)` : past
}

export function valuesOf(page: Page | undefined): readonly unknown[] {
  return page?.values.filter((value) => value !== null) ?? []
}

const casts: Partial<Record<ScalarType, string>> = {
  datetime: 'timestamptz',
  date: 'date',
  uuid: 'uuid',
  integer: 'integer',
  float: 'double precision',
  decimal: 'numeric',
  boolean: 'boolean',
}

/** A cursor belongs to one order: it carries a mark of it. */
export function sealCursor(keys: readonly Key[], row: Row, backward: boolean): string {
  return Buffer.from(
    JSON.stringify([
      mark(keys),
      backward ? 1 : 0,
      ...keys.map(({ type, read }) => (type === 'datetime' ? textOf(read(row)) : read(row)) ?? null),
    ]),
  ).toString('base64url')
}

export function openCursor(cursor: string | undefined, keys: readonly Key[]): Page | undefined {
  if (cursor === undefined || cursor === '') return undefined
  const parsed = parse(cursor)
  if (
    !Array.isArray(parsed) ||
    parsed.length !== keys.length + 2 ||
    parsed[0] !== mark(keys) ||
    !keys.every((key, at) => fits(key, parsed[at + 2]))
  ) {
    throw new BadRequest('request.cursor', 'This cursor belongs to another question. Ask for the first page again, without "cursor".')
  }
  return { backward: parsed[1] === 1, values: parsed.slice(2) }
}

/** All of a cursor that decides over the SQL: the direction, and which keys are empty. What no question sealed has one too. */
export function shapeOf(cursor: string | undefined): string {
  const parsed = cursor ? parse(cursor) : undefined
  return Array.isArray(parsed) ? JSON.stringify([parsed[1] === 1, ...parsed.slice(2).map((value) => value === null)]) : ''
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/** What somebody made up must not become an error of the database. */
function fits(key: Key, value: unknown): boolean {
  if (value === null) return key.nullable
  switch (key.type) {
    case 'integer':
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31
    case 'float':
    case 'decimal':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'datetime':
      // Exactly as it was sealed: whatever else Date.parse understands, the database may not.
      return (
        typeof value === 'string' &&
        isDay(value.slice(0, 10)) &&
        /^T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value.slice(10)) &&
        !Number.isNaN(Date.parse(value))
      )
    case 'date':
      return typeof value === 'string' && isDay(value)
    case 'uuid':
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    default:
      return typeof value === 'string' && !value.includes('\0')
  }
}

const marks = new WeakMap<readonly Key[], string>()
function mark(keys: readonly Key[]): string {
  let known = marks.get(keys)
  if (known === undefined) {
    known = hash('sha256', keys.map((key) => `${key.path} ${key.direction}`).join(), 'base64url').slice(0, 8)
    marks.set(keys, known)
  }
  return known
}
