/** Fields of a ticket as a customer fills them in: by their type, within his rights. */
import { BadRequest, type FieldMeta, fromText, helpCode, instantOf, isGiven, type OneField, optionCode, type Services } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import type { Asked, PortalForm } from './form.ts'
import type { Typed } from './sent.ts'
import { fieldLabel, type Wrong } from './wrong.ts'

export interface Control {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'email' | 'tel' | 'textarea' | 'number' | 'date' | 'datetime-local' | 'checkbox' | 'select'
  readonly value: string
  readonly required: boolean
  readonly help?: string | undefined
  readonly error?: string | undefined
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  readonly autocomplete?: string
}

/** The controls of a form, filled with what was typed. What the caller may not write is left out. */
export async function controlsOf(
  services: Services,
  form: PortalForm,
  typed: Typed,
  wrong: Wrong | undefined,
): Promise<readonly Control[]> {
  return Promise.all(writableOf(services, form).map(([asked, field]) => controlOf(services, asked, field, typed, wrong)))
}

/** The typed texts as values of a draft. What cannot be a value stays a text, and the write says why not. */
export function draftOf(services: Services, form: PortalForm, typed: Typed): Record<string, unknown> {
  return Object.fromEntries(
    writableOf(services, form).map(([, field]) => [field.name, valueIn(field, typed.get(field.name) ?? '', services)]),
  )
}

/** What is missing of what the form demands beyond the ticket itself. */
export function missingIn(services: Services, form: PortalForm, typed: Typed): ReadonlyMap<string, string> {
  const missing = writableOf(services, form).filter(([{ required }, { name }]) => required && !typed.get(name)?.trim())
  return new Map(missing.map(([, { name }]) => [name, services.text('portal.missing', { label: fieldLabel(name, services) })]))
}

function writableOf({ app, context }: Services, form: PortalForm): readonly (readonly [Asked, FieldMeta])[] {
  const model = app.models.of(Ticket)
  return form.fields.flatMap((asked): (readonly [Asked, FieldMeta])[] => {
    const field = model.fields.get(asked.field)
    return field && field.kind !== 'many' && context.caller.ability.field('create', field) !== false ? [[asked, field]] : []
  })
}

async function controlOf(services: Services, asked: Asked, field: FieldMeta, typed: Typed, wrong: Wrong | undefined): Promise<Control> {
  const { app, text } = services
  const help = [`portal.field.${field.name}.help`, helpCode(field)].find((code) => app.texts.get('en')?.has(code))
  const head = {
    name: field.name,
    label: fieldLabel(field.name, services),
    value: typed.get(field.name) ?? '',
    required:
      asked.required || field.required === true || (!field.nullable && field.kind === 'scalar' && !field.hasDefault && !field.suggest),
    help: help && text(help),
    error: wrong?.fields.get(field.name),
  }
  if (field.kind === 'one') return { ...head, kind: 'select', options: await choicesOf(services, field, typed) }
  if (field.kind === 'many') throw new TypeError(`A form cannot ask for the list "${field.name}".`)
  switch (field.type) {
    case 'enum':
      return { ...head, kind: 'select', options: (field.values ?? []).map((value) => ({ value, label: text(optionCode(field, value)) })) }
    case 'text':
      return { ...head, kind: 'textarea' }
    case 'integer':
    case 'float':
    case 'decimal':
      return { ...head, kind: 'number' }
    case 'boolean':
      return { ...head, kind: 'checkbox' }
    case 'date':
      return { ...head, kind: 'date' }
    case 'datetime':
      return { ...head, kind: 'datetime-local' }
    default:
      return { ...head, kind: 'text' }
  }
}

/** The records that the relation may name, as far as the customer may read them. */
async function choicesOf(services: Services, field: OneField, typed: Typed): Promise<NonNullable<Control['options']>> {
  const { handle } = field.target
  const offered = (where: object) =>
    services.records.query(handle, { fields: ['id'], where, limit: mostChoices, label: true, offered: true })
  const { rows } = await offered(choiceWhere(services, field, typed)).catch((error: unknown) => {
    // A choice by what he may not read: all are offered, and the write still checks.
    if (error instanceof BadRequest) return offered({})
    throw error
  })
  return rows.map((row: Labelled) => ({ value: row.id, label: row.label ?? '' }))
}

/** The condition of a relation's choice; one that follows from what nobody has chosen yet is left to the write. */
function choiceWhere({ app, context }: Services, { where }: OneField, typed: Typed): object {
  if (!isGiven(where)) return where ?? {}
  const { fields } = app.models.of(Ticket)
  const chosen = [...fields.values()].map(({ name, kind }) => {
    const text = typed.get(name) ?? ''
    return [name, text === '' ? null : kind === 'one' ? { id: text } : text]
  })
  try {
    return where.code(Object.fromEntries(chosen) as never, { now: context.now, isNew: true }) as object
  } catch (error) {
    if (error instanceof TypeError) return {}
    throw error
  }
}

function valueIn(field: FieldMeta, sent: string, { context }: Services): unknown {
  if (field.kind !== 'scalar') return sent === '' ? null : sent
  // A short text is one line.
  const text = field.type === 'string' ? sent.replace(/\s*\n\s*/g, ' ').trim() : sent
  if (field.type === 'datetime' && localTime.test(text)) return instantOf(`${text}:00`, context.zone)
  return fromText(field, text)
}

interface Labelled {
  readonly id: string
  readonly label?: string
}

const mostChoices = 200
const localTime = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/
