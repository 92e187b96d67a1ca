/** Reads a request's body within limits and refuses what no database can keep. */
import type { IncomingMessage } from 'node:http'
import { BadRequest, TooLarge, UserError } from '../errors.ts'

/** A body that was read: its value, and its text for whoever compares two requests. */
export interface Body {
  readonly value: unknown
  readonly text: string
}

/**
 * The JSON of a request; no body at all is `undefined`. Refused: another type (415), more than 1 MB (413), a body that takes
 * longer than 15 s (408), what is not JSON in UTF-8, is nested more than 20 deep, or holds NUL or half characters (400).
 */
export async function readJson(request: IncomingMessage): Promise<Body> {
  if (!hasBody(request)) return { value: undefined, text: '' }
  expectType(request, 'application/json')
  const text = await readText(request)
  if (text === '') return { value: undefined, text }
  const value = parse(text)
  refuseUnstorable(value, 0)
  return { value, text }
}

/** The fields of a form: a text, or a list of texts where a name is repeated. The same limits as for JSON. */
export async function readForm(request: IncomingMessage): Promise<Readonly<Record<string, string | readonly string[]>>> {
  const form: Record<string, string | readonly string[]> = Object.create(null)
  if (!hasBody(request)) return form
  expectType(request, 'application/x-www-form-urlencoded')
  const fields = new URLSearchParams(decodable(await readText(request)))
  if (fields.size > mostFormFields)
    throw new TooLarge('http.form_too_large', 'The form has more than {most} fields.', { most: mostFormFields })
  for (const name of new Set(fields.keys())) {
    const values = fields.getAll(name)
    for (const text of [name, ...values]) refuseNul(text)
    form[name] = values.length === 1 && values[0] !== undefined ? values[0] : values
  }
  return form
}

/** Whether the request says that it is JSON. */
export function isJson(contentType: string | undefined): boolean {
  return mediaType(contentType) === 'application/json'
}

const mostBytes = 1_048_576
const mostMilliseconds = 15_000
const deepest = 20
const mostFormFields = 2_000

class UnsupportedType extends UserError {
  override readonly status: number = 415
}
export class TooSlow extends UserError {
  override readonly status: number = 408
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/** Refuses (415) a body of another type, or an encoded one. */
export function expectType({ headers }: IncomingMessage, expected: string): void {
  const given = mediaType(headers['content-type'])
  if (given !== expected)
    throw new UnsupportedType('http.wrong_type', 'The body must be {expected}, not {given}.', {
      expected,
      given: given || 'without a type',
    })
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity')
    throw new UnsupportedType('http.wrong_encoding', 'The body must be sent as it is, not encoded as {encoding}.', { encoding })
}

function mediaType(contentType = ''): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}

function readText(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const settle = (done: () => void) => {
      clearTimeout(timer)
      request.off('data', collect).off('end', finish).off('error', fail).off('aborted', abort)
      done()
    }
    const collect = (chunk: Buffer) => {
      bytes += chunk.length
      chunks.push(chunk)
      if (bytes > mostBytes) settle(() => reject(tooLarge()))
    }
    const finish = () => settle(() => (chunks.length === 0 ? resolve('') : decode(Buffer.concat(chunks), resolve, reject)))
    const fail = (error: Error) => settle(() => reject(error))
    const abort = () => settle(() => reject(new BadRequest('http.aborted', 'The request ended before its body did.')))
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(new TooSlow('http.too_slow', 'The body took longer than {seconds} seconds.', { seconds: mostMilliseconds / 1000 })),
        ),
      mostMilliseconds,
    )
    request.on('data', collect).on('end', finish).on('error', fail).on('aborted', abort)
  })
}

function tooLarge(): TooLarge {
  return new TooLarge('http.too_large', 'The body is larger than {most} bytes.', { most: mostBytes })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
function decode(bytes: Buffer, resolve: (text: string) => void, reject: (error: Error) => void): void {
  try {
    resolve(utf8.decode(bytes))
  } catch {
    reject(new BadRequest('http.not_utf8', 'The body is not UTF-8 text.'))
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    // V8 quotes what it read: only where it stopped is of use, and safe to repeat.
    const at = cause instanceof Error ? (/position \d+/.exec(cause.message)?.[0] ?? 'its end') : 'its end'
    throw new BadRequest('http.broken_json', 'The body is not JSON: reading stopped at {at}.', { at }, { cause })
  }
}

function refuseUnstorable(value: unknown, depth: number): void {
  if (typeof value === 'string') refuseText(value)
  if (typeof value !== 'object' || value === null) return
  if (depth === deepest) throw new BadRequest('http.too_deep', 'The body is nested more than {most} deep.', { most: deepest })
  if (Array.isArray(value)) {
    for (const item of value) refuseUnstorable(item, depth + 1)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new BadRequest('http.forbidden_name', 'No field may be called "{name}".', { name: key })
    refuseText(key)
    refuseUnstorable(item, depth + 1)
  }
}

function refuseText(text: string): void {
  refuseNul(text)
  if (!text.isWellFormed()) throw new BadRequest('http.half_character', 'A text in the body holds half of a character (a lone surrogate).')
}

function refuseNul(text: string): void {
  if (text.includes('\0')) throw new BadRequest('http.nul', 'A text in the request holds the character NUL, which cannot be kept.')
}

/** URLSearchParams would read broken percent-encoding as replacement characters and keep those. */
function decodable(form: string): string {
  try {
    decodeURIComponent(form)
    return form
  } catch {
    throw new BadRequest('http.not_utf8', 'The body is not UTF-8 text.')
  }
}
