/** The plan of a field: read first, then confirmed. */
import {
  aboutIn,
  Conflict,
  demandConfirmed,
  labelOf,
  type Operation,
  type OwnField,
  type OwnFieldChange,
  type Plan,
  type Reply,
  type Request,
  type Services,
  saying,
  spoken,
  UserError,
} from '@tessera/core'
import { formPage, ownField } from './form-page.ts'
import { changeHref, fieldsPath, newPath, planPath, progressHref, removeHref } from './places.ts'
import { render } from './render.ts'
import { sentField, typedField } from './typed.ts'
import { inWords, languageOf, saidBy } from './words.ts'

/** What was typed comes with the address, so that the page can be read again. */
export async function planPage(request: Request, services: Services): Promise<Reply> {
  const { modules, context } = services
  const typed = request.query
  const fields = await modules.ownFields()
  const isThere = typed.has('change')
  const before = fields.find(({ model, name }) => isThere && model === typed.get('model') && name === typed.get('name'))
  const field = typedField(typed, { locale: languageOf(context.locale), before })
  const exists = fields.some(({ model, name }) => !before && model === field.model && name === field.name)
  if (exists) {
    const sentence = services.text('custom.exists', { name: field.name })
    return formPage(request, services, { typed, before, wrong: [{ sentence }] })
  }
  const plan = await modules.plan(operationOf(field))
  if (plan.refusals.length > 0)
    return formPage(request, services, { typed, before, wrong: plan.refusals.map((each) => spoken(services, each)) })
  const back = `${before ? changeHref(before.model, before.name) : newPath}?${typed}`
  return planned(request, services, { plan, field, back })
}

export async function confirmField(request: Request, services: Services): Promise<Reply> {
  const field = sentField(request.body)
  if (!field) throw new UserError('custom.unread', 'The form was not sent as it was shown. Begin again.')
  return begun(request, services, field, (plan, refusal) => planned(request, services, { plan, field, back: newPath, refusal }))
}

type OfField = Request<{ model: string; name: string }>

export async function removalPage(request: OfField, services: Services): Promise<Reply> {
  const field = await ownField(services, request.params)
  const plan = await services.modules.plan(operationOf({ ...request.params, remove: true }))
  return planned(request, services, { plan, field, back: fieldsPath, isRemoval: true })
}

export async function confirmRemoval(request: OfField, services: Services): Promise<Reply> {
  const field = await ownField(services, request.params)
  return begun(request, services, { ...request.params, remove: true }, (plan, refusal) =>
    planned(request, services, { plan, field, back: fieldsPath, isRemoval: true, refusal }),
  )
}

function operationOf(field: OwnFieldChange): Operation {
  return { verb: 'field', names: [`${field.model}.${field.name}`], field }
}

type Again = (plan: Plan, refusal: UserError) => Promise<Reply>

async function begun(request: Request, services: Services, change: OwnFieldChange, again: Again): Promise<Reply> {
  const { modules, screens, context } = services
  demandConfirmed(context)
  const operation = operationOf(change)
  const plan = await modules.plan(operation)
  const refusal = refusalOf(request, plan)
  if (refusal) return { ...(await again(plan, refusal)), status: refusal.status }
  const id = await modules.begin(operation, { digest: plan.digest, actor: String(context.caller.id), backup: false })
  return screens.done(request, progressHref(id))
}

function refusalOf(request: Request, plan: Plan): UserError | undefined {
  const sent = request.body as Readonly<Record<string, unknown>>
  if (plan.refusals.length > 0) return new Conflict('custom.impossible', 'This cannot be done as it is.')
  if (String(sent.digest) !== plan.digest)
    return new Conflict(
      'custom.changed',
      'The database has changed since you read the plan, so nothing was done. This is the new plan: read it, and confirm it again.',
    )
  const name = toType(plan)
  if (name !== undefined && String(sent.typed ?? '').trim() !== name)
    return new UserError('custom.not_typed', 'Nothing was done: type "{name}" to confirm that its values go.', { name })
  return undefined
}

function toType({ loses, operation }: Plan): string | undefined {
  return loses.values + loses.rows > 0 ? operation.field?.name : undefined
}

interface Planned {
  readonly plan: Plan
  readonly field: OwnField
  readonly back: string
  readonly isRemoval?: boolean
  readonly refusal?: UserError | undefined
}

function planned(request: Request, services: Services, { plan, field, back, isRemoval = false, refusal }: Planned): Promise<Reply> {
  const { screens, text, app } = services
  const model = app.models.byName(field.model)
  const label = inWords(services, field.definition.label)
  const views = ['form', 'list', 'search'].filter((view) =>
    plan.declared.some(({ kind, name }) => kind === 'view' && name === `${field.model}.${view}`),
  )
  const content = render(
    'custom-plan',
    {
      csrf: request.csrf,
      action: isRemoval ? removeHref(field.model, field.name) : planPath,
      back,
      field: isRemoval ? undefined : { ...field, definition: JSON.stringify(field.definition) },
      name: field.name,
      label,
      model: model && labelOf(model, text),
      type: text(`custom.type_${field.definition.type}`),
      digest: plan.digest,
      refusals: plan.refusals.map((each) => spoken(services, each)),
      wrong: refusal && saidBy(services, refusal),
      changes: plan.schema.map(({ kind, table, name, about, rows, values }) => ({
        what: text(`custom.${kind.replace(' ', '_')}`),
        where: kind === 'create index' || kind === 'drop index' ? table : [table, name].filter(Boolean).join('.'),
        about: kind === 'add constraint' || about === undefined ? undefined : aboutIn(about, saying(services)),
        held: text('custom.rows', { count: rows }),
        filled: values === undefined ? undefined : text('custom.values', { count: values }),
      })),
      views: views.map((view) => text(`custom.view_${view}`)),
      isEmpty: plan.schema.length + plan.declared.length === 0,
      isPossible: plan.refusals.length === 0 && plan.schema.length + plan.declared.length > 0,
      isRemoval,
      keeps: toType(plan) !== undefined,
      mustType: toType(plan),
    },
    services,
  )
  return screens.page(request, { title: text(isRemoval ? 'custom.remove_title' : 'custom.plan_title', { label }), content, at: fieldsPath })
}
