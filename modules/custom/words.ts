/** Texts that an administrator typed, and sentences that core says. */
import { type OwnText, type Services, spoken, textIn, type UserError } from '@tessera/core'

/** In the reader's language, or in English, or else in the first that there is. */
export function inWords({ context: { locale } }: Services, texts: OwnText): string {
  return textIn(texts, locale)
}

/** Where what he types is kept: `fr` for `fr-CA`. */
export function languageOf(locale: string): string {
  return locale.split('-')[0] ?? 'en'
}

export function saidBy(services: Services, { code, message, values, hint }: UserError) {
  return spoken(services, { code, sentence: message, values, hint })
}
