/** How far a deed to many is, for whoever began it; he may leave and come back, stop it, and put back what it changed. */
import { csvLines, html, type ModelMeta, type Reply, type Request } from '@tessera/core'
import { BulkRun } from '../bulk-run.model.ts'
import { done, show } from '../server/answer.ts'
import { resultOf } from '../server/bulk.ts'
import type { Reader } from '../server/reader.ts'
import { templates } from '../server/screens.service.ts'
import { shellOf } from '../server/shell.ts'
import { modelLabel, modelPlural } from '../server/words.ts'
import { accountOf } from './carry-on.ts'
import { demandRun, type OfRun, runTitle } from './own-run.ts'
import { canBeUndone, undoingOf } from './undo.ts'

const render = templates(new URL('../templates/', import.meta.url))

/** GET. */
export async function runPage(reader: Reader, request: Request<OfRun>, model: ModelMeta): Promise<Reply> {
  const run = await demandRun(reader, model, request.params.run)
  const { services } = reader
  const undoing = await undoingOf(reader, run.id)
  const href = `/${model.path}/runs/${run.id}`
  const content = render(
    'run',
    {
      href,
      csrf: request.csrf,
      list: `/${model.path}`,
      isRunning: run.finishedAt === null,
      now: run.done,
      most: run.total,
      said: saidOf(reader, run),
      refused: (run.refused ?? []).slice(0, 100).map(({ id, label, reason }) => ({ href: `/${model.path}/${id}`, label, reason })),
      ...(run.refusals > 0 && { file: `${href}/refused` }),
      ...(undoing ? { undoing: `/${model.path}/runs/${undoing.id}` } : { undo: await canBeUndone(reader, run) }),
    },
    services,
  )
  const screen = {
    shell: await shellOf(reader, request, model.path),
    title: runTitle(reader, model, run),
    breadcrumbs: [{ label: modelPlural(model, reader.t), href: `/${model.path}` }],
    content,
  }
  return show(services, request, 'content', screen, { headers: { 'cache-control': 'no-store' } })
}

function saidOf(reader: Reader, run: BulkRun): string {
  const { t, formats } = reader
  if (run.finishedAt === null) return t('web.run_at', { done: formats.count(run.done), total: formats.count(run.total) })
  const result = resultOf(reader, run)
  return run.isStopped ? `${t('web.run_stopped', { left: run.total - run.done })} ${result}` : result
}

/** GET: what refused, each with its reason, as a file. */
export async function refusedFile(reader: Reader, request: Request<OfRun>, model: ModelMeta): Promise<Reply> {
  const { refused } = await demandRun(reader, model, request.params.run)
  const { t } = reader
  const lines = (refused ?? []).map(({ id, label, reason }) => [label, reason, id])
  return html(csvLines([[modelLabel(model, t), t('web.reason'), 'id'], ...lines]), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${model.path}-refused.csv"`,
      'cache-control': 'no-store',
    },
  })
}

/** POST: what is done stays done, and can be put back; no further record is touched. */
export async function stopRun(reader: Reader, request: Request<OfRun>, model: ModelMeta): Promise<Reply> {
  const { id } = await demandRun(reader, model, request.params.run)
  const account = accountOf(reader.services)
  await account.transaction(async () => {
    // The few that are being done now are through once it is ours.
    const { finishedAt } = await account.lock(BulkRun, id)
    if (finishedAt === null) await account.update(BulkRun, id, { isStopped: true, finishedAt: new Date() })
  })
  return done(request, `/${model.path}/runs/${id}`)
}
