/** Files with more rows than one waits for, and the end of what nobody needs any more. */
import { job, type Services } from '@tessera/core'
import { z } from 'zod'
import { carryOut } from './carry-out.ts'
import { importSettings } from './import.settings.ts'
import { ImportRefusal, ImportRun } from './import-run.model.ts'

/** With the rights of whoever began it. */
export const importJob = job('web.import', {
  input: z.object({ run: z.string() }),
  outside: true,
  run: ({ run }, services) => carryOut(services, run),
})

const aDay = 86_400_000

/**
 * At night: the files themselves are swept away as drafts of attachments are, and with them goes what was said of their rows. That
 * something was imported, and how its columns were matched, is known for as long as the settings say.
 */
export const sweepsImports = job('web.import.sweep', {
  every: '37 3 * * *',
  outside: true,
  async run(_, { asSystem, context, settings }: Services) {
    const records = asSystem('What is no longer of use to whoever imported a file is removed.')
    const { keptDays } = await settings.get(importSettings)
    const daysAgo = (days: number) => ({ $lt: new Date(context.now.getTime() - days * aDay) })
    for (const [model, where] of [
      [ImportRefusal, { createdAt: daysAgo(1) }],
      [ImportRun, { updatedAt: daysAgo(1), state: { $in: ['matching', 'tested', 'stopped'] } }],
      [ImportRun, { updatedAt: daysAgo(keptDays) }],
    ] as const) {
      for (;;) {
        const { rows } = await records.query(model as typeof ImportRun, { fields: [], where: where as object, limit: 200 })
        for (const { id } of rows) await records.remove(model, id)
        if (rows.length === 0) break
      }
    }
  },
})
