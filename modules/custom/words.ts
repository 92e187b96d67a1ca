/** Texts that an administrator typed, and sentences that core says. */
import { fill, type OwnText, type Services, type UserError } from '@tessera/core'

/** In the reader's language, or in English, or else in the first that there is. */
export function inWords({ context: { locale } }: Services, texts: OwnText): string {
  return texts[locale] ?? texts[languageOf(locale)] ?? texts.en ?? Object.values(texts)[0] ?? ''
}

/** Where what he types is kept: `fr` for `fr-CA`. */
export function languageOf(locale: string): string {
  return locale.split('-')[0] ?? 'en'
}

export function saidBy({ text }: Services, { code, text: english, values, hint }: UserError) {
  const translated = text(code, values)
  return { sentence: translated === code ? fill(english, values) : translated, hint }
}
