/** An Excel workbook as CSV: its first sheet that is not hidden, as its cells are meant and not as they are formatted. */
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WorkbookReader } from '@cj-tech-master/excelts'
import { BadRequest, UserError } from '@tessera/core'
import { Unzip, UnzipInflate } from 'fflate'

export interface WorkbookLimits {
  /** Of all that the archive holds, once it is unpacked. */
  readonly mostBytes: number
  readonly mostRows: number
}
const usual: WorkbookLimits = { mostBytes: 100_000_000, mostRows: 100_000 }

/** The path of the CSV file, written into the folder. Throws a UserError for what is no workbook or holds too much. */
export async function asCsv(path: string, folder: string, name: string, limits = usual): Promise<string> {
  const written = join(folder, 'sheet.csv')
  try {
    await refuseBomb(path, name, limits)
    await pipeline(Readable.from(linesOf(path, name, limits)), createWriteStream(written, { mode: 0o600 }))
  } catch (error) {
    if (error instanceof UserError) throw error
    const sentence = '"{name}" cannot be read as an Excel workbook. Open it, save it anew as .xlsx or CSV, and choose that file.'
    throw new BadRequest('web.import_broken_workbook', sentence, { name }, { cause: error })
  }
  return written
}

/** Unpacked once and thrown away, a little at a time: a small archive may hold more than the memory does. */
async function refuseBomb(path: string, name: string, { mostBytes }: WorkbookLimits): Promise<void> {
  let bytes = 0
  const unzip = new Unzip((file) => {
    file.ondata = (error, piece) => {
      if (error) throw error
      bytes += piece.length
      if (bytes > mostBytes) throw tooLarge(name, mostBytes)
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  for await (const piece of createReadStream(path, { highWaterMark: 16_384 }) as AsyncIterable<Uint8Array>) unzip.push(piece)
}

class TooLarge extends UserError {
  override readonly status: number = 413
}

function tooLarge(name: string, mostBytes: number): TooLarge {
  const sentence = '"{name}" holds more than {most} MB once it is unpacked. Save the sheet as CSV, or in several files.'
  return new TooLarge('web.import_unpacked', sentence, { name, most: mostBytes / 1_000_000 })
}

/** One line of the file for each row of the sheet, empty ones too, so that both count the same. */
async function* linesOf(path: string, name: string, { mostRows }: WorkbookLimits): AsyncGenerator<string> {
  let line = 0
  let rows = 0
  let width = 0
  for await (const { number, cells } of rowsOf(path)) {
    const texts = cells.map(textOf)
    const last = texts.findLastIndex((text) => text.trim() !== '')
    if (last < 0) continue
    if (++rows > mostRows + 1)
      throw new TooLarge('web.import_too_many_rows', '"{name}" has more than {most} rows. Save it in several files, or as CSV.', {
        name,
        most: mostRows,
      })
    width ||= last + 1
    const filled = Array.from({ length: Math.max(width, last + 1) }, (_, at) => texts[at] ?? '')
    const shown = rows === 1 ? filled.map((text) => text.replace(/\s+/g, ' ')) : filled
    yield `${'\n'.repeat(Math.max(0, number - line - 1))}${shown.map(quoted).join(',')}\n`
    line = Math.max(number, line + 1)
  }
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

async function* rowsOf(path: string): AsyncGenerator<{ readonly number: number; readonly cells: readonly unknown[] }> {
  const options = { worksheets: 'emit', sharedStrings: 'cache', styles: 'cache', hyperlinks: 'ignore', entries: 'ignore' } as const
  for await (const sheet of new WorkbookReader(path, options)) {
    const isHidden = sheet.state !== undefined && sheet.state !== 'visible'
    for await (const row of sheet) {
      if (isHidden) break
      // The first place is none of the sheet's.
      yield { number: row.number, cells: Array.from(row.values as ArrayLike<unknown>).slice(1) }
    }
    if (!isHidden) return
  }
}

/** Days and instants as every file may say them; the clocks of a sheet are its reader's. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return clockOf(value)
  if (typeof value !== 'object') return String(value)
  if ('richText' in value && Array.isArray(value.richText)) return value.richText.map(({ text }) => String(text ?? '')).join('')
  if ('result' in value) return textOf(value.result)
  if ('text' in value) return textOf(value.text)
  return 'error' in value ? String(value.error) : ''
}

function clockOf(instant: Date): string {
  // A sheet counts in fractions of a day, which miss the second a little.
  const at = new Date(Math.round(instant.getTime() / 1000) * 1000)
  if (Number.isNaN(at.getTime())) return ''
  const [day = '', time = ''] = at.toISOString().slice(0, 19).split('T')
  if (at.getTime() < Date.UTC(1900, 0, 1)) return time
  return time === '00:00:00' ? day : `${day}T${time}`
}
