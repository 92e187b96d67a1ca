/** Days of a calendar: which ones it shows, on which a record stands, and where it is moved. */
import { BadRequest, type ComposedCalendar, dayAfter, instantOf, isDay, localTime, type ModelMeta, startOfDay } from '@tessera/core'
import type { WorkingDay } from '../working-day.ts'
import { lastMoment } from './calendar-hours.ts'
import type { ListState } from './list-state.ts'
import type { Reader } from './reader.ts'
import { findRow, type Row } from './rows.ts'

type Asking = Pick<Reader, 'zone' | 'now'> & Pick<WorkingDay, 'weekBegins'>

export interface ShownDays {
  /** The day that is asked for; today without one. */
  readonly day: string
  readonly days: readonly string[]
  /** A day of the time before and of the one after. */
  readonly previous: string
  readonly next: string
}

const daysOfAgenda = 30

export function shownDays({ span, day: asked }: ListState, asking: Asking): ShownDays {
  const day = asked ?? dayOf(asking.now, asking.zone)
  if (span === 'day') return { day, days: [day], previous: plus(day, -1), next: plus(day, 1) }
  if (span === 'agenda')
    return { day, days: daysFrom(day, daysOfAgenda), previous: plus(day, -daysOfAgenda), next: plus(day, daysOfAgenda) }
  const firstOfWeek = (of: string) => plus(of, -((weekdayOf(of) - asking.weekBegins + 7) % 7))
  if (span === 'week') {
    const first = firstOfWeek(day)
    return { day, days: daysFrom(first, 7), previous: plus(day, -7), next: plus(day, 7) }
  }
  const first = `${day.slice(0, 7)}-01`
  const next = `${plus(first, 31).slice(0, 7)}-01`
  const begins = firstOfWeek(first)
  const weeks = Math.ceil(daysBetween(begins, next) / 7)
  return { day, days: daysFrom(begins, weeks * 7), previous: `${plus(first, -1).slice(0, 7)}-01`, next }
}

const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
const daysFrom = (first: string, count: number): readonly string[] => Array.from({ length: count }, (_, at) => plus(first, at))

/** So many days later. */
export function plus(day: string, days: number): string {
  const later = dayAfter(day, days)
  // Beyond the calendar of four digits there is nothing to leaf to.
  return isDay(later) && later < '9999' ? later : day
}

const dayMs = 86_400_000
const dayOf = (instant: Date, zone: string): string => localTime(instant, zone).slice(0, 10)

/** Of records that stand on one of the days from `first` until before `after`. */
export function whereWithin(model: ModelMeta, { date, until }: ComposedCalendar, first: string, after: string, zone: string): object {
  const edge = (day: string) => (isInstant(model, date) ? startOfDay(day, zone) : day)
  const begins = { [date]: { $gte: edge(first), $lt: edge(after) } }
  if (until === undefined) return begins
  return { $or: [begins, { $and: [{ [date]: { $lt: edge(first) } }, { [until]: { $gte: edge(first) } }] }] }
}

/** From which day to which a record stands; undefined for one without. */
export function daysOfRow(
  { date, until }: ComposedCalendar,
  row: Row,
  zone: string,
): { readonly from: string; readonly to: string } | undefined {
  const from = dayIn(row[date], zone)
  if (from === undefined) return undefined
  const to = (until === undefined ? undefined : lastDay(row[date], row[until], zone)) ?? from
  return { from, to: to < from ? from : to }
}

/** What ends at midnight is not of the day that begins then. */
function lastDay(start: unknown, end: unknown, zone: string): string | undefined {
  return start instanceof Date && end instanceof Date ? dayOf(lastMoment(start, end), zone) : dayIn(end, zone)
}

function dayIn(value: unknown, zone: string): string | undefined {
  if (value instanceof Date) return dayOf(value, zone)
  return typeof value === 'string' ? value.slice(0, 10) : undefined
}

export function isInstant(model: ModelMeta, name: string): boolean {
  const field = model.fields.get(name)
  return field?.kind === 'scalar' && field.type === 'datetime'
}

/**
 * What changes when a record goes to another day, `2026-11-22`: an instant keeps its time of day, and what it lasts stays as long. An
 * instant may go to a time as well, `2026-11-22T09:30`: what it lasts are then so many minutes, also where the clocks change between.
 */
export async function movedTo(
  { records, zone }: Reader,
  model: ModelMeta,
  { date, until }: ComposedCalendar,
  id: string,
  to: string,
): Promise<Record<string, unknown>> {
  const [, day = '', time] = /^([^T]*)(?:T((?:[01]\d|2[0-3]):[0-5]\d))?$/.exec(to) ?? []
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(`${day}T00:00:00Z`)) || (time !== undefined && !isInstant(model, date)))
    throw new BadRequest('web.bad_range', '"{key}" names no {grain}.', { key: to, grain: 'day' })
  const row = await findRow(records, model, id, [date, ...(until === undefined ? [] : [until])])
  const from = row && dayIn(row[date], zone)
  if (!row || from === undefined) return { [date]: isInstant(model, date) ? instantOf(`${day}T${time ?? '09:00'}:00`, zone) : day }
  const days = daysBetween(from, day)
  const begins = row[date] instanceof Date && time !== undefined ? instantOf(`${day}T${time}:00`, zone) : undefined
  const later = begins && begins.getTime() - (row[date] as Date).getTime()
  const moved = (value: unknown) => {
    if (!(value instanceof Date)) return plus(String(value).slice(0, 10), days)
    if (later !== undefined) return new Date(value.getTime() + later)
    return instantOf(`${plus(dayOf(value, zone), days)}T${localTime(value, zone).slice(11)}`, zone)
  }
  return {
    [date]: begins ?? moved(row[date]),
    ...(until !== undefined && row[until] !== null && row[until] !== undefined && { [until]: moved(row[until]) }),
  }
}
