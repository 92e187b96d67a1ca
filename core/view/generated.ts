/** Sensible views for a model that declares none. */
import type { Action } from '../action/action.ts'
import { type FieldMeta, fieldAt, type ModelMeta, systemFields } from '../model/meta.ts'
import { isArchivable } from './searching.ts'
import {
  type FormView,
  form,
  type GraphView,
  graph,
  type ListView,
  list,
  type Part,
  type PivotView,
  pivot,
  type SearchView,
  search,
} from './view.ts'

/** The title's fields and the first others, six in all; what is put away is not among the rows at first. */
export function generatedList(model: ModelMeta): ListView {
  const columns = titled(model).filter((field) => field.kind !== 'many' && !isLong(field))
  return list(
    model.handle,
    columns.slice(0, 6).map(({ name }) => name),
    isArchivable(model) ? { filter: ['active'], tones: { muted: { active: false } } } : {},
  )
}

/** The title on top, short values in a group, long texts in full width, related records in tabs. */
export function generatedForm(model: ModelMeta, actions: readonly Action[]): FormView {
  const title = titleFields(model)
  const rest = titled(model).filter((field) => !title.includes(field))
  const short = rest.filter((field) => field.kind !== 'many' && !isLong(field))
  const long = rest.filter(isLong)
  const many = rest.filter((field) => field.kind === 'many')
  return form(
    model.handle,
    [
      ...title.map(({ name }): Part<Record<string, unknown>> => name),
      ...(short.length > 0 ? [{ group: nameBeside(model, 'details'), label: 'Details', of: short.map(({ name }) => name) }] : []),
      ...long.map(({ name }) => ({ field: name, wide: true })),
      ...many.map((field) => ({
        tab: nameBeside(model, `${field.name}Tab`),
        label: field.label,
        of: [{ field: field.name, list: columnsBeside(field) }],
      })),
    ],
    { buttons: actions },
  )
}

/** Searches the title and the first strings; groups and narrows by relations and enums. */
export function generatedSearch(model: ModelMeta): SearchView {
  const isString = (field: FieldMeta) => field.kind === 'scalar' && field.column !== undefined && field.type === 'string'
  const strings = [...model.fields.values()].filter((field) => isString(field) && !systemFields.has(field.name))
  const named = strings.filter((field) => field.name === model.code || model.title.needs.includes(field.name))
  const choices = own(model).filter(
    (field) => field.kind === 'one' || (field.kind === 'scalar' && field.type === 'enum' && field.column !== undefined),
  )
  const names = choices.map(({ name }) => name)
  return search(model.handle, {
    texts: [...new Set([...named, ...strings.slice(0, 3)])].map(({ name }) => name),
    groups: names,
    facets: names,
  })
}

/** By what the search groups first, across the months. */
export function generatedPivot(model: ModelMeta, groups: readonly string[]): PivotView {
  const first = firstGroup(model, groups)
  return pivot(model.handle, { rows: first === undefined ? [] : [first as never], columns: ['createdAt:month' as never] })
}

/** How many there are of each, or of each month. */
export function generatedGraph(model: ModelMeta, groups: readonly string[]): GraphView {
  return graph(model.handle, { by: (firstGroup(model, groups) ?? 'createdAt:month') as never })
}

function firstGroup(model: ModelMeta, groups: readonly string[]): string | undefined {
  return groups.find((group) => ['one', 'scalar'].includes(fieldAt(model, group)?.kind ?? ''))
}

function own(model: ModelMeta): FieldMeta[] {
  return [...model.fields.values()].filter(({ name }) => !systemFields.has(name))
}

function titleFields(model: ModelMeta): FieldMeta[] {
  const heads = new Set(model.title.needs.map((need) => need.split('.')[0]))
  return own(model).filter(({ name, kind }) => heads.has(name) && kind !== 'many')
}

/** All fields, those of the title first. */
function titled(model: ModelMeta): FieldMeta[] {
  const title = titleFields(model)
  return [...title, ...own(model).filter((field) => !title.includes(field))]
}

function isLong(field: FieldMeta): boolean {
  return field.kind === 'scalar' && (field.type === 'text' || field.type === 'json')
}

/** A few columns of the related records, without the way back. */
function columnsBeside(field: FieldMeta): string[] {
  if (field.kind !== 'many') return []
  const columns = titled(field.target).filter((other) => other.kind !== 'many' && other.name !== field.mappedBy && !isLong(other))
  return columns.slice(0, 4).map(({ name }) => name)
}

function nameBeside(model: ModelMeta, name: string): string {
  return model.fields.has(name) ? nameBeside(model, `${name}_`) : name
}
