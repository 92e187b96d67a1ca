/** A new record where its card will stand: the few fields that it cannot do without, typed at the head of a column. */
import { staff } from '@tessera/base'
import { html, type ModelMeta, NotFound, type Page, page, type Reply, type Request, UserError } from '@tessera/core'
import type { Field } from '../screens.ts'
import { typedIn } from './body.ts'
import { forgetChoices } from './choices.ts'
import { mayBegin } from './column-start.ts'
import { controlOf, type Typed } from './control.ts'
import { withQuery } from './destination.ts'
import { firstValues } from './first-values.ts'
import { type FormPlan, formPlan, type PlannedField } from './form-plan.ts'
import { modelPage, type OfModel } from './model-page.ts'
import { prepare, type Reader } from './reader.ts'
import { createRow } from './rows.ts'
import { unsavedOf } from './save.ts'
import { templates } from './screens.service.ts'
import { draftIn } from './sent-values.ts'
import { type Step, stepsOf } from './stages.ts'

export const quickPages: readonly Page[] = [
  page('GET /:model/quick', { may: staff, respond: modelPage(quickForm) }),
  page('POST /:model/quick', { may: staff, respond: modelPage(createQuickly) }),
]

/** Where the form of a column is asked for; undefined where a record cannot begin in it, or asks for more than a few fields. */
export function quickHref(reader: Reader, model: ModelMeta, step: Step): string | undefined {
  return mayBegin(reader, model, step) && quickFields(reader, model) ? withQuery(`/${model.path}/quick`, [['column', step.key]]) : undefined
}

/** As the view names them, else those that must be filled in; undefined where that is more than fits. */
function quickFields(reader: Reader, model: ModelMeta): ReadonlyMap<string, PlannedField> | undefined {
  return prepare(reader, `quick ${model.name}`, () => {
    const { kanban } = reader.app.screens(model)
    const { fields, title } = formPlan(reader, model)
    const isNeeded = ({ name, field, required }: PlannedField) =>
      required === true && name !== kanban?.by && !field.suggest && !(field.kind === 'scalar' && field.hasDefault)
    const needed = [...fields.values()].filter(isNeeded).map(({ name }) => name)
    const names = kanban?.quick ?? [...new Set([...(title ? [title.name] : []), ...needed])]
    const planned = names.flatMap((name) => fields.get(name) ?? [])
    const isShort = ({ field }: PlannedField) =>
      field.kind !== 'many' && !(field.kind === 'scalar' && (field.long || field.type === 'json'))
    const isEnough = planned.length > 0 && planned.length <= mostFields && planned.every(isShort)
    const isWhole = needed.every((name) => names.includes(name))
    return { fields: isEnough && isWhole ? new Map(planned.map((each) => [each.name, each])) : undefined }
  }).fields
}

const mostFields = 5

async function quickForm(reader: Reader, request: Request<OfModel>, model: ModelMeta): Promise<Reply> {
  const { step, plan } = await demandColumn(reader, request, model)
  return html(await formOf(reader, model, step, plan, new Map(), new Map()))
}

/** The form for the next one, or what was typed with what is wrong. */
async function createQuickly(reader: Reader, request: Request<OfModel>, model: ModelMeta): Promise<Reply> {
  const { by, step, plan } = await demandColumn(reader, request, model)
  const typed = typedIn(request)
  try {
    await createRow(reader.records, model, { ...draftIn(plan, typed, reader), [by]: step.key })
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'access.confirm' || !reader.ability.possible('create', model)) throw error
    const { wrong, summary } = unsavedOf(reader, model, formPlan(reader, model), error)
    const others = (summary?.items ?? []).filter(({ text }) => ![...wrong.values()].includes(text)).map(({ text }) => text)
    const said = wrong.size > 0 ? others : [summary?.title ?? '', ...others]
    return html(await formOf(reader, model, step, plan, typed, wrong, said), { status: error.status })
  }
  forgetChoices(reader.app, model)
  return html(await formOf(reader, model, step, plan, new Map(), new Map()), { status: 201 })
}

type Plan = Pick<FormPlan, 'fields'>

async function demandColumn(
  reader: Reader,
  { query }: Request<OfModel>,
  model: ModelMeta,
): Promise<{ readonly by: string; readonly step: Step; readonly plan: Plan }> {
  const by = reader.app.screens(model).kanban?.by
  const fields = by === undefined ? undefined : quickFields(reader, model)
  const step = by === undefined ? undefined : (await stepsOf(reader, model, by)).find(({ key }) => key === query.get('column'))
  if (by !== undefined && fields && step && mayBegin(reader, model, step)) return { by, step, plan: { fields } }
  throw new NotFound('web.no_quick', 'A record cannot be added in this column. Open the whole form.')
}

const render = templates(new URL('../templates/', import.meta.url))

async function formOf(
  reader: Reader,
  model: ModelMeta,
  step: Step,
  plan: Plan,
  typed: Typed,
  errors: ReadonlyMap<string, string>,
  said: readonly string[] = [],
): Promise<string> {
  const by = reader.app.screens(model).kanban?.by ?? ''
  const row = await firstValues(reader, model, plan, typed)
  const about = { model, row, isNew: true, typed, errors }
  const made = await Promise.all([...plan.fields.values()].map((planned) => controlOf(reader, planned, about, true)))
  const fields = made.flatMap((field): Field[] => (field ? [withoutHelp(field)] : []))
  const action = withQuery(`/${model.path}/quick`, [['column', step.key]])
  const whole = withQuery(`/${model.path}/new`, [[by, step.key]])
  return render('quick', { action, whole, label: step.label, fields, said }, reader.services)
}

/** There is no room for it, and whoever wants it opens the whole form. */
function withoutHelp<F extends Field>({ help, ...field }: F): Omit<F, 'help'> & F {
  return field as Omit<F, 'help'> & F
}
