/** Which columns a list has. */
import { fieldAt, isInDatabase, type ModelMeta, readableField, type Shown } from '@tessera/core'
import type { Column } from '../screens.ts'
import { type CellMaker, cellMaker, isCode, toneMaker } from './cell.ts'
import { prepare, type Reader } from './reader.ts'
import { shownLabel } from './words.ts'

export interface PreparedColumn {
  readonly shown: Shown
  readonly maker: CellMaker
  readonly column: Column
  readonly optional: 'shown' | 'hidden' | undefined
  readonly sortable: boolean
  /** Of the related model. */
  readonly icon: string | undefined
}

export interface PreparedList {
  readonly columns: readonly PreparedColumn[]
  readonly needs: readonly string[]
  readonly tone: ReturnType<typeof toneMaker>
}

/** What a list of the model needs, whatever is asked; levels come first, as glyphs. */
export function prepareList(reader: Reader, model: ModelMeta): PreparedList {
  return prepare(reader, `list ${model.name}`, () => {
    const { list } = reader.app.screens(model)
    return prepareColumns(reader, model, list.of, list.tones)
  })
}

export function prepareColumns(
  reader: Reader,
  model: ModelMeta,
  of: readonly Shown[],
  tones: Parameters<typeof toneMaker>[2] = {},
): PreparedList {
  const readable = of.filter(({ field, hidden }) => hidden !== true && readableField(reader.ability, model, field) !== undefined)
  const title = titleColumn(readable, model)
  const columns = readable.map((shown): PreparedColumn => {
    const maker = cellMaker(reader, model, shown)
    const field = fieldAt(model, shown.field)
    const isNarrow = maker.kind === 'level' && shown.field !== title
    return {
      shown,
      maker,
      optional: shown.field === title ? undefined : shown.optional,
      sortable: isSortable(model, shown.field),
      icon: field?.kind === 'one' ? field.target.icon : undefined,
      column: {
        name: shown.field,
        label: shownLabel(model, 'list', shown, reader.t),
        kind: maker.kind,
        ...(shown.field === title && { title: true }),
        ...(field?.kind === 'scalar' && isCode(field) && shown.field !== title && { code: true }),
        ...(isNarrow && { narrow: true }),
      },
    }
  })
  const tone = toneMaker(reader.ability, model, tones)
  return {
    columns: columns.sort((a, b) => Number(b.column.narrow ?? false) - Number(a.column.narrow ?? false)),
    needs: tone?.needs ?? [],
    tone,
  }
}

/** The column that names the record: of its title's fields the last that is no code. */
function titleColumn(columns: readonly Shown[], model: ModelMeta): string | undefined {
  const named = columns.filter(({ field }) => {
    const meta = model.fields.get(field)
    return model.title.needs.includes(field) && !(meta?.kind === 'scalar' && isCode(meta))
  })
  return (named.at(-1) ?? columns[0])?.field
}

function isSortable(model: ModelMeta, path: string): boolean {
  const field = fieldAt(model, path)
  if (!field || field.kind === 'many') return false
  if (field.kind === 'one') return true
  if (field.type === 'json' || field.type === 'texts') return false
  return isInDatabase(field)
}
