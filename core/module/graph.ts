/** The modules and what they need, for `tessera module graph`. */
import type { Package } from './composition.ts'
import { orderByNeeds } from './order.ts'

export interface GraphEntry {
  readonly name: string
  readonly version: string
  readonly kind: 'module' | 'addon'
  readonly needs: readonly string[]
}

/** The packages in the order in which they are composed, as data for `--json`. Packages in a cycle are left out: loading names them. */
export function moduleGraph(packages: readonly Package[]): readonly GraphEntry[] {
  const byName = new Map(packages.map((one) => [one.name, one]))
  const { order } = orderByNeeds(new Map(packages.map((one) => [one.name, one.depends])))
  return order.map((name) => {
    const { version, kind, depends } = byName.get(name)!
    return { name, version, kind, needs: [...depends].sort() }
  })
}

/** The same for people: one line a module, in order, with what it needs. */
export function moduleGraphText(packages: readonly Package[]): string {
  const entries = moduleGraph(packages)
  const width = Math.max(0, ...entries.map(({ name }) => name.length))
  return entries
    .map(({ name, kind, needs }) =>
      `${name.padEnd(width)}  ${kind.padEnd(6)}  ${needs.length ? `needs ${needs.join(', ')}` : ''}`.trimEnd(),
    )
    .join('\n')
}
