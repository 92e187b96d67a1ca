/** What a user keeps of his lists: columns, and the view that opens first. */
import type { ModelMeta } from '@tessera/core'
import { type ChosenColumn, ListLayout } from '../list-layout.model.ts'
import { keptLists } from './kept-lists.ts'
import type { Reader } from './reader.ts'

export interface Layout {
  readonly id: string
  readonly columns: readonly ChosenColumn[] | null
  readonly start: string | undefined
}

const kept = keptLists<ReadonlyMap<string, Layout>>()

/** The reader's layouts by the name of their model. */
export function layoutsOf({ services, ability, records }: Reader): Promise<ReadonlyMap<string, Layout>> {
  return kept.of(services, (user) =>
    user === '' || !ability.possible('read', services.app.models.of(ListLayout)) ? Promise.resolve(new Map()) : read(records, user),
  )
}

async function read(records: Reader['records'], user: string): Promise<ReadonlyMap<string, Layout>> {
  const { rows } = await records.query(ListLayout, {
    fields: ['model', 'columns', 'start'],
    where: { createdBy: user },
    order: { model: 'asc' },
    limit: 200,
  })
  return new Map(rows.map(({ id, model, columns, start }) => [model, { id, columns, start: start?.id }]))
}

/** Keeps what the reader decided for the lists of a model. */
export async function keepLayout(
  reader: Reader,
  model: ModelMeta,
  changes: { readonly columns?: readonly ChosenColumn[] | null; readonly start?: string | null },
): Promise<void> {
  const known = (await layoutsOf(reader)).get(model.name)
  if (known) await reader.records.update(ListLayout, known.id, changes)
  else await reader.records.create(ListLayout, { model: model.name, columns: changes.columns ?? null, start: changes.start ?? null })
  kept.forget(reader.services)
}
