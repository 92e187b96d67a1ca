/** What an administrator says of a field that he adds to a model: data, kept in the database, read at every boot. */
import { z } from 'zod'
import type { ModelMeta } from '../model/meta.ts'

/** The module whose fields they are: disabled, they vanish; uninstalled, they are dropped. */
export const ownFieldsModule = 'custom'

export const ownFieldTypes = ['text', 'long', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'choice', 'relation'] as const
export type OwnFieldType = (typeof ownFieldTypes)[number]

/** A text by language; of one that is missing, the English is shown, or else the first. */
export type OwnText = Readonly<Record<string, string>>

export interface OwnFieldDefinition {
  readonly type: OwnFieldType
  readonly label: OwnText
  readonly help?: OwnText | undefined
  /** Of a choice: its values in their order. */
  readonly choices?: readonly { readonly value: string; readonly label: OwnText }[] | undefined
  /** Of a relation: the model's name. */
  readonly to?: string | undefined
  /** Of whoever writes; records that are there already stay as they are. */
  readonly required?: boolean | undefined
  readonly tracked?: boolean | undefined
  /** What a new record begins with. */
  readonly default?: string | number | boolean | undefined
  /** Beside which field, or in which group or tab it stands; without it, or where that is no longer there, at the end. */
  readonly form?: { readonly after: string } | { readonly in: string } | undefined
  readonly list?: boolean | undefined
  /** Offered as a filter and to group by; with an index. */
  readonly filter?: boolean | undefined
  /** The search looks into it; with an index. */
  readonly search?: boolean | undefined
  /** Nobody sees it any more: it is about to be dropped. */
  readonly hidden?: true | undefined
}

export interface OwnField {
  readonly model: string
  /** `x_warranty`. */
  readonly name: string
  readonly definition: OwnFieldDefinition
}

/** Whether administrators may add fields to a model: seen outside, may be changed, and not one of those that decide who may do what. */
export function isExtensible({ exposed, appendOnly, confirmed, actor, journal, traits }: ModelMeta): boolean {
  return exposed && traits.extensible !== false && !appendOnly && !confirmed && !actor && !journal
}

/** `x_` and small words, 40 characters in all. */
export const ownFieldName = z
  .string()
  .regex(/^x(_[a-z][a-z0-9]*)+$/, 'Write x_ and small letters: x_warranty.')
  .max(40, 'A name has at most 40 characters.')

const locale = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'Name a language, such as en.')
const text = (longest: number) =>
  z
    .record(locale, z.string().trim().min(1, 'Write a text.').max(longest))
    .refine((texts) => Object.keys(texts).length > 0, 'Write a text in at least one language.')

const choice = z.strictObject({
  value: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_]*$/, 'Write the value of a choice in small letters, digits and _.')
    .max(40),
  label: text(80),
})

/** The definition as somebody typed it; what does not fit the type is told. */
export const ownFieldDefinition: z.ZodType<OwnFieldDefinition> = z
  .strictObject({
    type: z.enum(ownFieldTypes),
    label: text(80),
    help: text(300).optional(),
    choices: z.array(choice).min(1, 'Name at least one choice.').max(100).optional(),
    to: z.string().min(1).optional(),
    required: z.boolean().optional(),
    tracked: z.boolean().optional(),
    default: z.union([z.string().max(1000), z.number(), z.boolean()]).optional(),
    form: z.union([z.strictObject({ after: z.string().min(1) }), z.strictObject({ in: z.string().min(1) })]).optional(),
    list: z.boolean().optional(),
    filter: z.boolean().optional(),
    search: z.boolean().optional(),
    hidden: z.literal(true).optional(),
  })
  .superRefine((given, { addIssue }) => {
    const refuse = (path: string, message: string) => addIssue({ code: 'custom', path: [path], message })
    const { type, choices, to, search, filter } = given
    if (type === 'choice' && !choices) refuse('choices', 'Name the choices.')
    if (type !== 'choice' && choices) refuse('choices', 'Only a choice has choices.')
    if (type === 'relation' && to === undefined) refuse('to', 'Name the model that it refers to.')
    if (type !== 'relation' && to !== undefined) refuse('to', 'Only a relation refers to a model.')
    if (search && type !== 'text' && type !== 'long') refuse('search', 'The search looks into texts only.')
    if (filter && type === 'long') refuse('filter', 'A long text cannot be a filter; let the search look into it.')
    const values = choices?.map(({ value }) => value) ?? []
    if (new Set(values).size < values.length) refuse('choices', 'Two choices have the same value.')
    if (given.default !== undefined && !fitsDefault(given)) refuse('default', 'The default does not fit the type.')
  })

function fitsDefault({
  type,
  choices,
  default: value,
}: {
  type: OwnFieldType
  choices?: OwnFieldDefinition['choices']
  default?: unknown
}): boolean {
  if (type === 'boolean') return typeof value === 'boolean'
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'decimal') return typeof value === 'number'
  if (type === 'choice') return choices?.some((each) => each.value === value) ?? false
  if (type === 'date') return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
  return (type === 'text' || type === 'long') && typeof value === 'string'
}
