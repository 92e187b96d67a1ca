/** Adding a card, changing it, taking it away: each a page of its own, shown as a dialog by a script. */
import { type CardKind, type Reply, type Request, redirect, UserError } from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { done, ownPath, show } from '../server/answer.ts'
import { textIn } from '../server/body.ts'
import { queryOf, withQuery } from '../server/destination.ts'
import { allPlaces } from '../server/places.ts'
import type { Reader } from '../server/reader.ts'
import { addressOf, savedViews } from '../server/saved-views.ts'
import { shellOf } from '../server/shell.ts'
import { modelPlural } from '../server/words.ts'
import { fieldsOf, fits, sourceIn, typedCard } from './card-form.ts'
import { changeCards, demandCard, forgetCards, found, nameOfCard, withCard } from './cards.ts'
import { datesOf } from './range.ts'

/** The form of a card of the view that the address names; without one, the question which it shall be. */
export async function addScreen(reader: Reader, request: Request, error?: UserError): Promise<ConfirmScreen> {
  const { t } = reader
  const source = sourceIn(reader, request)
  if (!source) return chooseScreen(reader, request)
  const { model, href } = source
  const view = queryOf(href).get('view')
  const saved = (await savedViews(reader)).find((each) => each.model === model && addressOf(reader, each) === href)
  const card = {
    name: saved?.name ?? modelPlural(model, t),
    as: kindOf(view),
    dated: datesOf(reader, model).some(({ value }) => value === 'createdAt') ? 'createdAt' : null,
    width: fits,
  }
  return {
    shell: await shellOf(reader, request, 'dashboard'),
    title: t('web.add_card'),
    breadcrumbs: [{ label: modelPlural(model, t), href }],
    text: t('web.add_card_text'),
    action: '/dashboard/add',
    values: [{ name: 'back', value: href }],
    ...fieldsOf(reader, request, model, card, error),
    confirm: { label: t('web.card_put'), danger: false },
    cancel: href,
  }
}

async function chooseScreen(reader: Reader, request: Request): Promise<ConfirmScreen> {
  const { t } = reader
  const views = (await savedViews(reader)).map((view) => ({
    value: addressOf(reader, view),
    label: `${view.name} (${modelPlural(view.model, t)})`,
  }))
  const places = allPlaces(reader).flatMap(({ href, label, model }) => (model ? [{ value: href, label }] : []))
  return {
    shell: await shellOf(reader, request, 'dashboard'),
    title: t('web.add_card'),
    breadcrumbs: [{ label: t('web.dashboard'), href: '/dashboard' }],
    text: t('web.choose_card_text'),
    action: '/dashboard/add/choose',
    values: [],
    fields: [{ kind: 'select', name: 'view', label: t('web.card_of'), value: '', options: [...views, ...places], required: true }],
    confirm: { label: t('web.card_go_on'), danger: false },
    cancel: '/dashboard',
  }
}

const kindOf = (view: string | null): CardKind => (view === 'graph' || view === 'pivot' ? view : 'list')

/** To the form of a card of what was chosen. */
export function chooseView(request: Request): Reply {
  return redirect(withQuery('/dashboard/add', [['back', ownPath(textIn(request, 'view'), '')]]))
}

export async function addCard(reader: Reader, request: Request): Promise<Reply> {
  const source = sourceIn(reader, request)
  if (!source) return redirect('/dashboard/add')
  try {
    const { name, ...card } = typedCard(reader, request, source.model)
    await changeCards(reader, (cards) => withCard(cards, { ...card, name, model: source.model.name, address: source.address }))
    return done(request, '/dashboard', { tone: 'success', text: reader.t('web.card_added', { name }) })
  } catch (error) {
    if (!(error instanceof UserError) || error.status !== 422) throw error
    return show(reader.services, request, 'confirm', await addScreen(reader, request, error), { status: 422 })
  }
}

export async function editScreen(reader: Reader, request: Request, id: string, error?: UserError): Promise<ConfirmScreen> {
  const { t } = reader
  const card = await demandCard(reader, id)
  const back = backOf(request)
  return {
    shell: await shellOf(reader, request, 'dashboard'),
    title: t('web.edit_card'),
    breadcrumbs: [{ label: t('web.dashboard'), href: back }],
    action: `/dashboard/cards/${id}/edit`,
    values: [{ name: 'back', value: back }],
    ...fieldsOf(
      reader,
      request,
      reader.app.models.byName(card.model),
      { ...card, name: nameOfCard(reader, card), width: String(card.width) },
      error,
    ),
    confirm: { label: t('web.save'), danger: false },
    cancel: back,
  }
}

export async function saveCard(reader: Reader, request: Request, id: string): Promise<Reply> {
  const card = await demandCard(reader, id)
  try {
    const typed = typedCard(reader, request, reader.app.models.byName(card.model), card)
    // What its module calls it is said in each reader's language, as long as it has no other name.
    const name = typed.name === nameOfCard(reader, card) ? card.name : typed.name
    await changeCards(reader, (cards) => cards.with(cards.indexOf(found(cards, id)), { ...found(cards, id), ...typed, name }))
    return done(request, backOf(request), { tone: 'success', text: reader.t('web.card_saved', { name: typed.name }) })
  } catch (error) {
    if (!(error instanceof UserError) || error.status !== 422) throw error
    return show(reader.services, request, 'confirm', await editScreen(reader, request, id, error), { status: 422 })
  }
}

export async function removeCardScreen(reader: Reader, request: Request, id: string): Promise<ConfirmScreen> {
  const { t } = reader
  const card = await demandCard(reader, id)
  return question(reader, request, {
    title: t('web.remove_card'),
    subject: nameOfCard(reader, card),
    text: t('web.remove_card_text'),
    action: `/dashboard/cards/${id}/remove`,
    danger: true,
  })
}

export async function removeCard(reader: Reader, request: Request, id: string): Promise<Reply> {
  const name = nameOfCard(reader, await demandCard(reader, id))
  await changeCards(reader, (cards) => cards.filter((each) => each.id !== id))
  return done(request, backOf(request), { tone: 'success', text: reader.t('web.card_removed', { name }) })
}

export function resetScreen(reader: Reader, request: Request): Promise<ConfirmScreen> {
  const { t } = reader
  return question(reader, request, {
    title: t('web.reset_cards'),
    text: t('web.reset_cards_text'),
    action: '/dashboard/reset',
    danger: false,
  })
}

export async function resetCards(reader: Reader, request: Request): Promise<Reply> {
  await forgetCards(reader)
  return done(request, backOf(request), { tone: 'success', text: reader.t('web.cards_reset') })
}

async function question(
  reader: Reader,
  request: Request,
  { danger, ...about }: Pick<ConfirmScreen, 'title' | 'subject' | 'text' | 'action'> & { readonly danger: boolean },
): Promise<ConfirmScreen> {
  const back = backOf(request)
  return {
    shell: await shellOf(reader, request, 'dashboard'),
    breadcrumbs: [{ label: reader.t('web.dashboard'), href: back }],
    ...about,
    values: [{ name: 'back', value: back }],
    fields: [],
    confirm: { label: about.title, danger },
    cancel: back,
  }
}

/** The dashboard as it was left, with its range. */
export function backOf(request: Request): string {
  const path = ownPath(textIn(request, 'back') ?? request.query.get('back'), '/dashboard')
  return path.split('?')[0] === '/dashboard' ? path : '/dashboard'
}
