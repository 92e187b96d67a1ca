/** In which order things that need each other come: what is needed first, ties by name. */

export interface Order {
  /** Every name that is in no cycle and needs nothing that is; the smallest order by name among all possible ones. */
  readonly order: readonly string[]
  /** Each as a path that ends where it began: `['a', 'b', 'a']` says that a needs b and b needs a. */
  readonly cycles: readonly (readonly string[])[]
}

/** Orders names by what each of them needs. Needs that are not among the names are ignored. */
export function orderByNeeds(needs: ReadonlyMap<string, readonly string[]>): Order {
  const waiting = new Map([...needs].map(([name, of]) => [name, new Set(of.filter((need) => needs.has(need)))]))
  const order: string[] = []
  for (;;) {
    const next = [...waiting].filter(([, open]) => open.size === 0).reduce(smallest, undefined)
    if (next === undefined) return { order, cycles: cyclesAmong(waiting) }
    order.push(next)
    waiting.delete(next)
    for (const open of waiting.values()) open.delete(next)
  }
}

function smallest(least: string | undefined, [name]: [string, unknown]): string | undefined {
  return least === undefined || name < least ? name : least
}

/** Everything that is left needs something that is left: following the needs leads into a cycle. */
function cyclesAmong(left: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = []
  const seen = new Set<string>()
  for (const start of [...left.keys()].sort()) {
    const path: string[] = []
    let at: string | undefined = start
    while (at !== undefined && !seen.has(at)) {
      seen.add(at)
      path.push(at)
      at = [...(left.get(at) ?? [])].sort()[0]
    }
    const entry = at === undefined ? -1 : path.indexOf(at)
    if (entry >= 0) cycles.push([...path.slice(entry), path[entry]!])
  }
  return cycles
}

/** "a needs b, b needs a": a cycle or a chain of needs, as a sentence without its full stop. */
export function saidAsNeeds(path: readonly string[]): string {
  return path
    .slice(1)
    .map((name, i) => `${path[i]} needs ${name}`)
    .join(', ')
}
