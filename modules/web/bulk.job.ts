/** Deeds to more records than one waits for, and the end of what is kept of them. */
import { job, type Services } from '@tessera/core'
import { z } from 'zod'
import { BulkFormer, BulkRun } from './bulk-run.model.ts'
import { carryOn } from './runs/carry-on.ts'

export const bulkJob = job('web.bulk', {
  input: z.object({ run: z.string() }),
  outside: true,
  run: ({ run }, services) => carryOn(services, run),
})

const aMonth = 30 * 86_400_000

/** At night: what was done to many is told, and can be put back, for a month. */
export const sweepsBulkRuns = job('web.bulk.sweep', {
  every: '53 3 * * *',
  outside: true,
  async run(_, { asSystem, context }: Services) {
    const records = asSystem('What somebody did to many is forgotten after a month.')
    const old = { finishedAt: { $lt: new Date(context.now.getTime() - aMonth) } }
    for (;;) {
      const { rows } = await records.query(BulkFormer, { fields: [], where: { run: old }, limit: 200 })
      for (const { id } of rows) await records.remove(BulkFormer, id)
      if (rows.length === 0) break
    }
    for (;;) {
      const { rows } = await records.query(BulkRun, { fields: [], where: old, limit: 50 })
      // What puts one back goes with it, and may be among those that were asked for.
      for (const { id } of rows) if (await records.find(BulkRun, { id })) await records.remove(BulkRun, id)
      if (rows.length === 0) break
    }
  },
})
