/** The models that people work with, each with the fields that were added to it here. */
import { isExtensible, labelOf, type ModelMeta, type OwnField, pluralCode, type Reply, type Request, type Services } from '@tessera/core'
import { changeHref, fieldsPath, newHref, newPath, removeHref } from './places.ts'
import { render } from './render.ts'
import { inWords } from './words.ts'

export async function listPage(request: Request, services: Services): Promise<Reply> {
  const { modules, screens, text } = services
  const fields = await modules.ownFields()
  const models = extensibleModels(services).map((model) => ({
    name: model.name,
    label: text(pluralCode(model)),
    add: newHref(model.name),
    fields: fields.filter((field) => field.model === model.name).map((field) => shown(services, field)),
  }))
  const content = render(
    'custom-list',
    {
      new: newPath,
      models: models.filter((model) => model.fields.length > 0),
      others: models.filter((model) => model.fields.length === 0),
      isEmpty: fields.length === 0,
    },
    services,
  )
  return screens.page(request, { title: text('custom.title'), content, at: fieldsPath })
}

/** Those that may get fields, by what people call them. */
export function extensibleModels({ app, text, context }: Services): readonly ModelMeta[] {
  const compare = new Intl.Collator(context.locale).compare
  return app.models.all.filter(isExtensible).sort((a, b) => compare(text(pluralCode(a)), text(pluralCode(b))))
}

function shown(services: Services, { model, name, definition }: OwnField) {
  const { text, app } = services
  const { type, to, required, hidden, list, filter, search } = definition
  const target = to === undefined ? undefined : app.models.byName(to)
  const roles = [
    ...(required ? ['required'] : []),
    ...(list ? ['list'] : []),
    ...(filter ? ['filter'] : []),
    ...(search ? ['search'] : []),
  ] as const
  return {
    name,
    label: inWords(services, definition.label),
    type: text(`custom.type_${type}`),
    target: target && labelOf(target, text),
    badges: roles.map((role) => text(`custom.is_${role}`)),
    hidden,
    change: changeHref(model, name),
    remove: removeHref(model, name),
  }
}
