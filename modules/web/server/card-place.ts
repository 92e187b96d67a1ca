/** Where a card is put among the others of its column: between two, or first, up, down and last. */
import { type ComposedKanban, type ModelMeta, type Request, rankBetween, readableField, UserError } from '@tessera/core'
import { textIn } from './body.ts'
import { fieldPermitOf } from './condition.ts'
import { isId } from './control.ts'
import { type ListState, readState, whereOf } from './list-state.ts'
import type { Reader } from './reader.ts'
import { findRow, queryRows, type Row, relatedIn } from './rows.ts'

const wishes = ['first', 'up', 'down', 'last'] as const
type Wish = (typeof wishes)[number]

/** By which field the reader sees the cards of a board in the order that people gave them; undefined where another order is asked for. */
export function rankOf({ ability }: Reader, model: ModelMeta, { order }: ComposedKanban, { sort }: ListState): string | undefined {
  return order !== undefined && sort.length === 0 && readableField(ability, model, order) ? order : undefined
}

/** Whether the reader may say where cards stand, or this very card. */
export function mayPlace({ ability, asking }: Reader, model: ModelMeta, rank: string, row?: Row): boolean {
  const permit = fieldPermitOf(model, 'update', rank, ability)
  return permit.possible && !model.appendOnly && (row === undefined || permit.holds(row, asking))
}

/** The changes that bring a card to a column and its place there; of one that stays in its column the place alone. */
export async function placed(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  kanban: ComposedKanban,
  id: string,
  asked: string,
): Promise<Readonly<Record<string, unknown>>> {
  const board = boardOf(reader, request, model)
  const rank = rankOf(reader, model, kanban, board)
  const needs = rank === undefined ? [] : [rank, ...fieldPermitOf(model, 'update', rank, reader.ability).needs]
  const row = isId(id) ? await findRow(reader.records, model, id, [...new Set([kanban.by, ...needs])]) : undefined
  const wish = wishes.find((each) => each === textIn(request, 'place'))
  const to = wish === undefined ? asked : keyIn(row?.[kanban.by])
  const isMoved = row === undefined || keyIn(row[kanban.by]) !== to
  const moved = { [kanban.by]: to === '' ? null : to }
  const neighbours = [textIn(request, 'above'), textIn(request, 'below')]
  const isWished = wish !== undefined || neighbours.some(Boolean)
  // Whoever may bring a card to a column and not say where it stands there brings it all the same.
  if (rank === undefined || row === undefined || !isWished || (isMoved && !mayPlace(reader, model, rank, row))) return moved
  const column: Column = { reader, model, rank, by: kanban.by, key: to, id, board }
  const between = wish === undefined ? await neighboursOf(column, neighbours) : await wished(column, wish, row)
  // Its neighbours are gone, or an upgrade has yet to say where they stand: then it stays, and he is told.
  if (between === undefined && wish === undefined && !isMoved)
    throw new UserError('web.no_neighbours', 'The cards beside it do not stand there any more. Load the board again.')
  return { ...(isMoved && moved), ...(between && { [rank]: rankIn(between) }) }
}

/** The board from which the card is moved, as its address says; without one, as it is at first. */
function boardOf({ app }: Reader, request: Request, model: ModelMeta): ListState {
  const [, query = ''] = (textIn(request, 'back') ?? '').split('?')
  const asked = new URLSearchParams(query)
  asked.set('view', 'kanban')
  return readState(asked, app.screens(model))
}

const keyIn = (value: unknown): string => relatedIn(value)?.id ?? String(value ?? '')

interface Column {
  readonly reader: Reader
  readonly model: ModelMeta
  readonly rank: string
  readonly by: string
  readonly key: string
  /** The card itself, which is no neighbour of its own. */
  readonly id: string
  readonly board: ListState
}
/** The ranks over and under a place; at an end of the column one of them. */
interface Between {
  readonly above: string | undefined
  readonly below: string | undefined
}

/** Undefined where there is nobody to stand beside. */
async function neighboursOf(column: Column, ids: readonly (string | undefined)[]): Promise<Between | undefined> {
  const [above, below] = await Promise.all(ids.map((id) => (id && isId(id) ? rankOfCard(column, id) : undefined)))
  if (above !== undefined && below !== undefined && above > below) return { above, below }
  // At an end of what is shown, and where they do not stand so any more, or at one place: beside the one, past whoever stands with it.
  if (above !== undefined) return { above, below: (await ranks(column, 'desc', { $lt: above }, 1))[0] }
  if (below !== undefined) return { above: (await ranks(column, 'asc', { $gt: below }, 1))[0], below }
  return undefined
}

async function rankOfCard({ reader, model, rank }: Column, id: string): Promise<string | undefined> {
  const row = await findRow(reader.records, model, id, [rank])
  return textOf(row?.[rank])
}

/** As the menu of a card says it, among the cards that the board shows. */
async function wished(column: Column, wish: Wish, row: Row): Promise<Between | undefined> {
  const own = textOf(row[column.rank]) ?? ''
  if (wish === 'first') return atEnd('below', (await ranks(column, 'desc', undefined, 1, true))[0])
  if (wish === 'last') return atEnd('above', (await ranks(column, 'asc', undefined, 1, true))[0])
  const [next, afterNext] = await ranks(column, wish === 'up' ? 'asc' : 'desc', wish === 'up' ? { $gt: own } : { $lt: own }, 2, true)
  if (next === undefined) return undefined
  const far = afterNext ?? (await ranks(column, wish === 'up' ? 'asc' : 'desc', wish === 'up' ? { $gt: next } : { $lt: next }, 1))[0]
  return wish === 'up' ? { above: far, below: next } : { above: next, below: far }
}

const atEnd = (side: keyof Between, rank: string | undefined): Between | undefined =>
  rank === undefined ? undefined : { above: undefined, below: undefined, [side]: rank }

/** Of the other cards of the column that the reader may see, those of the board alone or all. */
async function ranks(
  { reader, model, rank, by, key, id, board }: Column,
  direction: 'asc' | 'desc',
  than: object | undefined,
  limit: number,
  shown = false,
): Promise<readonly string[]> {
  const where = shown ? whereOf(board, model, reader.app.screens(model), reader.zone) : undefined
  const { rows } = await queryRows(reader.records, model, {
    fields: [rank],
    where: { $and: [{ [by]: key === '' ? null : key, id: { $ne: id }, ...(than && { [rank]: than }) }, ...(where ? [where] : [])] },
    order: { [rank]: direction },
    q: shown ? board.q || undefined : undefined,
    limit,
    fitted: true,
  })
  return rows.flatMap((row) => textOf(row[rank]) ?? [])
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function rankIn({ above, below }: Between): string {
  const rank = rankBetween(above, below)
  if (rank !== undefined) return rank
  throw new UserError('web.no_room', 'There is no room left at this place. Put one of its neighbours elsewhere first.')
}
