/** The first page of the reports: how many came, how many are open, how fast and how well they were answered. */
import type { Reply, Request, Services, Where } from '@tessera/core'
import { Ticket } from '@tessera/ticket'
import { latestDays, type Period, periodBefore, periodIn } from '@tessera/web'
import { barChart, lineChart, sparkline } from './chart.ts'
import { csvFile } from './csv.ts'
import type { Cell } from './figures.service.ts'
import { type Figure, figures, isReadable, ticketsHref } from './figures.ts'
import { changed, filtersOf, reportHref } from './filters.ts'
import { inTurn } from './in-turn.ts'
import { type Grain, grainOf, stepsOf } from './period.ts'
import { render } from './render.ts'
import { narrowedWhere, type Slice, sliceLabel, slicesOf } from './slices.ts'
import { shownTable, tableBy, tableLines } from './team-table.ts'
import { amountOf, amountText, compared, definitionOf, labelOfFigure, periodText, stepText } from './words.ts'

export async function overview(request: Request, services: Services): Promise<Reply> {
  const { context, text } = services
  const { period, range } = periodIn(request.query, context)
  const look: Looking = { services, query: request.query, period, where: narrowedWhere(request.query, services), grain: grainOf(period) }
  const slices = slicesOf(services)
  const teams = slices.find(({ name }) => name === 'team')
  if (teams && request.query.get('format') === 'csv') {
    const lines = tableLines(await tableBy(teams, look, services), services)
    return csvFile(services, 'teams', period, lines)
  }
  const may = (figure: Figure) => isReadable(figure, services)
  const open = (may(figures.backlog) ? ['status', 'priority', 'assignee'] : []).flatMap(
    (name) => slices.find((slice) => slice.name === name) ?? [],
  )
  const filters = await filtersOf('/reports', request.query, { period, range }, ['team', 'type'], services)
  // One after the other: all at once would take every connection of the process for one reader.
  const cards = await inTurn(
    services.figures.all().filter((figure) => figure.card && may(figure)),
    (figure) => cardOf(figure, look),
  )
  const trend = may(figures.closed) && may(figures.volume) && (await trendOf(look))
  const bars = await inTurn(open, (slice) => openBy(slice, look))
  const table = teams && (await tableBy(teams, look, services))
  const latest =
    trend !== false && trend.isEmpty && (await latestDays(services, Ticket, 'createdAt', period, { where: { $and: look.where } }))
  const csv = `/reports?${changed(request.query, { format: 'csv' })}`
  const before = periodText(periodBefore(period, context), services)
  const model = {
    filters,
    cards,
    ...(latest && {
      elsewhere: { ...latest, href: `/reports?${changed(request.query, { range: '', from: latest.first, to: latest.last })}` },
    }),
    trend,
    bars,
    csv,
    table: table && shownTable(table, request.query, services),
    period: periodText(period, services),
    before,
    zone: context.zone,
  }
  return services.screens.page(request, { title: text('reporting.reports'), content: render('overview', model, services) })
}

interface Looking {
  readonly services: Services
  readonly query: URLSearchParams
  readonly period: Period
  readonly where: readonly Where<Ticket>[]
  readonly grain: Grain
}

async function cardOf(figure: Figure, { services, query, period, where, grain }: Looking) {
  const measured = services.figures
  const [now, before, course] = await Promise.all([
    measured.total(figure, { period, where }),
    measured.total(figure, { period: periodBefore(period, services.context), where }),
    measured.cells(figure, { period, where, grain }),
  ])
  return {
    name: figure.name,
    label: services.text(`reporting.card.${figure.name}`),
    help: definitionOf(figure, services),
    amount: amountOf(figure, now.value, services),
    opens: ticketsHref(now.tickets),
    report: reportHref(figure, query, { by: grain }),
    comparison: compared(figure, now, before, services),
    spark: sparkline(course.map(({ value }) => value)),
    ...(figure.hours &&
      now.count > 0 && { detail: services.text('reporting.average', { amount: amountText(figure, now.average, services) }) }),
    ...(now.part && {
      part: {
        label: services.text(`reporting.part.${figure.name}`, { part: now.part.count, whole: now.count }),
        opens: ticketsHref(now.part.tickets),
      },
    }),
  }
}

async function trendOf({ services, query, period, where, grain }: Looking) {
  const lines = [figures.closed, figures.volume]
  const [closed = [], created = []] = await Promise.all(lines.map((figure) => services.figures.cells(figure, { period, where, grain })))
  const labels = stepsOf(period, grain, services.context).map(({ key }) => stepText(key, grain, services))
  const marks = (cells: readonly Cell[], figure: Figure) =>
    cells.map(({ value, tickets }, at) => ({
      value: value ?? 0,
      title: `${labels[at]}: ${value ?? 0} ${labelOfFigure(figure, services).toLowerCase()}`,
      href: ticketsHref(tickets),
    }))
  const series = [closed, created].map((cells, at) => marks(cells, lines[at]!))
  const sums = series.map((each) => each.reduce((sum, { value }) => sum + value, 0))
  return {
    isEmpty: sums.every((sum) => sum === 0),
    title: services.text(`reporting.trend_${grain}`),
    summary: services.text('reporting.trend_summary', { closed: sums[0], created: sums[1], period: periodText(period, services) }),
    svg: lineChart(labels, [
      { dashed: false, marks: series[0]! },
      { dashed: true, marks: series[1]! },
    ]),
    csv: reportHref(figures.volume, query, { by: grain, format: 'csv' }),
    rows: labels.map((label, at) => ({ label, cells: [series[1]![at]!, series[0]![at]!] })).reverse(),
  }
}

const mostBars = 8

/** What is open at the end of the period, which is now unless the period is over. */
async function openBy(slice: Slice, { services, query, period, where }: Looking) {
  const cells = await services.figures.cells(figures.backlog, { period, slice, where })
  const all = cells
    .map((cell) => ({
      label: sliceLabel(slice, cell.slice ?? null, services),
      value: cell.count,
      title: `${sliceLabel(slice, cell.slice ?? null, services)}: ${cell.count}`,
      href: ticketsHref(cell.tickets),
    }))
    .sort((a, b) => b.value - a.value)
  const shown = all.slice(0, mostBars)
  return {
    name: slice.name,
    title: services.text('reporting.open_by', { slice: slice.label.toLowerCase() }),
    ...(all.length > shown.length && { extent: services.text('reporting.most', { shown: shown.length, all: all.length }) }),
    svg: shown.length > 0 ? barChart(shown) : '',
    report: reportHref(figures.backlog, query, { by: slice.name }),
    head: slice.label,
    rows: all,
  }
}
