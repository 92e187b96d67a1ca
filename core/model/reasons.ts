/** What zod found wrong with a value, in plain words that catalogues translate; what a module says itself stays as it is. */
import { z } from 'zod'
import type { Reason } from '../errors.ts'

/** Why a value does not fit, as it stands behind the name of what was given. */
export function reasonOf(issue: z.core.$ZodIssue): Reason | string {
  return isOwn(issue) ? issue.message : plain(issue)
}

/** All of them, each with the part of the value that it is about. */
export function reasonsOf(issues: readonly z.core.$ZodIssue[]): readonly (Reason | string)[] {
  return issues.map((issue) => {
    const reason = reasonOf(issue)
    if (issue.path.length === 0) return reason
    return { code: 'valid.part', text: '{part}: {reason}', values: { part: issue.path.map(String).join('.'), reason } }
  })
}

const english = z.locales.en().localeError

/** Words of zod's are those that it says by itself; of a wrong type they end with what was given, which an issue does not keep. */
function isOwn(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_type') return !issue.message.startsWith('Invalid input')
  const usual = english(issue as z.core.$ZodRawIssue)
  return issue.message !== (typeof usual === 'object' ? usual?.message : usual)
}

function plain(issue: z.core.$ZodIssue): Reason {
  switch (issue.code) {
    case 'too_small':
      return bound(smallest, issue.origin, issue.inclusive !== false, issue.minimum)
    case 'too_big':
      return bound(greatest, issue.origin, issue.inclusive !== false, issue.maximum)
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? { code: 'valid.missing', text: 'this is missing', values: {} }
        : of(types[issue.expected])
    case 'invalid_format':
      return format(issue)
    case 'invalid_value':
      return { code: 'valid.one_of', text: 'choose one of {known}', values: { known: issue.values.map(String).join(', ') } }
    case 'not_multiple_of':
      return { code: 'valid.multiple', text: 'write a multiple of {divisor}', values: { divisor: Number(issue.divisor) } }
    case 'unrecognized_keys':
      return { code: 'valid.unknown', text: '{keys} is not known here', values: { keys: issue.keys.join(', ') } }
    default:
      return of()
  }
}

type Known = Readonly<Record<string, readonly [code: string, text: string]>>

const fits = ['valid.form', 'this does not have the form that is asked for'] as const
function of(known: readonly [string, string] = fits): Reason {
  const [code, text] = known
  return { code, text, values: {} }
}

const types: Known = {
  string: ['valid.text', 'write a text'],
  number: ['valid.number', 'write a number'],
  int: ['valid.integer', 'write a whole number'],
  bigint: ['valid.integer', 'write a whole number'],
  boolean: ['valid.boolean', 'this is true or false'],
  array: ['valid.list', 'this is a list'],
  set: ['valid.list', 'this is a list'],
  date: ['valid.day', 'write a day such as 2024-04-16'],
}

const formats: Known = {
  email: ['valid.email', 'write an email address such as ada@example.org'],
  url: ['valid.url', 'write an address such as https://example.org'],
  uuid: ['valid.id', 'write an id'],
  guid: ['valid.id', 'write an id'],
  date: types.date!,
  time: ['valid.time', 'write a time such as 09:30'],
  datetime: ['valid.instant', 'write an instant such as 2024-04-16T09:30:00Z'],
  ipv4: ['valid.ip', 'write an internet address such as 192.0.2.1'],
  ipv6: ['valid.ip', 'write an internet address such as 192.0.2.1'],
  e164: ['valid.phone', 'write a telephone number such as +33170189900'],
  lowercase: ['valid.lowercase', 'write small letters'],
  uppercase: ['valid.uppercase', 'write capital letters'],
}

function format(issue: z.core.$ZodIssueInvalidStringFormat): Reason {
  const { prefix, suffix, includes } = issue as Partial<Record<'prefix' | 'suffix' | 'includes', string>>
  if (prefix !== undefined) return { code: 'valid.begins', text: 'begin with "{part}"', values: { part: prefix } }
  if (suffix !== undefined) return { code: 'valid.ends', text: 'end with "{part}"', values: { part: suffix } }
  if (includes !== undefined) return { code: 'valid.holds', text: 'write "{part}" somewhere in it', values: { part: includes } }
  return of(formats[issue.format])
}

interface Bounds {
  readonly letters: readonly [string, string]
  readonly entries: readonly [string, string]
  readonly day: readonly [string, string]
  readonly number: readonly [string, string]
  /** Where the bound itself is too much. */
  readonly beyond: readonly [string, string]
}

const smallest: Bounds = {
  letters: ['valid.short', 'at least {bound} characters'],
  entries: ['valid.few', 'at least {bound} of them'],
  day: ['valid.early', 'not before {bound}'],
  number: ['valid.least', 'at least {bound}'],
  beyond: ['valid.more', 'more than {bound}'],
}
const greatest: Bounds = {
  letters: ['valid.long', 'at most {bound} characters'],
  entries: ['valid.many', 'at most {bound} of them'],
  day: ['valid.late', 'not after {bound}'],
  number: ['valid.most', 'at most {bound}'],
  beyond: ['valid.less', 'less than {bound}'],
}

function bound(by: Bounds, origin: string, isInclusive: boolean, value: number | bigint): Reason {
  const said = (known: readonly [string, string], bound: unknown): Reason => ({ code: known[0], text: known[1], values: { bound } })
  if (origin === 'string') return said(by.letters, Number(value))
  if (origin === 'date') return said(by.day, new Date(Number(value)).toISOString().slice(0, 10))
  if (['array', 'set', 'map', 'file'].includes(origin)) return said(by.entries, Number(value))
  return said(isInclusive ? by.number : by.beyond, Number(value))
}
