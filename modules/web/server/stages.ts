import { type Action, conditionOn, type ModelMeta, matches, type OneField, pathsOf, readableField, type ScalarField } from '@tessera/core'
import type { Outcome, Stage } from '../screens.ts'
import { choicesOf } from './choices.ts'
import { fieldPermitOf, testOf } from './condition.ts'
import type { Reader } from './reader.ts'
import { queryRows, type Row, relatedIn } from './rows.ts'
import { optionLabel } from './words.ts'

/** One value of the field that a status bar or the columns of a board show. */
export interface Step {
  readonly key: string
  readonly label: string
  /** The related record, where the field is a relation. */
  readonly record: Row | undefined
  /** Nothing can be brought there any more. */
  readonly isLeft?: true
}

/** The values in their order; for a relation its records, with what decides who takes them. */
export async function stepsOf(reader: Reader, model: ModelMeta, name: string): Promise<readonly Step[]> {
  const field = model.fields.get(name)
  if (field?.kind === 'one') {
    const { rows } = await choicesOf(reader, field.target, undefined, takenFields(reader, field))
    return rows.map((record) => ({ key: record.id, label: record.label ?? '', record }))
  }
  if (field?.kind !== 'scalar') return []
  return (field.values ?? []).map((value) => ({ key: value, label: optionLabel(field, value, reader.t), record: undefined }))
}

/** Where records are that no step is offered for any more: their module is disabled. */
export async function leftSteps(reader: Reader, model: ModelMeta, name: string, ids: readonly string[]): Promise<readonly Step[]> {
  const field = model.fields.get(name)
  if (field?.kind !== 'one' || ids.length === 0) return []
  const { rows } = await queryRows(reader.records, field.target, {
    fields: takenFields(reader, field),
    where: { id: { $in: ids } },
    limit: 200,
  })
  return rows.map((record) => ({ key: record.id, label: record.label ?? '', record, isLeft: true }))
}

/** The fields of the related model by which actions choose what they take. */
function takenFields({ ability }: Reader, field: OneField): readonly string[] {
  const conditions = field.through.flatMap((action) => conditionIn(action, field.name) ?? [])
  const paths = conditions.flatMap((where) => pathsOf(conditionOn(field.target, where)).map((path) => path.join('.')))
  return [...new Set(paths)].filter((path) => readableField(ability, field.target, path))
}

function conditionIn(action: Action, name: string): object | undefined {
  const wanted = (action.takes as Readonly<Record<string, object | true | undefined>>)[name]
  return typeof wanted === 'object' ? wanted : undefined
}

/** Whether the reader may bring a record to a step: by writing the field, or through the actions that own it. */
export function canMove(reader: Reader, model: ModelMeta, name: string, step: Step, row: Row | undefined): boolean {
  const field = model.fields.get(name)
  if (!field || field.kind === 'many' || model.appendOnly || step.isLeft) return false
  if (field.through.length > 0) return field.through.some((action) => takes(reader, model, field, action, step, row))
  const permit = fieldPermitOf(model, 'update', name, reader.ability)
  return field.readonly !== true && permit.possible && (row === undefined || permit.holds(row, reader.asking))
}

function takes(reader: Reader, model: ModelMeta, field: OneField | ScalarField, action: Action, step: Step, row: Row | undefined): boolean {
  const { ability, asking } = reader
  if (!(field.name in action.takes) || !ability.possible(action.name, model)) return false
  if (row && action.when && testOf(model, action.when, ability)?.holds(row, asking) === false) return false
  const wanted = conditionIn(action, field.name)
  if (!wanted) return true
  if (field.kind === 'one') return step.record !== undefined && matches(conditionOn(field.target, wanted), step.record, asking)
  return matches(conditionOn(model, wanted), { [field.name]: step.key }, asking)
}

const mostStages = 6

/** The status bar. With many steps, closed ones other than the present and the first are left to the actions. */
export async function stagesOf(reader: Reader, model: ModelMeta, row: Row, href: string): Promise<readonly Stage[]> {
  const name = reader.app.screens(model).form.status
  if (name === undefined || !readableField(reader.ability, model, name)) return []
  const current = relatedIn(row[name])?.id ?? String(row[name] ?? '')
  const offered = await stepsOf(reader, model, name)
  const isLeft = current !== '' && !offered.some(({ key }) => key === current)
  const steps = isLeft ? [...offered, ...(await leftSteps(reader, model, name, [current]))] : offered
  const at = steps.findIndex(({ key }) => key === current)
  const isLate = ({ record }: Step) => record?.category === 'closed'
  const firstClosed = steps.findIndex(isLate)
  const shown =
    steps.length <= mostStages ? steps : steps.filter((step, index) => step.key === current || !isLate(step) || index === firstClosed)
  return shown.map((step): Stage => {
    const index = steps.indexOf(step)
    const state = step.key === current ? 'current' : index < at ? 'done' : 'future'
    const outcome = step.record?.outcome
    return {
      label: step.label,
      state,
      ...(state === 'current' && isLate(step) && { outcome: isOutcome(outcome) ? outcome : 'success' }),
      ...(state !== 'current' &&
        canMove(reader, model, name, step, row) && {
          move: href,
          values: [
            { name: 'field', value: name },
            { name: 'value', value: step.key },
          ],
        }),
    }
  })
}

const isOutcome = (value: unknown): value is Outcome => value === 'success' || value === 'failure'
