/** A deed to many is written down before it is done, so that it can be told of, gone on with, stopped and put back. */
import type { ModelMeta, Services } from '@tessera/core'
import { bulkJob } from '../bulk.job.ts'
import { BulkRun } from '../bulk-run.model.ts'
import type { Deed, FormerValue } from '../server/bulk-deed.ts'
import { mostAtOnce } from '../server/list.ts'
import { accountOf, carryOn, doFew, keepFormer } from './carry-on.ts'

/** Begins: to a few it is done when this returns, to many by a job. */
export async function beginRun(services: Services, model: ModelMeta, deed: Deed, ids: readonly string[]): Promise<BulkRun> {
  return goOn(services, await writeDown(services, model, deed, ids))
}

/**
 * The id of what is written down, its first few done with it: what is wrong for every one of them, such as a wrong input or an
 * open browser that must show first whose it is, is thrown and nothing is kept.
 */
export async function writeDown(
  services: Services,
  model: ModelMeta,
  deed: Deed,
  ids: readonly string[],
  undoes: string | null = null,
): Promise<string> {
  const account = accountOf(services)
  return services.records.transaction(async () => {
    const run = await account.create(BulkRun, {
      user: services.context.caller.id!,
      model: model.name,
      ...aboutOf(deed),
      records: ids,
      undoes,
      total: ids.length,
      refused: null,
      finishedAt: null,
    })
    await doFew(services, run)
    if (ids.length > mostAtOnce) await services.jobs.send(bulkJob, { run: run.id })
    return run.id
  })
}

/** What was done to one record by itself, so that it can be put back as what is done to many. */
export async function keepDone(services: Services, model: ModelMeta, field: string, value: unknown, former: FormerValue): Promise<BulkRun> {
  const account = accountOf(services)
  return services.records.transaction(async () => {
    const run = await account.create(BulkRun, {
      user: services.context.caller.id!,
      model: model.name,
      ...aboutOf({ deed: 'edit', field, value }),
      records: [former.id],
      undoes: null,
      total: 1,
      done: 1,
      refused: null,
      finishedAt: services.context.now,
    })
    await keepFormer(services, run.id, [former])
    return run
  })
}

/** The rest of it, where that is few. */
export async function goOn(services: Services, id: string): Promise<BulkRun> {
  const account = accountOf(services)
  const run = await account.get(BulkRun, id)
  if (run.finishedAt !== null || run.total > mostAtOnce) return run
  try {
    await carryOn(services, id)
  } catch (error) {
    // No job goes on with it.
    await account.update(BulkRun, id, { isStopped: true, finishedAt: new Date() })
    throw error
  }
  return account.get(BulkRun, id)
}

function aboutOf(deed: Deed): Pick<BulkRun, 'deed' | 'name' | 'input'> {
  if (deed.deed === 'delete') return { deed: 'delete', name: 'delete', input: { values: {} } }
  if (deed.deed === 'action') return { deed: 'action', name: deed.action.name, input: { values: deed.input } }
  const values = deed.deed === 'edit' ? { [deed.field]: deed.value } : {}
  return { deed: deed.deed, name: deed.field, input: { values } }
}
