import { type FieldError, fill, labelOf, type ModelMeta, type UserError } from '@tessera/core'
import type { ErrorSummary } from '../screens.ts'
import type { Reader } from './reader.ts'

/** An error's sentence in the reader's language, and what to do about it. */
export function sentenceOf(error: UserError, t: Reader['t']): string {
  const sentence = said(t, error.code, error.values, error.message)
  return error.hint ? `${sentence} ${error.hint}` : sentence
}

export function fieldSentence({ field, code, text, values = {} }: FieldError, model: ModelMeta | undefined, t: Reader['t']): string {
  const meta = model?.fields.get(field)
  const worded = meta ? { ...values, label: labelOf(meta, t) } : values
  const sentence = said(t, code, worded, fill(text, worded))
  // It stands beside the field, whose name needs no saying; French puts a space before the colon.
  const heading = String(worded.label ?? '')
  const colon = sentence.startsWith(heading) ? /^\s*:\s*/.exec(sentence.slice(heading.length)) : null
  return heading !== '' && colon ? asSentence(sentence.slice(heading.length + colon[0].length)) : sentence
}

/** What stands above a form that was not saved; `onForm` are the fields to which an entry can lead. */
export function summaryOf(error: UserError, model: ModelMeta, onForm: ReadonlySet<string>, t: Reader['t']): ErrorSummary {
  return {
    title: sentenceOf(error, t),
    items: error.errors.map((each) => {
      const meta = model.fields.get(each.field)
      const text = fieldSentence(each, model, t)
      const label = meta && labelOf(meta, t)
      return {
        text,
        ...(onForm.has(each.field) && { field: each.field }),
        // "Subject is missing." names the field by itself.
        ...(label && !text.startsWith(label) && { label }),
      }
    }),
  }
}

/** What stood behind a colon, by itself. */
export function asSentence(text: string): string {
  const sentence = text.charAt(0).toLocaleUpperCase() + text.slice(1)
  return /[.!?؟…]$/.test(sentence) ? sentence : `${sentence}.`
}

/** A code without a text comes back as it is. */
function said(t: Reader['t'], code: string, values: Readonly<Record<string, unknown>>, otherwise: string): string {
  const text = t(code, values)
  return text === code ? otherwise : text
}
