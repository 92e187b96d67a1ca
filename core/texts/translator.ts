/** From a code to a text in somebody's language. */
import IntlMessageFormat, { type PrimitiveType } from 'intl-messageformat'
import { fill, type Reason, withReasons } from '../errors.ts'
import type { Texts } from './texts.ts'

type Values = Readonly<Record<string, unknown>>
export type Translator = (locale: string, code: string, values?: Values) => string

/**
 * Looks in fr-CA, then fr, then en; a code that none of them has comes back as it is. Messages are compiled once. A value that
 * is missing leaves its placeholder visible: a text for a person never fails.
 */
export function translator(texts: Texts): Translator {
  const chains = new Map<string, readonly Catalogue[]>()
  const catalogues = new Map(
    [...texts].map(([locale, messages]): [string, Catalogue] => [locale, { locale, messages, compiled: new Map() }]),
  )
  const chainOf = (locale: string): readonly Catalogue[] => {
    const known = chains.get(locale)
    if (known) return known
    const chain = fallbacks(locale).flatMap((each) => catalogues.get(each) ?? [])
    // A request may ask for anything: what is kept stays small.
    if (chains.size >= 200) chains.clear()
    chains.set(locale, chain)
    return chain
  }
  const translate: Translator = (locale, code, values) => {
    for (const catalogue of chainOf(locale)) {
      const message = catalogue.messages.get(code)
      if (message === undefined) continue
      return needsFormatting(message)
        ? formatted(
            catalogue,
            code,
            message,
            withReasons(values ?? {}, (reason) => said(locale, reason)),
          )
        : message
    }
    return code
  }
  /** A sentence within this one, in the same language. */
  const said = (locale: string, { code, text, values }: Reason): string => {
    const found = translate(locale, code, values)
    return found === code ? fill(text, values) : found
  }
  return translate
}

/** A message without arguments is its own text. */
export function needsFormatting(message: string): boolean {
  return message.includes('{')
}

/** `fr-CA` -> `fr-CA`, `fr`, `en`. */
export function fallbacks(locale: string): readonly string[] {
  const parts = locale.split('-')
  const own = parts.map((_, i) => parts.slice(0, parts.length - i).join('-'))
  return own.includes('en') ? own : [...own, 'en']
}

interface Catalogue {
  readonly locale: string
  readonly messages: ReadonlyMap<string, string>
  readonly compiled: Map<string, IntlMessageFormat>
}

function formatted({ locale, compiled }: Catalogue, code: string, message: string, values: Values): string {
  let format = compiled.get(code)
  try {
    if (!format) {
      format = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true })
      compiled.set(code, format)
    }
    return String(format.format(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, primitive(value)]))))
  } catch {
    return fill(message, values)
  }
}

function primitive(value: unknown): PrimitiveType {
  const simple = value === null || value === undefined || typeof value !== 'object' || value instanceof Date
  return simple ? (value as PrimitiveType) : String(value)
}
