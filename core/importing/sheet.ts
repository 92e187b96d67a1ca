/** A CSV file as a header and rows, streamed; what is wrong with the file as a whole is a sentence before anything is written. */
import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, Transform } from 'node:stream'
import { CsvError, type Info, type Parser, parse } from 'csv-parse'
import { BadRequest } from '../errors.ts'

export interface Sheet {
  readonly file: string
  /** What people call it. */
  readonly name: string
  readonly header: readonly string[]
  readonly delimiter: string
  /** How many rows follow the header, blank ones left out. */
  readonly total: number
}
export interface Row {
  /** As a spreadsheet counts it: the header is row 1. */
  readonly number: number
  readonly cells: readonly string[]
}

/** Reads the file once to its end, so that a file that breaks off in the middle is refused as a whole. Throws a BadRequest. */
export async function openSheet(file: string, name = file): Promise<Sheet> {
  const delimiter = await delimiterOf(file, name)
  let header: readonly string[] | undefined
  let total = 0
  for await (const { cells } of recordsOf({ file, name, delimiter })) {
    if (header) total++
    else header = cells.map((cell) => cell.trim())
  }
  if (!header) throw new BadRequest('import.empty', 'There is nothing in {file}: its first line must name the columns.', { file: name })
  refuseTwins(header, name)
  return { file, name, header, delimiter, total }
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
  for (const [at, column] of header.entries()) {
    const first = header.indexOf(column)
    if (column === '' || first === at) continue
    const sentence = 'In {file} the columns {first} and {second} are both called "{column}": give each a name of its own.'
    throw new BadRequest('import.same_header', sentence, { file, first: first + 1, second: at + 1, column })
  }
}

async function* recordsOf({ file, name, delimiter }: Pick<Sheet, 'file' | 'name' | 'delimiter'>): AsyncGenerator<Row> {
  const parser: Parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: longestRow,
  })
  pipeline(createReadStream(file), onlyUtf8(name), parser, () => undefined)
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
async function delimiterOf(file: string, name: string): Promise<string> {
  const [line = ''] = (await beginningOf(file, name)).split(/\r|\n/, 1)
  const bare = line.replace(/"[^"]*"/g, '')
  const counted = [',', ';', '\t'].map((sign) => ({ sign, count: bare.split(sign).length }))
  return counted.reduce((most, each) => (each.count > most.count ? each : most)).sign
}

async function beginningOf(file: string, name: string): Promise<string> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0)
      const begins = buffer.subarray(0, bytesRead)
      if (begins.length >= 2 && ['fffe', 'feff'].includes(begins.toString('hex', 0, 2))) throw notUtf8(name, 1)
      return begins.toString('utf8')
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof BadRequest) throw error
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

/** Lets whole lines through, and stops at the first that is not UTF-8. A line feed is never part of another sign. */
function onlyUtf8(file: string): Transform {
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  const check = (lines: Buffer): BadRequest | null => {
    if (!isUtf8(lines)) {
      for (let at = 0; ; line++) {
        const end = lines.indexOf(10, at)
        if (!isUtf8(lines.subarray(at, end < 0 ? undefined : end))) return notUtf8(file, line)
        at = end + 1
      }
    }
    for (let at = lines.indexOf(10); at >= 0; at = lines.indexOf(10, at + 1)) line++
    return null
  }
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const end = bytes.lastIndexOf(10) + 1
      rest = bytes.subarray(end)
      const lines = bytes.subarray(0, end)
      const wrong = check(lines)
      if (wrong) done(wrong)
      else done(null, lines)
    },
    flush(done) {
      const wrong = check(rest)
      if (wrong) done(wrong)
      else done(null, rest)
    },
  })
}

function notUtf8(file: string, line: number): BadRequest {
  return new BadRequest(
    'import.not_utf8',
    '{file} is not in UTF-8: line {line} holds bytes that are no text in it.',
    { file, line },
    {
      hint: 'Save the file again as "CSV UTF-8".',
    },
  )
}
