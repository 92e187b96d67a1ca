/** The fields by which a condition can be built: those of the model, and of what it names one step further. */
import {
  type Ability,
  choiceOfAny,
  type FieldMeta,
  fieldAt,
  isInDatabase,
  labelOf,
  type ModelMeta,
  readableField,
  type Services,
  systemFields,
} from '@tessera/core'

/** Whose records a field is compared with, if it is with records. */
export function targetOf(model: ModelMeta, path: string): ModelMeta | undefined {
  if (path === 'id') return model
  const field = fieldAt(model, path)
  return field && field.kind !== 'scalar' ? field.target : undefined
}

/** The code by which people and rules name a record: `type.code`. It is chosen like the record. */
export function codedBy(model: ModelMeta, path: string): ModelMeta | undefined {
  const steps = path.split('.')
  const owner = steps.length > 1 ? targetOf(model, steps.slice(0, -1).join('.')) : undefined
  return owner && owner.code === steps.at(-1) ? owner : undefined
}

/** Which of them the relation at this path, or the one whose code it is, may name as far as no record is known. */
export function choiceAt(model: ModelMeta, path: string): object | undefined {
  const field = fieldAt(model, path)
  const relation = field?.kind === 'scalar' && codedBy(model, path) ? fieldAt(model, path.slice(0, path.lastIndexOf('.'))) : field
  return relation && relation.kind !== 'scalar' ? choiceOfAny(relation) : undefined
}

export interface OfferedFields {
  readonly label: string | undefined
  readonly fields: readonly { readonly path: string; readonly label: string }[]
}

/** What may be chosen: first the model's own, then those of each relation. */
export function offeredFields(ability: Ability, model: ModelMeta, text: Services['text'], locale: string): readonly OfferedFields[] {
  const byLabel = (a: { label: string }, b: { label: string }) => a.label.localeCompare(b.label, locale)
  const own = [...model.fields.values()]
    .filter((field) => isComparable(field) && readableField(ability, model, field.name))
    .map((field) => ({ path: field.name, label: field.name === 'id' ? text('web.builder_itself') : labelOf(field, text) }))
    .sort(byLabel)
  const beyond = [...model.fields.values()].flatMap((field): OfferedFields[] => {
    if (field.kind !== 'one' || stamps.has(field.name)) return []
    const fields = [...field.target.fields.values()]
      .filter((each) => !systemFields.has(each.name) && isComparable(each) && readableField(ability, model, `${field.name}.${each.name}`))
      .map((each) => ({ path: `${field.name}.${each.name}`, label: labelOf(each, text) }))
      .sort(byLabel)
    return fields.length > 0 ? [{ label: labelOf(field, text), fields }] : []
  })
  return [{ label: undefined, fields: own }, ...beyond.sort((a, b) => byLabel({ label: a.label ?? '' }, { label: b.label ?? '' }))]
}

export function pathWords(model: ModelMeta, path: string, text: Services['text']): string {
  const words = path.split('.').map((_, at, steps) => {
    const field = fieldAt(model, steps.slice(0, at + 1).join('.'))
    return field ? labelOf(field, text) : steps[at]
  })
  return path === 'id' ? text('web.builder_itself') : words.join(' / ')
}

const stamps = new Set(['createdBy', 'updatedBy'])

/** What the database can compare; lists of texts and JSON have no rows. */
function isComparable(field: FieldMeta): boolean {
  if (field.kind !== 'scalar') return true
  if (field.name === 'id') return true
  return isInDatabase(field) && field.type !== 'json' && field.type !== 'texts' && field.type !== 'uuid'
}
