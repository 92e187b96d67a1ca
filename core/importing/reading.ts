/** Rows of a sheet as they would be written, or what is wrong with their cells. */
import { type ErrorValues, fill } from '../errors.ts'
import type { ScalarField } from '../model/meta.ts'
import type { Erased } from '../model/types.ts'
import type { Services } from '../service/services.ts'
import { optionCode } from '../texts/codes.ts'
import { cellValue } from './cell.ts'
import { type Column, isErrorColumn, type Key, type Mapping } from './mapping.ts'
import { type Named, nameRecords } from './naming.ts'
import type { Row, Sheet } from './sheet.ts'

export interface ImportProblem {
  readonly row: number
  /** Null where it concerns the row as a whole. */
  readonly column: string | null
  readonly sentence: string
}

/** What is wrong, before it is put into words; `field` is the name of the field that it concerns. */
export interface Flaw {
  readonly field?: string
  readonly code: string
  readonly text: string
  readonly values?: ErrorValues | undefined
}
/** Puts it into the words of whoever reads it. */
export type SayFlaw = (flaw: Flaw) => string

/** The language of whoever imports. */
export interface ImportWords {
  readonly say: SayFlaw
  /** How a file in his language says true and false, besides what every file may say. */
  readonly truths?: readonly [yes: string, no: string]
}

/** In English; beside the column's name the field's own would be said twice. */
export const inEnglish: ImportWords = { say: ({ text, values = {} }) => fill(text.replace(/^\{label\}: /, ''), values) }

/** A row as it would be written, or what is wrong with its cells. */
export interface Prepared {
  readonly row: Row
  readonly key: string | undefined
  readonly values: Readonly<Record<string, Erased>>
  /** Fields whose cells are empty. */
  readonly empty: readonly string[]
  readonly problems: readonly ImportProblem[]
  /** A cell names no record yet, but an earlier row of the same batch may be the one it means. */
  readonly mayFollow: boolean
}

/** Reads rows for one caller by one mapping; relations are looked up once a column for all rows that come together. */
export class RowReader {
  readonly #services: Services
  readonly #sheet: Sheet
  readonly #mapping: Mapping
  readonly #words: ImportWords

  constructor(services: Services, sheet: Sheet, mapping: Mapping, words: ImportWords) {
    this.#services = services
    this.#sheet = sheet
    this.#mapping = mapping
    this.#words = words
  }

  async prepare(rows: readonly Row[]): Promise<readonly Prepared[]> {
    const names = await this.#names(rows)
    return rows.map((row) => this.#prepareOne(row, names))
  }

  #prepareOne(row: Row, names: ReadonlyMap<Column, ReadonlyMap<string, Named>>): Prepared {
    const { columns, key } = this.#mapping
    const { zone } = this.#services.context
    const values: Record<string, Erased> = {}
    const empty: string[] = []
    const problems: ImportProblem[] = [...this.#width(row)]
    let mayFollow = false
    const refuse = (column: Column, flaw: Flaw) =>
      problems.push({ row: row.number, column: column.header, sentence: this.#words.say({ ...flaw, field: column.field.name }) })
    for (const column of problems.length > 0 ? [] : columns) {
      const { field, index } = column
      const text = withoutMark(row.cells[index] ?? '')
      if (text.trim() === '') empty.push(field.name)
      else if (field.kind === 'scalar') {
        const cell = cellValue(field, this.#known(field, text), zone)
        if ('error' in cell) refuse(column, cell.error)
        else values[field.name] = cell.value
      } else {
        const ids: string[] = []
        const parts = partsOf(column, text)
        if (parts.length > mostNames) refuse(column, { ...many, values: { count: parts.length, most: mostNames } })
        for (const part of parts.slice(0, parts.length > mostNames ? 0 : undefined)) {
          const named = names.get(column)?.get(part) ?? 'none'
          if (typeof named === 'object') ids.push(named.id)
          else {
            mayFollow ||= named === 'none' && field.target === field.model
            const of = { model: field.target.label.toLowerCase(), models: field.target.plural.toLowerCase(), text: part }
            refuse(column, { ...(named === 'none' ? none : several), values: of })
          }
        }
        values[field.name] = field.kind === 'one' ? ids[0] : ids
      }
    }
    const given = key ? withoutMark(row.cells[key.column.index] ?? '').trim() : ''
    const named = key && given !== '' ? cellValue(key.field, given, zone) : { value: undefined }
    if ('error' in named && !key!.isWritten) refuse(key!.column, named.error)
    const text = 'value' in named && named.value !== undefined ? String(named.value) : undefined
    return { row, key: text, values, empty, problems, mayFollow }
  }

  /** Choices and truths as the caller's language calls them, in the words that every file may say. */
  #known(field: ScalarField, text: string): string {
    const same = (other: string) => other.toLowerCase() === text.trim().toLowerCase()
    if (field.type === 'boolean') {
      const at = this.#words.truths?.findIndex(same) ?? -1
      return at < 0 ? text : String(at === 0)
    }
    if (field.type !== 'enum') return text
    return field.values?.find((value) => same(this.#services.text(optionCode(field, value)))) ?? text
  }

  #width({ number, cells }: Row): readonly ImportProblem[] {
    const { header } = this.#sheet
    if (cells.length === header.length) return []
    // What an error file's extra column leaves out at the end of a line is no mistake.
    if (cells.length === header.length - 1 && isErrorColumn(header.at(-1) ?? '')) return []
    const values = { cells: cells.length, columns: header.length }
    return [{ row: number, column: null, sentence: this.#words.say({ ...width, values }) }]
  }

  /** What the cells of relations name, one look-up a column for the whole batch. */
  async #names(rows: readonly Row[]): Promise<ReadonlyMap<Column, ReadonlyMap<string, Named>>> {
    const names = new Map<Column, ReadonlyMap<string, Named>>()
    for (const column of this.#mapping.columns) {
      const { field, index, by } = column
      if (field.kind === 'scalar') continue
      const texts = new Set(rows.flatMap(({ cells }) => partsOf(column, withoutMark(cells[index] ?? '')).slice(0, mostNames)))
      // No record is called by a sign that no database keeps, and a question with it would be none.
      for (const text of texts) if (text.includes('\0')) texts.delete(text)
      names.set(column, await nameRecords(this.#services, field.target, texts, by))
    }
    return names
  }
}

const none = { code: 'naming.none', text: 'There is no {model} "{text}", or you may not see it.' }
/** Records that one cell may name: each is looked for. */
const mostNames = 1_000
const many = { code: 'import.many_names', text: 'A cell can name {most} records, and this one names {count}.' }
const several = { code: 'import.several', text: 'Several {models} are called "{text}": name the one you mean by its id.' }
const width = { code: 'import.width', text: 'The row has {cells} cells, but the first line names {columns} columns.' }

/** An export marks what a spreadsheet would run with an apostrophe: read again, it is what it was. */
function withoutMark(text: string): string {
  return /^'[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? text.slice(1) : text
}

/** The names in a cell: one for a to-one relation, else a list with semicolons or commas. */
function partsOf({ field }: Column, text: string): readonly string[] {
  if (text.trim() === '') return []
  if (field.kind !== 'many') return [text.trim()]
  return text
    .split(text.includes(';') ? ';' : ',')
    .map((part) => part.trim())
    .filter(Boolean)
}

/** The records that the rows' keys name, as far as the caller sees them. */
export async function knownRecords(
  { records }: Services,
  key: Key | undefined,
  prepared: readonly Prepared[],
): Promise<Map<string, { readonly id: string; readonly version: unknown }>> {
  const keys = [...new Set(prepared.flatMap((one) => one.key ?? []))]
  if (!key || keys.length === 0) return new Map()
  const { rows } = await records.query(key.field.model.handle, {
    fields: [key.field.name, 'version'],
    where: { [key.field.name]: { $in: keys } },
    limit: keys.length,
  })
  return new Map(
    (rows as readonly Readonly<Record<string, unknown>>[]).map((row) => [
      String(row[key.field.name]),
      { id: String(row.id), version: row.version },
    ]),
  )
}
