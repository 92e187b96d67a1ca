/**
 * Imports a CSV file into one model as its caller: every row goes through the write path, so that rules, suggestions, checks,
 * actions that own a field and overrides of modules hold as they do at any other door.
 */
import { resolve } from 'node:path'
import { BadRequest, type FieldError, fill, UserError } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Erased } from '../model/types.ts'
import type { Services } from '../service/services.ts'
import { cellValue } from './cell.ts'
import { errorFile } from './error-file.ts'
import { type Column, isErrorColumn, type Mapping, mapColumns, type Wanted } from './mapping.ts'
import { type Named, nameRecords } from './naming.ts'
import { openSheet, type Row, rowsOf, type Sheet } from './sheet.ts'

export interface ImportAbout extends Wanted {
  readonly model: ModelMeta
  readonly file: string
  /** Of the caller, through the door `import`. */
  readonly services: Services
  /**
   * Does everything and undoes it, batch by batch: a row that refers to a record of an earlier batch is then counted as failed.
   * Nothing is kept, except that numbers taken from a sequence leave a gap.
   */
  readonly dryRun?: boolean
  /** Where the rows that fail go; made only when there are some, never in a dry run. */
  readonly errors: string
  /** After each batch: how many rows are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}
export interface ImportProblem {
  readonly row: number
  /** Null where it concerns the row as a whole. */
  readonly column: string | null
  readonly sentence: string
}
export interface ImportResult {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly failed: number
  /** The first thousand. */
  readonly problems: readonly ImportProblem[]
  /** Columns of the file that filled nothing. */
  readonly unused: readonly string[]
  readonly errors: string | null
}

/** Throws a BadRequest for a file or a mapping that cannot be used at all; nothing is written then. */
export async function importRecords(about: ImportAbout): Promise<ImportResult> {
  const { model, services, file, errors, dryRun = false } = about
  if (resolve(errors) === resolve(file))
    throw new BadRequest('import.same_file', 'The rows that fail cannot go into the file that is imported.')
  const sheet = await openSheet(file)
  const mapping = mapColumns(model, services.context.caller.ability, sheet.header, about)
  const run = new Run(about, sheet, mapping)
  const failures = errorFile(errors, sheet)
  const counts = { created: 0, updated: 0, unchanged: 0, failed: 0 }
  const problems: ImportProblem[] = []
  let done = 0
  try {
    for await (const rows of inBatches(rowsOf(sheet))) {
      for (const outcome of await run.batch(rows)) {
        counts[outcome.what]++
        if (outcome.what !== 'failed') continue
        problems.push(...outcome.problems.slice(0, Math.max(0, mostProblems - problems.length)))
        if (!dryRun) await failures.add(outcome.row, outcome.problems.map(saidInFile).join(' '))
      }
      done += rows.length
      about.onProgress?.(done, sheet.total)
    }
  } finally {
    await failures.close()
  }
  return { ...counts, problems, unused: mapping.unused, errors: counts.failed > 0 && !dryRun ? errors : null }
}

const batchSize = 200
const mostProblems = 1_000

const saidInFile = ({ column, sentence }: ImportProblem) => (column === null ? sentence : `${column}: ${sentence}`)

async function* inBatches(rows: AsyncIterable<Row>): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

type Outcome =
  | { readonly what: 'created' | 'updated' | 'unchanged' }
  | { readonly what: 'failed'; readonly row: Row; readonly problems: readonly ImportProblem[] }

/** A row as it would be written, or what is wrong with its cells. */
interface Prepared {
  readonly row: Row
  readonly key: string | undefined
  readonly values: Readonly<Record<string, Erased>>
  /** Fields whose cells are empty. */
  readonly empty: readonly string[]
  readonly problems: readonly ImportProblem[]
  /** A cell names no record yet, but an earlier row of the same batch may be the one it means. */
  readonly mayFollow: boolean
}

/** Ends a transaction of a dry run. */
class Undo extends Error {}

class Run {
  readonly #about: ImportAbout
  readonly #sheet: Sheet
  readonly #mapping: Mapping
  /** Keys that a dry run would have created in an earlier batch. */
  readonly #pretended = new Set<string>()

  constructor(about: ImportAbout, sheet: Sheet, mapping: Mapping) {
    this.#about = about
    this.#sheet = sheet
    this.#mapping = mapping
  }

  /** One transaction for all rows; when one of them is refused, one for each row, so that only the bad ones are left out. */
  async batch(rows: readonly Row[]): Promise<readonly Outcome[]> {
    const prepared = await this.#prepare(rows)
    if (!prepared.some(({ mayFollow }) => mayFollow)) {
      const good = prepared.filter(({ problems }) => problems.length === 0)
      const written = await this.#write(good).catch(onlyRefusals)
      if (Array.isArray(written)) {
        const outcomes = new Map(good.map(({ row }, at) => [row, written[at]!]))
        return prepared.map((each) => outcomes.get(each.row) ?? failed(each))
      }
    }
    const outcomes: Outcome[] = []
    for (const row of rows) outcomes.push(await this.#alone(row))
    return outcomes
  }

  async #alone(row: Row): Promise<Outcome> {
    const [one] = await this.#prepare([row])
    if (one!.problems.length > 0) return failed(one!)
    const written = await this.#write([one!]).catch(onlyRefusals)
    return Array.isArray(written) ? written[0]! : { what: 'failed', row, problems: this.#inWords(row, written) }
  }

  async #write(prepared: readonly Prepared[]): Promise<Outcome[]> {
    const { services, dryRun } = this.#about
    let outcomes: Outcome[] = []
    try {
      await services.records.transaction(async () => {
        const known = await this.#known(prepared)
        outcomes = []
        for (const one of prepared) outcomes.push(await this.#writeOne(one, known))
        if (dryRun) throw new Undo()
      })
    } catch (error) {
      if (!(error instanceof Undo)) throw error
    }
    return outcomes
  }

  async #writeOne({ key, values, empty }: Prepared, known: Map<string, { id: string; version: unknown }>): Promise<Outcome> {
    const { model, services, dryRun } = this.#about
    const found = key === undefined ? undefined : known.get(key)
    if (found) {
      const cleared = Object.fromEntries(
        empty.filter((name) => isClearable(model, name)).map((name) => [name, model.fields.get(name)?.kind === 'many' ? [] : null]),
      )
      const { version } = await services.records.update(model.handle, found.id, { ...values, ...cleared })
      if (key !== undefined) known.set(key, { id: found.id, version })
      return { what: version === found.version && version !== undefined ? 'unchanged' : 'updated' }
    }
    const { key: by } = this.#mapping
    if (by && !by.isWritten) {
      const text = 'There is no {model} with the {label} "{value}" to update.'
      const named = { model: model.label.toLowerCase(), label: by.field.label.toLowerCase(), value: key ?? '' }
      throw new UserError('import.nothing_to_update', text, named, {
        errors: [{ field: by.field.name, code: 'import.nothing_to_update', text, values: named }],
      })
    }
    const [id] = await services.records.createMany(model.handle, [values])
    if (key === undefined) return { what: 'created' }
    known.set(key, { id: id!, version: undefined })
    const again = this.#pretended.has(key)
    if (dryRun) this.#pretended.add(key)
    return { what: again ? 'updated' : 'created' }
  }

  /** The records that the rows' keys name, as far as the caller sees them. */
  async #known(prepared: readonly Prepared[]): Promise<Map<string, { id: string; version: unknown }>> {
    const { key } = this.#mapping
    const keys = [...new Set(prepared.flatMap((one) => one.key ?? []))]
    if (!key || keys.length === 0) return new Map()
    const { rows } = await this.#about.services.records.query(this.#about.model.handle, {
      fields: [key.field.name, 'version'],
      where: { [key.field.name]: { $in: keys } },
      limit: batchSize,
    })
    return new Map(
      (rows as readonly Readonly<Record<string, unknown>>[]).map((row) => [
        String(row[key.field.name]),
        { id: String(row.id), version: row.version },
      ]),
    )
  }

  async #prepare(rows: readonly Row[]): Promise<readonly Prepared[]> {
    const names = await this.#names(rows)
    return rows.map((row) => this.#prepareOne(row, names))
  }

  #prepareOne(row: Row, names: ReadonlyMap<Column, ReadonlyMap<string, Named>>): Prepared {
    const { columns, key } = this.#mapping
    const { zone } = this.#about.services.context
    const values: Record<string, Erased> = {}
    const empty: string[] = []
    const problems: ImportProblem[] = [...this.#width(row)]
    let mayFollow = false
    const refuse = (column: Column, sentence: string) => problems.push({ row: row.number, column: column.header, sentence })
    for (const column of problems.length > 0 ? [] : columns) {
      const { field, index } = column
      const text = row.cells[index] ?? ''
      if (text.trim() === '') empty.push(field.name)
      else if (field.kind === 'scalar') {
        const cell = cellValue(field, text, zone)
        if ('error' in cell) refuse(column, sentenceOf(cell.error))
        else values[field.name] = cell.value
      } else {
        const ids: string[] = []
        for (const part of partsOf(column, text)) {
          const named = names.get(column)?.get(part) ?? 'none'
          if (typeof named === 'object') ids.push(named.id)
          else {
            mayFollow ||= named === 'none' && field.target === this.#about.model
            const one = field.target.label.toLowerCase()
            const many = field.target.plural.toLowerCase()
            refuse(
              column,
              named === 'none'
                ? `There is no ${one} "${part}", or you may not see it.`
                : `Several ${many} are called "${part}": name the one you mean by its id.`,
            )
          }
        }
        values[field.name] = field.kind === 'one' ? ids[0] : ids
      }
    }
    const given = key ? (row.cells[key.column.index] ?? '').trim() : ''
    const named = key && given !== '' ? cellValue(key.field, given, zone) : { value: undefined }
    if ('error' in named && !key!.isWritten) refuse(key!.column, sentenceOf(named.error))
    const text = 'value' in named && named.value !== undefined ? String(named.value) : undefined
    return { row, key: text, values, empty, problems, mayFollow }
  }

  #width({ number, cells }: Row): readonly ImportProblem[] {
    const { header } = this.#sheet
    if (cells.length === header.length) return []
    // What an error file's extra column leaves out at the end of a line is no mistake.
    if (cells.length === header.length - 1 && isErrorColumn(header.at(-1) ?? '')) return []
    return [
      { row: number, column: null, sentence: `The row has ${cells.length} cells, but the first line names ${header.length} columns.` },
    ]
  }

  /** What the cells of relations name, one look-up a column for the whole batch. */
  async #names(rows: readonly Row[]): Promise<ReadonlyMap<Column, ReadonlyMap<string, Named>>> {
    const names = new Map<Column, ReadonlyMap<string, Named>>()
    for (const column of this.#mapping.columns) {
      const { field, index, by } = column
      if (field.kind === 'scalar') continue
      const texts = new Set(rows.flatMap(({ cells }) => partsOf(column, cells[index] ?? '')))
      names.set(column, await nameRecords(this.#about.services, field.target, texts, by))
    }
    return names
  }

  #inWords(row: Row, error: UserError): readonly ImportProblem[] {
    if (error.errors.length === 0) return [{ row: row.number, column: null, sentence: error.message }]
    return error.errors.map((each) => ({
      row: row.number,
      column:
        [...this.#mapping.columns, ...(this.#mapping.key ? [this.#mapping.key.column] : [])].find(
          (column) => column.field.name === each.field,
        )?.header ?? null,
      sentence: sentenceOf(each),
    }))
  }
}

function failed({ row, problems }: Prepared): Outcome {
  return { what: 'failed', row, problems }
}

/** Beside the column's name the field's own would be said twice. */
function sentenceOf({ text, values = {} }: FieldError): string {
  return fill(text.replace(/^\{label\}: /, ''), values)
}

/** A refusal concerns a row; anything else ends the import. */
function onlyRefusals(error: unknown): UserError {
  if (error instanceof UserError) return error
  throw error
}

function isClearable(model: ModelMeta, name: string): boolean {
  const field = model.fields.get(name)
  return field !== undefined && (field.kind === 'many' || field.nullable)
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
