/** The dashboard as its reader sees it: his cards, each as far as it is there in time. */
import { type Request, UserError } from '@tessera/core'
import { latestDays } from '../latest.ts'
import type { CardContent, DashboardCard, DashboardScreen } from '../screens.ts'
import { wantsFragment } from '../server/answer.ts'
import { withQuery } from '../server/destination.ts'
import { whereOf } from '../server/list-state.ts'
import type { Reader } from '../server/reader.ts'
import { sentenceOf } from '../server/sentence.ts'
import { shellOf, stillShell } from '../server/shell.ts'
import { pathLabel } from '../server/words.ts'
import { cardsOf, demandCard, nameOfCard } from './cards.ts'
import type { KeptCard } from './dashboard.model.ts'
import { chartContent, tableContent } from './figures.ts'
import { aboutOfCard, hrefOfView, type Period } from './found.ts'
import { numberContent } from './number.ts'
import { dashboardHref, entriesOfRange, type Looked, rangeIn, rangeMenu } from './range.ts'
import { rowsContent } from './rows.ts'
import { mayShareCards } from './shared.ts'

/** How long the page waits for all its cards, in milliseconds; the others come one by one when it is there. */
const patience = 1_200

export async function dashboardScreen(reader: Reader, request: Request): Promise<DashboardScreen> {
  const looked = rangeIn(reader, request.query)
  const { cards, isOwn } = await cardsOf(reader)
  const until = Date.now() + patience
  const shown: DashboardCard[] = []
  // One after the other: all at once would take every connection of the process for one reader.
  for (const [at, card] of cards.entries()) {
    const content = await inTime(() => contentOf(reader, card, looked.period), until - Date.now())
    shown.push({
      ...cardOf(reader, card, looked, content ?? { is: 'waiting', href: cardHref(card, looked) }),
      ...(at > 0 && { earlier: { before: cards[at - 1]!.id } }),
      ...(at < cards.length - 1 && { later: { before: cards[at + 2]?.id ?? '' } }),
    })
  }
  const { t } = reader
  const elsewhere = await elsewhereThan(reader, cards, shown, looked)
  return {
    ...(await frameOf(reader, request, looked)),
    cards: shown,
    ...(elsewhere && { elsewhere }),
    ...(isOwn && { reset: withBack('/dashboard/reset', looked) }),
    ...(mayShareCards(reader) && { share: '/dashboard/share' }),
    ...(cards.length === 0 && { empty: { icon: 'layout-dashboard', text: t('web.no_cards'), hint: t('web.no_cards_hint') } }),
  }
}

/** When every card with a date is empty in these days: those in which the first of them has something. */
async function elsewhereThan(
  reader: Reader,
  cards: readonly KeptCard[],
  shown: readonly DashboardCard[],
  { period }: Looked,
): Promise<DashboardScreen['elsewhere']> {
  const dated = cards.flatMap((card, at) => (card.dated === null ? [] : [{ card, field: card.dated, content: shown[at]!.content }]))
  const [first] = dated
  if (!period || !first || !dated.every(({ content }) => isEmpty(content))) return undefined
  const found = aboutOfCard(reader, first.card, undefined)
  if ('said' in found) return undefined
  const { model, screens, addresses } = found.about
  const where = whereOf(addresses.state, model, screens, reader.zone)
  const latest = await latestDays(reader.services, model.handle, first.field, period, { where, q: addresses.state.q })
  return latest && { text: latest.text, show: latest.show, href: dashboardHref({ range: 'custom', period: latest }) }
}

function isEmpty(content: CardContent): boolean {
  if (content.is === 'number') return content.isNone
  return (content.is === 'rows' || content.is === 'graph' || content.is === 'pivot') && content.none !== undefined
}

/** One card alone, however long it takes. */
export async function cardScreen(reader: Reader, request: Request, id: string): Promise<DashboardScreen> {
  const looked = rangeIn(reader, request.query)
  const card = await demandCard(reader, id)
  const content = await contentOf(reader, card, looked.period)
  return { ...(await frameOf(reader, request, looked)), cards: [cardOf(reader, card, looked, content)] }
}

async function frameOf(
  reader: Reader,
  request: Request,
  looked: Looked,
): Promise<Pick<DashboardScreen, 'shell' | 'title' | 'breadcrumbs' | 'range' | 'here'>> {
  // A script that asks for a card shows nothing of what is around it.
  const shell = wantsFragment(request) ? stillShell(reader, request, 'dashboard') : await shellOf(reader, request, 'dashboard')
  return { shell, title: reader.t('web.dashboard'), breadcrumbs: [], range: rangeMenu(reader, looked), here: dashboardHref(looked) }
}

/** Nothing when it is not there in time; then it is left to itself. */
async function inTime<V>(run: () => Promise<V>, left: number): Promise<V | undefined> {
  if (left <= 0) return undefined
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), left)
  })
  const running = run()
  try {
    return await Promise.race([running, tooLate])
  } finally {
    clearTimeout(timer)
    running.catch(() => undefined)
  }
}

function cardOf(reader: Reader, card: KeptCard, looked: Looked, content: CardContent): DashboardCard {
  const found = aboutFor(reader, card, looked.period)
  const { about } = found
  return {
    id: card.id,
    title: nameOfCard(reader, card),
    width: card.width,
    edit: withBack(`/dashboard/cards/${card.id}/edit`, looked),
    remove: withBack(`/dashboard/cards/${card.id}/remove`, looked),
    move: `/dashboard/cards/${card.id}/move`,
    ...(about && { href: hrefOfView(about, card.as) }),
    ...(about &&
      card.dated !== null && {
        dated: `${pathLabel(about.model, card.dated, reader.t)}: ${reader.t(`web.range_${looked.range}`)}`,
      }),
    content,
  }
}

function aboutFor(reader: Reader, card: KeptCard, period: Period | undefined) {
  try {
    const found = aboutOfCard(reader, card, period)
    return 'about' in found ? { about: found.about } : { about: undefined }
  } catch (error) {
    // The card itself says what is wrong.
    if (error instanceof UserError) return { about: undefined }
    throw error
  }
}

async function contentOf(reader: Reader, card: KeptCard, period: Period | undefined): Promise<CardContent> {
  try {
    const found = aboutOfCard(reader, card, period)
    if ('said' in found) return { is: 'said', text: found.said, ...(found.href !== undefined && { href: found.href }) }
    const { about } = found
    if (card.as === 'number') return await numberContent(about, card, period)
    if (card.as === 'graph') return await chartContent(about, card)
    const title = nameOfCard(reader, card)
    return card.as === 'pivot' ? await tableContent(about, title) : await rowsContent(about, card, title)
  } catch (error) {
    // A value that a field no longer takes, for instance: the other cards are as they are.
    if (error instanceof UserError) return { is: 'said', text: sentenceOf(error, reader.t) }
    throw error
  }
}

const cardHref = ({ id }: KeptCard, looked: Looked): string => withQuery(`/dashboard/cards/${id}`, entriesOfRange(looked))
const withBack = (path: string, looked: Looked): string => withQuery(path, [['back', dashboardHref(looked)]])
