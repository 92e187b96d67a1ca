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

/** What a definition can be refused for, by the code that finds the translation. */
export const ownFieldTexts = {
  'field.bad_name': 'Write x_ and small letters: x_warranty.',
  'field.long_name': 'A name has at most 40 characters.',
  'field.bad_language': 'Name a language, such as en.',
  'field.no_text': 'Write a text.',
  'field.no_texts': 'Write a text in at least one language.',
  'field.bad_value': 'Write the value of a choice in small letters, digits and _.',
  'field.no_choice': 'Name at least one choice.',
  'field.no_choices': 'Name the choices.',
  'field.only_choice': 'Only a choice has choices.',
  'field.no_to': 'Name the model that it refers to.',
  'field.only_relation': 'Only a relation refers to a model.',
  'field.search_texts': 'The search looks into texts only.',
  'field.filter_long': 'A long text cannot be a filter; let the search look into it.',
  'field.same_values': 'Two choices have the same value.',
  'field.bad_default': 'The default does not fit the type.',
} as const

/** `x_` and small words, 40 characters in all. */
export const ownFieldName = z
  .string()
  .regex(/^x(_[a-z][a-z0-9]*)+$/, ownFieldTexts['field.bad_name'])
  .max(40, ownFieldTexts['field.long_name'])

const locale = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, ownFieldTexts['field.bad_language'])
const text = (longest: number) =>
  z
    .record(locale, z.string().trim().min(1, ownFieldTexts['field.no_text']).max(longest))
    .refine((texts) => Object.keys(texts).length > 0, ownFieldTexts['field.no_texts'])

const choice = z.strictObject({
  value: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_]*$/, ownFieldTexts['field.bad_value'])
    .max(40),
  label: text(80),
})

/** The definition as somebody typed it; what does not fit the type is told. */
export const ownFieldDefinition: z.ZodType<OwnFieldDefinition> = z
  .strictObject({
    type: z.enum(ownFieldTypes),
    label: text(80),
    help: text(300).optional(),
    choices: z.array(choice).min(1, ownFieldTexts['field.no_choice']).max(100).optional(),
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
    if (type === 'choice' && !choices) refuse('choices', ownFieldTexts['field.no_choices'])
    if (type !== 'choice' && choices) refuse('choices', ownFieldTexts['field.only_choice'])
    if (type === 'relation' && to === undefined) refuse('to', ownFieldTexts['field.no_to'])
    if (type !== 'relation' && to !== undefined) refuse('to', ownFieldTexts['field.only_relation'])
    if (search && type !== 'text' && type !== 'long') refuse('search', ownFieldTexts['field.search_texts'])
    if (filter && type === 'long') refuse('filter', ownFieldTexts['field.filter_long'])
    const values = choices?.map(({ value }) => value) ?? []
    if (new Set(values).size < values.length) refuse('choices', ownFieldTexts['field.same_values'])
    if (given.default !== undefined && !fitsDefault(given)) refuse('default', ownFieldTexts['field.bad_default'])
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
