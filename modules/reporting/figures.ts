/** What each figure means, once: which tickets it is about and what is measured of them. Cards, tables, files and links follow. */
import { conditionOn, pathsOf, readableField, type Services, type Where } from '@tessera/core'
import { Ticket, type TicketOpening } from '@tessera/ticket'
import type { Period } from '@tessera/web'

/** Tickets to which something happened in the period, whether or not it happened again, or which were open at its end. */
export type Population =
  | { readonly when: keyof Ticket & string; readonly that?: Where<Ticket> }
  | { readonly closing: Where<TicketOpening>; readonly that?: Where<Ticket> }
  | { readonly open: 'at the end' }

export interface Figure {
  readonly name: string
  readonly of: Population
  /** A share is the part of them; a time is the median and the average of a field; else they are counted. */
  readonly part?: Population
  readonly hours?: 'hoursToFirstReply' | 'hoursToClose'
  /** Whether it has a card on the first page. */
  readonly card?: true
  /** Which way is good; neither for what nobody decides. */
  readonly better?: 'more' | 'less'
}

// What was merged into another ticket goes on there: it was closed by that, and not done.
const done: Where<TicketOpening> = { merged: false }
const closings: Population = { closing: done }
const rated: Population = { closing: done, that: { rating: { $ne: null } } }

export const figures = {
  volume: { name: 'volume', of: { when: 'createdAt' }, card: true },
  closed: { name: 'closed', of: closings, better: 'more' },
  backlog: { name: 'backlog', of: { open: 'at the end' }, card: true, better: 'less' },
  firstResponse: { name: 'first-response', of: { when: 'firstRepliedAt' }, hours: 'hoursToFirstReply', card: true, better: 'less' },
  resolution: { name: 'resolution', of: { when: 'closedAt', that: { mergedAt: null } }, hours: 'hoursToClose', card: true, better: 'less' },
  reopenRate: { name: 'reopen-rate', of: closings, part: { closing: { ...done, reopened: true } }, card: true, better: 'less' },
  satisfaction: { name: 'satisfaction', of: rated, part: { closing: done, that: { rating: { $gte: 4 } } }, card: true, better: 'more' },
  responseRate: { name: 'response-rate', of: closings, part: rated, better: 'more' },
} as const satisfies Readonly<Record<string, Figure>>

export const allFigures: readonly Figure[] = Object.values(figures)

/** Whether the caller may read every field that the figure looks at; else it says nothing to him. */
export function isReadable({ of, part, hours }: Figure, { app, context }: Services): boolean {
  const model = app.models.of(Ticket)
  const never = { first: '', last: '', from: new Date(0), to: new Date(0) }
  const conditions = [of, ...(part ? [part] : [])].map((population) => conditionOn(model, ticketsOf(population, never)))
  const paths = [...conditions.flatMap((condition) => [...pathsOf(condition)].map((path) => path.join('.'))), ...(hours ? [hours] : [])]
  return paths.every((path) => readableField(context.caller.ability, model, path))
}

/** The tickets of a population: what is counted, and what a link lists. */
export function ticketsOf(population: Population, { from, to }: Period, ...more: readonly Where<Ticket>[]): Where<Ticket> {
  const happened = { $gte: from, $lt: to }
  if ('when' in population)
    return all([{ [population.when]: happened } as Where<Ticket>, ...(population.that ? [population.that] : []), ...more])
  if ('open' in population) return all([openAt(new Date(to.getTime() - 1)), ...more])
  const { closing, that } = population
  return all([{ openings: { ...closing, closedAt: happened } }, ...(that ? [that] : []), ...more])
}

/** Open at an instant: one of its openings had begun and not ended. */
export function openAt(instant: Date): Where<Ticket> {
  return { openings: { openedAt: { $lte: instant }, $or: [{ closedAt: null }, { closedAt: { $gt: instant } }] } }
}

function all(conditions: readonly Where<Ticket>[]): Where<Ticket> {
  return conditions.length === 1 ? conditions[0]! : { $and: conditions }
}

/** The list of exactly these tickets. */
export function ticketsHref(where: Where<Ticket>): string {
  return `/tickets?${new URLSearchParams({ filter: '', where: JSON.stringify(where) })}`
}
