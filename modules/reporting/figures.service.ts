import { type GroupRow, type Records, type Services, UserError, type Where } from '@tessera/core'
import { Ticket, TicketOpening } from '@tessera/ticket'
import type { Period } from '@tessera/web'
import { allFigures, type Figure, openAt, type Population, ticketsOf } from './figures.ts'
import { type Grain, type Step, stepsOf } from './period.ts'
import { keyOf, type Slice, type SliceValue, sliceWhere } from './slices.ts'

declare module '@tessera/core' {
  interface Services {
    readonly figures: FigureService
  }
}

/** How to look at a figure. */
export interface Look {
  readonly period: Period
  readonly slice?: Slice | undefined
  readonly grain?: Grain | undefined
  /** Narrows the tickets further. */
  readonly where?: readonly Where<Ticket>[]
}
/** One number of a figure, with the tickets that it counted. */
export interface Cell {
  readonly slice: SliceValue | undefined
  readonly step: Step | undefined
  /** A count, a share from 0 to 1, or the median of hours; null where there is nothing to measure. */
  readonly value: number | null
  /** Of a time: the average hours. */
  readonly average: number | null
  /** How many tickets it is about. */
  readonly count: number
  readonly tickets: Where<Ticket>
  /** Of a share: how many of them, and which. */
  readonly part: { readonly count: number; readonly tickets: Where<Ticket> } | undefined
}

/** Measures figures with the rights of the caller: what he may not read is not counted. */
export class FigureService {
  readonly #records: Records
  readonly #services: Services

  constructor(services: Services) {
    this.#records = services.records
    this.#services = services
  }

  /** All that can be asked for, in their order; a module adds its own by an override, with its texts. */
  all(): readonly Figure[] {
    return allFigures
  }

  /** The figure of the whole period as one number. */
  async total(figure: Figure, look: Pick<Look, 'period' | 'where'>): Promise<Cell> {
    const [cell] = await this.cells(figure, { period: look.period, ...(look.where && { where: look.where }) })
    return cell!
  }

  /** The figure by slice, by step of the period, by both, or by neither: one number each. */
  async cells(figure: Figure, look: Look): Promise<readonly Cell[]> {
    const [whole, part] = await Promise.all([
      this.#groups(figure.of, look, figure.hours),
      figure.part ? this.#groups(figure.part, look) : undefined,
    ])
    const steps: readonly (Step | undefined)[] = look.grain ? stepsOf(look.period, look.grain, this.#services.context) : [undefined]
    return slicesIn(whole, look).flatMap((slice) => steps.map((step) => cellOf(figure, look, slice, step, whole, part)))
  }

  async #groups(population: Population, look: Look, hours?: Figure['hours']): Promise<Groups> {
    const measures = ['count', ...(hours ? [`${hours}:median`, `${hours}:avg`] : [])]
    if (!look.grain) return this.#ofTickets(population, look, [], measures)
    if ('when' in population) return this.#ofTickets(population, look, [`${population.when}:${look.grain}`], measures)
    return 'open' in population ? this.#openAtSteps(look, look.grain) : this.#ofClosings(population, look, look.grain)
  }

  async #ofTickets(population: Population, look: Look, by: readonly string[], measures: readonly string[]): Promise<Groups> {
    const { period, slice, where = [] } = look
    const rows = await this.#records.group(Ticket, {
      by: [...(slice ? [slice.name] : []), ...by] as never,
      where: ticketsOf(population, period, ...where),
      measures,
      limit: mostGroups,
    })
    return gathered(rows, slice?.name, by[0], 'count', measures)
  }

  /** A ticket that was closed twice in one step is one ticket of that step. */
  async #ofClosings(population: Extract<Population, { closing: unknown }>, look: Look, grain: Grain): Promise<Groups> {
    const { closing, that } = population
    const { from, to } = look.period
    return this.#ofOpenings(look, 'closedAt', grain, 'ticket:distinct', { ...closing, closedAt: { $gte: from, $lt: to } }, that)
  }

  async #ofOpenings(
    { slice, where = [] }: Look,
    when: 'openedAt' | 'closedAt',
    grain: Grain,
    measure: string,
    openings: Where<TicketOpening>,
    that?: Where<Ticket>,
  ): Promise<Groups> {
    const tickets = [...where, ...(that ? [that] : [])]
    const rows = await this.#records.group(TicketOpening, {
      by: [...(slice ? [`ticket.${slice.name}`] : []), `${when}:${grain}`] as never,
      where: tickets.length > 0 ? { $and: [openings, { ticket: { $and: tickets } }] } : openings,
      measures: [measure],
      limit: mostGroups,
    })
    return gathered(rows, slice && `ticket.${slice.name}`, `${when}:${grain}`, measure, [])
  }

  /** What was open at the beginning, and then step by step what was opened more than closed: a ticket is open once at a time. */
  async #openAtSteps(look: Look, grain: Grain): Promise<Groups> {
    const { period, slice, where = [] } = look
    const happened = { $gte: period.from, $lt: period.to }
    const [before, opened, closed] = await Promise.all([
      this.#records.group(Ticket, {
        by: (slice ? [slice.name] : []) as never,
        where: { $and: [openAt(new Date(period.from.getTime() - 1)), ...where] },
        measures: ['count'],
        limit: mostGroups,
      }),
      this.#ofOpenings(look, 'openedAt', grain, 'count', { openedAt: happened }),
      this.#ofOpenings(look, 'closedAt', grain, 'count', { closedAt: happened }),
    ])
    const start = gathered(before, slice?.name, undefined, 'count', [])
    const groups: Groups = { slices: new Map([...start.slices, ...opened.slices, ...closed.slices]), found: new Map() }
    for (const key of groups.slices.size > 0 ? groups.slices.keys() : [undefined]) {
      let count = start.found.get(nameOf(key, undefined))?.count ?? 0
      for (const step of stepsOf(period, grain, this.#services.context)) {
        const name = nameOf(key, step.key)
        count += (opened.found.get(name)?.count ?? 0) - (closed.found.get(name)?.count ?? 0)
        groups.found.set(name, { count, median: null, average: null })
      }
    }
    return groups
  }
}

interface Measured {
  readonly count: number
  readonly median: number | null
  readonly average: number | null
}
type Key = ReturnType<typeof keyOf>
/** What the database counted: the values of the slice, and a measurement for each of them and each step. */
interface Groups {
  readonly slices: ReadonlyMap<Key, SliceValue>
  readonly found: Map<string, Measured>
}
const nothing: Measured = { count: 0, median: null, average: null }
/** The most that one statement gives; fewer than these are surely all. */
const mostGroups = 1000

function gathered(
  rows: readonly GroupRow[],
  slice: string | undefined,
  step: string | undefined,
  count: string,
  measures: readonly string[],
): Groups {
  if (rows.length >= mostGroups)
    throw new UserError(
      'reporting.too_many',
      'These are more than {most} numbers. Choose longer steps, a shorter period or another slice.',
      {
        most: mostGroups,
      },
    )
  const slices = new Map<Key, SliceValue>()
  const found = new Map<string, Measured>()
  const [median, average] = ['median', 'avg'].map((how) => measures.find((measure) => measure.endsWith(`:${how}`)))
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  for (const row of rows) {
    const grouped = slice === undefined ? undefined : (row[slice] ?? null)
    const value = grouped instanceof Date ? grouped.toISOString() : grouped
    if (value !== undefined) slices.set(keyOf(value), value)
    found.set(nameOf(value === undefined ? undefined : keyOf(value), step === undefined ? undefined : String(row[step])), {
      count: number(row[count]) ?? 0,
      median: median === undefined ? null : number(row[median]),
      average: average === undefined ? null : number(row[average]),
    })
  }
  return { slices, found }
}

function nameOf(slice: Key | undefined, step: string | undefined): string {
  return JSON.stringify([slice === undefined ? 'all' : [slice], step ?? 'all'])
}

/** As the reader reads them, what has none last. */
function slicesIn({ slices }: Groups, { slice }: Look): readonly (SliceValue | undefined)[] {
  if (!slice) return [undefined]
  const shown = (value: SliceValue) => (typeof value === 'object' && value !== null ? value.label : value)
  return [...slices.values()].sort((a, b) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    const [x, y] = [shown(a), shown(b)]
    return typeof x === 'string' ? x.localeCompare(String(y)) : Number(x) - Number(y)
  })
}

function cellOf(
  figure: Figure,
  { period, slice: by, where = [] }: Look,
  slice: SliceValue | undefined,
  step: Step | undefined,
  whole: Groups,
  parts: Groups | undefined,
): Cell {
  const more = by && slice !== undefined ? [...where, sliceWhere(by, keyOf(slice))] : where
  const name = nameOf(slice === undefined ? undefined : keyOf(slice), step?.key)
  const tickets = (population: Population) => ticketsOf(population, step ?? period, ...more)
  const { count, median, average } = whole.found.get(name) ?? nothing
  const part = figure.part && { count: parts?.found.get(name)?.count ?? 0, tickets: tickets(figure.part) }
  const value = figure.hours ? median : part ? (count === 0 ? null : part.count / count) : count
  return { slice, step, value, average, count, tickets: tickets(figure.of), part }
}
