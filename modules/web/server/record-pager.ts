import type { ModelMeta } from '@tessera/core'
import type { RecordPager } from '../screens.ts'
import { withQuery } from './destination.ts'
import { pageOf, pageSize } from './list-page.ts'
import { type ListState, readState } from './list-state.ts'
import type { Reader } from './reader.ts'
import { addressesOf } from './search-bar.ts'

/** From which list somebody came, and where in it the record was; both are in the record's address. */
export interface Place {
  readonly list: string
  readonly at: number | undefined
}

export function placeIn(query: URLSearchParams): Place {
  const at = Number(query.get('at'))
  // Written anew, so that it is a query whatever was sent.
  return { list: new URLSearchParams(query.get('in') ?? '').toString(), at: Number.isInteger(at) && at > 0 ? at : undefined }
}

/** The address of a record that keeps the place. */
export function withPlace(href: string, { list, at }: Place): string {
  return withQuery(href, [...(list ? [['in', list] as const] : []), ...(at === undefined ? [] : [['at', String(at)] as const])])
}

/** The neighbours of a record in the list from which it was opened: that page is asked again, and the next one at its edges. */
export async function recordPager(reader: Reader, model: ModelMeta, id: string, place: Place): Promise<RecordPager | undefined> {
  if (place.at === undefined) return undefined
  const screens = reader.app.screens(model)
  const state = readState(new URLSearchParams(place.list), screens)
  const page = await pageOf(reader, model, screens, state, [], pageSize)
  const found = page.rows.findIndex((row) => row.id === id)
  const position = found >= 0 ? state.from + found : place.at
  // A record that no longer fits the list has left a gap, into which the next one moved up.
  const at = position - state.from
  const next = page.rows[found >= 0 ? at + 1 : at]
  const previous = page.rows[at - 1]
  const { to } = addressesOf(model, screens, state)
  const link = (other: string, its: number, list: string) => withPlace(`/${model.path}/${other}`, { list, at: its })
  const beyond = async (cursor: string | null, from: number, which: 0 | -1): Promise<string | undefined> => {
    if (cursor === null) return undefined
    const there: Partial<ListState> = { after: cursor, from }
    const { rows } = await pageOf(reader, model, screens, { ...state, ...there }, [], pageSize)
    const row = rows.at(which)
    return row && link(row.id, which === 0 ? from : from + rows.length - 1, listQuery(to(there)))
  }
  const after = next ? link(next.id, position + 1, place.list) : await beyond(page.next, state.from + page.rows.length, 0)
  const before = previous
    ? link(previous.id, position - 1, place.list)
    : await beyond(page.previous, Math.max(1, state.from - pageSize), -1)
  return {
    position,
    total: Math.max(page.total ?? 0, position),
    ...(page.capped && { capped: true }),
    ...(before !== undefined && { previous: before }),
    ...(after !== undefined && { next: after }),
  }
}

const listQuery = (href: string): string => href.split('?')[1] ?? ''
