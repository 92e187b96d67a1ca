/** One figure by slice and by step: what the page, the file and the API show. */
import { NotFound, type Services } from '@tessera/core'
import { type Period, periodIn, type Range } from '@tessera/web'
import type { Cell } from './figures.service.ts'
import { type Figure, ticketsHref } from './figures.ts'
import { type Grain, isGrain } from './period.ts'
import { keyOf, narrowedWhere, type Slice, sliceLabel, sliceNamed } from './slices.ts'
import { definitionOf, labelOfFigure, unitOf } from './words.ts'

export interface Report {
  readonly figure: Figure
  readonly period: Period
  readonly range: Range
  readonly slice: Slice | undefined
  readonly grain: Grain | undefined
  readonly total: Cell
  /** By slice, then by step. */
  readonly cells: readonly Cell[]
}

/** Reads `from`, `to`, `range`, `by=team,week` and fields to narrow by, such as `team`, from an address. */
export async function readReport(name: string, query: URLSearchParams, services: Services): Promise<Report> {
  const all = services.figures.all()
  const figure = all.find((each) => each.name === name)
  if (!figure)
    throw new NotFound('reporting.figure', 'There is no figure "{name}". Known are {known}.', {
      name: name.slice(0, 60),
      known: all.map((each) => each.name).join(', '),
    })
  const { period, range } = periodIn(query, services.context)
  const by = query
    .getAll('by')
    .flatMap((each) => each.split(','))
    .filter(Boolean)
  const grain = by.find(isGrain)
  const sliced = by.find((each) => !isGrain(each))
  const slice = sliced === undefined ? undefined : sliceNamed(sliced, services)
  const where = narrowedWhere(query, services)
  const [total, cells] = await Promise.all([
    services.figures.total(figure, { period, where }),
    slice || grain ? services.figures.cells(figure, { period, slice, grain, where }) : [],
  ])
  return { figure, period, range, slice, grain, total, cells }
}

/** As the API gives it. */
export function reportJson({ figure, period, slice, total, cells }: Report, services: Services): object {
  const values = ({ value, average, count, tickets, part }: Cell) => ({
    value,
    ...(figure.hours && { average }),
    count,
    tickets: ticketsHref(tickets),
    ...(part && { part: { count: part.count, tickets: ticketsHref(part.tickets) } }),
  })
  return {
    figure: figure.name,
    label: labelOfFigure(figure, services),
    definition: definitionOf(figure, services),
    unit: unitOf(figure),
    from: period.first,
    to: period.last,
    zone: services.context.zone,
    total: values(total),
    rows: cells.map((cell) => ({
      ...(slice && cell.slice !== undefined && { [slice.name]: cell.slice }),
      ...(cell.step && { period: cell.step.key }),
      ...values(cell),
    })),
  }
}

/** The lines of the file: a head, then one line for each number, the whole last. */
export function reportLines(
  { figure, period, slice, grain, total, cells }: Report,
  services: Services,
): readonly (readonly (string | number | null)[])[] {
  const { text } = services
  const whole = `${period.first}/${period.last}`
  const numbers = ({ value, average, count, part }: Cell) => [
    value,
    ...(figure.hours ? [average] : []),
    ...(figure.hours || part ? [count] : []),
    ...(part ? [part.count] : []),
  ]
  const head = [
    ...(slice ? [slice.label] : []),
    text('reporting.period'),
    figure.hours ? text('reporting.median_hours') : labelOfFigure(figure, services),
    ...(figure.hours ? [text('reporting.average_hours')] : []),
    ...(figure.hours || figure.part ? [text('reporting.tickets')] : []),
    ...(figure.part ? [text('reporting.part')] : []),
  ]
  const line = (cell: Cell, name: string) => [...(slice ? [name] : []), grain ? (cell.step?.key ?? whole) : whole, ...numbers(cell)]
  return [
    head,
    ...cells.map((cell) => line(cell, slice && cell.slice !== undefined ? sliceLabel(slice, cell.slice, services) : '')),
    line(total, text('reporting.all')),
  ]
}

/** The cells as rows of a table: a value of the slice each, with its steps. */
export function rowsOf({ cells, total }: Pick<Report, 'cells' | 'total'>): readonly (readonly Cell[])[] {
  const rows = new Map<string, Cell[]>()
  for (const cell of cells) {
    const key = JSON.stringify(cell.slice === undefined ? 'all' : [keyOf(cell.slice)])
    rows.set(key, [...(rows.get(key) ?? []), cell])
  }
  return rows.size > 0 ? [...rows.values()] : [[total]]
}
