/** What went wrong, as problem+json (RFC 9457) and as a page. */
import { STATUS_CODES } from 'node:http'
import { type ErrorValues, FormError, fill, TooMany, UserError, withReasons } from '../errors.ts'
import type { Services } from '../service/services.ts'

export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail: string
  /** The sentence again, under the name by which forms of other people look for it. */
  readonly message?: string
  readonly errors?: readonly { readonly field: string; readonly code: string; readonly detail: string }[]
  readonly requestId: string
}

/** What an error says to whoever asked; `isOurs` marks those that the log must explain. */
export interface Failure {
  readonly error: UserError
  readonly isOurs: boolean
  readonly retryAfter?: number
}

/** Any thrown value as an error that may be shown: what is not meant for people becomes one sentence that tells nothing. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof TooMany) return { error: thrown, isOurs: false, retryAfter: thrown.seconds }
  if (thrown instanceof UserError) return { error: thrown, isOurs: false }
  for (let at: unknown = thrown, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : ''
    if (unavailable.test(code)) return { error: new Unavailable(thrown), isOurs: true, retryAfter: 1 }
    if (unstorable.has(code)) return { error: new Unstorable(thrown), isOurs: true }
  }
  return { error: new Unexpected(thrown), isOurs: true }
}

export function problemOf(error: UserError, requestId: string, say: Say): Problem {
  const detail = sentenceOf(error, say)
  return {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    code: error.code,
    detail,
    ...(error instanceof FormError && { message: detail }),
    ...(error.errors.length > 0 && {
      errors: error.errors.map(({ field, code, text, values = {} }) => {
        const worded = withReasons(values, (reason) => say(reason.code, fill(reason.text, reason.values), reason.values))
        return { field, code, detail: say(code, fill(text, worded), worded) }
      }),
    }),
    requestId,
  }
}

/** The sentence and, where it does not say so itself, what to do. */
export function sentenceOf(error: UserError, say: Say): string {
  const sentence = say(error.code, error.message, error.values)
  const hint = hintOf(error, say)
  return hint ? `${sentence} ${hint}` : sentence
}

/** What to do about it; a catalogue has it as `<code>.hint`. */
export function hintOf({ code, hint, values }: UserError, say: Say): string | undefined {
  return hint && say(`${code}.hint`, hint, values)
}

/** Finds a code's text in the caller's language, or keeps the English. */
export type Say = (code: string, english: string, values: ErrorValues) => string

export function speaker(services: Services | undefined): Say {
  return (code, english, values) => {
    const said = services?.text(code, values)
    // A code without a text comes back as it is.
    return said === undefined || said === code ? english : said
  }
}

/** PostgreSQL and network codes that say: not now. */
const unavailable = /^(08...|53...|57P0.|57014|55P03|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/
/** PostgreSQL codes for a value that it cannot take: out of range, not of the type, not of the encoding. */
const unstorable = new Set(['22003', '22007', '22008', '22021', '22P02', '22P05', '22001'])

class Unavailable extends UserError {
  override readonly status: number = 503
  constructor(cause: unknown) {
    super('http.unavailable', 'The database does not answer at the moment; try again in a second.', {}, { cause })
  }
}
class Unstorable extends UserError {
  override readonly status: number = 400
  constructor(cause: unknown) {
    super(
      'http.unstorable',
      'One of the values cannot be kept or compared: it is too large or not of the type of its field.',
      {},
      { cause },
    )
  }
}
class Unexpected extends UserError {
  override readonly status: number = 500
  constructor(cause: unknown) {
    super(
      'http.unexpected',
      'Something went wrong on our side. Nothing was changed; the log explains it under the request id.',
      {},
      { cause },
    )
  }
}
