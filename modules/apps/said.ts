import type { Services, UserError } from '@tessera/core'

/** An error in the reader's language, with what to do about it. */
export function said({ text }: Services, { code, values, message, hint }: Pick<UserError, 'code' | 'values' | 'message' | 'hint'>) {
  const translated = text(code, values)
  return { sentence: translated === code ? message : translated, hint }
}
