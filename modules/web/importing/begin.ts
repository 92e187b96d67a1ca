/** A test or an import of a file that is matched: at once where it is small, by a job where it is not. */
import { type Changes, Conflict, type Services } from '@tessera/core'
import { mostAtOnce } from '../server/list.ts'
import { accountOf, carryOut, isOver, isRunning, nothingYet } from './carry-out.ts'
import { importJob } from './import.job.ts'
import { ImportRun } from './import-run.model.ts'

/** For whoever the run belongs to; small files are done when this returns. */
export async function beginImport(services: Services, id: string, state: 'testing' | 'importing'): Promise<void> {
  const account = accountOf(services)
  const isSmall = await account.transaction(async () => {
    const run = await account.lock(ImportRun, id)
    refuseAgain(run)
    const begun = { state, attempt: run.attempt + 1, startedAt: services.context.now, finishedAt: null, reason: null, ...nothingYet }
    await account.update(ImportRun, id, { ...begun, locale: services.context.locale })
    const isFew = run.total <= mostAtOnce
    if (!isFew) await services.jobs.send(importJob, { run: id })
    return isFew
  })
  if (!isSmall) return
  try {
    await carryOut(services, id)
  } catch (error) {
    await account.update(ImportRun, id, { state: 'stopped', finishedAt: new Date(), reason: { code: 'web.import_failed', values: {} } })
    throw error
  }
}

/** Changes what stands written of a file, while nobody reads it and nothing of it is kept: another window may have begun meanwhile. */
export async function changeIdle(services: Services, id: string, changes: Changes<ImportRun>): Promise<void> {
  const account = accountOf(services)
  await account.transaction(async () => {
    refuseAgain(await account.lock(ImportRun, id))
    await account.update(ImportRun, id, changes)
  })
}

function refuseAgain(run: ImportRun): void {
  if (isRunning(run.state)) throw new Conflict('web.import_runs', 'This file is being read already. Wait until it is done.')
  if (isOver(run))
    throw new Conflict('web.import_done', 'This file was imported already, or a part of it. To import it again, choose it again.')
}
