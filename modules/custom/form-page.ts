/** What an administrator says of a field: a new one, or one that is there. */
import {
  html,
  labelOf,
  type ModelMeta,
  type Node,
  NotFound,
  type OwnField,
  ownFieldTypes,
  type Reply,
  type Request,
  type Services,
} from '@tessera/core'
import { extensibleModels } from './list-page.ts'
import { fieldsPath, namePath, planPath } from './places.ts'
import { render } from './render.ts'
import { choicesText, suggestedName, type Typed } from './typed.ts'
import { inWords } from './words.ts'

export function newPage(request: Request, services: Services): Promise<Reply> {
  return formPage(request, services, { typed: request.query, before: undefined })
}

/** The name that the plan would make of a label: a script shows it while one types. */
export async function suggestedNameOf({ query }: Request): Promise<Reply> {
  return html(suggestedName((query.get('label') ?? '').slice(0, 80)), { headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

export async function changePage(request: Request<{ model: string; name: string }>, services: Services): Promise<Reply> {
  const before = await ownField(services, request.params)
  return formPage(request, services, { typed: typedOf(services, before), before })
}

/** Throws a NotFound for a field that nobody added. */
export async function ownField(
  { modules }: Services,
  { model, name }: { readonly model: string; readonly name: string },
): Promise<OwnField> {
  const found = (await modules.ownFields()).find((field) => field.model === model && field.name === name)
  if (!found) throw new NotFound('custom.no_field', 'There is no field "{name}" that was added to "{model}" here.', { model, name })
  return found
}

export interface FormAbout {
  readonly typed: Typed
  readonly before: OwnField | undefined
  /** Why there is no plan of it. */
  readonly wrong?: readonly { readonly sentence: string; readonly hint?: string | undefined }[]
}

export async function formPage(request: Request, services: Services, { typed, before, wrong = [] }: FormAbout): Promise<Reply> {
  const { screens, text, app } = services
  const word = (name: string) => typed.get(name) ?? ''
  const models = extensibleModels(services)
  const model = models.find(({ name }) => name === (before?.model ?? word('model'))) ?? models[0]
  const targets = app.models.all.filter(({ exposed }) => exposed)
  const type = before?.definition.type ?? (word('type') || 'text')
  const option = (value: string, label: string, chosen: string) => ({ value, label, chosen: value === chosen })
  const content = render(
    'custom-form',
    {
      action: planPath,
      back: fieldsPath,
      wrong,
      before: before && { model: before.model, name: before.name, type: text(`custom.type_${type}`) },
      model: model?.name,
      modelLabel: model && labelOf(model, text),
      models: models.map((each) => option(each.name, labelOf(each, text), model?.name ?? '')),
      label: word('label'),
      name: word('name'),
      namePath,
      suggested: suggestedName(word('label')),
      type,
      types: ownFieldTypes.map((each) => option(each, text(`custom.type_${each}`), type)),
      targets: targets.map((each) => option(each.name, labelOf(each, text), word('to'))),
      choices: word('choices'),
      help: word('help'),
      default: word('default'),
      places: model ? placesIn(services, model, word('place'), before?.name) : [],
      ticks: (['required', 'list', 'filter', 'search'] as const).map((name) => ({
        name,
        label: text(`custom.${name}`),
        ticked: typed.has(name),
      })),
    },
    services,
  )
  const title = before ? text('custom.change_title', { label: inWords(services, before.definition.label) }) : text('custom.new')
  const page = await screens.page(request, { title, content, at: fieldsPath })
  return wrong.length > 0 ? { ...page, status: 422 } : page
}

/** At the end, after each field that the form shows, at the end of each group and tab. */
function placesIn({ app, text }: Services, model: ModelMeta, chosen: string, own: string | undefined) {
  const nodes = everyNode(app.screens(model).form.of)
  const places = nodes.flatMap((node): { value: string; label: string }[] => {
    if (node.node !== 'field')
      return [{ value: `in:${node.name}`, label: text('custom.in', { label: text(`${model.name}.group.${node.name}`) }) }]
    const field = model.fields.get(node.field)
    return field && field.name !== own
      ? [{ value: `after:${field.name}`, label: text('custom.after', { label: labelOf(field, text) }) }]
      : []
  })
  return [{ value: '', label: text('custom.at_end') }, ...places].map((place) => ({ ...place, chosen: place.value === chosen }))
}

function everyNode(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap((node) => (node.node === 'field' ? [node] : [node, ...everyNode(node.of)]))
}

/** The field that is there, as its form would send it. */
function typedOf(services: Services, { model, name, definition }: OwnField): Typed {
  const { help, to, required, list, filter, search, form, default: preset } = definition
  const words: Record<string, string> = {
    model,
    name,
    label: inWords(services, definition.label),
    type: definition.type,
    help: help ? inWords(services, help) : '',
    to: to ?? '',
    choices: choicesText(definition, (texts) => inWords(services, texts)),
    default: preset === undefined ? '' : String(preset),
    place: form ? ('after' in form ? `after:${form.after}` : `in:${form.in}`) : '',
    ...(required && { required: 'yes' }),
    ...(list && { list: 'yes' }),
    ...(filter && { filter: 'yes' }),
    ...(search && { search: 'yes' }),
  }
  return new URLSearchParams(words)
}
