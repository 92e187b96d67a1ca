/** What can be done to many records besides the actions of their model: one field changed, put away, deleted; and how far it is. */
import { staff } from '@tessera/base'
import {
  choiceOfAny,
  csvLines,
  html,
  labelOf,
  type ModelMeta,
  NotFound,
  type Page,
  page,
  type Reply,
  type Request,
  UserError,
} from '@tessera/core'
import { BulkRun } from '../bulk-run.model.ts'
import type { ConfirmScreen, Field } from '../screens.ts'
import { done, ownPath, show } from './answer.ts'
import { textIn, typedIn } from './body.ts'
import { type Chosen, chosenIn, doToMany, resultOf } from './bulk.ts'
import { controlOf, isId, typedValue } from './control.ts'
import { type FormPlan, formPlan, type PlannedField } from './form-plan.ts'
import { archiving } from './list-verbs.ts'
import { modelPage } from './model-page.ts'
import type { Reader } from './reader.ts'
import { updateRow } from './rows.ts'
import { templates } from './screens.service.ts'
import { sentenceOf } from './sentence.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelLabel, modelPlural } from './words.ts'

const may = staff
type OfRun = { readonly model: string; readonly run: string }

export const bulkPages: readonly Page[] = [
  page('POST /:model/edit', { may, respond: modelPage(editMany) }),
  page('POST /:model/archive', { may, respond: modelPage(archiveMany) }),
  page('POST /:model/delete', { may, respond: modelPage(deleteMany) }),
  page('GET /:model/runs/:run', { may, respond: modelPage<OfRun>(runPage) }),
  page('GET /:model/runs/:run/refused', { may, respond: modelPage<OfRun>(refusedFile) }),
  page('POST /:model/runs/:run/undo', { may, respond: modelPage<OfRun>(undoRun) }),
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

const render = templates(new URL('../templates/', import.meta.url))

/** How far a deed to many is, for whoever began it; he may leave and come back. */
async function runPage(reader: Reader, request: Request<OfRun>, model: ModelMeta): Promise<Reply> {
  const run = await demandRun(reader, model, request.params.run)
  const { t, formats, services } = reader
  const action = reader.app.actions(model).find(({ name }) => name === run.name)
  const field = model.fields.get(run.name)
  const what = run.deed === 'delete' ? t('web.delete_now') : action ? labelOf(action, t) : field ? labelOf(field, t) : run.name
  const isRunning = run.finishedAt === null
  const content = render(
    'run',
    {
      href: `/${model.path}/runs/${run.id}`,
      list: `/${model.path}`,
      isRunning,
      now: run.done,
      most: run.total,
      said: isRunning
        ? t('web.run_at', { done: formats.count(run.done), total: formats.count(run.total) })
        : t('web.bulk_result', { done: run.total - run.refusals, refused: run.refusals }),
      refused: (run.refused ?? []).slice(0, 100).map(({ id, label, reason }) => ({ href: `/${model.path}/${id}`, label, reason })),
      ...(run.refusals > 0 && { file: `/${model.path}/runs/${run.id}/refused` }),
    },
    services,
  )
  const noun = inSentence(modelPlural(model, t))
  const title = `${what}: ${t('web.records', { count: formats.count(run.total), noun })}`
  const breadcrumbs = [{ label: modelPlural(model, t), href: `/${model.path}` }]
  const shell = await shellOf(reader, request, model.path)
  return show(services, request, 'content', { shell, title, breadcrumbs, content }, { headers: { 'cache-control': 'no-store' } })
}

async function refusedFile(reader: Reader, request: Request<OfRun>, model: ModelMeta): Promise<Reply> {
  const { refused } = await demandRun(reader, model, request.params.run)
  const { t } = reader
  const lines = (refused ?? []).map(({ id, label, reason }) => [label, reason, id])
  return html(csvLines([[modelLabel(model, t), t('web.reason'), 'id'], ...lines]), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${model.path}-refused.csv"`,
      'cache-control': 'no-store',
    },
  })
}

/** Puts back what nobody has changed since, by the same way as it was changed. */
async function undoRun(reader: Reader, request: Request<OfRun>, model: ModelMeta): Promise<Reply> {
  const run = await demandRun(reader, model, request.params.run)
  const { t, records, services } = reader
  const refused = []
  for (const { id, version, value } of run.former ?? []) {
    try {
      await updateRow(records, model, id, { [run.name]: value }, version)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      refused.push({ id, label: id, reason: sentenceOf(error, t) })
    }
  }
  const total = run.former?.length ?? 0
  await services.asSystem('What was put back cannot be put back again.').update(BulkRun, run.id, { former: null })
  const text = `${t('web.undone')}: ${resultOf(reader, total, { refused })}`
  return done(request, ownPath(textIn(request, 'back'), refererOf(request, `/${model.path}`)), {
    tone: refused.length > 0 ? 'error' : 'success',
    text,
  })
}

/** The page on which the word with its button stood. */
function refererOf({ headers: { referer } }: Request, otherwise: string): string {
  if (referer === undefined || !URL.canParse(referer)) return otherwise
  const { pathname, search } = new URL(referer)
  return pathname + search
}

async function demandRun({ records }: Reader, model: ModelMeta, id: string): Promise<BulkRun> {
  const run = isId(id) ? await records.find(BulkRun, { id, model: model.name }) : null
  if (!run) throw new NotFound('web.no_run', 'There is no such change to many, or it is somebody else’s.')
  return run
}
