/** `/my-runs`: what the reader did to many and took in from files, the latest first. */
import type { ModelMeta, Reply, Request, Services } from '@tessera/core'
import { BulkRun } from '../bulk-run.model.ts'
import { ImportRun } from '../importing/import-run.model.ts'
import type { BadgeCell, Cell, Row, Table } from '../screens.ts'
import { type Reader, readerOf } from '../server/reader.ts'
import { templates } from '../server/screens.service.ts'
import { isOpenTo, modelPlural } from '../server/words.ts'
import { runTitle } from './own-run.ts'

const render = templates(new URL('../templates/', import.meta.url))
const mostShown = 50

/** GET: `before` is the instant behind which an earlier page ended. */
export async function ownRunsPage(request: Request, services: Services): Promise<Reply> {
  const reader = readerOf(services)
  const { t } = reader
  const before = new Date(request.query.get('before') ?? '')
  const all = await runsBefore(reader, Number.isNaN(before.getTime()) ? undefined : before)
  const shown = all.slice(0, mostShown)
  const about = {
    ...(shown.length > 0
      ? { table: tableOf(reader, shown) }
      : { empty: { icon: 'history', text: t('web.no_runs'), hint: t('web.no_runs_hint') } }),
    ...(all.length > mostShown && { earlier: `/my-runs?before=${encodeURIComponent(shown.at(-1)!.at.toISOString())}` }),
  }
  return services.screens.page(request, { title: t('web.my_runs'), content: render('own-runs', about, services) })
}

interface OwnRun {
  readonly at: Date
  readonly row: Row
}

async function runsBefore(reader: Reader, before: Date | undefined): Promise<readonly OwnRun[]> {
  const { records, services } = reader
  const where = { user: services.context.caller.id ?? '', ...(before && { createdAt: { $lt: before } }) }
  const limit = mostShown + 1
  const [bulk, imports] = await Promise.all([
    records.query(BulkRun, {
      fields: ['createdAt', 'model', 'deed', 'name', 'total', 'done', 'refusals', 'isStopped', 'finishedAt'],
      // One record by itself is no run to anybody.
      where: { ...where, total: { $gt: 1 } },
      order: { createdAt: 'desc' },
      limit,
    }),
    records.query(ImportRun, {
      fields: ['createdAt', 'model', 'name', 'total', 'done', 'failed', 'state'],
      where,
      order: { createdAt: 'desc' },
      limit,
    }),
  ])
  return [...bulk.rows.map((run) => bulkOf(reader, run)), ...imports.rows.map((run) => importOf(reader, run))]
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, limit)
}

type Bulk = Pick<BulkRun, 'id' | 'createdAt' | 'model' | 'deed' | 'name' | 'total' | 'done' | 'refusals' | 'isStopped' | 'finishedAt'>

function bulkOf(reader: Reader, run: Bulk): OwnRun {
  const model = reader.app.models.byName(run.model)
  const title = model ? runTitle(reader, model, run) : run.name
  const state = run.finishedAt === null ? 'running' : run.isStopped ? 'stopped' : run.refusals > 0 ? 'partly' : 'done'
  const counts = { done: run.done - run.refusals, refused: run.refusals, total: run.total }
  const icon = { action: 'player-play', edit: 'pencil', delete: 'trash', undo: 'rotate-2' }[run.deed]
  return rowOf(reader, model, run, { title, icon, path: 'runs', state, counts })
}

type Import = Pick<ImportRun, 'id' | 'createdAt' | 'model' | 'name' | 'total' | 'done' | 'failed' | 'state'>

const importStates = { matching: 'waiting', testing: 'running', tested: 'waiting', importing: 'running', stopped: 'stopped' } as const

function importOf(reader: Reader, run: Import): OwnRun {
  const model = reader.app.models.byName(run.model)
  const state = run.state === 'done' ? (run.failed > 0 ? 'partly' : 'done') : importStates[run.state]
  const title = reader.t('web.run_import', { file: run.name, noun: model ? modelPlural(model, reader.t) : run.model })
  // What was tested is not done.
  const isTest = run.state === 'testing' || run.state === 'tested'
  const counts = { done: isTest ? 0 : run.done - run.failed, refused: run.failed, total: run.total }
  return rowOf(reader, model, run, { title, icon: 'upload', path: 'imports', state, counts })
}

interface About {
  readonly title: string
  readonly icon: string
  readonly path: 'runs' | 'imports'
  readonly state: keyof typeof states
  readonly counts: { readonly done: number; readonly refused: number; readonly total: number }
}

function rowOf(
  reader: Reader,
  model: ModelMeta | undefined,
  { id, createdAt }: { readonly id: string; readonly createdAt: Date },
  { title, icon, path, state, counts }: About,
): OwnRun {
  const { t, formats, now } = reader
  const number = (value: number): Cell => ({ as: 'number', shown: formats.count(value) })
  const cells: readonly Cell[] = [
    { as: 'text', text: title, icon },
    { as: 'badge', label: t(`web.run_state_${state}`), ground: 'plain', ...states[state] },
    number(counts.done),
    number(counts.refused),
    number(counts.total),
    { as: 'date', iso: createdAt.toISOString(), shown: formats.when(createdAt, now), title: formats.exact(createdAt) },
  ]
  const href = model && isOpenTo(reader, model) ? `/${model.path}/${path}/${id}` : ''
  return { at: createdAt, row: { is: 'row', id, href, name: title, cells } }
}

const states = {
  running: { tone: 'accent', icon: 'refresh' },
  waiting: { tone: 'grey', icon: 'clock' },
  done: { tone: 'green', icon: 'check' },
  partly: { tone: 'amber', icon: 'alert-triangle' },
  stopped: { tone: 'grey', icon: 'x' },
} satisfies Record<string, Pick<BadgeCell, 'tone' | 'icon'>>

function tableOf({ t }: Reader, runs: readonly OwnRun[]): Table {
  return {
    caption: t('web.my_runs'),
    columns: [
      { name: 'title', label: t('web.run_what'), kind: 'text', title: true },
      { name: 'state', label: t('web.run_state'), kind: 'badge', place: 'top-start' },
      { name: 'done', label: t('web.run_done'), kind: 'number', place: 'hidden' },
      { name: 'refused', label: t('web.run_refused'), kind: 'number', place: 'hidden' },
      { name: 'total', label: t('web.run_total'), kind: 'number', place: 'hidden' },
      { name: 'at', label: t('web.run_when'), kind: 'date', place: 'top-end' },
    ],
    body: runs.map(({ row }) => row),
  }
}
