/** What five rules, two of them through relations, cost the list beside none. */
import type { BenchData } from './data.ts'
import { connections, type Figures, load, median } from './load.ts'
import { listPath } from './questions.ts'
import type { Server } from './servers.ts'

export interface RulesCost {
  readonly ruled: Figures
  readonly open: Figures
}

/** The same list of 50, by turns for somebody with the five rules and for an administrator, who has none. */
export async function rulesCost(app: Server, { keys, openKeys }: BenchData, rounds: number, seconds: number): Promise<RulesCost> {
  const ask = (of: readonly string[]) =>
    load(app, seconds, (connection) =>
      of.flatMap((key, i) =>
        i % connections === connection ? [{ method: 'GET', path: listPath, headers: { authorization: `Bearer ${key}` } }] : [],
      ),
    )
  const found: { ruled: Figures[]; open: Figures[] } = { ruled: [], open: [] }
  for (let round = 0; round < rounds; round++) {
    found.ruled.push(await ask(keys))
    found.open.push(await ask(openKeys))
  }
  return { ruled: median(found.ruled), open: median(found.open) }
}
