/** JSON Schemas (2020-12) of models, as OpenAPI 3.1 takes them. */
import { z } from 'zod'
import { type FieldMeta, isWritable, type ModelMeta, type ScalarField, type ScalarType } from '../../model/meta.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** `ticket-status` as a name of the document: `TicketStatus`. */
export function schemaName({ name }: ModelMeta): string {
  return name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A record as it is read. No field is promised: what comes depends on the caller's rights and on `fields`. */
export function recordSchema(model: ModelMeta): JsonSchema {
  const fields = [...model.fields.values()].filter(isForSomebody)
  return {
    type: 'object',
    title: model.label,
    required: ['id'],
    properties: Object.fromEntries(
      fields.map((field) => [field.name, { ...readType(field), ...about(field), ...(isWritable(field) ? {} : { readOnly: true }) }]),
    ),
  }
}

/** A record as it is written; only a creation demands fields. */
export function writeSchema(model: ModelMeta, how: 'create' | 'update'): JsonSchema {
  const fields = [...model.fields.values()].filter(isWritable)
  const required = fields.filter(isDemanded).map(({ name }) => name)
  return {
    type: 'object',
    additionalProperties: false,
    ...(how === 'create' && required.length > 0 && { required }),
    properties: Object.fromEntries(fields.map((field) => [field.name, { ...writeType(field), ...about(field) }])),
  }
}

/** A field for no role at all belongs to code alone. */
export function isForSomebody({ only }: FieldMeta): boolean {
  return only?.length !== 0
}

function isDemanded(field: FieldMeta): boolean {
  if (field.kind === 'many' || field.suggest || field.hasDefault || (field.kind === 'scalar' && field.sequence)) return false
  return !field.nullable || field.required === true
}

function about(field: FieldMeta): JsonSchema {
  return { title: field.label, ...(field.help !== undefined && { description: field.help }) }
}

const reference = { $ref: '#/components/schemas/Reference' }
const written = { $ref: '#/components/schemas/Written' }

function readType(field: FieldMeta): JsonSchema {
  if (field.kind === 'many') return { type: 'array', items: reference }
  // A field that holds always may still be hidden on some records, where it is null.
  if (field.kind === 'one') return field.nullable ? orNull(reference) : reference
  return scalarType(field, types[field.type], field.nullable)
}

function writeType(field: FieldMeta): JsonSchema {
  if (field.kind === 'many') return { type: 'array', items: written }
  if (field.kind === 'one') return field.nullable ? orNull(written) : written
  const type = { ...types[field.type], ...validOf(field) }
  return scalarType(field, field.type === 'translated' ? inLanguages(type) : type, field.nullable)
}

function scalarType({ values, options }: ScalarField, type: JsonSchema, isNullable: boolean): JsonSchema {
  const named = values ? { enum: [...values], ...(Object.keys(options).length > 0 && { 'x-labels': options }) } : {}
  return isNullable ? orNull({ ...type, ...named }) : { ...type, ...named }
}

/** What the field's own zod schema adds: lengths, patterns, limits. */
function validOf({ valid }: ScalarField): JsonSchema {
  if (!valid) return {}
  const { $schema: _, ...schema } = z.toJSONSchema(valid, { io: 'input', unrepresentable: 'any' })
  return schema
}

function orNull(schema: JsonSchema): JsonSchema {
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] }
}

/** A text in the writer's language, or one for each. */
function inLanguages(text: JsonSchema): JsonSchema {
  return { anyOf: [text, { type: 'object', additionalProperties: text }] }
}

const types: Readonly<Record<ScalarType, JsonSchema>> = {
  string: { type: 'string' },
  text: { type: 'string' },
  translated: { type: 'string' },
  enum: { type: 'string' },
  uuid: { type: 'string', format: 'uuid' },
  integer: { type: 'integer', minimum: -2_147_483_647, maximum: 2_147_483_647 },
  float: { type: 'number' },
  decimal: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  texts: { type: 'array', items: { type: 'string' } },
  json: {},
}
