import { fieldAt, labelOf, type ModelMeta } from '@tessera/core'
import type { Reader } from './reader.ts'
import { pathLabel } from './words.ts'

type Words = Pick<Reader, 'app' | 't'>

/**
 * The values of an object, one a line; what was before and after with an arrow between. A `model` and the `fields` and `columns` of it are
 * called as the screens call them, as long as they are installed.
 */
export function factsIn(value: unknown, words: Words): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  const model = 'model' in value && typeof value.model === 'string' ? words.app.models.byName(value.model) : undefined
  return Object.entries(value)
    .filter(([, each]) => each !== null && each !== '')
    .map(([name, each]) => `${titled(name)}: ${factInWords(called(name, each, model, words))}`)
    .join('\n')
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

function factInWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map(factInWords).join(', ')
  if (typeof value !== 'object' || value === null) return String(value ?? '–')
  if ('before' in value && 'after' in value) return `${factInWords(value.before)} → ${factInWords(value.after)}`
  return JSON.stringify(value)
}
