/** The plan of an operation: made under the lock, and nothing is changed by it. */
import { Conflict } from '../errors.ts'
import { lockedState } from '../installation/install.ts'
import type { Operation, Plan } from '../installation/plan.ts'
import { prepare } from '../installation/planning.ts'
import { rehearsed } from '../installation/rehearsal.ts'
import type { Target } from '../installation/target.ts'
import { Elsewhere, type Opened, withTarget } from './opened.ts'
import { atPlace, type OperationAbout } from './place.ts'

/** What an operation would do. Nothing is changed. */
export function planOperation(about: OperationAbout, operation: Operation): Promise<Plan> {
  return atPlace(about, (place) => withTarget(place, operation, async (opened) => (await planned(opened, operation)).plan))
}

/** With how many steps it has. */
export async function planned(
  { app, state, target }: Opened,
  operation: Operation,
): Promise<{ readonly plan: Plan; readonly steps: number }> {
  if (!app) return { plan: refused(operation, target), steps: 0 }
  return rehearsed(app.operate, async (installing, transaction) => {
    const now = await lockedState(transaction)
    if ((now?.revision ?? 0) !== state.revision) throw new Elsewhere()
    return prepare(installing, transaction, now, operation, target)
  })
}

/** Throws a Conflict for another plan than the one that somebody has agreed to. */
export function mustBe(plan: Plan, digest: string | undefined): void {
  if (digest === undefined || digest === plan.digest) return
  throw new Conflict(
    'module.changed',
    'This is no longer the plan that was agreed to: the database or the code has changed since. Read the new plan.',
  )
}

function refused(operation: Operation, { planned: modules, refusals }: Target): Plan {
  const nothing = { migrations: [], schema: [], declared: [], data: [], seconds: 0, loses: { rows: 0, values: 0 } }
  return { ...nothing, operation, digest: '', modules, refusals }
}
