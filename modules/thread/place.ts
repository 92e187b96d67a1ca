import type { Composition, Model, ModelMeta, OneField } from '@tessera/core'

/** Where something that belongs to a record hangs: the record's model, its id, and the field that names it. */
export interface Place {
  readonly model: ModelMeta
  readonly id: string
  readonly field: string
}

/** The fields by which records of `thing` belong to others: a model that asks adds one to itself and names it under `within`. */
function ties(app: Composition, thing: Model): readonly OneField[] {
  const meta = app.models.of(thing)
  return meta.within.flatMap((name) => {
    const field = meta.fields.get(name)
    return field?.kind === 'one' ? [field] : []
  })
}

/** The names of those fields. */
export function tiesOf(app: Composition, thing: Model): readonly string[] {
  return ties(app, thing).map(({ name }) => name)
}

/** The field by which records of `thing` belong to records of `model`; undefined where that model did not ask. */
export function tieTo(app: Composition, thing: Model, model: ModelMeta): string | undefined {
  return ties(app, thing).find(({ target }) => target === model)?.name
}

/** What a draft or record of `thing` belongs to. */
export function placeOf(app: Composition, thing: Model, values: object): Place | undefined {
  for (const { name, target } of ties(app, thing)) {
    const value: unknown = (values as Readonly<Record<string, unknown>>)[name]
    const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : value
    if (typeof id === 'string') return { model: target, id, field: name }
  }
  return undefined
}
