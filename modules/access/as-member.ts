/** A condition as one user meets it: what stands for him is replaced by what he has. */
import { isPlaceholder, type Placeholder } from '@tessera/core'

/** The user's own values, as `me` names them. */
type Own = Readonly<Record<string, unknown>>

/** What is empty matches nothing, as in the rule itself. */
export function asMember(where: object, me: Own, now: Date): object {
  return Object.fromEntries(
    Object.entries(where).map(([name, value]) => [name, name === '$and' || name === '$or' ? each(value) : said(value)]),
  )

  function each(value: unknown): unknown {
    return Array.isArray(value) ? value.map((one) => asMember(one as object, me, now)) : value
  }

  function said(value: unknown): unknown {
    if (isPlaceholder(value)) return compared('$eq', own(value))
    if (Array.isArray(value)) return listed(value)
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    const entries = Object.entries(value)
    if (!entries.some(([name]) => isComparison(name))) return asMember(value, me, now)
    const met = entries.map(([operator, operand]): object => {
      if (isPlaceholder(operand)) return compared(operator, own(operand))
      if (!Array.isArray(operand)) return { [operator]: operand }
      const list = listed(operand)
      return operator === '$nin' && list.length < operand.length ? never : { [operator]: list }
    })
    return met.includes(never) ? never : Object.assign({}, ...met)
  }

  function own(placeholder: Placeholder): unknown {
    if (placeholder.placeholder === 'now') return new Date(now.getTime() - placeholder.agoMs).toISOString()
    const value = me[placeholder.field] ?? undefined
    return Array.isArray(value) && value.length === 0 ? undefined : value
  }

  function listed(values: readonly unknown[]): readonly unknown[] {
    return values.flatMap((one) => (isPlaceholder(one) ? (own(one) ?? []) : one))
  }
}

const never = { $in: [] }

function compared(operator: string, value: unknown): object {
  if (value === undefined) return never
  if (!Array.isArray(value)) return { [operator]: value }
  return { [operator === '$eq' ? '$in' : operator === '$ne' ? '$nin' : operator]: value }
}

function isComparison(name: string): boolean {
  return name.startsWith('$') && name !== '$and' && name !== '$or' && name !== '$not'
}
