/** What can be done to many records besides the actions of their model: one field changed, put away, deleted. */
import { staff } from '@tessera/base'
import { choiceOfAny, type ModelMeta, NotFound, type Page, page, type Reply, type Request, type UserError } from '@tessera/core'
import type { ConfirmScreen, Field } from '../screens.ts'
import { done, ownPath, show } from './answer.ts'
import { textIn, typedIn } from './body.ts'
import { type Chosen, chosenIn, doToMany } from './bulk.ts'
import { controlOf, typedValue } from './control.ts'
import { type FormPlan, formPlan, type PlannedField } from './form-plan.ts'
import { archiving } from './list-verbs.ts'
import { modelPage } from './model-page.ts'
import type { Reader } from './reader.ts'
import { sentenceOf } from './sentence.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelLabel, modelPlural } from './words.ts'

const may = staff

export const bulkPages: readonly Page[] = [
  page('POST /:model/edit', { may, respond: modelPage(editMany) }),
  page('POST /:model/archive', { may, respond: modelPage(archiveMany) }),
  page('POST /:model/delete', { may, respond: modelPage(deleteMany) }),
]

/** Which field, then which value, then the same for each. */
async function editMany(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const about = await asked(reader, request, model)
  if ('status' in about) return about
  const fields = editable(formPlan(reader, model))
  const planned = fields.find(({ name }) => name === textIn(request, 'field'))
  const { t } = reader
  const screen = async (chosen: Chosen, error?: UserError): Promise<ConfirmScreen> => ({
    ...(await screenOf(reader, request, model, about.back, chosen)),
    title: t('web.edit_many'),
    action: `/${model.path}/edit`,
    values: [
      ...about.values(chosen),
      ...(planned
        ? [
            { name: 'field', value: planned.name },
            { name: '_go', value: '1' },
          ]
        : []),
    ],
    fields: planned ? await valueField(reader, model, planned, request, error) : [fieldChoice(reader, fields)],
    confirm: { label: t(planned ? 'web.change_all' : 'web.next'), danger: false },
  })
  if (!planned || textIn(request, '_go') === undefined) return show(reader.services, request, 'confirm', await screen(about.chosen))
  const value = typedValue(planned.field, typedIn(request).get(planned.name) ?? [], reader.zone)
  return doToMany(reader, request, model, {
    deed: { deed: 'edit', field: planned.name, value },
    chosen: about.chosen,
    back: about.back,
    label: planned.label,
    again: screen,
  })
}

/** What the form lets one write, as far as one value can be right for many. */
function editable(plan: FormPlan): readonly PlannedField[] {
  return [...plan.fields.values()].filter(
    ({ field, fixed, update, hidden }) =>
      !fixed && update.possible && hidden !== true && !(field.kind === 'scalar' && field.type === 'json'),
  )
}

function fieldChoice({ t }: Reader, fields: readonly PlannedField[]): Field {
  const options = fields.map(({ name, label }) => ({ value: name, label }))
  return { kind: 'select', name: 'field', label: t('web.field'), value: options[0]?.value ?? '', options, wide: true }
}

async function valueField(
  reader: Reader,
  model: ModelMeta,
  planned: PlannedField,
  request: Request,
  error?: UserError,
): Promise<readonly Field[]> {
  const anyway = { possible: true, needs: [], holds: () => true }
  // What may be chosen for all of them; what follows from each is left to its write.
  const field = planned.field.kind === 'scalar' ? planned.field : { ...planned.field, where: choiceOfAny(planned.field) }
  const open = { ...planned, field, create: anyway, hidden: undefined, required: false }
  const typed = new Map([...typedIn(request)].filter(([name]) => name === planned.name))
  const errors = new Map(error ? [[planned.name, sentenceOf(error, reader.t)]] : [])
  const control = await controlOf(reader, open, { model, row: { id: '' }, isNew: true, typed, errors }, true)
  return control ? [{ ...control, wide: true }] : []
}

/** Out of sight and back: the field `active` of a model that has one. */
async function archiveMany(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  if (!archiving(reader, model)) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const about = await asked(reader, request, model)
  if ('status' in about) return about
  const value = request.query.get('active') === 'true'
  const label = reader.t(value ? 'web.unarchive' : 'web.archive')
  return doToMany(reader, request, model, {
    deed: { deed: 'edit', field: 'active', value },
    chosen: about.chosen,
    back: about.back,
    label,
    again: async (left) => ({
      ...(await screenOf(reader, request, model, about.back, left)),
      title: label,
      action: `/${model.path}/archive${value ? '?active=true' : ''}`,
      values: about.values(left),
    }),
  })
}

async function deleteMany(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const about = await asked(reader, request, model)
  if ('status' in about) return about
  const { t } = reader
  const screen = async (chosen: Chosen): Promise<ConfirmScreen> => ({
    ...(await screenOf(reader, request, model, about.back, chosen)),
    title: t('web.delete_noun', { noun: inSentence(modelPlural(model, t)) }),
    text: t('web.delete_many_text'),
    action: `/${model.path}/delete`,
    values: [...about.values(chosen), { name: '_go', value: '1' }],
    confirm: { label: t('web.delete_now'), danger: true },
  })
  if (textIn(request, '_go') === undefined) return show(reader.services, request, 'confirm', await screen(about.chosen))
  return doToMany(reader, request, model, {
    deed: { deed: 'delete' },
    chosen: about.chosen,
    back: about.back,
    label: t('web.delete_now'),
    again: screen,
  })
}

/** What was chosen and where one goes back to; without anything chosen, back at once. */
async function asked(reader: Reader, request: Request, model: ModelMeta) {
  const back = ownPath(textIn(request, 'back'), `/${model.path}`)
  const chosen = await chosenIn(reader, model, typedIn(request))
  if (chosen.ids.length > 0) return { chosen, back, values: (of: Chosen) => [{ name: 'back', value: back }, ...of.values] }
  const text = reader.t('web.none_selected', { noun: inSentence(modelPlural(model, reader.t)) })
  return done(request, back, { tone: 'info', text })
}

async function screenOf(
  reader: Reader,
  request: Request,
  model: ModelMeta,
  back: string,
  { ids }: Chosen,
): Promise<Omit<ConfirmScreen, 'title' | 'action' | 'values'>> {
  const { t, formats } = reader
  const noun = inSentence(ids.length === 1 ? modelLabel(model, t) : modelPlural(model, t))
  return {
    shell: await shellOf(reader, request, model.path),
    breadcrumbs: [{ label: modelPlural(model, t), href: back }],
    subject: t('web.records', { count: formats.count(ids.length), noun }),
    fields: [],
    confirm: { label: t('web.change_all'), danger: false },
    cancel: back,
  }
}
