/** The rows that could not be imported, with the reason in a column of its own: mend them there and import the file again. */

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import { UserError } from '../errors.ts'
import { isErrorColumn } from './mapping.ts'
import { type Row, rowsOf, type Sheet } from './sheet.ts'

export interface ErrorFile {
  /** Made with the first row. */
  add(row: Row, sentence: string): Promise<void>
  /** The path, when there was a row to write. */
  close(): Promise<string | undefined>
}

/** The file as it is asked for: the rows with these reasons, and the header before them. */
export async function* errorLines(sheet: Sheet, reasons: AsyncIterable<{ readonly row: number; readonly sentence: string }>) {
  const { header, cells } = layoutOf(sheet)
  const line = (each: readonly string[]) => stringify([[...each]], { delimiter: sheet.delimiter })
  yield line(header)
  const rows = rowsOf(sheet)
  for await (const { row: number, sentence } of reasons) {
    for await (const row of following(rows)) {
      if (row.number < number) continue
      if (row.number === number) yield line(cells(row, sentence))
      break
    }
  }
}

/** A loop that ends early would end the rows. */
async function* following(rows: AsyncGenerator<Row>): AsyncGenerator<Row> {
  for (let next = await rows.next(); !next.done; next = await rows.next()) yield next.value
}

function layoutOf({ header }: Sheet) {
  const known = header.findIndex(isErrorColumn)
  const at = known < 0 ? header.length : known
  return {
    header: known < 0 ? [...header, 'error'] : header,
    cells({ cells }: Row, sentence: string): readonly string[] {
      const width = Math.max(header.length, at)
      const padded = Array.from({ length: width }, (_, index) => cells[index] ?? '')
      return [...padded.slice(0, at), sentence, ...padded.slice(known < 0 ? at : at + 1), ...cells.slice(header.length)]
    },
  }
}

export function errorFile(path: string, sheet: Sheet): ErrorFile {
  const layout = layoutOf(sheet)
  let stream: WriteStream | undefined
  let failed: Error | undefined
  const write = async (cells: readonly string[]) => {
    if (failed) throw cannotWrite(path, failed)
    const text = stringify([[...cells]], { delimiter: sheet.delimiter })
    if (stream && !stream.write(text)) await Promise.race([once(stream, 'drain'), once(stream, 'close')])
  }
  return {
    async add(row, sentence) {
      if (!stream) {
        stream = createWriteStream(path)
        stream.on('error', (error) => {
          failed = error
        })
        await write(layout.header)
      }
      await write(layout.cells(row, sentence))
    },
    async close() {
      if (!stream) return undefined
      const ended = once(stream, 'close')
      stream.end()
      await ended
      if (failed) throw cannotWrite(path, failed)
      return path
    },
  }
}

function cannotWrite(path: string, cause: Error): UserError {
  return new UserError(
    'import.error_file',
    'The rows that failed cannot be written to {path}: {reason}.',
    { path, reason: cause.message },
    {
      cause,
      hint: 'Name another file with --errors.',
    },
  )
}
