import { type Action, type ActionInput, inputsOf, labelOf, type ModelMeta, type UserError } from '@tessera/core'
import type { ErrorSummary, Field } from '../screens.ts'
import { choicesOf } from './choices.ts'
import { type Typed, textsOf } from './control.ts'
import type { Reader } from './reader.ts'
import { offerRemaining } from './remains.ts'
import { type Row, relatedIn } from './rows.ts'
import { fieldSentence, sentenceOf } from './sentence.ts'

/** The fields of an action's dialog. An input that is called like a field of the record begins with its value. */
export async function dialogFields(
  reader: Reader,
  model: ModelMeta,
  action: Action,
  row: Row | undefined,
  typed: Typed,
  error?: UserError,
): Promise<readonly Field[]> {
  const wrong = new Map((error?.errors ?? []).map((each) => [each.field, fieldSentence(each, undefined, reader.t)]))
  const asked = inputsOf(action).filter(({ kind }) => kind !== 'drafts')
  return Promise.all(asked.map((input) => dialogField(reader, model, action, input, row, typed, wrong.get(input.name))))
}

async function dialogField(
  reader: Reader,
  model: ModelMeta,
  action: Action,
  input: ActionInput,
  row: Row | undefined,
  typed: Typed,
  error: string | undefined,
): Promise<Field> {
  const { name } = input
  const head = {
    name,
    label: inputLabel(reader, model, action, input),
    ...(input.required && { required: true }),
    ...(error !== undefined && { error }),
  }
  const own = input.nullable ? model.fields.get(name) : undefined
  const value = typed.get(name)?.at(-1) ?? (own && row ? (textsOf(own, row[name], reader.formats)[0] ?? '') : '')
  if (row && input.name === action.remains?.as) return { ...head, ...(await offerRemaining(reader, model, action, input, row, value)) }
  if (input.kind === 'record' && input.reference) {
    const target = reader.app.models.of(input.reference.model)
    const { rows, more } = await choicesOf(reader, target, input.reference.where)
    const stored = relatedIn(row?.[name])
    const known = rows.some(({ id }) => id === value)
    const options = [...(stored && stored.id === value && !known ? [stored] : []), ...rows].map(({ id, label }) => ({
      value: id,
      label: label ?? '',
    }))
    if (!more) return { ...head, kind: 'select', value, options }
    const chosen = options.find((option) => option.value === value)
    return {
      ...head,
      kind: 'relation',
      value,
      options,
      search: `/${model.path}/options?action=${action.name}&field=${name}`,
      ...(chosen && { chosen: { label: chosen.label } }),
    }
  }
  switch (input.kind) {
    case 'choice':
      return { ...head, kind: 'select', value, options: input.values.map((each) => ({ value: each, label: each })) }
    case 'boolean':
      return { ...head, kind: 'checkbox', value: value === 'true' }
    case 'number':
      return { ...head, kind: 'number', value }
    default:
      if (input.secret)
        return { ...head, kind: 'text', input: 'password', value: '', maxLength: input.maxLength ?? 255, autocomplete: 'off' }
      return input.maxLength !== undefined && input.maxLength > 100
        ? { ...head, wide: true, kind: 'textarea', value, rows: 3, maxLength: input.maxLength }
        : { ...head, kind: 'text', value, ...(input.maxLength !== undefined && { maxLength: input.maxLength }) }
  }
}

/** What was typed as the action's input. A cleared choice takes away what the dialog showed; on many records it leaves each as it is. */
export function inputIn(action: Pick<Action, 'input'>, typed: Typed, isBulk: boolean): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const { name, kind, nullable } of inputsOf(action)) {
    const text = typed.get(name)?.at(-1)
    if (text === undefined) continue
    if (kind === 'drafts') input[name] = typed.get(name)
    else if (kind === 'texts') input[name] = text.split(',').flatMap((each) => each.trim() || [])
    else if (text === '') {
      if (nullable && !isBulk) input[name] = null
    } else if (kind === 'number') input[name] = Number.isFinite(Number(text)) ? Number(text) : text
    else if (kind === 'boolean') input[name] = text === 'true'
    else input[name] = text
  }
  return input
}

export function dialogSummary({ t }: Reader, model: ModelMeta, action: Action, error: UserError): ErrorSummary {
  const inputs = new Map(inputsOf(action).map((input) => [input.name, input]))
  return {
    title: sentenceOf(error, t),
    items: error.errors.map((each) => {
      const input = inputs.get(each.field)
      return {
        text: fieldSentence(each, undefined, t),
        ...(input && { field: each.field, label: inputLabel({ t }, model, action, input) }),
      }
    }),
  }
}

/** In the words of the catalogue, else of the record's own field of that name. */
function inputLabel({ t }: Pick<Reader, 't'>, model: ModelMeta, action: Action, { name, label }: ActionInput): string {
  const code = `${model.name}.action.${action.name}.${name}`
  const said = t(code)
  if (said !== code) return said
  const field = model.fields.get(name)
  return field ? labelOf(field, t) : label
}
