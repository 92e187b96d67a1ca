import { type FieldMeta, fieldAt, labelOf, type ModelMeta, optionCode } from '@tessera/core'
import type { Reader } from './reader.ts'
import { pathLabel } from './words.ts'

type Words = Pick<Reader, 'app' | 't'>

/**
 * The values of an object, or of each of a list, one a line; what was before and after with an arrow between. A `model` and the `fields` and `columns` of it are
 * called as the screens call them, as long as they are installed. What else a value is called, and some of what it says, stands in the
 * catalogues below the field: `auditEntry.field.details.change`, `auditEntry.field.details.change.created`.
 */
export function factsIn(value: unknown, field: FieldMeta, words: Words): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  if (Array.isArray(value))
    return value.map((each) => factsIn(named(each), field, words).replaceAll('\n', words.t('web.fact_and'))).join('\n')
  const model = 'model' in value && typeof value.model === 'string' ? words.app.models.byName(value.model) : undefined
  return Object.entries(value)
    .filter(([, each]) => each !== null && each !== '')
    .map(([name, each]) => {
      const code = optionCode(field, name)
      const shown = typeof each === 'string' ? (textOf(`${code}.${each}`, words) ?? each) : each
      return words.t('web.fact', {
        name: textOf(code, words) ?? titled(name),
        value: factInWords(called(name, shown, model, words), words),
      })
    })
    .join('\n')
}

/** Of a list, without the id by which a machine finds it again: it says nothing to people. */
function named(each: unknown): unknown {
  if (typeof each !== 'object' || each === null) return each
  const { id: _, ...said } = each as { readonly id?: unknown }
  return said
}

/** Undefined where no catalogue has it. */
function textOf(code: string, { t }: Words): string | undefined {
  const text = t(code)
  return text === code ? undefined : text
}

/** `perMinute`: "Per minute". */
function titled(name: string): string {
  const spaced = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

function called(name: string, value: unknown, model: ModelMeta | undefined, { t }: Words): unknown {
  if (!model) return value
  if (name === 'model') return labelOf(model, t)
  const names = (name === 'fields' || name === 'columns') && Array.isArray(value) ? value : undefined
  return names?.map((each) => (fieldAt(model, String(each)) ? pathLabel(model, String(each), t) : each)) ?? value
}

function factInWords(value: unknown, words: Words): string {
  const { t } = words
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map((each) => factInWords(each, words)).join(t('web.fact_and'))
  if (typeof value === 'boolean') return t(value ? 'web.yes' : 'web.no')
  if (typeof value !== 'object' || value === null) return String(value ?? '–')
  if ('before' in value && 'after' in value)
    return t('web.fact_change', { before: factInWords(value.before, words), after: factInWords(value.after, words) })
  return JSON.stringify(value)
}
