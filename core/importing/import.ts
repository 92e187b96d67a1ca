/**
 * Imports a CSV file into one model as its caller: every row goes through the write path, so that rules, suggestions, checks,
 * actions that own a field and overrides of modules hold as they do at any other door.
 */
import { resolve } from 'node:path'
import { BadRequest, UserError } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Services } from '../service/services.ts'
import type { Encoding } from './encoding.ts'
import { errorFile } from './error-file.ts'
import { type Mapping, mapColumns, type Wanted } from './mapping.ts'
import { type Flaw, type ImportProblem, type ImportWords, inEnglish, knownRecords, type Prepared, RowReader } from './reading.ts'
import { openSheet, type Row, rowsOf } from './sheet.ts'

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
  /** Where the rows that fail go; made only when there are some, never in a dry run. Without it they are only told of. */
  readonly errors?: string | undefined
  /** What its bytes mean; found out unless told. */
  readonly encoding?: Encoding | undefined
  /** What people call the file, where it is kept under another name. */
  readonly name?: string
  /** In English unless told. */
  readonly words?: ImportWords
  /** How many rows an earlier try has dealt with: it goes on behind them. */
  readonly from?: number
  /** With each few rows, in the transaction that writes them: what became of them. */
  readonly keep?: (outcomes: readonly Outcome[]) => Promise<void>
  /** After each batch: how many rows are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}
/** What became of a row. */
export type Outcome =
  | { readonly row: Row; readonly what: 'created' | 'updated' | 'unchanged' }
  | { readonly row: Row; readonly what: 'failed'; readonly problems: readonly ImportProblem[] }
export interface ImportResult {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly failed: number
  readonly encoding: Encoding
  /** The first thousand. */
  readonly problems: readonly ImportProblem[]
  /** Columns of the file that filled nothing. */
  readonly unused: readonly string[]
  readonly errors: string | null
}

/** Throws a BadRequest for a file or a mapping that cannot be used at all; nothing is written then. */
export async function importRecords(about: ImportAbout): Promise<ImportResult> {
  const { model, services, file, name, errors, dryRun = false, from = 0 } = about
  if (errors !== undefined && resolve(errors) === resolve(file))
    throw new BadRequest('import.same_file', 'The rows that fail cannot go into the file that is imported.')
  const sheet = await openSheet(file, name, about.encoding)
  const mapping = mapColumns(model, services.context.caller.ability, sheet.header, about)
  const run = new Run(about, mapping, new RowReader(services, sheet, mapping, about.words ?? inEnglish))
  const failures = errors === undefined || dryRun ? undefined : errorFile(errors, sheet)
  const counts = { created: 0, updated: 0, unchanged: 0, failed: 0 }
  const problems: ImportProblem[] = []
  let done = from
  try {
    for await (const rows of inBatches(rowsOf(sheet), from)) {
      for (const outcome of await run.batch(rows)) {
        counts[outcome.what]++
        if (outcome.what !== 'failed') continue
        problems.push(...outcome.problems.slice(0, Math.max(0, mostProblems - problems.length)))
        await failures?.add(outcome.row, saidInFile(outcome.problems))
      }
      done += rows.length
      about.onProgress?.(done, sheet.total)
    }
  } finally {
    await failures?.close()
  }
  return { ...counts, encoding: sheet.encoding, problems, unused: mapping.unused, errors: counts.failed > 0 && failures ? errors! : null }
}

const batchSize = 200
const mostProblems = 1_000

/** All that is wrong with a row, as its cell of an error file says it. */
export function saidInFile(problems: readonly Omit<ImportProblem, 'row'>[]): string {
  return problems.map(({ column, sentence }) => (column === null ? sentence : `${column}: ${sentence}`)).join(' ')
}

async function* inBatches(rows: AsyncIterable<Row>, from: number): AsyncGenerator<readonly Row[]> {
  let batch: Row[] = []
  let at = 0
  for await (const row of rows) {
    if (at++ < from) continue
    batch.push(row)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Ends a transaction of a dry run. */
class Undo extends Error {}

class Run {
  readonly #about: ImportAbout
  readonly #mapping: Mapping
  readonly #reader: RowReader
  /** Keys that a dry run would have created in an earlier batch. */
  readonly #pretended = new Set<string>()

  constructor(about: ImportAbout, mapping: Mapping, reader: RowReader) {
    this.#about = about
    this.#mapping = mapping
    this.#reader = reader
  }

  /** One transaction for all rows; when one of them is refused, one for each row, so that only the bad ones are left out. */
  async batch(rows: readonly Row[]): Promise<readonly Outcome[]> {
    const prepared = await this.#reader.prepare(rows)
    if (!prepared.some(({ mayFollow }) => mayFollow)) {
      const written = await this.#write(prepared).catch(onlyRefusals)
      if (Array.isArray(written)) return written
    }
    const outcomes: Outcome[] = []
    for (const row of rows) outcomes.push(await this.#alone(row))
    return outcomes
  }

  async #alone(row: Row): Promise<Outcome> {
    const prepared = await this.#reader.prepare([row])
    const written = await this.#write(prepared).catch(onlyRefusals)
    if (Array.isArray(written)) return written[0]!
    const refused: Outcome = { what: 'failed', row, problems: this.#inWords(row, written) }
    await this.#about.keep?.([refused])
    return refused
  }

  /** All of them, those with problems left out. */
  async #write(prepared: readonly Prepared[]): Promise<Outcome[]> {
    const { services, dryRun, keep } = this.#about
    let outcomes: Outcome[] = []
    try {
      await services.records.transaction(async () => {
        const known = await knownRecords(services, this.#mapping.key, prepared)
        outcomes = []
        for (const one of prepared)
          outcomes.push(one.problems.length > 0 ? failed(one) : { row: one.row, what: await this.#writeOne(one, known) })
        if (dryRun) throw new Undo()
        await keep?.(outcomes)
      })
    } catch (error) {
      if (!(error instanceof Undo)) throw error
      await keep?.(outcomes)
    }
    return outcomes
  }

  async #writeOne(
    { key, values, empty }: Prepared,
    known: Map<string, { id: string; version: unknown }>,
  ): Promise<'created' | 'updated' | 'unchanged'> {
    const { model, services, dryRun } = this.#about
    const found = key === undefined ? undefined : known.get(key)
    if (found) {
      const cleared = Object.fromEntries(
        empty.filter((name) => isClearable(model, name)).map((name) => [name, model.fields.get(name)?.kind === 'many' ? [] : null]),
      )
      const { version } = await services.records.update(model.handle, found.id, { ...values, ...cleared })
      if (key !== undefined) known.set(key, { id: found.id, version })
      return version === found.version && version !== undefined ? 'unchanged' : 'updated'
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
    if (key === undefined) return 'created'
    known.set(key, { id: id!, version: undefined })
    const again = this.#pretended.has(key)
    if (dryRun) this.#pretended.add(key)
    return again ? 'updated' : 'created'
  }

  #inWords(row: Row, error: UserError): readonly ImportProblem[] {
    const { say } = this.#about.words ?? inEnglish
    const flaws: readonly Flaw[] = error.errors.length > 0 ? error.errors : [error]
    const columns = [...this.#mapping.columns, ...(this.#mapping.key ? [this.#mapping.key.column] : [])]
    return flaws.map(({ field, code, text, values }) => ({
      row: row.number,
      column: columns.find((column) => column.field.name === field)?.header ?? null,
      sentence: say({ ...(field !== undefined && { field }), code, text, values }),
    }))
  }
}

function failed({ row, problems }: Prepared): Outcome {
  return { what: 'failed', row, problems }
}

/** A refusal concerns a row; anything else ends the import, as does that its caller must show who he is. */
function onlyRefusals(error: unknown): UserError {
  if (error instanceof UserError && error.code !== 'access.confirm') return error
  throw error
}

function isClearable(model: ModelMeta, name: string): boolean {
  const field = model.fields.get(name)
  return field !== undefined && (field.kind === 'many' || field.nullable)
}
