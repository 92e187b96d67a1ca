/** Texts of a query string as values of a field's type. */

import { isDay } from '../../model/day.ts'
import type { FieldMeta, ScalarType } from '../../model/meta.ts'

/** A condition's value: one that the field's type takes, or a whole day for a datetime. */
export type Value = string | number | boolean | Date | WholeDay
export interface WholeDay {
  readonly day: string
}
export function isWholeDay(value: Value): value is WholeDay {
  return typeof value === 'object' && 'day' in value
}

/** The value, or undefined when the text is none of the field's. */
export function readValue(field: FieldMeta, text: string): Value | undefined {
  if (text.includes('\0')) return undefined
  if (field.kind !== 'scalar') return uuid(text)
  if (field.type === 'enum') return field.values?.includes(text) ? text : undefined
  return readers[field.type](text)
}

/** What the field takes, to complete "must be …". */
export function expected(field: FieldMeta): string {
  if (field.kind !== 'scalar') return 'the id of a record'
  if (field.type === 'enum') return `one of ${(field.values ?? []).join(', ')}`
  return words[field.type]
}

const uuid = (text: string) => (/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : undefined)
const text = (value: string) => value
const none = () => undefined

const readers: Readonly<Record<Exclude<ScalarType, 'enum'>, (text: string) => Value | undefined>> = {
  string: text,
  text,
  translated: text,
  uuid,
  integer: (value) => (/^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= 2_147_483_647 ? Number(value) : undefined),
  float: (value) => (isDecimal(value) && Number.isFinite(Number(value)) ? Number(value) : undefined),
  // As text: a JavaScript number would lose digits.
  decimal: (value) => (isDecimal(value) && value.length <= 100 ? value : undefined),
  boolean: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  date: (value) => (isDay(value) ? value : undefined),
  datetime: (value) => (isDay(value) ? { day: value } : instant(value)),
  json: none,
  texts: none,
}

const words: Readonly<Record<Exclude<ScalarType, 'enum'>, string>> = {
  string: 'a text without NUL',
  text: 'a text without NUL',
  translated: 'a text without NUL',
  uuid: 'a UUID',
  integer: 'a whole number',
  float: 'a number',
  decimal: 'a number',
  boolean: 'true or false',
  date: 'a day like 2024-04-01',
  datetime: 'a day like 2024-04-01 or an instant like 2024-04-01T09:30:00Z',
  json: 'asked about with null only',
  texts: 'asked about with null only',
}

function isDecimal(value: string): boolean {
  return /^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(value)
}

/** ISO 8601; without an offset it is UTC. A `+` that was not percent-encoded arrives as a space. */
function instant(value: string): Date | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+ -]\d{2}:\d{2})?$/.exec(value)
  if (!parts || !isDay(parts[1] ?? '')) return undefined
  const at = new Date(`${parts[1]}T${parts[2]}${(parts[3] ?? 'Z').replace(' ', '+')}`)
  return Number.isNaN(at.getTime()) ? undefined : at
}
