/** Finds the field that a client names, among those that this client may read. */
import { BadRequest, nearest } from '../../errors.ts'
import type { FieldMeta, ModelMeta } from '../../model/meta.ts'

/** What the reading client may know of. */
export interface Reader {
  /** Names of a model's fields that the caller may read. */
  readable(model: ModelMeta): ReadonlySet<string>
  /** What a date without a time means. */
  readonly zone: string
}

export interface Found {
  readonly steps: readonly string[]
  readonly field: FieldMeta
  /** Where the path first goes to many records: conditions on it mean "one of them". */
  readonly isToMany: boolean
}

const deepest = 3

/**
 * The field at `partner.company.name`. A field that the caller may not read is as unknown as one that does not exist
 * (BadRequest); `parameter` is what the client wrote, for the error.
 */
export function findField(model: ModelMeta, path: string, reader: Reader, parameter: string): Found {
  const steps = path.split('.')
  if (steps.length > deepest)
    throw badParameter(parameter, 'request.too_deep', '"{path}" goes through more than {most} fields.', { path, most: deepest })
  let at: ModelMeta | undefined = model
  let field: FieldMeta | undefined
  let isToMany = false
  for (const step of steps) {
    if (!at)
      throw badParameter(parameter, 'request.no_relation', '"{path}" cannot go on after "{field}": that is no relation.', {
        path,
        field: field?.name,
      })
    const known = reader.readable(at)
    const next: FieldMeta | undefined = known.has(step) ? at.fields.get(step) : undefined
    if (!next) throw unknownField(at, step, known, parameter)
    if (next.kind === 'many') isToMany = true
    field = next
    at = next.kind === 'scalar' ? undefined : next.target
  }
  if (!field) throw unknownField(model, path, reader.readable(model), parameter)
  return { steps, field, isToMany }
}

/** "There is no field …" with the nearest of the known names. */
export function unknownField(model: ModelMeta, name: string, known: Iterable<string>, parameter = name): BadRequest {
  return badParameter(
    parameter,
    'request.unknown_field',
    'There is no field "{field}" in {model}.',
    { model: model.plural.toLowerCase(), field: name },
    didYouMean(name, known),
  )
}

/** A BadRequest about one parameter of the request. */
export function badParameter(parameter: string, code: string, text: string, values: object, hint?: string): BadRequest {
  const whole = hint ? `${text} ${hint}` : text
  return new BadRequest(code, whole, values, { errors: [{ field: parameter, code, text: whole, values: { ...values } }] })
}

export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const meant = nearest(name, known)
  return meant && `Did you mean "${meant}"?`
}
