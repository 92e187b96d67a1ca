/** Does what a plan says: asks for agreement, makes a backup, takes out of use what is about to go, and then does it. */
import { v7 } from 'uuid'
import { buildIndexes } from '../installation/building.ts'
import type { Operation, Plan } from '../installation/plan.ts'
import { isEmpty } from '../installation/planning.ts'
import { mustBePossible } from '../installation/possible.ts'
import { type Row, tracked } from '../installation/tracking.ts'
import { done, note } from './doing.ts'
import { backedUp } from './files.ts'
import { followedBy, type Hidden, halfWay, hide, hidingFor } from './hiding.ts'
import { nothingYet, type Opened, withTarget } from './opened.ts'
import { atPlace, type OperationAbout, type Place } from './place.ts'
import { mustBe, planned } from './plan.ts'
import { type Told, within } from './steps.ts'

export interface CarryOut {
  /** Of the plan that somebody has agreed to; another one is refused. */
  readonly digest?: string | undefined
  /** Asks for agreement; false leaves everything as it is. */
  readonly agreed?: (plan: Plan) => Promise<boolean>
  readonly progress?: Told
  /** Whether a backup is made before anything is changed: for an upgrade, when nothing else is said. */
  readonly backup?: 'never' | 'upgrade' | 'always'
}

export interface Done {
  readonly plan: Plan
  /** False when there was nothing to do, or somebody disagreed. */
  readonly done: boolean
  /** The file of the backup that was made first. */
  readonly backup?: string
  /** The file with what was dropped. */
  readonly archive?: string
}

/**
 * Does what the plan of an operation says. Throws a UserError with every reason why it cannot be done; then nothing was, unless it
 * tells what.
 */
export function carryOut(about: OperationAbout, operation: Operation, options: CarryOut): Promise<Done> {
  const begun: Begun = { hidden: undefined }
  return atPlace(about, async (place) => {
    try {
      return await tracked(place.url, about.id ?? v7(), (row) => work(place, operation, options, row, begun))
    } catch (error) {
      throw begun.hidden ? halfWay(operation, begun.hidden, error) : error
    }
  })
}

/** What stays although an operation does not come to its end. */
interface Begun {
  hidden: Hidden | undefined
}

async function work(place: Place, operation: Operation, options: CarryOut, row: Row, begun: Begun): Promise<Done> {
  const told: Told = async (...step) => {
    await row.step(...step)
    await options.progress?.(...step)
  }
  let { digest } = options
  let isAgreed = options.agreed === undefined
  let backup: string | undefined
  const doneBy = async (opened: Opened, before: number): Promise<Done> => {
    const outcome = await done(opened, operation, {
      // Hiding has changed what the plan stands on.
      digest: before === 0 ? digest : undefined,
      told: within(told, before, 0),
      async atEnd(installing, transaction, made, archive) {
        if (!begun.hidden && !isEmpty(made)) await note(installing, made)
        await row.done(transaction, made, { archive, backup })
      },
    })
    return { ...outcome, ...(backup !== undefined && { backup }) }
  }

  // Again where another process came between; then nobody is asked twice, and another plan than the agreed one is refused.
  const first = await withTarget(place, operation, async (opened): Promise<First> => {
    const { plan, steps } = await planned(opened, operation)
    mustBePossible(plan)
    if (isEmpty(plan)) return { result: { plan, done: false } }
    mustBe(plan, digest)
    isAgreed ||= await options.agreed!(plan)
    if (!isAgreed) return { result: { plan, done: false } }
    if (options.agreed) digest = plan.digest
    await row.begin(plan, place.about.actor)
    if (opened.state !== nothingYet && isBackedUp(plan, options.backup)) backup ??= await backedUp(place, operation, row)
    const hiding = await hidingFor(place, plan)
    return hiding ? { hiding, plan, steps } : { result: await doneBy(opened, 0) }
  })
  const result = 'result' in first ? first.result : await removed(first)
  // What a process leaves that is killed here, the next operation builds, or a worker at its start.
  if (result.done) await buildIndexes(place.url, place.about.log)
  return result

  async function removed({ hiding, plan, steps }: Exclude<First, { result: Done }>): Promise<Done> {
    begun.hidden = await hide(place, hiding, { plan, row, told: within(told, 0, steps + 1) })
    const before = (begun.hidden?.steps ?? 0) + 1
    await told(before, before + steps, 'Waiting until nobody works with it')
    await followedBy(place)
    return withTarget(place, operation, (opened) => doneBy(opened, before))
  }
}

/** What came of the plan, or what has to be hidden before it can be done. */
type First = { readonly result: Done } | { readonly hiding: Operation; readonly plan: Plan; readonly steps: number }

function isBackedUp({ modules }: Plan, wanted: CarryOut['backup'] = 'upgrade'): boolean {
  return wanted === 'always' || (wanted === 'upgrade' && modules.some(({ becomes }) => becomes === 'upgraded'))
}
