import { page, permission, type Reply, type Request, route, type Services } from '@tessera/core'
import { z } from 'zod'
import { csvFile } from './csv.ts'
import type { Cell } from './figures.service.ts'
import { isReadable, ticketsHref } from './figures.ts'
import { changed, filtersOf, reportHref } from './filters.ts'
import { overview } from './overview.ts'
import { grains, stepsOf } from './period.ts'
import { render } from './render.ts'
import { type Report, readReport, reportJson, reportLines, rowsOf } from './report.ts'
import { sliceLabel, slicesOf } from './slices.ts'
import { amountText, definitionOf, labelOfFigure, periodText, stepText } from './words.ts'

/** Figures count what their reader may read, so this opens the pages and shows nothing that he could not list himself. */
export const readFigures = permission('reporting.read', 'Read figures')

export const pages = [
  page('GET /reports', { may: readFigures, respond: overview }),
  page('GET /reports/:figure', { may: readFigures, respond: report }),
]

const number = z.number().nullable()
const measured = { value: number, average: number.optional(), count: z.int(), tickets: z.string() }
const part = z.object({ count: z.int(), tickets: z.string() }).optional()

export const reportRoute = route('GET /reports/:figure', {
  may: readFigures,
  summary: 'A figure of the tickets that the caller may read, by slice and by step of a period',
  returns: z.object({
    figure: z.string(),
    label: z.string(),
    definition: z.string(),
    unit: z.enum(['tickets', 'hours', 'share']),
    from: z.string(),
    to: z.string(),
    zone: z.string(),
    total: z.object({ ...measured, part }),
    rows: z.array(z.looseObject({ ...measured, part, period: z.string().optional() })),
  }),
  run: async ({ params, query }, services) => reportJson(await readReport(params.figure, query, services), services),
})

async function report(request: Request<{ figure: string }>, services: Services): Promise<Reply> {
  const { params, query } = request
  const isFile = params.figure.endsWith('.csv') || query.get('format') === 'csv'
  const found = await readReport(params.figure.replace(/\.csv$/, ''), query, services)
  const { figure, period } = found
  if (isFile) return csvFile(services, figure.name, period, reportLines(found, services))
  const filters = await filtersOf(`/reports/${figure.name}`, query, found, ['team', 'type', 'source'], services, ['by'])
  const model = {
    filters,
    definition: definitionOf(figure, services),
    figures: services.figures
      .all()
      .filter((each) => isReadable(each, services))
      .map((each) => ({
        label: labelOfFigure(each, services),
        href: reportHref(each, query, { by: query.getAll('by').join(',') }),
        current: each === figure,
      })),
    csv: reportHref(figure, query, { by: query.getAll('by').join(','), format: 'csv' }),
    overview: `/reports?${changed(query, { by: '' })}`,
    ...byChoices(found, query, services),
    ...tableOf(found, services),
    period: periodText(found.period, services),
    zone: services.context.zone,
  }
  const title = labelOfFigure(figure, services)
  return services.screens.page(request, { title, content: render('report', model, services), at: '/reports' })
}

function byChoices({ slice, grain, figure }: Report, query: URLSearchParams, services: Services) {
  const link = (by: readonly (string | undefined)[]) => reportHref(figure, query, { by: by.filter(Boolean).join(',') })
  const { text } = services
  return {
    slices: [{ label: text('reporting.by_nothing'), href: link([grain]), current: slice === undefined }].concat(
      slicesOf(services).map(({ name, label }) => ({ label, href: link([name, grain]), current: name === slice?.name })),
    ),
    steps: [{ label: text('reporting.by_whole'), href: link([slice?.name]), current: grain === undefined }].concat(
      grains.map((each) => ({ label: text(`reporting.by_${each}`), href: link([slice?.name, each]), current: each === grain })),
    ),
  }
}

function tableOf(found: Report, services: Services) {
  const { figure, slice, grain, period, total } = found
  const { text } = services
  const shown = (cell: Cell) => ({
    text: amountText(figure, cell.value, services),
    ...(cell.count > 0 && { href: ticketsHref(cell.tickets) }),
    ...(cell.part && cell.count > 0 && { part: `${cell.part.count} / ${cell.count}`, partHref: ticketsHref(cell.part.tickets) }),
    ...(figure.hours && cell.count > 0 && { part: text('reporting.average', { amount: amountText(figure, cell.average, services) }) }),
  })
  const steps = grain ? stepsOf(period, grain, services.context).map(({ key }) => stepText(key, grain, services)) : []
  const name = (cell: Cell | undefined) =>
    slice && cell?.slice !== undefined ? sliceLabel(slice, cell.slice, services) : text('reporting.all')
  const all = { label: text('reporting.all'), cells: [shown(total)] }
  const lines = rowsOf(found)
  // Steps alone are read downwards.
  if (!slice && grain)
    return {
      head: [text('reporting.period'), labelOfFigure(figure, services)],
      lines: found.cells.map((cell, at) => ({ label: steps[at], cells: [shown(cell)] })).reverse(),
      foot: all,
    }
  return {
    head: [slice?.label ?? '', ...(grain ? steps : [labelOfFigure(figure, services)])],
    lines: slice ? lines.map((cells) => ({ label: name(cells[0]), cells: cells.map(shown) })) : [],
    ...(grain ? { whole: all } : { foot: all }),
  }
}
