import {
  type Action,
  Forbidden,
  helpCode,
  labelOf,
  type ModelMeta,
  NotFound,
  type Reply,
  type Request,
  redirect,
  UserError,
} from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { done, ownPath, show } from './answer.ts'
import { textIn, typedIn, versionIn } from './body.ts'
import { type Chosen, chosenIn, doToMany } from './bulk.ts'
import { forgetChoices } from './choices.ts'
import { isId, type Typed } from './control.ts'
import { destinationHref } from './destination.ts'
import { dialogFields, dialogSummary, inputIn } from './dialog.ts'
import { draftsInput, typedWithFiles } from './files.ts'
import { demandRow, recordScreen } from './form.ts'
import { formPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { placeIn, withPlace } from './record-pager.ts'
import { chooseRemaining, mostTogether, remainingInput, withoutRemaining, withRemaining } from './remains.ts'
import { findRow, type Row } from './rows.ts'
import { unsavedOf } from './save.ts'
import { repliesButton, showReplies } from './saved-replies.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelLabel, modelPlural } from './words.ts'

/** The action of an address; NotFound for one that the model has not. */
export function demandAction({ app }: Reader, model: ModelMeta, name: string): Action {
  const action = app.actions(model).find((each) => each.name === name)
  if (!action) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  return action
}

/** The page before an action: what it needs to know. One that leads somewhere leads there at once. */
export async function actionScreen(reader: Reader, request: Request, model: ModelMeta, id: string, action: Action): Promise<Reply> {
  if (action.opens) return redirect(await openedBy(reader, model, id, action, action.opens))
  refuseImpossible(reader, model, action)
  const row = await demandRow(reader, model, id)
  return show(reader.services, request, 'confirm', await oneScreen(reader, request, model, row, action, new Map()))
}

export async function doAction(reader: Reader, request: Request, model: ModelMeta, id: string, action: Action): Promise<Reply> {
  if (action.opens) return redirect(await openedBy(reader, model, id, action, action.opens))
  const back = withPlace(`/${model.path}/${id}`, placeIn(request.query))
  const typed = await typedWithFiles(reader, request, action)
  if (typed.has(repliesButton)) return showReplies(reader, request, model, id, action, typed)
  try {
    await reader.records.act(action, id, inputIn(action, typed, false), versionIn(request))
  } catch (error) {
    if (!(error instanceof UserError) || error.status === 404 || error.status === 403) throw error
    const row = await demandRow(reader, model, id)
    if (!action.input) {
      const unsaved = unsavedOf(reader, model, formPlan(reader, model), error)
      const screen = await recordScreen(reader, request, model, row, { typed: new Map(), ...unsaved })
      return show(reader.services, request, 'form', screen, { status: error.status })
    }
    const screen = await oneScreen(reader, request, model, row, action, typed, error)
    return show(reader.services, request, 'confirm', screen, { status: error.status })
  }
  forgetChoices(reader.app, model)
  return done(request, back, { tone: 'success', text: reader.t('web.action_done', { action: labelOf(action, reader.t) }) })
}

/** One action on the chosen rows: asked for its input first, then done to each by itself, with a word on those that refused. */
export async function doActionToMany(reader: Reader, request: Request, model: ModelMeta, action: Action): Promise<Reply> {
  refuseImpossible(reader, model, action)
  const { t } = reader
  const typed = typedIn(request)
  const ticked = await chosenIn(reader, model, typed)
  const chosen = withoutRemaining(action, ticked, typed)
  const back = ownPath(textIn(request, 'back'), `/${model.path}`)
  if (chosen.ids.length === 0)
    return done(request, back, { tone: 'info', text: t('web.none_selected', { noun: inSentence(modelPlural(model, t)) }) })
  if (action.remains && ticked.ids.length > mostTogether) {
    const most = { most: reader.formats.count(mostTogether) }
    return done(request, back, { tone: 'error', text: t('web.too_many_together', most) })
  }
  if (action.input && textIn(request, '_go') === undefined) {
    return show(reader.services, request, 'confirm', await manyScreen(reader, request, model, action, ticked, back, new Map()))
  }
  try {
    return await doToMany(reader, request, model, {
      deed: { deed: 'action', action, input: inputIn(action, typed, true) },
      chosen,
      back,
      label: labelOf(action, t),
      again: (left) => manyScreen(reader, request, model, action, withRemaining(action, left, typed), back, typed),
    })
  } catch (error) {
    // Wrong input is wrong for every record: nothing was done, the dialog says why.
    if (!(error instanceof UserError) || error.code !== 'action.invalid') throw error
    const screen = await manyScreen(reader, request, model, action, ticked, back, typed, error)
    return show(reader.services, request, 'confirm', screen, { status: error.status })
  }
}

async function oneScreen(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  row: Row,
  action: Action,
  typed: Typed,
  error?: UserError,
): Promise<ConfirmScreen> {
  const { t } = reader
  const place = placeIn(request.query)
  const here = `/${model.path}/${row.id}`
  return {
    shell: await shellOf(reader, request, model.path),
    title: labelOf(action, t),
    breadcrumbs: [
      { label: modelPlural(model, t), href: place.list ? `/${model.path}?${place.list}` : `/${model.path}` },
      { label: row.label ?? '', href: withPlace(here, place) },
    ],
    subject: row.label ?? '',
    ...(action.help && { text: t(helpCode(action)) }),
    action: withPlace(`${here}/actions/${action.name}`, place),
    values: [...(typeof row.version === 'number' ? [{ name: '_version', value: String(row.version) }] : []), ...sentBefore(action, typed)],
    fields: await dialogFields(reader, model, action, row, typed, error),
    confirm: { label: labelOf(action, t), danger: false },
    cancel: withPlace(here, place),
    ...(error && { errors: dialogSummary(reader, model, action, error) }),
  }
}

/** Files that came with what was refused need not come again. */
function sentBefore(action: Action, typed: Typed): ConfirmScreen['values'] {
  const name = draftsInput(action)
  return name === undefined ? [] : (typed.get(name) ?? []).map((value) => ({ name, value }))
}

async function manyScreen(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  action: Action,
  { ids, values }: Chosen,
  back: string,
  typed: Typed,
  error?: UserError,
): Promise<ConfirmScreen> {
  const { t, formats } = reader
  const noun = inSentence(ids.length === 1 ? modelLabel(model, t) : modelPlural(model, t))
  return {
    shell: await shellOf(reader, request, model.path),
    title: labelOf(action, t),
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    subject: t('web.records', { count: formats.count(ids.length), noun }),
    ...(action.help && { text: t(helpCode(action)) }),
    action: `/${model.path}/actions/${action.name}`,
    values: [{ name: '_go', value: '1' }, { name: 'back', value: back }, ...values],
    fields: await manyFields(reader, model, action, ids, typed, error),
    confirm: { label: labelOf(action, t), danger: false },
    cancel: back,
    ...(error && { errors: dialogSummary(reader, model, action, error) }),
  }
}

/** Of one that was ticked it is as from its form; of several that come together, one of them remains. */
async function manyFields(
  reader: Reader,
  model: ModelMeta,
  action: Action,
  ids: readonly string[],
  typed: Typed,
  error?: UserError,
): Promise<ConfirmScreen['fields']> {
  const input = remainingInput(action)
  const [only, ...others] = ids
  const row = input && only !== undefined && others.length === 0 ? await findRow(reader.records, model, only, []) : undefined
  const fields = await dialogFields(reader, model, action, row, typed, error)
  if (!input || others.length === 0) return fields
  const chosen = await chooseRemaining(reader, model, input, ids, typed)
  return fields.map((field) => {
    if (field.name !== input.name) return field
    const { name, label, required, error: wrong } = field
    return { name, label, ...chosen, ...(required && { required }), ...(wrong !== undefined && { error: wrong }), wide: true }
  })
}

async function openedBy(
  reader: Reader,
  model: ModelMeta,
  id: string,
  action: Action,
  opens: NonNullable<Action['opens']>,
): Promise<string> {
  const row = isId(id)
    ? await findRow(
        reader.records,
        model,
        id,
        opens.needs.filter((need) => need !== 'id'),
      )
    : undefined
  if (!row) {
    const noun = inSentence(modelLabel(model, reader.t))
    throw new NotFound('record.not_found', 'There is no {model} "{id}", or you may not see it.', { model: noun, id, action: action.name })
  }
  const destination = opens.code(row as never, { now: reader.now, isNew: false })
  return typeof destination === 'string' ? destination : destinationHref(reader.app, destination)
}

function refuseImpossible({ ability, t }: Reader, model: ModelMeta, action: Action): void {
  if (ability.possible(action.name, model)) return
  throw new Forbidden('access.refused', 'Your role does not allow you to {doing} this {model}.', {
    doing: inSentence(labelOf(action, t)),
    model: inSentence(modelLabel(model, t)),
  })
}
