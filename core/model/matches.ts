/** The condition language in memory. It answers as PostgreSQL does: a property test holds the two together. */
import { type Clause, clauseOf, type Operator } from './conditions.ts'
import { shippedKey } from './define.ts'
import type { FieldMeta, ModelMeta } from './meta.ts'
import { type Asking, isPlaceholder, resolvePlaceholder } from './placeholders.ts'
import { shippedId } from './shipped.ts'

/** A record as plain nested values: relations as objects with an id, or as the id itself. */
export type Values = Readonly<Record<string, unknown>>

/** The condition of a model taken apart, with its to-many fields known. */
export function conditionOn(model: ModelMeta, where: unknown): Clause {
  return clauseOf(where, (path) => {
    let at: ModelMeta | undefined = model
    let many = false
    for (const step of path) {
      const field: FieldMeta | undefined = at?.fields.get(step)
      many = field?.kind === 'many'
      at = field && field.kind !== 'scalar' ? field.target : undefined
    }
    return many
  })
}

export function matches(clause: Clause, record: Values, asking: Asking): boolean {
  if ('all' in clause) return clause.all.every((each) => matches(each, record, asking))
  if ('any' in clause) return clause.any.some((each) => matches(each, record, asking))
  if ('not' in clause) return !matches(clause.not, record, asking)
  if ('some' in clause) {
    const related = valueAt(record, clause.some)
    if (!Array.isArray(related)) return typeof related === 'object' && related !== null && matches(clause.of, asRecord(related), asking)
    return related.some((each) => matches(clause.of, asRecord(each), asking))
  }
  return compare(clause.operator, valueAt(record, clause.path), operand(clause.value, asking, clause.operator))
}

/** An operand that is empty because its placeholder is: the clause then matches nothing. */
export const missing = Symbol('missing')

/**
 * What an operand stands for: shipped records and placeholders become values. A list loses its empty placeholders, but under
 * `$nin` one of them makes the whole list missing: who has no team is not shown the tickets of everybody else's.
 */
export function operand(value: unknown, asking: Asking, operator?: Operator): unknown {
  if (isPlaceholder(value)) {
    const resolved = resolvePlaceholder(value, asking)
    return resolved === undefined ? missing : resolved
  }
  const shipped = shippedKey(value)
  if (shipped !== undefined) return shippedId(shipped)
  if (!Array.isArray(value)) return value
  const each = value.flatMap((one) => operand(one, asking))
  if (operator === '$nin' && each.includes(missing)) return missing
  return each.filter((one) => one !== missing)
}

function compare(operator: Operator, raw: unknown, wanted: unknown): boolean {
  if (wanted === missing) return false
  const value = comparable(raw)
  // Conditions that are kept as JSON hold instants as texts.
  const other = (each: unknown) => (raw instanceof Date && typeof each === 'string' ? Date.parse(each) : comparable(each))
  // A placeholder may hold several values: "equals" then means "is one of".
  if (Array.isArray(wanted) && operator === '$eq') return compare('$in', raw, wanted)
  if (Array.isArray(wanted) && operator === '$ne') return compare('$nin', raw, wanted)
  switch (operator) {
    case '$eq':
      return wanted === null ? value === null : value === other(wanted)
    case '$ne':
      return wanted === null ? value !== null : value !== other(wanted)
    case '$in':
      return value !== null && list(wanted).some((each) => other(each) === value)
    case '$nin':
      return value === null || !list(wanted).some((each) => other(each) === value)
    case '$null':
      return (value === null) === Boolean(wanted)
    case '$contains':
      return typeof value === 'string' && plain(value).includes(plain(String(wanted)))
    case '$startsWith':
      return typeof value === 'string' && plain(value).startsWith(plain(String(wanted)))
    default: {
      const limit = other(wanted)
      if (value === null || limit === null) return false
      if (operator === '$gt') return value > limit
      if (operator === '$gte') return value >= limit
      return operator === '$lt' ? value < limit : value <= limit
    }
  }
}

/** Instants by their time, records by their id. */
function comparable(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'object') return comparable((value as { id?: unknown }).id)
  return value as string | number | boolean
}

/** Without case and accents, as the database function `tessera_plain` makes it of Latin, Greek and Cyrillic letters. */
export function plain(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[^ -~]/gu, (sign) => {
      const bare = accented.test(sign) ? sign.normalize('NFD').replace(/\p{M}/gu, '') : sign
      return undecomposed[bare] ?? bare
    })
    .toLowerCase()
}
/** Not Cyrillic: й is a letter of its own, not an и with an accent. */
const accented = /\p{Script=Latin}|\p{Script=Greek}|[\u0300-\u0362]/u
const undecomposed: Readonly<Record<string, string>> = Object.fromEntries(
  'æae ÆAE œoe ŒOE ßss ẞSS øo ØO łl ŁL đd ĐD ðd ÐD þth ÞTH ħh ĦH ıi ĸq ŋn ŊN ŧt ŦT ſs ĳij ĲIJ ŀl ĿL ёе ЁЕ ªa ºo'
    .split(' ')
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
)

function valueAt(record: Values, path: readonly string[]): unknown {
  let at: unknown = record
  for (const step of path) {
    if (at === null || at === undefined) return null
    // A relation may be held as its id alone.
    if (typeof at === 'string' && step === 'id') return at
    at = (at as Values)[step]
  }
  return at ?? null
}
function asRecord(value: unknown): Values {
  return typeof value === 'string' ? { id: value } : (value as Values)
}
function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
