/** How many records a list or board shows, as it stands beside the place that leads there. */
import { type ModelMeta, UserError } from '@tessera/core'
import { type ListState, whereOf } from './list-state.ts'
import type { Reader } from './reader.ts'

/** Of very many, as many as a list counts. Undefined for a view with a value that its field no longer takes: it says so when it is opened. */
export async function countOfView(reader: Reader, model: ModelMeta, state: ListState): Promise<number | undefined> {
  try {
    return await demandCount(reader, model, state)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/** The same where such a value is refused. */
export async function demandCount(reader: Reader, model: ModelMeta, state: ListState): Promise<number> {
  const where = whereOf(state, model, reader.app.screens(model), reader.zone)
  return reader.records.count(model.handle, { about: true, ...(where && { where: where as never }), ...(state.q && { q: state.q }) })
}

export const countInWords = ({ formats }: Pick<Reader, 'formats'>, count: number): string =>
  formats.count(Math.min(count, mostCounted), count > mostCounted)
/** One more than that is counted, and no further. */
export const mostCounted = 10_000
