/** What a card is about for its reader: the records that its view finds, within the range of the page; or why there is nothing to show. */
import { readableField } from '@tessera/core'
import type { About } from '../figures/groups.ts'
import { jsonWhere, type ListState } from '../server/list-state.ts'
import { stateLeft } from '../server/lost.ts'
import type { Reader } from '../server/reader.ts'
import { addressesOf } from '../server/search-bar.ts'
import { inSentence, modelPlural } from '../server/words.ts'
import type { KeptCard } from './dashboard.model.ts'
import { whereIn } from './range.ts'

export type Period = Parameters<typeof whereIn>[3]

export interface Found {
  readonly about: About
}
/** A sentence instead, and the list as far as it is still there. */
export interface Lost {
  readonly said: string
  readonly href?: string
}

export function aboutOfCard(reader: Reader, card: KeptCard, period: Period | undefined): Found | Lost {
  const { app, ability, t } = reader
  const model = app.models.byName(card.model)
  if (!model?.exposed) return { said: t('web.card_gone') }
  if (!ability.possible('read', model)) return { said: t('web.card_unreadable', { noun: inSentence(modelPlural(model, t)) }) }
  const { state, lost } = stateLeft(reader, model, new URLSearchParams(card.address))
  const isDated = card.dated === null || readableField(ability, model, card.dated) !== undefined
  const missing = [...lost, ...(isDated ? [] : [card.dated ?? ''])]
  const screens = app.screens(model)
  const whole = { ...state, after: undefined, from: 1 }
  if (missing.length > 0)
    return { said: t('web.card_lost', { fields: missing.join(', ') }), href: addressesOf(model, screens, whole).to({ view: 'list' }) }
  const within = card.dated !== null && period ? narrowed(whole, whereIn(reader, model, card.dated, period)) : whole
  return { about: { reader, model, screens, addresses: addressesOf(model, screens, within) } }
}

/** The state with a condition more; the address says both. */
function narrowed(state: ListState, where: object): ListState {
  const both = state.where === undefined ? where : { $and: [jsonWhere(state.where), where] }
  return { ...state, where: JSON.stringify(both) }
}

/** The page that shows what a card shows: its own view, or its records in the way of the card. */
export function hrefOfView({ addresses: { state, to } }: About, as: KeptCard['as']): string {
  const { view } = state
  if (as === 'graph' || as === 'pivot') return to({ view: as })
  return to(view === 'graph' || view === 'pivot' ? { view: 'list' } : {})
}

/** The list of exactly the records that a card is about. */
export const listHref = ({ addresses: { to } }: About): string => to({ view: 'list', groups: [] })
