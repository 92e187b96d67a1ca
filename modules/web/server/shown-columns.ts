/** Which columns a list shows, in which order and how wide: as its address says, else as its reader keeps them, else as declared. */
import { pathInWords } from '@tessera/base'
import { type FieldMeta, fieldAt, type ModelMeta, readableField, type Shown } from '@tessera/core'
import type { ListScreen } from '../screens.ts'
import { layoutsOf } from './layouts.ts'
import { type PreparedColumn, type PreparedList, prepareColumns, prepareList } from './list-columns.ts'
import type { ListState } from './list-state.ts'
import { prepare, type Reader } from './reader.ts'
import type { Addresses } from './search-bar.ts'

/** More make no table any more. */
export const mostColumns = 30

export async function shownColumns(
  reader: Reader,
  model: ModelMeta,
  state: Pick<ListState, 'columns'>,
): Promise<readonly PreparedColumn[]> {
  const { columns } = prepareList(reader, model)
  const kept = (await layoutsOf(reader)).get(model.name)?.columns ?? []
  const widths = new Map(kept.map(({ field, width }) => [field, width]))
  const chosen = state.columns ?? (kept.length > 0 ? kept.map(({ field }) => field) : undefined)
  const shown = chosen ? chosenOf(reader, model, columns, chosen) : columns.filter(({ optional }) => optional !== 'hidden')
  return shown.map((each) => {
    const width = each.column.title ? undefined : widths.get(each.shown.field)
    return width === undefined ? each : { ...each, column: { ...each.column, width } }
  })
}

/** In the order in which they were chosen; the one that names the record is never missing. */
function chosenOf(reader: Reader, model: ModelMeta, columns: readonly PreparedColumn[], chosen: readonly string[]): PreparedColumn[] {
  const declared = new Map(columns.map((each) => [each.shown.field, each]))
  const shown = [...new Set(chosen)].slice(0, mostColumns).flatMap((path) => declared.get(path) ?? furtherColumn(reader, model, path) ?? [])
  const title = columns.find(({ column }) => column.title)
  return !title || shown.includes(title) ? shown : [title, ...shown]
}

/** A field that the list does not declare, or one of a related record. */
function furtherColumn(reader: Reader, model: ModelMeta, path: string): PreparedColumn | undefined {
  if (!isColumn(readableField(reader.ability, model, path)) || fieldAt(model, path) === undefined) return undefined
  return prepare(reader, `column ${model.name} ${path}`, () => {
    const [alone] = prepareColumns(reader, model, [shownAs(model, path)]).columns
    if (!alone) return undefined
    const { title, ...column } = alone.column
    return { ...alone, optional: 'hidden', column: { ...column, label: columnName(reader, model, path) } }
  })
}

const shownAs = (model: ModelMeta, field: string): Shown => ({
  field,
  label: undefined,
  as: undefined,
  wide: false,
  hidden: undefined,
  readonly: undefined,
  optional: 'hidden',
  tones: {},
  total: undefined,
  list: undefined,
  module: model.module,
})

function columnName({ services }: Reader, model: ModelMeta, path: string): string {
  const words = pathInWords(services, model, path.split('.'))
  return words.charAt(0).toLocaleUpperCase() + words.slice(1)
}

function isColumn(field: FieldMeta | undefined): boolean {
  return (
    field !== undefined &&
    field.name !== 'id' &&
    field.name !== 'version' &&
    !(field.kind === 'scalar' && (field.long || field.type === 'json'))
  )
}

/** Every column that somebody may choose: those of the list, other fields, and those of related records. */
export function possibleColumns(reader: Reader, model: ModelMeta): readonly { readonly name: string; readonly label: string }[] {
  return prepare(reader, `columns ${model.name}`, () => {
    const declared = prepareList(reader, model).columns.map(({ column: { name, label } }) => ({ name, label }))
    const known = new Set(declared.map(({ name }) => name))
    const readable = (of: ModelMeta, at: string) =>
      [...of.fields.values()].filter((field) => isColumn(field) && readableField(reader.ability, model, at + field.name) !== undefined)
    const own = readable(model, '')
    const related = own.flatMap((field) =>
      field.kind === 'one' && field.target.exposed && !stamps.has(field.name)
        ? readable(field.target, `${field.name}.`).flatMap((each) =>
            each.kind === 'many' || stamps.has(each.name) ? [] : [`${field.name}.${each.name}`],
          )
        : [],
    )
    const further = [...own.map(({ name }) => name), ...related].filter((path) => !known.has(path))
    return [...declared, ...further.map((name) => ({ name, label: columnName(reader, model, name) }))]
  })
}

const stamps = new Set(['createdBy', 'updatedBy', 'createdAt', 'updatedAt'])

export function columnsMenuOf(
  { columns }: PreparedList,
  shown: readonly PreparedColumn[],
  model: ModelMeta,
  { here }: Addresses,
): Pick<ListScreen, 'columnsMenu'> {
  const chosen = new Set(shown.map(({ shown: { field } }) => field))
  const item = (each: PreparedColumn, at: number, isShown: boolean) => ({
    name: each.shown.field,
    label: each.column.label,
    shown: isShown,
    ...(each.column.title && { fixed: true }),
    ...(isShown && at > 0 && { earlier: `/${model.path}/columns?${new URLSearchParams({ earlier: each.shown.field })}` }),
  })
  return {
    columnsMenu: {
      action: `/${model.path}/columns`,
      reset: `/${model.path}/columns?reset=1`,
      more: `/${model.path}/columns?${new URLSearchParams({ back: here })}`,
      columns: [
        ...shown.map((each, at) => item(each, at, true)),
        ...columns.filter(({ shown: { field } }) => !chosen.has(field)).map((each, at) => item(each, at, false)),
      ],
    },
  }
}
