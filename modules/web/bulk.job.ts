/** A deed to more records than one waits for: a few at a time, each few with the account of them in one transaction. */
import { job, type ModelMeta, type Services } from '@tessera/core'
import { z } from 'zod'
import { BulkRun } from './bulk-run.model.ts'
import { type Deed, doToEach } from './server/bulk-deed.ts'

/** Records that one transaction takes. */
const atOnce = 20
/** Reasons that are kept. */
const mostReasons = 1_000

export const bulkJob = job('web.bulk', {
  input: z.object({ run: z.string() }),
  outside: true,
  async run({ run: id }, services) {
    const account = services.asSystem('How far a deed to many is, is written by nobody but the job that does it.')
    let run = await account.find(BulkRun, { id })
    const model = run ? services.app.models.byName(run.model) : undefined
    const deed = run && model && deedOf(run, model, services)
    if (!run || !model || !deed) return
    const doer = { records: services.records, t: services.text }
    while (run.finishedAt === null) {
      const { done, total, records, refusals, refused }: BulkRun = run
      await services.records.transaction(async () => {
        const dealt = await doToEach(doer, model, deed, records.slice(done, done + atOnce))
        const now = Math.min(done + atOnce, total)
        await account.update(BulkRun, id, {
          done: now,
          refusals: refusals + dealt.refused.length,
          ...(dealt.refused.length > 0 && { refused: [...(refused ?? []), ...dealt.refused].slice(0, mostReasons) }),
          ...(now >= total && { finishedAt: new Date() }),
        })
      })
      run = (await account.find(BulkRun, { id }))!
    }
  },
})

function deedOf({ deed, name, input }: BulkRun, model: ModelMeta, { app }: Services): Deed | undefined {
  if (deed === 'delete') return { deed }
  if (deed === 'edit') return { deed, field: name, value: input.values[name] ?? null }
  const action = app.actions(model).find((each) => each.name === name)
  return action && { deed, action, input: input.values }
}
