/** A record that a test can create: the code of a draft with all that the model asks for. */
import { type FieldMeta, type ModelMeta, type ScalarField, systemFields } from '../../model/meta.ts'

export interface Sample {
  /** What has to be there first, a line each. */
  readonly before: readonly string[]
  /** One field each: `subject: text`. */
  readonly fields: readonly string[]
}

/** Undefined where something is asked for that cannot be made up. */
export function sampleOf(model: ModelMeta, depth = 0): Sample | undefined {
  const before: string[] = []
  const fields: string[] = []
  for (const field of model.fields.values()) {
    if (!isAsked(field)) continue
    const value =
      field.kind === 'scalar'
        ? madeUp(field)
        : field.kind === 'one' && depth < 2
          ? related(field.name, field.target, depth, before)
          : undefined
    if (value === undefined) return undefined
    fields.push(`${field.name}: ${value}`)
  }
  return fields.some((field) => field.includes('text')) ? { before, fields } : undefined
}

function isAsked(field: FieldMeta): boolean {
  if (systemFields.has(field.name) || field.kind === 'many' || field.compute || field.suggest || field.hasDefault) return false
  if (field.kind === 'scalar' && (field.column === undefined || field.sql || field.from || field.sequence)) return false
  return field.required === true || !field.nullable
}

function madeUp({ type, values, valid }: ScalarField): string | undefined {
  const fits = (value: unknown) => !valid || valid.safeParse(value).success
  switch (type) {
    case 'string':
    case 'text':
      return texts.find(([, sample]) => fits(sample))?.[0]
    case 'translated':
      return '{ en: text }'
    case 'enum':
      return values?.[0] === undefined ? undefined : `'${values[0]}' as const`
    case 'integer':
    case 'float':
      return [1, 0, 10].find(fits)?.toString()
    case 'boolean':
      return 'true'
    case 'date':
      return `'2026-01-31'`
    default:
      return undefined
  }
}

const texts = [
  ['text', 'First'],
  ['text.toLowerCase()', 'first'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
  ['`${text.toLowerCase()}@example.org`', 'first@example.org'],
] as const

/** By its name, since an addon may use it in a test without depending on its module. */
function related(name: string, target: ModelMeta, depth: number, before: string[]): string | undefined {
  const sample = sampleOf(target, depth + 1)
  if (!sample) return undefined
  const draft = sample.fields.map((field) => field.replace(/\btext\b(?!\.)/g, `'Sample'`).replace(/\btext\./g, `'Sample'.`)).join(', ')
  before.push(
    ...sample.before,
    `const ${name} = await records.create(app.composition.models.byName('${target.name}')!.handle, { ${draft} })`,
  )
  return `${name}.id`
}
