/** From what a form sends to a field, and back. */
import { type OwnField, type OwnFieldDefinition, type OwnFieldType, type OwnText, ownFieldDefinition, ownFieldTypes } from '@tessera/core'

/** What was typed, name by name. */
export type Typed = URLSearchParams

export interface Language {
  /** The language in which he types. */
  readonly locale: string
  /** The field as it is, where it is changed. */
  readonly before: OwnField | undefined
}

export function typedField(typed: Typed, { locale, before }: Language): OwnField {
  const word = (name: string) => typed.get(name)?.trim() ?? ''
  const type = before?.definition.type ?? ownFieldTypes.find((each) => each === word('type')) ?? 'text'
  const label = word('label')
  const help = said(before?.definition.help, locale, word('help'))
  const place = word('place')
  const preset = word('default')
  const definition: OwnFieldDefinition = {
    type,
    label: said(before?.definition.label, locale, label) ?? {},
    ...(help && { help }),
    ...(type === 'choice' && { choices: typedChoices(word('choices'), locale, before?.definition.choices ?? []) }),
    ...(type === 'relation' && { to: before?.definition.to ?? word('to') }),
    ...(typed.has('required') && { required: true }),
    ...(preset !== '' && { default: valueFrom(type, preset) }),
    ...(place.startsWith('after:') && { form: { after: place.slice('after:'.length) } }),
    ...(place.startsWith('in:') && { form: { in: place.slice('in:'.length) } }),
    ...(typed.has('list') && { list: true }),
    ...(typed.has('filter') && { filter: true }),
    ...(typed.has('search') && (type === 'text' || type === 'long') && { search: true }),
    ...(before?.definition.tracked === false && { tracked: false }),
  }
  return { model: before?.model ?? word('model'), name: before?.name ?? nameFrom(word('name') || label), definition }
}

/** What the name would be, of what was typed so far. */
export function suggestedName(label: string): string {
  const name = nameFrom(label)
  return name === 'x_' ? '' : name
}

/** `Garantie jusqu’à` -> `x_garantie_jusqu_a`; of other scripts nothing is left, and a name has to be typed. */
function nameFrom(words: string): string {
  const plain = words
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^(x_)?[_0-9]*|_+$/g, '')
    .replace(/_(?=[0-9])/g, '')
  return `x_${plain.slice(0, 38).replace(/_+$/, '')}`
}

/** One a line, `value = Label` or a label alone. */
function typedChoices(text: string, locale: string, before: NonNullable<OwnFieldDefinition['choices']>): OwnFieldDefinition['choices'] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [first = '', second] = line.split('=').map((each) => each.trim())
      const label = second ?? first
      const value = second === undefined ? nameFrom(first).slice('x_'.length) : first
      return { value, label: { ...before.find((each) => each.value === value)?.label, [locale]: label } }
    })
}

export function choicesText({ choices = [] }: OwnFieldDefinition, words: (texts: OwnText) => string): string {
  return choices.map(({ value, label }) => `${value} = ${words(label)}`).join('\n')
}

function said(before: OwnText | undefined, locale: string, text: string): OwnText | undefined {
  if (text !== '') return { ...before, [locale]: text }
  const others = Object.entries(before ?? {}).filter(([each]) => each !== locale)
  return others.length > 0 ? Object.fromEntries(others) : undefined
}

function valueFrom(type: OwnFieldType, text: string): string | number | boolean {
  if (type === 'boolean') return text === 'true' || text === 'yes'
  return (type === 'integer' || type === 'decimal') && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** What a plan that was read was about, as its form sends it back; undefined where it was tampered with. */
export function sentField(body: unknown): OwnField | undefined {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>
  try {
    const definition = ownFieldDefinition.safeParse(JSON.parse(String(sent.definition)))
    return definition.success ? { model: String(sent.model), name: String(sent.name), definition: definition.data } : undefined
  } catch {
    return undefined
  }
}
