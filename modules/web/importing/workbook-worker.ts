/**
 * Reads a workbook beside everything else, in a thread of its own with a memory of its own: what somebody packed into it must
 * neither slow others down nor take their memory. It knows nothing of the application.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { WorkbookReader } from '@cj-tech-master/excelts'
import { Unzip, UnzipInflate } from 'fflate'

/** What the thread is asked. */
export interface WorkbookTask {
  readonly path: string
  /** Where the CSV file goes. */
  readonly to: string
  /** Of all that the archive holds once it is unpacked, and of what comes of it. */
  readonly mostBytes: number
  readonly mostRows: number
  readonly mostColumns: number
}
/** Why it was not read. */
export type WorkbookFault = 'unpacked' | 'rows' | 'columns' | 'broken'

class Refused extends Error {
  readonly fault: WorkbookFault
  constructor(fault: WorkbookFault) {
    super(fault)
    this.fault = fault
  }
}

/** Undefined once the file is written. */
async function faultOf(task: WorkbookTask): Promise<WorkbookFault | undefined> {
  try {
    await refuseBomb(task)
    await pipeline(Readable.from(linesOf(task)), createWriteStream(task.to, { mode: 0o600 }))
    return undefined
  } catch (error) {
    return error instanceof Refused ? error.fault : 'broken'
  }
}

/** Unpacked once and thrown away, a little at a time: a small archive may hold more than the memory does. */
async function refuseBomb({ path, mostBytes }: WorkbookTask): Promise<void> {
  let bytes = 0
  const unzip = new Unzip((file) => {
    file.ondata = (error, piece) => {
      if (error) throw error
      bytes += piece.length
      if (bytes > mostBytes) throw new Refused('unpacked')
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  for await (const piece of createReadStream(path, { highWaterMark: 16_384 }) as AsyncIterable<Uint8Array>) unzip.push(piece)
}

/** One line of the file for each row of the sheet, empty ones too, so that both count the same. */
async function* linesOf({ path, mostBytes, mostRows, mostColumns }: WorkbookTask): AsyncGenerator<string> {
  let line = 0
  let rows = 0
  let width = 0
  let written = 0
  for await (const { number, cells } of rowsOf(path)) {
    const texts = cells.map(textOf)
    const last = texts.findLastIndex((text) => text.trim() !== '')
    if (last < 0) continue
    if (++rows > mostRows + 1) throw new Refused('rows')
    if (last >= mostColumns) throw new Refused('columns')
    width ||= last + 1
    const filled = Array.from({ length: Math.max(width, last + 1) }, (_, at) => texts[at] ?? '')
    const shown = rows === 1 ? filled.map((text) => text.replace(/\s+/g, ' ')) : filled
    const text = `${'\n'.repeat(Math.max(0, number - line - 1))}${shown.map(quoted).join(',')}\n`
    written += text.length
    if (written > mostBytes) throw new Refused('unpacked')
    yield text
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
      if (!(row.number > 0 && row.number <= lastRow)) throw new Refused('broken')
      // The first place is none of the sheet's.
      yield { number: row.number, cells: Array.from(row.values as ArrayLike<unknown>).slice(1) }
    }
    if (!isHidden) return
  }
}

/** Of a sheet as spreadsheets know it. */
const lastRow = 1_048_576

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

parentPort?.postMessage(await faultOf(workerData))
