/** The input of an action field by field, as a dialog asks for it. */
import { z } from 'zod'
import { labelFrom } from '../model/naming.ts'
import { type Action, type Reference, referenceOf } from './action.ts'

export interface ActionInput {
  readonly name: string
  /** English, guessed from the name; catalogues may say it better as `ticket.action.close.reason`. */
  readonly label: string
  /** What the author wrote with `.describe(…)`, in English. */
  readonly help: string | undefined
  /** `texts`: several, typed with commas between; `drafts`: ids of files that were sent before, a list that nobody types. */
  readonly kind: 'text' | 'texts' | 'number' | 'boolean' | 'choice' | 'record' | 'drafts'
  /** May not be left out. */
  readonly required: boolean
  /** Null is a value of its own: it takes away what is there. */
  readonly nullable: boolean
  /** Of a choice. */
  readonly values: readonly string[]
  readonly maxLength: number | undefined
  /** Of a text that nobody looking on may read: `.meta({ format: 'password' })`. It is never shown again. */
  readonly secret: boolean
  /** Of a record: which ones are offered. */
  readonly reference: Reference | undefined
}

/** None for an action without input. Also of other schemas that people fill in, such as settings. */
export function inputsOf({ input }: Pick<Action, 'input'>): readonly ActionInput[] {
  if (!(input instanceof z.ZodObject)) return []
  return Object.entries(input.shape as Record<string, z.ZodType>).map(([name, schema]) => {
    const inner = unwrapped(schema)
    const reference = referenceOf(schema)
    return {
      name,
      label: labelFrom(name),
      help: schema.description ?? inner.description,
      kind: reference ? 'record' : kindOf(inner),
      required: !schema.safeParse(undefined).success,
      nullable: schema.safeParse(null).success,
      values: inner instanceof z.ZodEnum ? inner.options.map(String) : [],
      maxLength: inner instanceof z.ZodString ? (inner.maxLength ?? undefined) : undefined,
      secret: [schema, inner].some((each) => each.meta()?.format === 'password'),
      reference,
    }
  })
}

function kindOf(schema: z.ZodType): ActionInput['kind'] {
  if (schema instanceof z.ZodNumber) return 'number'
  if (schema instanceof z.ZodBoolean) return 'boolean'
  if (schema.meta()?.format === 'drafts') return 'drafts'
  if (schema instanceof z.ZodArray) return 'texts'
  return schema instanceof z.ZodEnum ? 'choice' : 'text'
}

function unwrapped(schema: z.ZodType): z.ZodType {
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
  return wraps ? unwrapped(schema.unwrap() as z.ZodType) : schema
}
