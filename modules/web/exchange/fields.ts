/** Which fields somebody may take out, for the page on which he chooses. */
import { type FieldMeta, labelOf, type ModelMeta } from '@tessera/core'
import { isExportable } from '../server/export-rights.ts'
import type { Reader } from '../server/reader.ts'
import { pathLabel } from '../server/words.ts'

export interface FieldGroup {
  /** Of the relation; undefined for the model's own fields. */
  readonly label: string | undefined
  readonly fields: readonly { readonly path: string; readonly label: string }[]
}

/** The fields of the model, then those of each record that it leads to. */
export function exportableFields(reader: Reader, model: ModelMeta): readonly FieldGroup[] {
  const own = [...model.fields.values()].filter((field) => isTaken(field) && isExportable(reader.ability, model, field.name))
  const related = own.flatMap((field): FieldGroup[] => {
    if (field.kind !== 'one') return []
    const paths = [...field.target.fields.values()]
      .filter((each) => each.kind !== 'many' && isTaken(each))
      .map((each) => `${field.name}.${each.name}`)
      .filter((path) => isExportable(reader.ability, model, path))
    return paths.length === 0 ? [] : [{ label: labelOf(field, reader.t), fields: paths.map((path) => named(reader, model, path)) }]
  })
  return [{ label: undefined, fields: own.map(({ name }) => named(reader, model, name)) }, ...related]
}

/** Records that only point here are lists of their own, and the version is no business of a person's. */
function isTaken(field: FieldMeta): boolean {
  if (field.kind === 'many') return field.pivot !== undefined
  return field.name !== 'version'
}

function named({ t }: Reader, model: ModelMeta, path: string): FieldGroup['fields'][number] {
  return { path, label: pathLabel(model, path, t) }
}
