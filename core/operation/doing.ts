/** The transaction of an operation: tried again where a table is in use, begun anew where things have changed. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../app.ts'
import { Conflict } from '../errors.ts'
import { lockedState } from '../installation/install.ts'
import type { Operation, Plan } from '../installation/plan.ts'
import { type Installing, isEmpty, prepare } from '../installation/planning.ts'
import { mustBePossible } from '../installation/possible.ts'
import { auditOf } from '../service/audit.ts'
import { archived } from './files.ts'
import { Elsewhere, type Opened } from './opened.ts'
import { mustBe } from './plan.ts'
import type { Told } from './steps.ts'

type Transaction = Parameters<Parameters<App['operate']>[0]>[1]

export interface Doing {
  readonly digest: string | undefined
  readonly told: Told
  /** The last of it, with the plan that was done and the file of what went. */
  atEnd(installing: Installing, transaction: Transaction, plan: Plan, archive: string | undefined): Promise<void>
}

export interface Outcome {
  readonly plan: Plan
  readonly done: boolean
  readonly steps: number
  readonly archive?: string
}

/** Waits for another process that works on the modules, and throws Elsewhere where that one has changed them. */
export async function done(opened: Opened, operation: Operation, doing: Doing): Promise<Outcome> {
  const { app, about, state, target } = opened
  if (!app) throw new Conflict('module.changed', 'The modules of this database have changed meanwhile. Look at the plan again.')
  // Once, however often it is tried: what is disabled does not change.
  let archive: string | undefined
  for (let attempt = 1; ; attempt++) {
    try {
      return await app.operate(
        async (installing, transaction) => {
          const now = await lockedState(transaction)
          if ((now?.revision ?? 0) !== state.revision) throw new Elsewhere()
          const prepared = await prepare(installing, transaction, now, operation, target)
          const { plan, steps } = prepared
          mustBePossible(plan)
          // Another process may have done it while this one waited.
          const isToDo = !isEmpty(plan)
          if (isToDo) {
            mustBe(plan, doing.digest)
            archive ??= await archived(opened, prepared)
            let step = 0
            await prepared.carryOut((what) => doing.told(++step, steps, what))
          }
          await doing.atEnd(installing, transaction, plan, archive)
          return { plan, done: isToDo, steps: isToDo ? steps : 0, ...(archive !== undefined && { archive }) }
        },
        { door: 'cli', user: about.actor },
      )
    } catch (error) {
      if (!isWaiting(error)) throw error
      if (attempt === attempts) throw inUse(error)
      about.log.warn({ attempt }, 'A table is in use; the operation is tried again.')
      await sleep(200 * attempt)
    }
  }
}

/** For the audit log; once an operation, with the first of its transactions. */
export async function note({ writing }: Installing, { operation, modules }: Plan): Promise<void> {
  const changed = modules.filter(({ becomes }) => becomes !== 'unchanged').map(({ name }) => name)
  const names = operation.field ? operation.names : changed
  await auditOf(writing.services)?.note('module', { details: { change: operation.verb, names } })
}

/** How often an operation tries to get the locks that it needs; some two minutes in all, with the twelve seconds that each try takes. */
const attempts = 10

function inUse(cause: unknown): Conflict {
  return new Conflict(
    'module.table_in_use',
    'A table that has to be changed is in use all the time, and whoever uses it is not kept waiting.',
    {},
    { hint: 'Begin again when the long report or statement that uses it has ended.', cause },
  )
}

/** PostgreSQL's lock_not_available. */
function isWaiting(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '55P03'
}
