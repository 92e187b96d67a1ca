/** A deed to many that was written down, done a few at a time: each few with the account of them in one transaction. */
import type { ModelMeta, Services } from '@tessera/core'
import { BulkFormer, BulkRun } from '../bulk-run.model.ts'
import { type Deed, doToEach, type FormerValue } from '../server/bulk-deed.ts'

/** Records that one transaction takes. */
const atOnce = 20
/** Reasons that are kept. */
const mostReasons = 1_000

/** Goes on until it is through, or somebody stopped it. Of two processes that do, each waits for the other. */
export async function carryOn(services: Services, id: string): Promise<void> {
  const account = accountOf(services)
  const isThrough = () =>
    services.records.transaction(async () => {
      if (!(await account.find(BulkRun, { id }))) return true
      const run = await account.lock(BulkRun, id)
      return run.finishedAt !== null || (await doFew(services, run))
    })
  while (!(await isThrough()));
}

/** The next few of a run that nobody else goes on with; true once it is through. Only inside a transaction. */
export async function doFew(services: Services, run: BulkRun): Promise<boolean> {
  const account = accountOf(services)
  const { id, done, total, refusals, refused } = run
  const few = run.records.slice(done, done + atOnce)
  const model = services.app.models.byName(run.model)
  const deed = model && (await deedOf(services, run, model, few))
  if (!model || !deed) {
    await account.update(BulkRun, id, { isStopped: true, finishedAt: new Date() })
    return true
  }
  const dealt = await doToEach({ records: services.records, t: services.text }, model, deed, few)
  await keepFormer(services, id, dealt.former)
  const now = Math.min(done + atOnce, total)
  await account.update(BulkRun, id, {
    done: now,
    refusals: refusals + dealt.refused.length,
    ...(dealt.refused.length > 0 && { refused: [...(refused ?? []), ...dealt.refused].slice(0, mostReasons) }),
    ...(now >= total && { finishedAt: new Date() }),
  })
  return now >= total
}

/** What is there before a run changes it. */
export async function keepFormer(services: Services, run: string, former: readonly FormerValue[]): Promise<void> {
  if (former.length === 0) return
  await accountOf(services).createMany(
    BulkFormer,
    former.map(({ id: record, version, value }) => ({ run, record, made: version, was: { value } })),
  )
}

/** Undefined where what was to be done is not there any more. */
async function deedOf(services: Services, run: BulkRun, model: ModelMeta, few: readonly string[]): Promise<Deed | undefined> {
  const { deed, name, input, undoes } = run
  if (deed === 'delete') return { deed }
  if (deed === 'action') {
    const action = services.app.actions(model).find((each) => each.name === name)
    return action && { deed, action, input: input.values }
  }
  if (!model.fields.has(name)) return undefined
  if (deed === 'edit') return { deed, field: name, value: input.values[name] ?? null }
  const where = { run: undoes?.id ?? '', record: { $in: few } }
  const { rows } = await accountOf(services).query(BulkFormer, { fields: ['record', 'made', 'was'], where, limit: 200 })
  return { deed, field: name, former: new Map(rows.map(({ record, made, was }) => [record, { version: made, value: was.value }])) }
}

/** What becomes of a run is written for whoever it belongs to. */
export function accountOf({ asSystem }: Services) {
  return asSystem('How far a deed to many is, is written by nobody but the deed itself, which its user began.')
}
