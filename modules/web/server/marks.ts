/** What presses among the records of a list: its search marks filters, whose numbers are shown while there are any. */
import type { ModelMeta, Screens } from '@tessera/core'
import type { Fact } from '../screens.ts'
import { looks } from './cell.ts'
import type { ListState } from './list-state.ts'
import type { Reader } from './reader.ts'
import type { Addresses } from './search-bar.ts'
import { countInWords, countOfView } from './view-count.ts'
import { filterLabel, inSentence } from './words.ts'

/** A filter that is marked and not on, and the list with it besides. */
export interface Marked {
  readonly name: string
  readonly state: ListState
}

export function marksOf({ search }: Screens, state: ListState): readonly Marked[] {
  return [...search.marks.keys()]
    .filter((name) => !state.filters.includes(name))
    .map((name) => ({ name, state: { ...state, filters: [...state.filters, name] } }))
}

/** "2 overdue", of all that the list shows, each leading to exactly these. */
export async function markFacts(reader: Reader, model: ModelMeta, screens: Screens, { state, to }: Addresses): Promise<readonly Fact[]> {
  const facts = await Promise.all(
    marksOf(screens, state).map(async (marked) => {
      const count = (await countOfView(reader, model, marked.state)) ?? 0
      if (count === 0) return []
      const { filters } = marked.state
      return [{ ...markFact(reader, model, screens, marked, countInWords(reader, count)), href: to({ filters, open: [] }) }]
    }),
  )
  return facts.flat()
}

export function markFact({ t }: Reader, model: ModelMeta, { search }: Screens, { name }: Marked, value: string): Fact {
  return { value, label: inSentence(filterLabel(model, name, t)), ...looks[search.marks.get(name) ?? 'muted'] }
}
