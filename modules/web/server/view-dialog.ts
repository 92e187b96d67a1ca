/** Saving a view, renaming it, sharing it, taking it away: each a page of its own, shown as a dialog by a script. */
import { type Changes, type ModelMeta, NotFound, type Reply, type Request, redirect, UserError } from '@tessera/core'
import { ListLayout } from '../list-layout.model.ts'
import { SavedView } from '../saved-view.model.ts'
import type { ConfirmScreen, Field } from '../screens.ts'
import { done, ownPath, show } from './answer.ts'
import { textIn } from './body.ts'
import { cookies, toCookie } from './cookies.ts'
import { heldRoles } from './held-roles.ts'
import { keepLayout, layoutsOf } from './layouts.ts'
import { stateLeft } from './lost.ts'
import type { Reader } from './reader.ts'
import { addressOf, forgetViews, type KnownView, mayChange, savedViews } from './saved-views.ts'
import { fieldSentence, sentenceOf } from './sentence.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelPlural } from './words.ts'

/** To the view; what it names that is gone is said, and left out. */
export async function openView(reader: Reader, model: ModelMeta, id: string): Promise<Reply> {
  const view = await demandView(reader, model, id)
  const { lost } = stateLeft(reader, model, new URLSearchParams(view.address))
  if (lost.length === 0) return redirect(addressOf(reader, view))
  const text = reader.t('web.view_lost', { name: view.name, fields: lost.join(', ') })
  return redirect(addressOf(reader, view), { cookies: { [cookies.toast]: toCookie(`error:${text.slice(0, 500)}`) } })
}

export async function viewScreen(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  view?: KnownView,
  error?: UserError,
): Promise<ConfirmScreen> {
  const { t } = reader
  const back = backOf(request, model)
  const sent = request.method === 'POST'
  const startsNow = (await layoutsOf(reader)).get(model.name)?.start
  const ticked = (name: string, kept: boolean) => (sent ? textIn(request, name) === 'true' : kept)
  const label = t('web.view_name')
  const [said] = error?.errors ?? []
  const wrong = said ? fieldSentence(said, reader.app.models.of(SavedView), t) : error && sentenceOf(error, t)
  const isRenewable = view !== undefined && addressOf(reader, view) !== back
  return {
    shell: await shellOf(reader, request, model.path),
    title: t(view ? 'web.edit_view' : 'web.save_view'),
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    ...(!view && { text: t('web.save_view_text', { noun: inSentence(modelPlural(model, t)) }) }),
    action: `/${model.path}/views/${view ? `${view.id}/edit` : 'save'}`,
    values: [{ name: 'back', value: back }],
    fields: [
      {
        kind: 'text',
        name: 'name',
        label,
        value: sent ? (textIn(request, 'name') ?? '') : (view?.name ?? ''),
        required: true,
        maxLength: 80,
        wide: true,
        ...(wrong !== undefined && { error: wrong }),
      },
      ...(await shareField(reader, request, view)),
      { kind: 'checkbox', name: 'counted', label: t('web.view_counted'), value: ticked('counted', view?.counted ?? false) },
      {
        kind: 'checkbox',
        name: 'start',
        label: t('web.view_start'),
        value: ticked('start', view !== undefined && view.id === startsNow),
      },
      ...(isRenewable ? [{ kind: 'checkbox', name: 'renew', label: t('web.view_renew'), value: ticked('renew', false) } as const] : []),
    ],
    confirm: { label: t('web.save'), danger: false },
    cancel: back,
    ...(wrong !== undefined && { errors: { title: t('web.not_saved'), items: [{ text: wrong, field: 'name', label }] } }),
  }
}

/** With whom a view is shared, for whoever may. */
async function shareField(reader: Reader, request: Request, view: KnownView | undefined): Promise<readonly Field[]> {
  const { t } = reader
  if (!mayShare(reader)) return []
  const options = (await heldRoles(reader)).map(({ id, label }) => ({ value: id, label: t('web.view_for_role', { role: label }) }))
  const value = textIn(request, 'role') ?? view?.role ?? ''
  return [
    { kind: 'select', name: 'role', label: t('web.view_for'), value, options: [{ value: '', label: t('web.view_for_me') }, ...options] },
  ]
}

function mayShare({ ability, app }: Reader): boolean {
  const role = app.models.of(SavedView).fields.get('role')
  return role !== undefined && ability.field('create', role) !== false
}

export async function saveView(reader: Reader, request: Request, model: ModelMeta, id?: string): Promise<Reply> {
  const view = id === undefined ? undefined : await changeable(reader, model, id)
  const { t, records } = reader
  const back = backOf(request, model)
  const name = (textIn(request, 'name') ?? '').trim()
  const role = textIn(request, 'role')
  const isHeld = !role || (await heldRoles(reader)).some((each) => each.id === role)
  const values: Changes<SavedView> = {
    name,
    counted: textIn(request, 'counted') === 'true',
    ...(mayShare(reader) && role !== undefined && isHeld && { role: role || null }),
    ...((!view || textIn(request, 'renew') === 'true') && { address: back.split('?')[1] || null }),
  }
  try {
    if (name === '') throw new UserError('web.view_name_missing', 'Give the view a name.')
    const kept = await records.transaction(async () => {
      const saved = view
        ? await records.update(SavedView, view.id, values, undefined, ['name'])
        : await records.create(SavedView, { ...values, name, model: model.name }, ['name'])
      await keepStart(reader, model, saved.id, textIn(request, 'start') === 'true')
      return saved
    })
    forgetViews(reader)
    const now = (await savedViews(reader)).find((each) => each.id === kept.id)
    return done(request, now && !view ? addressOf(reader, now) : back, { tone: 'success', text: t('web.view_saved', { name }) })
  } catch (error) {
    if (!(error instanceof UserError) || error.status === 404 || error.status === 403) throw error
    return show(reader.services, request, 'confirm', await viewScreen(reader, request, model, view, error), { status: 422 })
  }
}

async function keepStart(reader: Reader, model: ModelMeta, view: string, starts: boolean): Promise<void> {
  const now = (await layoutsOf(reader)).get(model.name)?.start
  if (starts === (now === view)) return
  await keepLayout(reader, model, { start: starts ? view : null })
}

export async function removeViewScreen(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<ConfirmScreen> {
  const { t } = reader
  const view = await changeable(reader, model, id)
  const back = backOf(request, model)
  return {
    shell: await shellOf(reader, request, model.path),
    title: t('web.remove_view'),
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    subject: view.name,
    text: t(view.role === undefined ? 'web.remove_view_text' : 'web.remove_shared_text'),
    action: `/${model.path}/views/${view.id}/remove`,
    values: [{ name: 'back', value: back }],
    fields: [],
    confirm: { label: t('web.remove_view'), danger: true },
    cancel: back,
  }
}

export async function removeView(reader: Reader, request: Request, model: ModelMeta, id: string): Promise<Reply> {
  const view = await changeable(reader, model, id)
  const { records, services } = reader
  await records.transaction(async () => {
    const everybody = services.asSystem('Lists that opened with a view which is gone open as they are declared.')
    for (
      let found = await everybody.find(ListLayout, { start: view.id });
      found;
      found = await everybody.find(ListLayout, { start: view.id })
    )
      await everybody.update(ListLayout, found.id, { start: null })
    await records.remove(SavedView, view.id)
  })
  forgetViews(reader)
  return done(request, backOf(request, model), { tone: 'success', text: reader.t('web.view_removed', { name: view.name }) })
}

async function demandView(reader: Reader, model: ModelMeta, id: string): Promise<KnownView> {
  const view = (await savedViews(reader)).find((each) => each.id === id && each.model === model)
  if (!view) throw new NotFound('web.no_view', 'There is no such saved view, or it is not shared with you any more.')
  return view
}

export async function changeable(reader: Reader, model: ModelMeta, id: string): Promise<KnownView> {
  const view = await demandView(reader, model, id)
  if (mayChange(reader, view)) return view
  throw new NotFound('web.no_view', 'There is no such saved view, or it is not shared with you any more.')
}

/** The list as it was left, by its address; never by the one of another model. */
function backOf(request: Request, model: ModelMeta): string {
  const path = ownPath(textIn(request, 'back') ?? request.query.get('back'), `/${model.path}`)
  return path.split('?')[0] === `/${model.path}` ? path : `/${model.path}`
}
