/** Rules as JSON, compared by what they say: neither the order of keys nor that of verbs and fields changes their meaning. */
import type { RuleSource } from '@tessera/core'

export function sameRules(left: readonly RuleSource[], right: readonly RuleSource[]): boolean {
  return JSON.stringify(left.map(settled)) === JSON.stringify(right.map(settled))
}

/** As the database and a form give it: plain values, no instants, nothing undefined. */
export function plainRules(rules: readonly RuleSource[]): readonly RuleSource[] {
  return JSON.parse(JSON.stringify(rules)) as readonly RuleSource[]
}

function settled({ verbs, fields, where, cannot, permission }: RuleSource): unknown {
  const isAlways = where === undefined || Object.keys(where).length === 0
  return sorted({
    ...(verbs && { verbs: verbs.toSorted() }),
    ...(fields && { fields: fields.toSorted() }),
    ...(!isAlways && { where }),
    ...(cannot && { cannot }),
    ...(permission !== undefined && { permission }),
  })
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  )
}
