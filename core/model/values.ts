/** One value for one field: whether it fits, in the words of the field. */
import type { FieldError } from '../errors.ts'
import { isDay } from './day.ts'
import type { FieldMeta, ScalarField } from './meta.ts'
import { reasonsOf } from './reasons.ts'

/** The longest text of a `p.string()` and of a `p.text()`, in UTF-16 units. */
const longest = { string: 255, text: 100_000 }

export type Checked = { readonly value: unknown } | { readonly error: FieldError }

/** A JSON value as the field keeps it: instants as Date, days as `2024-04-16`, an empty text as null. */
export function checked(field: ScalarField, value: unknown): Checked {
  if (value === null || value === undefined || (value === '' && field.type !== 'json')) return { value: null }
  const result = typed(field, value)
  // Of a text in several languages, each has to be valid.
  return 'error' in result || field.type === 'translated' ? result : valid(field, result.value)
}

function valid(field: ScalarField, value: unknown): Checked {
  if (!field.valid) return { value }
  const parsed = field.valid.safeParse(value)
  if (parsed.success) return { value: parsed.data }
  return refused(field, 'field.invalid', '{label}: {reason}', { reason: reasonsOf(parsed.error.issues) })
}

/** A text from a form or a file as a JSON value of the field; what cannot be one stays a text, and `checked` says why not. */
export function fromText(field: ScalarField, text: string): unknown {
  const trimmed = text.trim()
  if (trimmed === '') return null
  switch (field.type) {
    case 'integer':
    case 'float':
    case 'decimal':
      return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed
    case 'boolean':
      return /^(true|1|yes|on)$/i.test(trimmed) ? true : /^(false|0|no|off)$/i.test(trimmed) ? false : trimmed
    case 'texts':
      return trimmed.split(',').map((each) => each.trim())
    case 'json':
      return jsonOr(trimmed)
    default:
      return text
  }
}

export function refused(
  field: FieldMeta,
  code: string,
  text: string,
  values: Readonly<Record<string, unknown>> = {},
): { readonly error: FieldError } {
  return { error: { field: field.name, code, text, values: { label: field.label, ...values } } }
}

function typed(field: ScalarField, value: unknown): Checked {
  switch (field.type) {
    case 'string':
    case 'text':
      return text(field, value, longest[field.type])
    case 'uuid':
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
        ? { value: value.toLowerCase() }
        : refused(field, 'field.not_id', '{label} must be an id, not "{given}".', { given: shown(value) })
    case 'enum':
      return typeof value === 'string' && field.values!.includes(value)
        ? { value }
        : refused(field, 'field.not_one_of', '{label} must be one of {known}, not "{given}".', {
            known: field.values!.join(', '),
            given: shown(value),
          })
    case 'integer':
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31
        ? { value }
        : refused(field, 'field.not_integer', '{label} must be a whole number, not "{given}".', { given: shown(value) })
    case 'float':
    case 'decimal':
      return typeof value === 'number' && Number.isFinite(value) && (field.type === 'float' || Math.abs(rounded(value)) < 1e12)
        ? { value: field.type === 'float' ? value : rounded(value) }
        : refused(field, 'field.not_number', '{label} must be a number, not "{given}".', { given: shown(value) })
    case 'boolean':
      return typeof value === 'boolean'
        ? { value }
        : refused(field, 'field.not_boolean', '{label} must be true or false, not "{given}".', { given: shown(value) })
    case 'datetime':
      return instant(field, value)
    case 'date':
      return day(field, value)
    case 'texts':
      return Array.isArray(value) && value.every((each) => typeof each === 'string' && isKeepable(each))
        ? { value }
        : refused(field, 'field.not_texts', '{label} must be a list of texts.')
    case 'translated':
      return translations(field, value)
    case 'json':
      return isKeepableJson(value)
        ? { value }
        : refused(field, 'field.bad_sign', '{label} holds a sign (NUL, half a character) that cannot be kept.')
  }
}

function text(field: ScalarField, value: unknown, most: number): Checked {
  if (typeof value !== 'string') return refused(field, 'field.not_text', '{label} must be a text, not "{given}".', { given: shown(value) })
  if (!isKeepable(value)) return refused(field, 'field.bad_sign', '{label} holds a sign (NUL, half a character) that cannot be kept.')
  if (value.length > most)
    return refused(field, 'field.too_long', '{label} may have {most} characters; this has {length}.', { most, length: value.length })
  return { value }
}

/** A text that PostgreSQL keeps as it is. */
function isKeepable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
function isKeepableJson(value: unknown): boolean {
  if (typeof value === 'string') return isKeepable(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, each]) => isKeepable(key) && isKeepableJson(each))
}

/** As a decimal field keeps it: two digits after the point. */
function rounded(value: number): number {
  // + 0 makes a plain zero of -0.
  return Number(value.toFixed(2)) + 0
}

function instant(field: ScalarField, value: unknown): Checked {
  const date = value instanceof Date ? value : typeof value === 'string' ? instantFrom(value) : undefined
  const year = date?.getUTCFullYear() ?? Number.NaN
  return date && year >= 1 && year < 10_000
    ? { value: date }
    : refused(field, 'field.not_instant', '{label} must be an instant such as 2024-04-16T09:30:00Z, not "{given}".', {
        given: shown(value),
      })
}

/** Without an offset an instant is in UTC, wherever the server stands; a day alone is its first instant. */
function instantFrom(text: string): Date | undefined {
  const [, date = '', time = 'T00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:([T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text) ?? []
  if (!isDay(date)) return undefined
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  return new Date(`${date}${time.replace(/^[ t]/, 'T')}${offset}`)
}

function day(field: ScalarField, value: unknown): Checked {
  return typeof value === 'string' && isDay(value)
    ? { value }
    : refused(field, 'field.not_day', '{label} must be a day such as 2024-04-16, not "{given}".', { given: shown(value) })
}

/** `{ en: "New", fr: "Nouveau" }`; one text alone is for the writer's language and was wrapped before. */
function translations(field: ScalarField, value: unknown): Checked {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (entries.length === 0 || !entries.every(([locale]) => /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(locale))) {
    return refused(field, 'field.not_translations', '{label} must be a text, or an object with one text for each language.')
  }
  const texts: Record<string, unknown> = {}
  for (const [locale, each] of entries) {
    const one = text(field, each, field.long ? longest.text : longest.string)
    const kept = 'error' in one ? one : valid(field, one.value)
    if ('error' in kept) return kept
    texts[locale] = kept.value
  }
  return { value: texts }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
