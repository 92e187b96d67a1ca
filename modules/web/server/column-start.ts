/** New records that begin in a column of a board. */
import type { ModelMeta } from '@tessera/core'
import { fieldPermitOf } from './condition.ts'
import { formPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { canMove, type Step, stepsOf } from './stages.ts'

/** What a new record gets from the column that its address names, where its form has no control for that. */
export async function columnOf(reader: Reader, model: ModelMeta, query: URLSearchParams): Promise<Readonly<Record<string, string>>> {
  const by = reader.app.screens(model).kanban?.by
  const key = by === undefined ? null : query.get(by)
  if (by === undefined || !key || formPlan(reader, model).fields.has(by)) return {}
  const step = (await stepsOf(reader, model, by)).find((each) => each.key === key)
  return step && mayBegin(reader, model, step) ? { [by]: key } : {}
}

/** By writing the field, or through an action that takes it there. */
export function mayBegin(reader: Reader, model: ModelMeta, step: Step): boolean {
  const by = reader.app.screens(model).kanban?.by ?? ''
  const field = model.fields.get(by)
  if (!field || model.appendOnly || step.isLeft || !reader.ability.possible('create', model)) return false
  return field.through.length > 0
    ? canMove(reader, model, by, step, undefined)
    : field.readonly !== true && fieldPermitOf(model, 'create', by, reader.ability).possible
}
