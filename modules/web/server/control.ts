import { choiceOf, type FieldMeta, fromText, instantOf, type ManyField, type ModelMeta, type OneField } from '@tessera/core'
import { initialsOf, toneOf } from '../person.ts'
import type { Cell, Field, Option, SelectField } from '../screens.ts'
import { isEmail } from './cell.ts'
import { type Choices, choicesFor } from './choices.ts'
import { conditionField } from './condition-field.ts'
import { dueInWords } from './deadline.ts'
import type { PlannedField } from './form-plan.ts'
import type { Formats } from './formats.ts'
import type { Reader } from './reader.ts'
import { queryRows, type Row, relatedIn } from './rows.ts'
import { hrefOf, isOpenTo, optionLabel } from './words.ts'

/** What was typed: by field, the text or texts that the browser sent. */
export type Typed = ReadonlyMap<string, readonly string[]>

interface About {
  readonly model: ModelMeta
  /** The stored record, or the first values of a new one. */
  readonly row: Row
  readonly isNew: boolean
  readonly typed: Typed
  readonly errors: ReadonlyMap<string, string>
}

/** The control of a field, or its value where it cannot be written; undefined where it is hidden. */
export async function controlOf(reader: Reader, planned: PlannedField, about: About, canWrite: boolean): Promise<Field | undefined> {
  const { row, isNew, errors } = about
  const { asking } = reader
  const { name, field, hidden } = planned
  const error = errors.get(name)
  if (error === undefined && (hidden === true || hidden?.holds(row, asking))) return undefined
  const permit = isNew ? planned.create : planned.update
  const isWritable =
    canWrite &&
    !planned.fixed &&
    permit.possible &&
    (isNew || permit.holds(row, asking)) &&
    (isNew || !planned.readonly.some((test) => test.holds(row, asking)))
  if (!isWritable && isNew) return undefined
  const isRequired = typeof planned.required === 'object' ? planned.required.holds(row, asking) : planned.required
  const head = {
    name,
    label: planned.label,
    ...(planned.origin && { origin: planned.origin }),
    ...(planned.shown.wide && { wide: true }),
    ...(error !== undefined && { error }),
  }
  if (!isWritable) {
    const made = planned.cell.make(row, reader)
    const cell = inFull(made, reader)
    const tip = planned.help && !isNew ? { tip: planned.help } : {}
    return { ...head, ...tip, kind: 'readonly', cell: cell.as === 'text' && isLong(field) ? { ...cell, long: true } : cell }
  }
  // Whoever reads a record knows its fields: there, help waits in the label.
  const written = {
    ...head,
    ...(planned.help && (isNew || error !== undefined ? { help: planned.help } : { tip: planned.help })),
    ...(isRequired && { required: true }),
  }
  const built = field.kind === 'scalar' && field.type === 'json' ? await conditionField(reader, planned, about) : undefined
  if (built) return { ...written, ...built }
  const texts = about.typed.get(name) ?? textsOf(field, row[field.name], reader.formats)
  const value = texts.at(-1) ?? ''
  if (field.kind === 'one') return relationControl(reader, planned, about, value, written)
  if (field.kind === 'many') {
    const { rows, more } = await offered(reader, field, row)
    const chosen = (row[field.name] as readonly Row[] | undefined) ?? []
    const known = new Set(rows.map(({ id }) => id))
    const options = [...rows, ...chosen.filter(({ id }) => !known.has(id))]
    return {
      ...written,
      kind: 'tags',
      options: options.map(({ id, label }) => ({ value: id, label: label ?? '', chosen: texts.includes(id) })),
      ...(more && { search: searchOf(about, name) }),
    }
  }
  const limits = limitsOf(field)
  // What a record leaves empty looks empty on purpose, as in a list.
  const dash = isNew ? {} : { placeholder: '–' }
  if (field.type === 'translated' && field.long) return { ...written, wide: true, kind: 'textarea', value, rows: 14, ...dash }
  switch (field.type) {
    case 'text':
    case 'json':
      return { ...written, wide: true, kind: 'textarea', value, rows: 6, ...dash }
    case 'integer':
    case 'float':
    case 'decimal':
      return {
        ...written,
        kind: 'number',
        value,
        step: field.type === 'integer' ? '1' : 'any',
        ...(planned.shown.as === 'duration' && { unit: reader.t('web.unit_minutes') }),
        ...limits,
        ...dash,
      }
    case 'boolean':
      return { ...written, kind: 'checkbox', value: value === 'true' }
    case 'date':
    case 'datetime':
      return { ...written, kind: field.type, value }
    case 'enum': {
      const options = (field.values ?? []).map((each) => ({ value: each, label: optionLabel(field, each, reader.t) }))
      return { ...written, kind: 'select', value, options } satisfies SelectField
    }
    default:
      return { ...written, kind: 'text', value, ...(isEmail(field) && { input: 'email' as const }), maxLength: maxLengthOf(field), ...dash }
  }
}

/** A list is for glancing at, a record for reading. */
function inFull(cell: Cell, reader: Reader): Cell {
  if (cell.as === 'date' && cell.title) return { ...cell, shown: cell.title }
  return cell.as === 'badge' && cell.deadline ? { ...cell, beside: dueInWords(cell.deadline.due, reader) } : cell
}

async function relationControl(
  reader: Reader,
  { field, name, shown }: PlannedField,
  about: About,
  value: string,
  written: { readonly name: string; readonly label: string; readonly required?: boolean },
): Promise<Field> {
  if (field.kind !== 'one') throw new TypeError(`"${name}" is no relation.`)
  const { target } = field
  const { row } = about
  const { rows, more } = await offered(reader, field, row)
  const options: Option[] = rows.map(({ id, label }) => ({ value: id, label: label ?? '' }))
  const stored = relatedIn(row[field.name])
  const chosen =
    value === ''
      ? undefined
      : (rows.find(({ id }) => id === value) ?? (stored?.id === value ? stored : await labelled(reader, target, value)))
  const isPerson = shown.as === 'person'
  if (!more && !isPerson) {
    const known = options.some((option) => option.value === value)
    const all = chosen && !known ? [{ value, label: chosen.label ?? '' }, ...options] : options
    return { ...written, kind: 'select', value: chosen ? value : '', options: all }
  }
  const label = chosen?.label ?? ''
  return {
    ...written,
    kind: 'relation',
    value: chosen ? value : '',
    options,
    ...(more && { search: searchOf(about, name) }),
    ...(chosen && {
      chosen: {
        label,
        ...(isOpenTo(reader, target) && { href: hrefOf(target, chosen.id) }),
        ...(isPerson && { initials: initialsOf(label), avatar: toneOf(label) }),
      },
    }),
  }
}

/** Where the others are found that a list has no room for. */
const searchOf = ({ model, row, isNew }: About, name: string): string =>
  `/${model.path}/options?field=${name}${isNew ? '' : `&id=${row.id}`}`

/** The records that a relation offers: those of its choice, which may follow from the record. */
function offered(reader: Reader, field: OneField | ManyField, row: Row): Promise<Choices> {
  return choicesFor(reader, field.target, choiceOf(field, row, { now: reader.now, isNew: row.id === '' }))
}

async function labelled(reader: Reader, target: ModelMeta, id: string): Promise<Row | undefined> {
  if (!isId(id)) return undefined
  const { rows } = await queryRows(reader.records, target, { fields: [], where: { id }, order: { id: 'asc' }, limit: 1 })
  return rows[0]
}

export const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

function isLong(field: FieldMeta): boolean {
  return field.kind === 'scalar' && field.long
}

function maxLengthOf(field: FieldMeta): number {
  const own = field.valid && 'maxLength' in field.valid ? field.valid.maxLength : undefined
  return typeof own === 'number' ? own : 255
}

function limitsOf({ valid }: FieldMeta): { min?: string; max?: string } {
  const [min, max] = ['minValue', 'maxValue'].map((name) =>
    valid && name in valid ? (valid as unknown as Record<string, unknown>)[name] : undefined,
  )
  const isLimit = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER
  return { ...(isLimit(min) && { min: String(min) }), ...(isLimit(max) && { max: String(max) }) }
}

/** A stored value as the control of its field holds it. */
export function textsOf(field: FieldMeta, value: unknown, formats: Formats): readonly string[] {
  if (field.kind === 'many') return Array.isArray(value) ? value.map((each: Row) => each.id) : []
  if (value === null || value === undefined) return ['']
  if (field.kind === 'one') return [relatedIn(value)?.id ?? String(value)]
  if (field.type === 'datetime') return [formats.local(value instanceof Date ? value : new Date(String(value)))]
  if (field.type === 'date') return [String(value).slice(0, 10)]
  if (field.type === 'texts') return [(value as readonly string[]).join(', ')]
  if (field.type === 'json') return [JSON.stringify(value, null, 2)]
  return [String(value)]
}

/** What was typed as the value of the field; what cannot be one stays a text, and the write says why not. */
export function typedValue(field: FieldMeta, texts: readonly string[], zone: string): unknown {
  if (field.kind === 'many') return texts.filter(Boolean)
  const sent = (texts.at(-1) ?? '').replaceAll('\r\n', '\n')
  // A short text is one line, also where its box shows several.
  const text = field.kind === 'scalar' && field.type === 'string' ? sent.replace(/\s*\n\s*/g, ' ') : sent
  if (field.kind === 'one') return text === '' ? null : text
  if (text === '') return null
  if (field.type === 'datetime' && isLocalTime.test(text)) return instantOf(text.length === 16 ? `${text}:00` : text, zone)
  return fromText(field, text)
}

const isLocalTime = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/

/** Whether the control still holds what is stored. */
export function isAsStored(field: FieldMeta, texts: readonly string[], stored: unknown, formats: Formats): boolean {
  const before = textsOf(field, stored, formats)
  if (field.kind === 'many') {
    const [a, b] = [texts.filter(Boolean), before]
    return a.length === b.length && a.every((each) => b.includes(each))
  }
  const [typed, kept] = [texts.at(-1) ?? '', before[0] ?? '']
  // A checkbox that was never decided is not ticked.
  if (field.kind === 'scalar' && field.type === 'boolean' && kept === '') return typed === 'false' || typed === ''
  return typed.replaceAll('\r\n', '\n') === kept.replaceAll('\r\n', '\n')
}
