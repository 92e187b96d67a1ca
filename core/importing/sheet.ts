/** A CSV file as a header and rows, streamed; what is wrong with the file as a whole is a sentence before anything is written. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { CsvError, type Info, type Parser, parse } from 'csv-parse'
import { BadRequest } from '../errors.ts'
import { type Encoding, encodingOf, intoUtf8, textOf } from './encoding.ts'

export interface Sheet {
  readonly file: string
  /** What people call it. */
  readonly name: string
  readonly header: readonly string[]
  readonly delimiter: string
  readonly encoding: Encoding
  /** How many rows follow the header, blank ones left out. */
  readonly total: number
}
export interface Row {
  /** As a spreadsheet counts it: the header is row 1. */
  readonly number: number
  readonly cells: readonly string[]
}

/** Reads the file to its end, so that a file that breaks off in the middle is refused as a whole. Throws a BadRequest. */
export async function openSheet(file: string, name = file, told?: Encoding): Promise<Sheet> {
  const beginning = await beginningOf(file, name)
  const encoding = told ?? (await encodingOf(file, name, beginning))
  const delimiter = delimiterOf(textOf(beginning, encoding))
  let header: readonly string[] | undefined
  let total = 0
  for await (const { cells } of recordsOf({ file, name, delimiter, encoding })) {
    if (header) total++
    else header = cells.map((cell) => cell.trim())
  }
  if (!header) throw new BadRequest('import.empty', 'There is nothing in {file}: its first line must name the columns.', { file: name })
  refuseTwins(header, name)
  return { file, name, header, delimiter, encoding, total }
}

/** The rows after the header. Their cells may be more or fewer than the header's. */
export async function* rowsOf(sheet: Sheet): AsyncGenerator<Row> {
  let isHeader = true
  for await (const row of recordsOf(sheet)) {
    if (!isHeader) yield row
    isHeader = false
  }
}

/** Which of two columns of one name is meant, nobody could say. */
function refuseTwins(header: readonly string[], file: string): void {
  const places = new Map<string, number>()
  for (const [at, column] of header.entries()) {
    const first = places.get(column) ?? at
    places.set(column, first)
    if (column === '' || first === at) continue
    const sentence = 'In {file} the columns {first} and {second} are both called "{column}": give each a name of its own.'
    throw new BadRequest('import.same_header', sentence, { file, first: first + 1, second: at + 1, column })
  }
}

async function* recordsOf({ file, name, delimiter, encoding }: Omit<Sheet, 'header' | 'total'>): AsyncGenerator<Row> {
  const parser: Parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: longestRow,
  })
  pipeline(createReadStream(file), intoUtf8(name, encoding), parser, () => undefined)
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (record.some((cell) => cell.trim() !== '')) yield { number: info.records + info.empty_lines, cells: record }
    }
  } catch (error) {
    throw error instanceof CsvError ? inWords(name, error) : error
  }
}

/** A quotation mark that is never closed would swallow the rest of the file: in UTF-16 units. */
const longestRow = 1_000_000

function inWords(file: string, error: CsvError): BadRequest {
  const line = typeof error.lines === 'number' ? error.lines : 1
  const options = { cause: error }
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
    case 'CSV_MAX_RECORD_SIZE':
      return new BadRequest(
        'import.open_quote',
        '{file}: a quotation mark that opens at line {line} or before is never closed.',
        { file, line },
        options,
      )
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return new BadRequest(
        'import.wrong_quote',
        '{file}, line {line}: a quotation mark stands in the middle of a cell. Write the cell in quotation marks and each of its own twice: "a ""b"" c".',
        { file, line },
        options,
      )
    default:
      return new BadRequest('import.broken', '{file}, line {line}: {reason}.', { file, line, reason: error.message }, options)
  }
}

/** Comma, semicolon or tab: whichever the first line has most of, outside of quotation marks. */
function delimiterOf(beginning: string): string {
  const [line = ''] = beginning.split(/\r|\n/, 1)
  const bare = line.replace(/"[^"]*"/g, '')
  const counted = [',', ';', '\t'].map((sign) => ({ sign, count: bare.split(sign).length }))
  return counted.reduce((most, each) => (each.count > most.count ? each : most)).sign
}

async function beginningOf(file: string, name: string): Promise<Buffer> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new BadRequest('import.no_file', 'There is no file {file}.', { file: name })
    throw new BadRequest(
      'import.unreadable',
      'The file {file} cannot be read: {reason}.',
      { file: name, reason: message },
      { cause: error },
    )
  }
}
