/** What became of a file: how many rows, which were refused and why, and the way to what was made. */
import { errorLines, type ModelMeta, openSheet, type Reply, type Request, type Services, saidInFile } from '@tessera/core'
import { withQuery } from '../server/destination.ts'
import type { Reader } from '../server/reader.ts'
import { ImportRefusal, type ImportRun } from './import-run.model.ts'
import { withLocal } from './kept-file.ts'
import { demandImport } from './rights.ts'

const counted = [
  ['created', 'web.import_created'],
  ['updated', 'web.import_updated'],
  ['unchanged', 'web.import_unchanged'],
  ['failed', 'web.import_failed_rows'],
] as const

/** Refused rows that the page shows; the file has all. */
const mostShown = 50

export async function resultOf(reader: Reader, model: ModelMeta, run: ImportRun) {
  const { t, formats } = reader
  const isTest = run.state === 'tested'
  const refused = run.failed > 0 ? (await refusalsAfter(reader.services, run, 0, mostShown)).rows : []
  return {
    title: t(isTest ? 'web.import_tested' : run.state === 'done' ? 'web.import_done_title' : 'web.import_stopped'),
    isTest,
    isWell: run.failed === 0 && run.state !== 'stopped',
    ...(run.reason && { reason: t(run.reason.code, run.reason.values) }),
    counts: counted.map(([name, code]) => ({ name, value: formats.count(run[name]), label: t(code) })),
    refused: refused.flatMap(({ row, problems }) =>
      problems.map(({ column, sentence }) => ({ row: formats.count(row), column, sentence })),
    ),
    ...(run.failed > refused.length && { more: t('web.import_more_refused', { count: run.failed - refused.length }) }),
    ...(!isTest && run.failed > 0 && run.file !== null && { file: `/${model.path}/imports/${run.id}/refused` }),
    ...(!isTest && run.created + run.updated > 0 && listOf(reader, model, run)),
  }
}

/** The list of what this import made or changed, where the reader may know when and by whom that was. */
function listOf({ ability }: Reader, model: ModelMeta, { user, startedAt, finishedAt }: ImportRun): { readonly records?: string } {
  const isKnown = ['updatedAt', 'updatedBy'].every((name) => ability.field('read', model.fields.get(name)!) === true)
  if (!isKnown || !startedAt || !finishedAt) return {}
  const where = { updatedBy: user.id, updatedAt: { $gte: startedAt.toISOString(), $lte: finishedAt.toISOString() } }
  return {
    records: withQuery(`/${model.path}`, [
      ['filter', ''],
      ['where', JSON.stringify(where)],
    ]),
  }
}

/** GET: the refused rows as they were, each with its reasons behind it: to be mended and imported. */
export async function refusedRows(
  reader: Reader,
  request: Request<{ readonly model: string; readonly run: string }>,
  model: ModelMeta,
): Promise<Reply> {
  const run = await demandImport(reader, model, request.params.run)
  const { services } = reader
  const text = await withLocal(services, run.file, async (file) => {
    const lines: string[] = []
    for await (const line of errorLines(await openSheet(file, run.name, run.encoding ?? 'utf-8'), reasonsOf(services, run)))
      lines.push(line)
    return lines.join('')
  })
  const name = run.name.replace(/\.[^.]*$/, '').replace(/[^\w.-]/g, '_')
  return {
    kind: 'reply',
    status: 200,
    cookies: {},
    // The mark tells old spreadsheets that it is UTF-8.
    body: `\ufeff${text}`,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}-refused.csv"`,
      'cache-control': 'no-store',
    },
  }
}

async function* reasonsOf(services: Services, run: ImportRun): AsyncGenerator<{ readonly row: number; readonly sentence: string }> {
  for (let last = 0; ; ) {
    const { rows } = await refusalsAfter(services, run, last, 200)
    for (const { row, problems } of rows) yield { row, sentence: saidInFile(problems) }
    if (rows.length < 200) return
    last = rows.at(-1)!.row
  }
}

function refusalsAfter({ records }: Services, { id, attempt }: ImportRun, row: number, limit: number) {
  const where = { run: id, attempt, row: { $gt: row } }
  return records.query(ImportRefusal, { fields: ['row', 'problems'], where, order: { row: 'asc' }, limit })
}
