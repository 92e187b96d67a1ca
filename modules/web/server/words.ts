import {
  type Composition,
  type FieldMeta,
  fieldAt,
  filterCode,
  groupingCode,
  labelOf,
  type ModelMeta,
  optionCode,
  pluralCode,
  type ScalarField,
  type Services,
  type Shown,
  shownCode,
} from '@tessera/core'
import { type Reader, readerOf } from './reader.ts'

type Translate = Reader['t']

/** "Ticket". */
export const modelLabel = (model: ModelMeta, t: Translate): string => labelOf(model, t)
/** "Tickets". */
export const modelPlural = (model: ModelMeta, t: Translate): string => t(pluralCode(model))

/** A noun inside a sentence: "tickets", but "API keys" stays. */
export function inSentence(noun: string): string {
  return /^\p{Lu}\p{Ll}/u.test(noun) ? noun.charAt(0).toLocaleLowerCase() + noun.slice(1) : noun
}

/** When every record came about and changed last: said as briefly as it is read. */
const stamps = new Map([
  ['createdAt', 'web.stamp_created'],
  ['updatedAt', 'web.stamp_updated'],
])

/** The label of a field or path: of a path, that of its last step. */
export function pathLabel(model: ModelMeta, path: string, t: Translate): string {
  const field = fieldAt(model, path)
  const stamp = field && stamps.get(field.name)
  if (stamp !== undefined) return t(stamp)
  return field ? labelOf(field, t) : path
}

export function shownLabel(model: ModelMeta, kind: 'form' | 'list' | 'kanban' | 'calendar', shown: Shown, t: Translate): string {
  return shown.label === undefined ? pathLabel(model, shown.field, t) : t(shownCode(model, kind, shown.field))
}

export const filterLabel = (model: ModelMeta, name: string, t: Translate): string => t(filterCode(model, name))
export const groupingLabel = (model: ModelMeta, grouping: string, t: Translate): string => t(groupingCode(model, grouping))

/** At most so many letters; of more, the beginning with an ellipsis. */
export function shortened(text: string, most: number): string {
  const letters = [...text]
  return letters.length > most
    ? `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`
    : text
}

export function optionLabel(field: ScalarField, value: string, t: Translate): string {
  return field.values?.includes(value) ? t(optionCode(field, value)) : value
}

/** A value of a field in words: the label of a record, an option's name, a number or date as the reader writes it; undefined for nothing. */
export function valueInWords(
  { t, formats }: Pick<Reader, 't' | 'formats'>,
  field: FieldMeta | undefined,
  value: unknown,
): string | undefined {
  if (value === null || value === undefined || value === '') return undefined
  if (Array.isArray(value)) {
    const words = value.map((each) => valueInWords({ t, formats }, field, each)).filter((each) => each !== undefined)
    return words.length > 0 ? words.join(', ') : undefined
  }
  if (typeof value === 'object' && 'id' in value) return 'label' in value && value.label ? String(value.label) : t('web.gone')
  if (field?.kind === 'scalar') {
    if (field.type === 'enum') return optionLabel(field, String(value), t)
    if (field.type === 'boolean') return t(value ? 'web.yes' : 'web.no')
    if (field.type === 'datetime') return formats.exact(value instanceof Date ? value : new Date(String(value)))
    if (field.type === 'date') return formats.day(String(value).slice(0, 10))
    if (field.type === 'integer' || field.type === 'float' || field.type === 'decimal') return formats.number(Number(value))
    if (field.type === 'translated' && typeof value === 'object') return Object.values(value).map(String).join(', ')
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The same for a module that puts it into a text of its own. */
export function wordsOf(services: Services, field: FieldMeta | undefined, value: unknown): string | undefined {
  return valueInWords(readerOf(services), field, value)
}

/** A text of the catalogue with what fills its places, which may be such texts again; nothing for whatever is none. */
export function sentenceIn(said: unknown, t: Translate): string {
  if (typeof said !== 'object' || said === null || !('code' in said) || !('values' in said)) return ''
  const values = Object.entries(said.values as object).map(([name, value]) => [
    name,
    typeof value === 'object' ? sentenceIn(value, t) : value,
  ])
  return t(String(said.code), Object.fromEntries(values))
}

/** Models are reached by the path under which they are exposed. */
export function hrefOf(model: ModelMeta, id: string): string {
  return `/${model.path}/${id}`
}

export function isOpenTo({ ability }: Pick<Reader, 'ability'>, model: ModelMeta): boolean {
  return model.exposed && ability.possible('read', model)
}

/** The icons that modules name, for the sprite. */
export function iconsOf(app: Composition): ReadonlySet<string> {
  const icons = new Set<string>()
  for (const menu of app.menus) icons.add(menu.icon)
  for (const model of app.models.all) {
    if (model.icon) icons.add(model.icon)
    for (const { icon } of app.actions(model)) if (icon) icons.add(icon)
    for (const { icon } of app.screens(model).form.links) if (icon) icons.add(icon)
  }
  return icons
}
