/** The page of one import: its columns are matched, it is tested and done, and says what became of it. */
import { encodings, type ModelMeta, type Reply, type Request, redirect, UserError } from '@tessera/core'
import { done, show } from '../server/answer.ts'
import { textIn } from '../server/body.ts'
import { forgetChoices } from '../server/choices.ts'
import type { Reader } from '../server/reader.ts'
import { templates } from '../server/screens.service.ts'
import { shellOf } from '../server/shell.ts'
import { modelPlural } from '../server/words.ts'
import { beginImport, changeIdle } from './begin.ts'
import { accountOf, isOver, isRunning, stopImport } from './carry-out.ts'
import { filledBy, ImportRun } from './import-run.model.ts'
import { forgetFile } from './kept-file.ts'
import { matchOf } from './match.ts'
import { chosenColumns, keysOf, targetsOf } from './matching.ts'
import { resultOf } from './result.ts'
import { demandConfirmedFor, demandImport, refuseImport } from './rights.ts'
import { sheetOf } from './upload.ts'
import { saidOf } from './upload-page.ts'

const render = templates(new URL('../templates/', import.meta.url))
export type OfImport = { readonly model: string; readonly run: string }

/** GET: how far it is now. */
export async function importPage(reader: Reader, request: Request<OfImport>, model: ModelMeta): Promise<Reply> {
  return page(reader, request, model)
}

/** POST: what was chosen is kept, then it is tested, imported, or given up. */
export async function takeImport(reader: Reader, request: Request<OfImport>, model: ModelMeta): Promise<Reply> {
  refuseImport(reader, model)
  const run = await demandImport(reader, model, request.params.run)
  const here = `/${model.path}/imports/${run.id}`
  const { services, t } = reader
  const what = textIn(request, 'do')
  try {
    if (what === 'cancel') {
      await forget(reader, run)
      return done(request, `/${model.path}`, { tone: 'info', text: t('web.import_cancelled') })
    }
    if (what === 'stop') {
      await stopImport(services, run.id)
      return redirect(here)
    }
    if (await readAnew(reader, request, model, run)) return redirect(here)
    const matched = await match(reader, request, model, run)
    if (what === 'test' || what === 'import') {
      demandConfirmedFor(reader, model, matched)
      await beginImport(services, run.id, what === 'test' ? 'testing' : 'importing')
      if (what === 'import') forgetChoices(reader.app, model)
    }
    return redirect(here)
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'access.confirm') throw error
    return page(reader, request, model, saidOf(reader, error), error.status)
  }
}

/** In the encoding that was chosen now: its columns may have other names in it, so nothing else of the form is taken. */
async function readAnew(reader: Reader, request: Request, model: ModelMeta, run: ImportRun): Promise<boolean> {
  const told = encodings.find((each) => each === textIn(request, 'encoding'))
  if (told === undefined || run.encoding === null || told === run.encoding || isRunning(run.state) || isOver(run)) return false
  const sheet = await sheetOf(reader, model, run.file, run.name, told)
  await changeIdle(reader.services, run.id, { ...sheet, state: 'matching' })
  return true
}

/** Which column fills what, as the form says it; a file that is read now stays matched as it is. */
async function match(reader: Reader, request: Request, model: ModelMeta, run: ImportRun): Promise<Pick<ImportRun, 'columns'>> {
  if (isRunning(run.state) || run.state === 'done') return run
  const targets = targetsOf(reader, model)
  const columns = chosenColumns(targets, run.header, (index) => textIn(request, `column.${index}`))
  const chosen = textIn(request, 'key')
  const key = keysOf(targets, columns).find(({ path }) => path === chosen)?.path ?? null
  const isSame = key === run.key && run.header.every((name) => filledBy(columns, name) === filledBy(run.columns, name))
  // What a test said was said of other columns.
  if (!isSame) await changeIdle(reader.services, run.id, { columns, key, state: 'matching' })
  return { columns }
}

async function forget({ services }: Reader, run: ImportRun): Promise<void> {
  if (isRunning(run.state)) return
  await accountOf(services).update(ImportRun, run.id, { file: null, ...(run.state !== 'done' && { state: 'stopped' }) })
  await forgetFile(services, run.file)
}

async function page(reader: Reader, request: Request<OfImport>, model: ModelMeta, wrong?: string, status = 200): Promise<Reply> {
  refuseImport(reader, model)
  const run = await demandImport(reader, model, request.params.run)
  const { services, t, formats } = reader
  const running = isRunning(run.state)
  const href = `/${model.path}/imports/${run.id}`
  const about = {
    href,
    csrf: request.csrf,
    list: `/${model.path}`,
    another: `/${model.path}/import`,
    wrong,
    running: running && {
      title: t(run.state === 'testing' ? 'web.import_testing' : 'web.import_importing'),
      now: run.done,
      most: run.total,
      said: t('web.run_at', { done: formats.count(run.done), total: formats.count(run.total) }),
    },
    result: running || run.state === 'matching' ? undefined : await resultOf(reader, model, run),
    match: running || isOver(run) || run.file === null ? undefined : await matchOf(reader, model, run),
  }
  const screen = {
    shell: await shellOf(reader, request, model.path),
    title: run.name,
    breadcrumbs: [
      { label: modelPlural(model, t), href: `/${model.path}` },
      { label: t('web.import'), href: `/${model.path}/import` },
    ],
    content: render('import-run', about, services),
  }
  return show(services, request, 'content', screen, { status, headers: { 'cache-control': 'no-store' } })
}
