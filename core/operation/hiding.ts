/** What is dropped goes out of use first: its modules are disabled, a field is hidden, and every process has followed. */
import { Conflict } from '../errors.ts'
import { everybodyFollowed } from '../installation/following.ts'
import type { Operation, Plan } from '../installation/plan.ts'
import { isEmpty } from '../installation/planning.ts'
import { leftBy } from '../installation/progress.ts'
import { stateOf } from '../installation/state.ts'
import type { Row } from '../installation/tracking.ts'
import { done, note } from './doing.ts'
import { withTarget } from './opened.ts'
import type { Place } from './place.ts'
import type { Told } from './steps.ts'

/** The operation that takes out of use what a plan drops; undefined where it drops nothing that anybody works with. */
export async function hidingFor({ url }: Place, { operation, modules }: Plan): Promise<Operation | undefined> {
  const leaving = modules.filter(({ becomes }) => becomes === 'removed').map(({ name }) => name)
  if (leaving.length > 0) return { verb: 'disable', names: leaving, dependants: true }
  const { field, verb, names } = operation
  if (!field || !('remove' in field)) return undefined
  const { model, name } = field
  const there = (await stateOf(url))?.fields.find((one) => one.model === model && one.name === name)
  return there && { verb, names, field: { model, name, definition: { ...there.definition, hidden: true } } }
}

/** What is hidden when an operation goes on to drop it. */
export interface Hidden {
  /** Of modules, or of the field. */
  readonly names: readonly string[]
  readonly steps: number
}

export interface Hide {
  /** Of the whole operation. */
  readonly plan: Plan
  readonly row: Row
  readonly told: Told
}

/** Undefined where everything was hidden already: somebody has begun with it before. */
export async function hide(place: Place, hiding: Operation, { plan, row, told }: Hide): Promise<Hidden | undefined> {
  const outcome = await withTarget(place, hiding, (opened) =>
    done(opened, hiding, {
      digest: undefined,
      told,
      async atEnd(installing, transaction, made) {
        if (isEmpty(made)) return
        await note(installing, plan)
        await row.hidden(transaction, namesOf(made))
      },
    }),
  )
  return outcome.done ? { names: namesOf(outcome.plan), steps: outcome.steps } : undefined
}

/** Returns when every process has followed what the database has now. */
export async function followedBy({ url }: Place): Promise<void> {
  await everybodyFollowed(url, (await stateOf(url))?.revision ?? 0)
}

/** Why an operation did not come to its end, with what it has done so far and the ways on and back. */
export function halfWay(operation: Operation, { names }: Hidden, error: unknown): Conflict {
  const why = error instanceof Error ? error.message : String(error)
  const { field, verb } = operation
  const way = field
    ? { on: `field remove ${field.model} ${field.name}`, back: `field change ${field.model} ${field.name}` }
    : { on: `module ${[verb, ...operation.names].join(' ')}`, back: `module enable ${names.join(' ')}` }
  return new Conflict(
    'module.half_way',
    'It stopped half way: {why} {left}',
    { why: /[.!?]$/.test(why) ? why : `${why}.`, left: leftBy(verb, names).sentence },
    { hint: `To go on: tessera ${way.on}. To go back: tessera ${way.back}.`, cause: error },
  )
}

function namesOf({ operation, modules }: Plan): readonly string[] {
  return operation.field ? operation.names : modules.filter(({ becomes }) => becomes === 'disabled').map(({ name }) => name)
}
