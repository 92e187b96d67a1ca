/** Which column fills which field. */
import { parse } from 'csv-parse/sync'
import type { Ability } from '../access/ability.ts'
import { BadRequest, nearest } from '../errors.ts'
import { type FieldMeta, isWritable, type ModelMeta, type ScalarField } from '../model/meta.ts'
import { namingFields } from './naming.ts'

export interface Column {
  readonly index: number
  readonly header: string
  readonly field: FieldMeta
  /** Of a relation: the field of the related record that the cells hold; undefined lets the text decide. */
  readonly by: string | undefined
}
export interface Key {
  readonly column: Column
  readonly field: ScalarField
  /** False for a field that the system keeps: it only finds records and is never written. */
  readonly isWritten: boolean
}
export interface Mapping {
  readonly columns: readonly Column[]
  /** What tells that a row's record is there already. */
  readonly key: Key | undefined
  /** Columns that fill nothing. */
  readonly unused: readonly string[]
}
export interface Wanted {
  /** Column -> field or `relation.field`; undefined maps by equal names. */
  readonly columns: ReadonlyMap<string, string> | undefined
  readonly id: { readonly column: string; readonly field: string } | undefined
}

/** `Title=subject,Customer=partner`; a part with a comma stands in quotation marks: `"Name, first=name"`. Throws a BadRequest. */
export function parseColumns(text: string): ReadonlyMap<string, string> {
  const [parts = []] = parse(text, { relax_quotes: true, trim: true })
  return new Map(parts.filter((part) => part !== '').map(pairOf))
}

function pairOf(part: string): [string, string] {
  const at = part.lastIndexOf('=')
  const [column, field] = [part.slice(0, at).trim(), part.slice(at + 1).trim()]
  if (at > 0 && column !== '' && field !== '') return [column, field]
  throw new BadRequest('import.wrong_map', '"{part}" does not say which column fills which field: write COLUMN=FIELD.', { part })
}

/** Finds the fields of a header. Throws a BadRequest that names the first column or field that is not there, with a near match. */
export function mapColumns(model: ModelMeta, ability: Ability, header: readonly string[], wanted: Wanted): Mapping {
  const find = (column: string) => indexOf(header, column)
  const named = wanted.columns
    ? [...wanted.columns].map(([column, path]) => columnFor(model, ability, find(column), header, path))
    : byName(model, ability, header)
  const key = keyOf(model, ability, header, named, wanted.id)
  const columns = named.filter(({ field }) => isWritable(field))
  const kept = named.find((column) => !isWritable(column.field) && column !== key?.column)
  if (kept) {
    const values = { label: kept.field.label, column: kept.header }
    throw new BadRequest('import.kept_field', '"{label}" is kept by the system: column "{column}" cannot fill it.', values, {
      hint: 'Leave it out of --map.',
    })
  }
  twice(columns)
  if (columns.length === 0) {
    throw new BadRequest(
      'import.no_columns',
      'No column of the file has the name of a field of {model}.',
      { model: model.plural.toLowerCase() },
      {
        hint: `Say which column fills which field, for example --map "${header[0]}=${firstField(model)}".`,
      },
    )
  }
  const used = new Set([...columns, ...(key ? [key.column] : [])].map(({ index }) => index))
  return { columns, key, unused: header.filter((name, index) => !used.has(index) && name !== '' && !isErrorColumn(name)) }
}

/** What a column of a file may fill. */
export interface Importable {
  readonly field: FieldMeta
  /** Of a relation: fields of the related record that a column may hold instead of letting the text decide. */
  readonly by: readonly string[]
  /** It alone can tell that a record is there already. */
  readonly isUnique: boolean
}

/** The fields that the caller may give a value somewhere, and the id, which finds records and is never written. */
export function importable(model: ModelMeta, ability: Ability): readonly Importable[] {
  const may = (field: FieldMeta) =>
    isWritable(field) && (ability.field('create', field) !== false || ability.field('update', field) !== false)
  return [...model.fields.values()]
    .filter((field) => ability.field('read', field) !== false && (field.name === 'id' || may(field)))
    .map((field) => ({
      field,
      by: field.kind === 'scalar' ? [] : namingFields(field.target, ability),
      isUnique: field.name === 'id' || isUnique(model, field),
    }))
}

/** The column that an error file adds. */
export function isErrorColumn(name: string): boolean {
  return name.toLowerCase() === 'error'
}

function byName(model: ModelMeta, ability: Ability, header: readonly string[]): Column[] {
  const fields = [...model.fields.values()].filter((field) => isWritable(field) && ability.field('read', field) !== false)
  return header.flatMap((name, index) => {
    const field = fields.find((each) => plain(each.name) === plain(name)) ?? fields.find((each) => plain(each.label) === plain(name))
    return field ? [{ index, header: name, field, by: undefined }] : []
  })
}

/** `External id`, `external_id` and `externalId` are the same name. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}

function columnFor(model: ModelMeta, ability: Ability, index: number, header: readonly string[], path: string): Column {
  const [name = '', by, ...more] = path.split('.')
  const field = readable(model, ability, name)
  if (by !== undefined) {
    if (field.kind === 'scalar' || more.length > 0) {
      throw new BadRequest(
        'import.wrong_path',
        '"{path}" leads nowhere: after the dot stands a field of a related record, as in company.name.',
        { path },
      )
    }
    const other = readable(field.target, ability, by)
    if (other.kind !== 'scalar' || other.column === undefined) {
      throw new BadRequest('import.no_text', '"{path}" cannot find a {model}: choose a field that is kept as a text.', {
        path,
        model: field.target.label.toLowerCase(),
      })
    }
  }
  return { index, header: header[index] ?? '', field, by }
}

function readable(model: ModelMeta, ability: Ability, name: string): FieldMeta {
  const known = [...model.fields.values()].filter((field) => ability.field('read', field) !== false)
  const field = known.find((each) => each.name === name)
  if (field) return field
  const near = nearest(
    name,
    known.map((each) => each.name),
  )
  throw new BadRequest(
    'import.unknown_field',
    'There is no field "{field}" in {model}.',
    { field: name, model: model.plural.toLowerCase() },
    near ? { hint: `Did you mean "${near}"?` } : {},
  )
}

function indexOf(header: readonly string[], column: string): number {
  const exact = header.indexOf(column)
  const index = exact >= 0 ? exact : header.findIndex((name) => plain(name) === plain(column))
  if (index >= 0) return index
  const near = nearest(column, header)
  throw new BadRequest(
    'import.unknown_column',
    'The file has no column "{column}".',
    { column },
    {
      hint: near ? `Did you mean "${near}"?` : `Its columns are: ${header.join(', ')}.`,
    },
  )
}

function keyOf(model: ModelMeta, ability: Ability, header: readonly string[], columns: Column[], wanted: Wanted['id']): Key | undefined {
  if (!wanted) {
    const column = columns.find(({ field }) => field.name === 'externalId' && isUnique(model, field))
    return column?.field.kind === 'scalar' ? { column, field: column.field, isWritten: true } : undefined
  }
  const column = columnFor(model, ability, indexOf(header, wanted.column), header, wanted.field)
  const { field } = column
  if (field.kind !== 'scalar' || field.column === undefined || !(isUnique(model, field) || field.name === 'id')) {
    throw new BadRequest(
      'import.no_key',
      'Two {model} may have the same {label}, so it cannot say which one a row means.',
      { model: model.plural.toLowerCase(), label: field.label },
      {
        hint: `Unique are: ${['id', ...[...model.unique.values()].flatMap(({ of }) => (of.length === 1 ? of : []))].join(', ')}.`,
      },
    )
  }
  const mapped = columns.find((each) => each.field === field)
  if (!mapped) columns.push(column)
  return { column: mapped ?? column, field, isWritten: isWritable(field) }
}

function isUnique(model: ModelMeta, field: FieldMeta): boolean {
  return [...model.unique.values()].some(({ of }) => of.length === 1 && of[0] === field.name)
}

function twice(columns: readonly Column[]): void {
  for (const [at, { field, header }] of columns.entries()) {
    const other = columns.slice(0, at).find((each) => each.field === field)
    if (other) {
      throw new BadRequest('import.twice', 'The columns "{one}" and "{other}" would both fill "{label}". Map one of them.', {
        one: other.header,
        other: header,
        label: field.label,
      })
    }
  }
}

function firstField(model: ModelMeta): string {
  return [...model.fields.values()].find(isWritable)?.name ?? 'name'
}
