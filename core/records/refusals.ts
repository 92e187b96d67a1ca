/** The sentences with which a write is refused. */
import { BadRequest, type FieldError, Forbidden, nearest, UserError } from '../errors.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import { refused } from '../model/values.ts'
import type { Writing } from './writing.ts'

export function failOn(errors: readonly FieldError[], model: ModelMeta): void {
  if (errors.length > 0) throw invalidRecord(model, errors)
}

export function invalidRecord(model: ModelMeta, errors: readonly FieldError[], cause?: unknown): UserError {
  return new UserError(
    'record.invalid',
    errors.length === 1 ? 'The {model} was not saved: one field needs you.' : 'The {model} was not saved: {count} fields need you.',
    { model: model.label.toLowerCase(), count: errors.length },
    { errors, cause },
  )
}

export function invalid(what: string, errors: readonly FieldError[]): UserError {
  return new UserError('action.invalid', '"{action}" needs other values.', { action: what }, { errors })
}

export function unknownField(writing: Writing, model: ModelMeta, name: string): BadRequest {
  const known = [...model.fields.values()]
    .filter((field) => writing.asker.ability.field('read', field) !== false)
    .map((field) => field.name)
  const near = nearest(name, known)
  return new BadRequest(
    'request.unknown_field',
    near ? 'There is no field "{field}" in {model}. Did you mean "{near}"?' : 'There is no field "{field}" in {model}.',
    { field: name, model: model.plural.toLowerCase(), near },
    {
      errors: [
        {
          field: name,
          code: 'request.unknown_field',
          text: 'There is no field "{field}" in {model}.',
          values: { field: name, model: model.plural.toLowerCase() },
        },
      ],
    },
  )
}

export function mayNot(doing: string, model: ModelMeta): Forbidden {
  return new Forbidden(
    'access.refused',
    'Your role does not allow you to {doing} this {model}.',
    { doing, model: model.label.toLowerCase() },
    { hint: 'Ask an administrator for a role that allows it.' },
  )
}

export function mayNotField(verb: string, model: ModelMeta, field: FieldMeta): Forbidden {
  return new Forbidden('access.field_refused', 'Your role does not allow you to {verb} the field {label} of this {model}.', {
    verb,
    label: field.label,
    model: model.label.toLowerCase(),
  })
}

export function noSuch(field: FieldMeta, target: ModelMeta): FieldError {
  return refused(field, 'field.no_such_record', '{label}: there is no such {target} to choose.', { target: target.label.toLowerCase() })
    .error
}

/** Of a record that stays where it is, and that nobody can choose anew. */
export function withheldBy(field: FieldMeta, target: ModelMeta, module: string): FieldError {
  return refused(field, 'field.withheld', '{label} does not take this {target}: it comes from the module "{module}", which is disabled.', {
    target: target.label.toLowerCase(),
    module,
  }).error
}

/** Of a record that the writer sees: it is there, and the field does not take it. */
export function notOffered(field: FieldMeta, target: ModelMeta): FieldError {
  return refused(field, 'field.not_offered', '{label} does not take this {target}: choose one that it offers.', {
    target: target.label.toLowerCase(),
  }).error
}
