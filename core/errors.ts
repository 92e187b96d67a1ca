/** What can go wrong, and for whom: boot problems speak to integrators, the others to the person at a door. */

/** One thing an integrator must mend before anything starts. */
export interface BootProblem {
  /** `room.what`, for example `view.unknown_anchor`. */
  readonly code: string
  /** The module whose declaration is at fault. */
  readonly module: string
  readonly sentence: string
  readonly hint?: string | undefined
  readonly file?: string | undefined
}

/** All boot problems together; nothing was started. */
export class BootFailure extends Error {
  readonly problems: readonly BootProblem[]
  constructor(problems: readonly BootProblem[]) {
    super(problems.map(describe).join('\n\n'))
    this.name = 'BootFailure'
    this.problems = problems
  }
}

function describe({ code, module, sentence, hint, file }: BootProblem): string {
  return [`${module}  ${code}`, `  ${sentence}`, ...(hint ? [`  ${hint}`] : []), ...(file ? [`  ${file}`] : [])].join('\n')
}

export type ErrorValues = Readonly<Record<string, unknown>>

/** One field that a writer must correct. `code` finds the translation, `text` is the English. */
export interface FieldError {
  readonly field: string
  readonly code: string
  readonly text: string
  readonly values?: ErrorValues | undefined
}

export interface ErrorOptions {
  readonly cause?: unknown
  /** What to do about it, when the sentence itself does not say. */
  readonly hint?: string
  readonly errors?: readonly FieldError[]
}

/**
 * A sentence for the person who asked. `code` finds its translation, `text` is the English with {placeholders},
 * `values` fill them. A subclass only chooses the HTTP status.
 */
export class UserError extends Error {
  readonly code: string
  readonly text: string
  readonly values: ErrorValues
  readonly errors: readonly FieldError[]
  readonly hint: string | undefined
  readonly status: number = 422
  constructor(code: string, text: string, values: object = {}, options: ErrorOptions = {}) {
    super(fill(text, values as ErrorValues), options.cause === undefined ? {} : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.text = text
    this.values = pickPlaceholders(text, values as ErrorValues)
    this.errors = options.errors ?? []
    this.hint = options.hint
  }
}

/** A mistake that a form of somebody else's shows to its visitor: the problem also has the sentence as `message`. */
export class FormError extends UserError {}

/** The request itself cannot be understood: an unknown field, operator or value. */
export class BadRequest extends UserError {
  override readonly status: number = 400
}

/** Nobody is signed in, or the key is not known. */
export class Unauthorized extends UserError {
  override readonly status: number = 401
}

/** The record may be read, but this may not be done to it. */
export class Forbidden extends UserError {
  override readonly status: number = 403
}

/** There is no such record, or none that this person may see: both say the same. */
export class NotFound extends UserError {
  override readonly status: number = 404
}

/** Somebody else changed it first, or the same key was used for another request. */
export class Conflict extends UserError {
  override readonly status: number = 409
}

/** If-Match named another version than the stored one. */
export class VersionMismatch extends Conflict {
  override readonly status: number = 412
}

/** What was sent is larger than is taken. */
export class TooLarge extends UserError {
  override readonly status: number = 413
}

/** Asked more often than is allowed; `seconds` later it may be tried again. */
export class TooMany extends UserError {
  override readonly status: number = 429
  readonly seconds: number
  constructor(code: string, text: string, seconds: number, values: object = {}) {
    super(code, text, { seconds, ...values })
    this.seconds = seconds
  }
}

/** A check found something that must be looked at, each in `errors`: the command line ends with 5. */
export class CheckFailed extends UserError {}

/** The deployment is at fault (configuration, database), not the person: the command line prints it and ends with `exitCode`. */
export class SetupError extends Error {
  readonly exitCode: 3 | 4
  readonly hint: string | undefined
  constructor(exitCode: 3 | 4, sentence: string, options: { hint?: string; cause?: unknown } = {}) {
    super(sentence, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'SetupError'
    this.exitCode = exitCode
    this.hint = options.hint
  }
}

/** A sentence within another, as one of its values: `text` is its English, the code finds its translation. */
export interface Reason {
  readonly code: string
  readonly text: string
  readonly values: ErrorValues
}

/** The values of a sentence, with the reasons among them said; several stand behind each other. */
export function withReasons(values: ErrorValues, say: (reason: Reason) => string): ErrorValues {
  const said = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.some(isReason) ? value.map(said).join('; ') : value
    return isReason(value) ? say(value) : value
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, said(value)]))
}

const isReason = (value: unknown): value is Reason =>
  typeof value === 'object' && value !== null && 'code' in value && 'text' in value && 'values' in value

/** Fills `{name}` with `values.name`; a placeholder without a value stays visible, so that the mistake is seen. */
export function fill(text: string, values: ErrorValues): string {
  const said = withReasons(values, (reason) => fill(reason.text, reason.values))
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => (said[key] === undefined || said[key] === null ? whole : String(said[key])))
}

/** Only what the sentence names travels with an error: a whole record must not end in a log or a response. */
export function pickPlaceholders(text: string, values: ErrorValues): ErrorValues {
  const picked: Record<string, unknown> = {}
  for (const [, key] of text.matchAll(/\{(\w+)[,}]/g)) if (key && values[key] !== undefined) picked[key] = values[key]
  return picked
}

/** The nearest of the known names, for "Did you mean …?"; undefined when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Levenshtein distance by the Wagner-Fischer table, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
