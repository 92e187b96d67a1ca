/** The rows that could not be imported, with the reason in a column of its own: mend them there and import the file again. */

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import { UserError } from '../errors.ts'
import { isErrorColumn } from './mapping.ts'
import type { Row, Sheet } from './sheet.ts'

export interface ErrorFile {
  /** Made with the first row. */
  add(row: Row, sentence: string): Promise<void>
  /** The path, when there was a row to write. */
  close(): Promise<string | undefined>
}

export function errorFile(path: string, { header, delimiter }: Sheet): ErrorFile {
  const known = header.findIndex(isErrorColumn)
  const at = known < 0 ? header.length : known
  let stream: WriteStream | undefined
  let failed: Error | undefined
  const write = async (cells: readonly string[]) => {
    if (failed) throw cannotWrite(path, failed)
    if (stream && !stream.write(stringify([[...cells]], { delimiter }))) await Promise.race([once(stream, 'drain'), once(stream, 'close')])
  }
  return {
    async add({ cells }, sentence) {
      if (!stream) {
        stream = createWriteStream(path)
        stream.on('error', (error) => {
          failed = error
        })
        await write(known < 0 ? [...header, 'error'] : header)
      }
      const width = Math.max(header.length, at)
      const padded = Array.from({ length: width }, (_, index) => cells[index] ?? '')
      await write([...padded.slice(0, at), sentence, ...padded.slice(known < 0 ? at : at + 1), ...cells.slice(header.length)])
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
