import { type Composition, type Menu, operand } from '@tessera/core'

type Destination = NonNullable<Menu['opens']>

/** The address of a model's screen, or of an empty form with its first values. */
export function destinationHref(app: Composition, { model, as, filter, create }: Destination): string {
  const meta = app.models.of(model)
  if (create)
    return withQuery(
      `/${meta.path}/new`,
      Object.entries(create).flatMap(([name, value]) => defaultsOf(name, value)),
    )
  const shipped = app.screens(meta).list.filter
  const isDefault = filter.length === 0 || (filter.length === shipped.length && filter.every((name) => shipped.includes(name)))
  return withQuery(`/${meta.path}`, [
    ...(as === 'list' ? [] : [['view', as] as const]),
    ...(isDefault ? [] : filter.map((name) => ['filter', name] as const)),
  ])
}

export function withQuery(path: string, entries: readonly (readonly [string, string])[]): string {
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries.map(([name, value]): [string, string] => [name, value]))}`
}

/** The parameters of an address of ours. */
export const queryOf = (href: string): URLSearchParams => new URLSearchParams(href.split('?')[1] ?? '')

function defaultsOf(name: string, value: unknown): (readonly [string, string])[] {
  if (value === null || value === undefined) return []
  const plain = operand(value, { me: {}, now: new Date() })
  if (Array.isArray(plain)) return plain.flatMap((each) => defaultsOf(name, each))
  if (plain instanceof Date) return [[name, plain.toISOString()]]
  if (typeof plain === 'object' && plain !== null && 'id' in plain) return [[name, String(plain.id)]]
  return typeof plain === 'object' || typeof plain === 'symbol' ? [] : [[name, String(plain)]]
}
