/** A placeholder that stands for a column instead of a value: what asks for many users at once puts it into what `me` offers. */
import type { Operator } from '../model/conditions.ts'

export class OwnColumn {
  readonly sql: string
  /** A list of ids, as of `me.teamIds`. */
  readonly isMany: boolean
  constructor(sql: string, isMany: boolean) {
    this.sql = sql
    this.isMany = isMany
  }
}

export function namesOwnColumn(value: unknown): boolean {
  return Array.isArray(value) ? value.some((each) => each instanceof OwnColumn) : value instanceof OwnColumn
}

/**
 * The comparison as it is with values: one that is empty for the user makes it false, whatever the operator, but in a list of
 * which something else is left. `param` makes a parameter of what is no column.
 */
export function comparedWithOwn(sql: string, type: string, operator: Operator, value: unknown, param: (value: unknown) => string): string {
  const parts = Array.isArray(value) ? value : [value]
  const own = parts.filter((each) => each instanceof OwnColumn)
  const present = own.map((each) => (each.isMany ? `cardinality(${each.sql}) > 0` : `${each.sql} is not null`))
  const [only] = own
  switch (operator) {
    case '$eq':
    case '$in':
      return `${sql} = any(${listed(parts, type, param)})`
    case '$ne':
    case '$nin':
      return `(${[...present, `(${sql} is null or ${sql} <> all(${listed(parts, type, param)}))`].join(' and ')})`
    case '$null':
      return `(${[...present, `${sql} is null`].join(' and ')})`
    case '$contains':
      return `strpos(tessera_plain(${sql}), tessera_plain((${only!.sql})::text)) > 0`
    case '$startsWith':
      return `starts_with(tessera_plain(${sql}), tessera_plain((${only!.sql})::text))`
    default:
      return `${sql} ${signs[operator]} (${only!.sql})::${type}`
  }
}

const signs = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const

/** One array of all of them, without what is empty. */
function listed(parts: readonly unknown[], type: string, param: (value: unknown) => string): string {
  const values = parts.filter((each) => !(each instanceof OwnColumn) && each !== null)
  const columns = parts.flatMap((each) =>
    each instanceof OwnColumn ? [each.isMany ? `(${each.sql})::${type}[]` : `array[${each.sql}]::${type}[]`] : [],
  )
  return `array_remove(${[...columns, ...(values.length > 0 ? [`${param(values)}::${type}[]`] : [])].join(' || ')}, null)`
}
