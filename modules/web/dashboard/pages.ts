/** The addresses of the dashboard; each shows and changes the reader's own. */
import { manager, staff } from '@tessera/base'
import { type Page, page, type Reply, type Request, type Services } from '@tessera/core'
import type { Screens } from '../screens.ts'
import { done, show } from '../server/answer.ts'
import { textIn } from '../server/body.ts'
import { type Reader, readerOf } from '../server/reader.ts'
import { changeCards, movedBefore } from './cards.ts'
import {
  addCard,
  addScreen,
  backOf,
  chooseView,
  editScreen,
  removeCard,
  removeCardScreen,
  resetCards,
  resetScreen,
  saveCard,
} from './dialog.ts'
import { cardScreen, dashboardScreen } from './screen.ts'
import { shareCards, shareScreen } from './shared.ts'

const may = staff
type OfCard = { readonly card: string }

const shows =
  <P extends Record<string, string>, Name extends 'dashboard' | 'confirm'>(
    name: Name,
    screen: (reader: Reader, request: Request<P>) => Promise<Screens[Name]>,
  ) =>
  async (request: Request<P>, services: Services): Promise<Reply> =>
    show(services, request, name, await screen(readerOf(services), request))

const does =
  <P extends Record<string, string>>(deed: (reader: Reader, request: Request<P>) => Reply | Promise<Reply>) =>
  async (request: Request<P>, services: Services): Promise<Reply> =>
    deed(readerOf(services), request)

export const dashboardPages: readonly Page[] = [
  page('GET /dashboard', { may, respond: shows('dashboard', dashboardScreen) }),
  page('GET /dashboard/add', { may, respond: shows('confirm', addScreen) }),
  page('POST /dashboard/add', { may, respond: does(addCard) }),
  page('POST /dashboard/add/choose', { may, respond: does((_, request) => chooseView(request)) }),
  page('GET /dashboard/share', { may: manager, respond: shows('confirm', shareScreen) }),
  page('POST /dashboard/share', { may: manager, respond: does(shareCards) }),
  page('GET /dashboard/reset', { may, respond: shows('confirm', resetScreen) }),
  page('POST /dashboard/reset', { may, respond: does(resetCards) }),
  page('GET /dashboard/cards/:card', {
    may,
    respond: shows('dashboard', (reader, request: Request<OfCard>) => cardScreen(reader, request, request.params.card)),
  }),
  page('GET /dashboard/cards/:card/edit', {
    may,
    respond: shows('confirm', (reader, request: Request<OfCard>) => editScreen(reader, request, request.params.card)),
  }),
  page('POST /dashboard/cards/:card/edit', {
    may,
    respond: does((reader, request: Request<OfCard>) => saveCard(reader, request, request.params.card)),
  }),
  page('GET /dashboard/cards/:card/remove', {
    may,
    respond: shows('confirm', (reader, request: Request<OfCard>) => removeCardScreen(reader, request, request.params.card)),
  }),
  page('POST /dashboard/cards/:card/remove', {
    may,
    respond: does((reader, request: Request<OfCard>) => removeCard(reader, request, request.params.card)),
  }),
  page('POST /dashboard/cards/:card/move', {
    may,
    respond: does(async (reader, request: Request<OfCard>) => {
      const before = textIn(request, 'before') ?? ''
      await changeCards(reader, (cards) => movedBefore(cards, request.params.card, before))
      return done(request, backOf(request))
    }),
  }),
]
