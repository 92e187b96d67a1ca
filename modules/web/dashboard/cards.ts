/** The cards of a reader: those that he keeps, else those shared with a role of his, else those that the modules ship. */
import { randomUUID } from 'node:crypto'
import { type Card, labelOf, NotFound, type Of, UserError } from '@tessera/core'
import { withQuery } from '../server/destination.ts'
import type { Reader } from '../server/reader.ts'
import { modelPlural } from '../server/words.ts'
import { Dashboard, type KeptCard } from './dashboard.model.ts'
import { sharedCards } from './shared.ts'

export interface Cards {
  readonly cards: readonly KeptCard[]
  /** He arranged them himself. */
  readonly isOwn: boolean
}

export async function cardsOf(reader: Reader): Promise<Cards> {
  const user = reader.services.context.caller.id
  const kept = user === null ? null : await reader.records.find(Dashboard, { createdBy: user })
  return kept ? { cards: kept.cards, isOwn: true } : { cards: await firstCards(reader), isOwn: false }
}

/** The cards of whoever has arranged none. */
async function firstCards(reader: Reader): Promise<readonly KeptCard[]> {
  return (await sharedCards(reader)) ?? shippedCards(reader)
}

export async function demandCard(reader: Reader, id: string): Promise<KeptCard> {
  const { cards } = await cardsOf(reader)
  return found(cards, id)
}

export function found(cards: readonly KeptCard[], id: string): KeptCard {
  const card = cards.find((each) => each.id === id)
  if (!card) throw new NotFound('web.no_card', 'This card is not on your dashboard any more.')
  return card
}

/** What modules put there, as far as it is about something that the reader may read. */
export function shippedCards({ app, ability }: Pick<Reader, 'app' | 'ability'>): readonly KeptCard[] {
  return app.cards.flatMap((card): KeptCard[] => {
    const model = app.models.of(card.model)
    if (!model.exposed || !ability.possible('read', model)) return []
    const { as, dated, width } = card
    return [{ id: idOf(card), name: null, model: model.name, address: addressOf(card), as, dated: dated ?? null, width }]
  })
}

const idOf = (card: Of<Card>): string => labelOf(card, (code) => code).replaceAll('.', '-')

/** The parameters of the list, or chart, or table that a shipped card shows. */
function addressOf({ as, filter, graph }: Card): string {
  const { by, split, measure, chart } = graph ?? {}
  const own = { by, ...(graph && { split: split ?? '' }), measure, chart }
  return withQuery('', [
    ...(as === 'graph' || as === 'pivot' ? [['view', as] as const] : []),
    ...(filter.length === 0 ? [''] : filter).map((name) => ['filter', name] as const),
    ...Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  ]).slice(1)
}

/** As it is called: by its owner, else by the module that ships it, else after its model. */
export function nameOfCard({ app, t }: Pick<Reader, 'app' | 't'>, { id, name, model }: KeptCard): string {
  if (name !== null) return name
  const shipped = app.cards.find((card) => idOf(card) === id)
  if (shipped) return labelOf(shipped, t)
  const meta = app.models.byName(model)
  return meta ? modelPlural(meta, t) : model
}

/** Changes the cards of whoever asks; one who has not arranged any has then those with which he began, changed. */
export async function changeCards(reader: Reader, change: (cards: readonly KeptCard[]) => readonly KeptCard[]): Promise<void> {
  const { records, services } = reader
  const user = services.context.caller.id ?? ''
  await records.transaction(async () => {
    // Two tabs at once must not lose what the other did.
    await records.alone(`dashboard ${user}`)
    const kept = await records.find(Dashboard, { createdBy: user })
    const cards = change(kept?.cards ?? (await firstCards(reader)))
    if (kept) await records.update(Dashboard, kept.id, { cards })
    else await records.create(Dashboard, { cards })
  })
}

/** Puts the cards back with which he began. */
export async function forgetCards({ records, services }: Reader): Promise<void> {
  const kept = await records.find(Dashboard, { createdBy: services.context.caller.id ?? '' })
  if (kept) await records.remove(Dashboard, kept.id)
}

/** Each is a question or more. */
const mostCards = 24

export function withCard(cards: readonly KeptCard[], card: Omit<KeptCard, 'id'>): readonly KeptCard[] {
  if (cards.length >= mostCards)
    throw new UserError('web.many_cards', 'A dashboard holds {most} cards at most. Remove one of them first.', { most: mostCards })
  return [...cards, { ...card, id: randomUUID() }]
}

/** The card before another one, or last. */
export function movedBefore(cards: readonly KeptCard[], id: string, before: string): readonly KeptCard[] {
  const card = found(cards, id)
  const others = cards.filter((each) => each !== card)
  const at = others.findIndex((each) => each.id === before)
  return at < 0 ? [...others, card] : others.toSpliced(at, 0, card)
}
