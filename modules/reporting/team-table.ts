/** The figures of each team side by side, and of all together. */
import type { Services, Where } from '@tessera/core'
import type { Ticket } from '@tessera/ticket'
import type { Period } from '@tessera/web'
import type { Cell } from './figures.service.ts'
import { type Figure, figures, isReadable, ticketsHref } from './figures.ts'
import { reportHref } from './filters.ts'
import { inTurn } from './in-turn.ts'
import { keyOf, type Slice, sliceLabel } from './slices.ts'
import { amountText, labelOfFigure, unitOf } from './words.ts'

export interface Table {
  readonly slice: Slice
  readonly figures: readonly Figure[]
  readonly lines: readonly { readonly label: string; readonly cells: readonly (Cell | undefined)[] }[]
  readonly total: readonly Cell[]
}

const columns: readonly Figure[] = [
  figures.volume,
  figures.closed,
  figures.backlog,
  figures.firstResponse,
  figures.resolution,
  figures.satisfaction,
]

/** A line for each value of the slice, that of none last. */
export async function tableBy(
  slice: Slice,
  { period, where }: { readonly period: Period; readonly where: readonly Where<Ticket>[] },
  services: Services,
): Promise<Table> {
  const shown = columns.filter((figure) => isReadable(figure, services))
  const bySlice = await inTurn(shown, (figure) => services.figures.cells(figure, { period, slice, where }))
  const total = await inTurn(shown, (figure) => services.figures.total(figure, { period, where }))
  const lines = new Map<string, { label: string; isNone: boolean; cells: (Cell | undefined)[] }>()
  for (const [at, cells] of bySlice.entries()) {
    for (const cell of cells) {
      const value = cell.slice ?? null
      const key = String(keyOf(value))
      const line = lines.get(key) ?? {
        label: sliceLabel(slice, value, services),
        isNone: value === null,
        cells: shown.map(() => undefined),
      }
      line.cells[at] = cell
      lines.set(key, line)
    }
  }
  const sorted = [...lines.values()].sort((a, b) => Number(a.isNone) - Number(b.isNone) || a.label.localeCompare(b.label))
  return { slice, figures: shown, lines: sorted, total }
}

/** As the page shows it. */
export function shownTable({ slice, figures, lines, total }: Table, query: URLSearchParams, services: Services) {
  const shown = (cell: Cell | undefined, at: number) => {
    const figure = figures[at]!
    if (!cell || cell.count === 0) return { text: unitOf(figure) === 'tickets' ? '0' : '–' }
    return { text: amountText(figure, cell.value, services), href: ticketsHref(cell.tickets) }
  }
  return {
    title: services.text('reporting.teams'),
    slice: slice.label,
    head: figures.map((figure) => ({
      label: services.text(`reporting.column.${figure.name}`),
      href: reportHref(figure, query, { by: slice.name }),
    })),
    lines: lines.map(({ label, cells }) => ({ label, cells: cells.map(shown) })),
    total: total.map(shown),
  }
}

/** As lines of a file: plain numbers, times in hours, shares from 0 to 1. */
export function tableLines({ slice, figures, lines, total }: Table, services: Services): readonly (readonly (string | number | null)[])[] {
  const { text } = services
  const raw = (cell: Cell | undefined, at: number) => (cell ? cell.value : unitOf(figures[at]!) === 'tickets' ? 0 : null)
  const head = (figure: Figure) => {
    const label = labelOfFigure(figure, services)
    return figure.hours ? `${label}, ${text('reporting.median_hours').toLowerCase()}` : label
  }
  return [
    [slice.label, ...figures.map(head)],
    ...lines.map(({ label, cells }) => [label, ...cells.map(raw)]),
    [text('reporting.all'), ...total.map(raw)],
  ]
}
