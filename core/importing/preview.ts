/** Rows of a file as an import would read them; nothing is written. */
import type { ModelMeta } from '../model/meta.ts'
import type { Services } from '../service/services.ts'
import { type Column, mapColumns, type Wanted } from './mapping.ts'
import { type ImportProblem, type ImportWords, inEnglish, knownRecords, RowReader } from './reading.ts'
import { type Row, rowsOf, type Sheet } from './sheet.ts'

export interface PreviewAbout extends Wanted {
  readonly model: ModelMeta
  readonly sheet: Sheet
  /** Of the caller, through the door `import`. */
  readonly services: Services
  readonly words?: ImportWords
  readonly rows: readonly Row[]
}
export interface PreviewRow {
  readonly row: Row
  /** By the name of the field; relations as ids. */
  readonly values: Readonly<Record<string, unknown>>
  /** The record is there already. */
  readonly isKnown: boolean
  readonly problems: readonly ImportProblem[]
}
export interface ImportPreview {
  readonly columns: readonly Column[]
  /** The field that tells that a record is there already. */
  readonly key: string | undefined
  readonly rows: readonly PreviewRow[]
}

/** The rows that a file begins with. */
export async function firstRows(sheet: Sheet, most: number): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const row of rowsOf(sheet)) {
    rows.push(row)
    if (rows.length === most) break
  }
  return rows
}

/** Throws a BadRequest for a mapping that cannot be used. */
export async function previewRecords({ model, sheet, services, words = inEnglish, rows, ...wanted }: PreviewAbout): Promise<ImportPreview> {
  const mapping = mapColumns(model, services.context.caller.ability, sheet.header, wanted)
  const prepared = await new RowReader(services, sheet, mapping, words).prepare(rows)
  const known = await knownRecords(services, mapping.key, prepared)
  return {
    columns: mapping.columns,
    key: mapping.key?.field.name,
    rows: prepared.map(({ row, key, values, problems }) => ({ row, values, problems, isKnown: key !== undefined && known.has(key) })),
  }
}
