/** Which signs the bytes of a file stand for: told, or found out by looking. */
import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { Transform, type TransformCallback } from 'node:stream'
import { BadRequest } from '../errors.ts'

/** What spreadsheets save a CSV file in: first those that say themselves what they are. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'windows-1250', 'windows-1251', 'windows-1256'] as const
export type Encoding = (typeof encodings)[number]

/** By its byte order mark; without one UTF-8 where all of it is that, else what western computers used before. */
export async function encodingOf(file: string, name: string, beginning: Buffer): Promise<Encoding> {
  const mark = beginning.toString('hex', 0, 2)
  if (mark === 'fffe') return 'utf-16le'
  if (mark === 'feff') return 'utf-16be'
  if (await isUtf8Throughout(file)) return 'utf-8'
  // In the old encodings every byte is a sign: what is no text at all would be read as some.
  if (beginning.includes(0))
    throw new BadRequest('import.binary', '{file} is no text: save it as CSV, and choose that file.', { file: name })
  return 'windows-1252'
}

async function isUtf8Throughout(file: string): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk])
    const whole = bytes.subarray(0, wholeSigns(bytes))
    if (!isUtf8(whole)) return false
    rest = bytes.subarray(whole.length)
  }
  return rest.length === 0
}

/** A part of a file as text; a sign that was cut off at its end is left out. */
export const textOf = (bytes: Buffer, encoding: Encoding): string => new TextDecoder(encoding).decode(bytes, { stream: true })

/** Makes UTF-8 of what goes through; stops with a BadRequest at what is no text in the encoding. */
export function intoUtf8(file: string, encoding: Encoding): Transform {
  return encoding === 'utf-8' ? onlyUtf8(file) : decoding(file, encoding)
}

function decoding(file: string, encoding: Encoding): Transform {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const pass = (done: TransformCallback, bytes?: Buffer) => {
    try {
      done(null, bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode())
    } catch (cause) {
      done(
        new BadRequest(
          'import.not_encoded',
          '{file} is not in {encoding}: it holds bytes that are no text in it.',
          { file, encoding },
          { cause },
        ),
      )
    }
  }
  return new Transform({ transform: (chunk: Buffer, _, done) => pass(done, chunk), flush: (done) => pass(done) })
}

/** What is UTF-8 goes through as it is; it names the first line that is not. */
function onlyUtf8(file: string): Transform {
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  const pass = (bytes: Buffer, done: TransformCallback) => {
    const isText = isUtf8(bytes)
    for (let at = 0; ; line++) {
      const end = bytes.indexOf(10, at)
      if (!isText && !isUtf8(bytes.subarray(at, end < 0 ? undefined : end))) return done(notUtf8(file, line))
      if (end < 0) break
      at = end + 1
    }
    done(null, bytes)
  }
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const whole = wholeSigns(bytes)
      rest = bytes.subarray(whole)
      pass(bytes.subarray(0, whole), done)
    },
    flush: (done) => pass(rest, done),
  })
}

/** How many of the bytes are whole signs: the last one may go on in the next part of the file. */
function wholeSigns(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    // Goes on with a sign that began before it.
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
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
