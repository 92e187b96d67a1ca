/**
 * What somebody keeps of his lists, saved views and columns, is asked with every page and changes rarely: it stays in this process until
 * one of the processes tells that it changed.
 */
import { type Ability, type Composition, on, ownTopics, type Services } from '@tessera/core'
import { ListLayout } from '../list-layout.model.ts'
import { SavedView } from '../saved-view.model.ts'

const topic = 'web:lists'

export interface KeptLists<V> {
  /** Of whoever asks; read anew when his rights are others. */
  of(services: Services, read: (user: string) => Promise<V>): Promise<V>
  /** After a change in this request, which must not wait to be told. */
  forget(services: Services): void
}

export function keptLists<V>(): KeptLists<V> {
  type OfUsers = Map<string, { readonly ability: Ability; readonly value: Promise<V> }>
  const apps = new WeakMap<Composition, OfUsers>()
  const keptIn = ({ app, live }: Services) => {
    const known = apps.get(app)
    if (known) return known
    const kept: OfUsers = new Map()
    apps.set(app, kept)
    for (const changed of [topic, ownTopics.missed]) live.hear(changed, () => kept.clear())
    return kept
  }
  return {
    of(services, read) {
      const { id, ability } = services.context.caller
      const kept = keptIn(services)
      const known = kept.get(id ?? '')
      if (known?.ability === ability) return known.value
      if (kept.size >= mostUsers) kept.clear()
      const value = read(id ?? '')
      kept.set(id ?? '', { ability, value })
      value.catch(() => kept.get(id ?? '')?.value === value && kept.delete(id ?? ''))
      return value
    },
    forget: (services) => keptIn(services).clear(),
  }
}

const mostUsers = 1_000

/** Every process forgets what it kept as soon as the change is there. */
export const listListeners = [
  on(SavedView, 'create', tell),
  on(SavedView, ['name', 'model', 'address', 'counted', 'role'], tell),
  on(SavedView, 'delete', tell),
  on(ListLayout, 'create', tell),
  on(ListLayout, ['columns', 'start'], tell),
  on(ListLayout, 'delete', tell),
]
function tell(_: object, { live }: Services): Promise<void> {
  return live.tell(topic, {})
}
