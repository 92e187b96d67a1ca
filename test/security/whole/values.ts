/** Values that somebody may write: fitting ones for each field and schema, and now and then others. */
import type { FieldMeta, ModelMeta, ScalarField } from '@tessera/core'
import { each, idOf } from './population.ts'
import type { Chance } from './random.ts'

export type Schema = Readonly<Record<string, unknown>>

let words = 0
/** A text that nobody wrote before. */
export function word(random: Chance): string {
  words += 1
  return `word${words}${random.one(['', 'a', 'bee'])}`
}

/** The body of a POST or PATCH. */
export function draftOf(model: ModelMeta, random: Chance, verb: 'create' | 'update'): Record<string, unknown> {
  const draft: Record<string, unknown> = {}
  for (const field of model.fields.values()) {
    if (isStamp(field)) {
      if (random.is(0.02)) draft[field.name] = valueFor(field, random)
      continue
    }
    const isNeeded =
      verb === 'create' &&
      field.kind !== 'many' &&
      !field.nullable &&
      !field.compute &&
      !field.readonly &&
      !field.suggest &&
      !field.hasDefault
    const share = verb === 'create' ? (field.only || field.through.length > 0 || field.readonly ? 0.02 : 0.12) : 1.6 / model.fields.size
    if (isNeeded ? random.is(0.98) : random.is(share)) draft[field.name] = valueFor(field, random)
  }
  return draft
}

function isStamp({ name }: FieldMeta): boolean {
  return ['id', 'version', 'createdAt', 'updatedAt', 'createdBy', 'updatedBy'].includes(name)
}

export function valueFor(field: FieldMeta, random: Chance): unknown {
  const id = (target: ModelMeta) => idOf(target, random.is(0.5) ? random.below(3) : random.below(each))
  if (field.kind === 'one') return field.nullable && random.is(0.1) ? null : random.is(0.1) ? { id: id(field.target) } : id(field.target)
  if (field.kind === 'many') return random.some([0, 1, 2, 3], 2).map((at) => idOf(field.target, at))
  return scalarFor(field, random)
}

function scalarFor(field: ScalarField, random: Chance): unknown {
  if (field.nullable && random.is(0.1)) return null
  switch (field.type) {
    case 'enum':
      return random.one(field.values ?? ['x'])
    case 'boolean':
      return random.is(0.5)
    case 'integer':
      return fitting(field, [random.below(6), 1, 3])
    case 'float':
    case 'decimal':
      return random.below(10) + 0.5
    case 'datetime':
      return new Date(Date.UTC(2026, random.below(12), 1 + random.below(28))).toISOString()
    case 'date':
      return `2026-0${1 + random.below(9)}-1${random.below(9)}`
    case 'uuid':
      return '00000000-0000-7000-8000-000000000001'
    case 'json':
      return fitting(field, [{ subject: word(random) }, [], {}, [`https://${word(random)}.example.org`], ...mappings])
    case 'texts':
      return [word(random)]
    default: {
      const made = word(random)
      return fitting(field, [made, `${made}@example.org`, `https://${made}.example.org`, 'FR', 'fr', 'Europe/Paris', vin(random)])
    }
  }
}

/** A number of a car whose check digit is right is not needed: 17 letters and digits are. */
const vin = (random: Chance) => `1HGCM82633A${String(100_000 + random.below(899_999))}`

/** How a chat service is spoken to, as its screens take it. */
const mappings = [
  { by: 'none' },
  { by: 'hmac', header: 'x-signature', algorithm: 'sha256' },
  { messages: 'messages[]', address: 'from', text: 'text', externalId: 'id' },
  { url: 'https://chat.example.org/send', headers: {}, body: { to: '{{to}}', text: '{{text}}' } },
]

function fitting(field: ScalarField, values: readonly unknown[]): unknown {
  const { valid } = field
  return values.find((each) => !valid || valid.safeParse(each).success) ?? values[0]
}

/** Something that a JSON schema takes. */
export function fromSchema(schema: Schema, random: Chance, root: object, depth = 0): unknown {
  if (typeof schema.$ref === 'string') return fromSchema(resolved(schema.$ref, root), random, root, depth + 1)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return random.one(schema.enum)
  if ('default' in schema && random.is(0.3)) return schema.default
  for (const key of ['anyOf', 'oneOf', 'allOf'])
    if (Array.isArray(schema[key])) return fromSchema(random.one(schema[key] as Schema[]), random, root, depth + 1)
  const type = Array.isArray(schema.type) ? random.one(schema.type as string[]) : schema.type
  if (type === 'object' || isObject(schema.properties)) return objectFrom(schema, random, root, depth)
  if (type === 'array') return depth > 6 || !isObject(schema.items) ? [] : [fromSchema(schema.items, random, root, depth + 1)]
  if (type === 'boolean') return random.is(0.5)
  if (type === 'null') return null
  if (type === 'integer' || type === 'number')
    return Math.max(Number(schema.minimum ?? 1), Math.min(Number(schema.maximum ?? 5), 1 + random.below(5)))
  if (schema.format === 'email') return `${word(random)}@example.org`
  if (schema.format === 'uri') return `https://${word(random)}.example.org`
  if (schema.format === 'date-time') return '2030-06-03T10:00:00.000Z'
  if (schema.format === 'date') return '2030-06-03'
  if (schema.format === 'uuid') return '00000000-0000-7000-8000-000000000001'
  const text = word(random)
  const known = [text, '1HGCM82633A004352', 'FR', 'ABC', '+33123456789', '123', '09:00']
  const pattern = typeof schema.pattern === 'string' ? new RegExp(schema.pattern, 'u') : undefined
  return known.find((each) => !pattern || pattern.test(each)) ?? text
}

function objectFrom(schema: Schema, random: Chance, root: object, depth: number): Record<string, unknown> {
  const required = new Set(Array.isArray(schema.required) ? (schema.required as string[]) : [])
  const made: Record<string, unknown> = {}
  for (const [name, of] of Object.entries((schema.properties ?? {}) as Record<string, Schema>))
    if (required.has(name) ? random.is(0.98) : random.is(0.4))
      made[name] = random.is(0.8) && name in named ? named[name] : fromSchema(of, random, root, depth + 1)
  return made
}

/** What only the name of a property tells. */
export const named: Readonly<Record<string, string>> = {
  date: '2030-12-24',
  time: '09:30',
  phone: '+33123456789',
  vin: '1HGCM82633A004352',
  secret: 'a secret that is long enough for a signature',
  user: 'manager@people.example',
  action: 'read',
  model: 'ticket',
}

function resolved(ref: string, root: object): Schema {
  let at: unknown = root
  for (const step of ref.replace(/^#\//, '').split('/')) at = isObject(at) ? at[step] : undefined
  return isObject(at) ? at : {}
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
