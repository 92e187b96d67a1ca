/** A test or an import that was begun, done by the engine that `tessera data import` uses. */
import { importRecords, type Outcome, type Services, UserError } from '@tessera/core'
import { ImportRefusal, ImportRun } from './import-run.model.ts'
import { forgetFile, withLocal } from './kept-file.ts'
import { wantedOf } from './matching.ts'
import { importWords } from './words.ts'

/** Goes on where an earlier try ended: what was written and how far it is are one transaction. */
export async function carryOut(services: Services, id: string): Promise<void> {
  const account = accountOf(services)
  const run = await account.find(ImportRun, { id })
  const model = run ? services.app.models.byName(run.model) : undefined
  if (!run || !model || !isRunning(run.state)) return
  const isTest = run.state === 'testing'
  const speaking = services.inLanguage(run.locale)
  try {
    // Nothing of a test is kept, so it begins anew.
    if (isTest) await account.update(ImportRun, id, nothingYet)
    await withLocal(services, run.file, (file) =>
      importRecords({
        model,
        file,
        name: run.name,
        encoding: run.encoding ?? 'utf-8',
        services: speaking.importing(),
        ...wantedOf(run),
        dryRun: isTest,
        from: isTest ? 0 : run.done,
        words: importWords(model, speaking.text),
        keep: keeping(services, run, isTest ? 0 : run.done),
      }),
    )
  } catch (error) {
    if (error instanceof GoneOn) return
    // A job that is interrupted by anything else is tried again.
    if (!(error instanceof UserError)) throw error
    await account.update(ImportRun, id, { state: 'stopped', finishedAt: new Date(), reason: { code: error.code, values: error.values } })
    return
  }
  const { failed } = (await account.find(ImportRun, { id }))!
  const isNeeded = isTest || failed > 0
  await account.update(ImportRun, id, { state: isTest ? 'tested' : 'done', finishedAt: new Date(), ...(!isNeeded && { file: null }) })
  if (!isNeeded) await forgetFile(services, run.file)
}

/** Before its first row. */
export const nothingYet = { done: 0, created: 0, updated: 0, unchanged: 0, failed: 0 }

export const isRunning = (state: ImportRun['state']): boolean => state === 'testing' || state === 'importing'

/** Some of it is kept: from this file nothing more can come. */
export const isOver = ({ state, done }: Pick<ImportRun, 'state' | 'done'>): boolean => state === 'done' || (state === 'stopped' && done > 0)

/** Somebody stopped it, or another process goes on with it: this one ends without a further row. */
class GoneOn extends Error {}

/**
 * Keeps account of each few rows. How far it was is asked anew, since of rows that were undone together nothing is kept; where it is
 * neither as this process left it nor as it was before, another process goes on with the file. Whoever stops it waits for these few.
 */
function keeping(services: Services, run: ImportRun, from: number): (outcomes: readonly Outcome[]) => Promise<void> {
  const account = accountOf(services)
  let [before, now] = [from, from]
  return (outcomes) =>
    account.transaction(async () => {
      if (!(await account.find(ImportRun, { id: run.id }))) throw new GoneOn()
      const kept = await account.lock(ImportRun, run.id)
      if (kept.attempt !== run.attempt || !isRunning(kept.state) || (kept.done !== now && kept.done !== before)) throw new GoneOn()
      ;[before, now] = [kept.done, kept.done + outcomes.length]
      await keep(services, kept, outcomes)
    })
}

/** No further row is read: what was imported stays, of a test nothing was kept anyway. */
export async function stopImport(services: Services, id: string): Promise<void> {
  const account = accountOf(services)
  await account.transaction(async () => {
    const { state } = await account.lock(ImportRun, id)
    if (state === 'testing') await account.update(ImportRun, id, { state: 'matching', ...nothingYet })
    if (state === 'importing')
      await account.update(ImportRun, id, { state: 'stopped', finishedAt: new Date(), reason: { code: 'web.import_halted', values: {} } })
  })
}

async function keep(services: Services, { id, attempt, done, ...kept }: ImportRun, outcomes: readonly Outcome[]): Promise<void> {
  const account = accountOf(services)
  const { created, updated, unchanged, failed } = kept
  const counts = { done: done + outcomes.length, created, updated, unchanged, failed }
  for (const { what } of outcomes) counts[what]++
  const refused = outcomes.flatMap((each) => {
    if (each.what !== 'failed') return []
    const problems = each.problems.map(({ column, sentence }) => ({ column, sentence: keepable(sentence) }))
    return [{ run: id, attempt, row: each.row.number, problems }]
  })
  if (refused.length > 0) await account.createMany(ImportRefusal, refused)
  await account.update(ImportRun, id, counts)
}

/** A sentence may quote a cell, and a cell may hold what no database keeps. */
const keepable = (sentence: string): string => sentence.replaceAll('\0', '\ufffd').toWellFormed()

/** Of a run that was asked for by its user, or by a page that he was asked to confirm. */
export function accountOf({ asSystem }: Services) {
  return asSystem('How far an import is, is written by nobody but the import itself, which its user began.')
}
