/** Texts that stand in each language beside each other, and sentences that come from elsewhere with their English. */
import { fill } from '../errors.ts'
import { fallbacks } from './translator.ts'

/** The text in a language, else in English, else the first that there is. */
export function textIn(texts: Readonly<Record<string, string>>, locale: string): string {
  const found = fallbacks(locale).find((each) => texts[each] !== undefined)
  return (found === undefined ? Object.values(texts)[0] : texts[found]) ?? ''
}

/** A sentence of a plan, of an error or of another process: the code finds its translation. */
export interface Sentence {
  readonly code: string
  /** The English. */
  readonly sentence: string
  readonly values: Readonly<Record<string, unknown>>
  readonly hint?: string | undefined
  /** Of the hint, where it is not `<code>.hint`. */
  readonly hintCode?: string | undefined
}

interface Reader {
  text(code: string, values?: object): string
  readonly context: { readonly locale: string }
}

/** A code's text for the reader, or the English. */
export function saying({ text }: Pick<Reader, 'text'>): (code: string, english: string, values?: Sentence['values'] | object) => string {
  return (code, english, values = {}) => {
    const said = text(code, values)
    // A code that nobody translated comes back as it is.
    return said === code ? fill(english, values as Sentence['values']) : said
  }
}

/** In the reader's language where somebody translated it. Beside a value `model`, `modelCode` names the translation of that value. */
export function spoken(
  reader: Reader,
  { code, sentence, values, hint, hintCode = `${code}.hint` }: Sentence,
): { readonly sentence: string; readonly hint: string | undefined } {
  const list = new Intl.ListFormat(reader.context.locale)
  const say = saying(reader)
  const own = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const translation = values[`${name}Code`]
      if (Array.isArray(value)) return [name, list.format(value.map((each) => `"${String(each)}"`))]
      return [name, typeof translation === 'string' ? say(translation, String(value)) : value]
    }),
  )
  return { sentence: say(code, sentence, own), hint: hint && say(hintCode, hint, own) }
}
