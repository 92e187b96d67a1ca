import { type ComposedCalendar, dayAfter, localTime, type ModelMeta, NotFound, type Request, readableField } from '@tessera/core'
import type { CalendarDay, CalendarEntry, CalendarScreen, Cell, TimedEntry } from '../screens.ts'
import { workingDayOf } from '../working-day.ts'
import { type AgendaEntry, onDay, wholeDays, withGaps } from './calendar-agenda.ts'
import { daysOfRow, isInstant, plus, type ShownDays, shownDays, whereWithin } from './calendar-days.ts'
import { isLong, lanesOf, quarterOf, quartersOfDay, type Stretch, stretchOn } from './calendar-hours.ts'
import { wordsFor } from './calendar-words.ts'
import { toneLook, toneMaker } from './cell.ts'
import { fieldPermitOf, permitOf } from './condition.ts'
import { prepareColumns } from './list-columns.ts'
import { listQuery } from './list-page.ts'
import { type ListState, readState, whereOf } from './list-state.ts'
import { createAction } from './list-verbs.ts'
import { prepare, type Reader } from './reader.ts'
import { queryRows, type Row } from './rows.ts'
import { type Addresses, addressesOf, searchBar, viewLinks } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { inSentence, modelPlural } from './words.ts'

/** Rows of one calendar: what does not come with them is counted, and stands in the day and in the list. */
const mostRows = 200
/** Entries of one day of a month, of a week, and of a day alone; above its hours; and side by side in them. */
const mostOn = { month: 3, week: 12, day: mostRows, agenda: 12 } as const
const mostAbove = 3
const mostLanes = { month: 0, week: 3, day: 6, agenda: 0 } as const

export async function calendarScreen(reader: Reader, request: Request, model: ModelMeta): Promise<CalendarScreen> {
  const { t } = reader
  const screens = reader.app.screens(model)
  const { calendar } = screens
  if (!calendar || !readableField(reader.ability, model, calendar.date))
    throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const state = readState(request.query, screens)
  const addresses = addressesOf(model, screens, state)
  const { begins, ends, weekBegins } = await workingDayOf(reader.services)
  const asked = shownDays(state, { ...reader, weekBegins })
  const isAgenda = state.span === 'agenda'
  const filter = whereOf(state, model, screens, reader.zone)
  const hasHours = (state.span === 'week' || state.span === 'day') && isInstant(model, calendar.date)
  const [search, { days: told, entries, counts }] = await Promise.all([
    searchBar(reader, model, screens, addresses),
    entriesOn(reader, model, calendar, addresses, filter, asked, hasHours),
  ])
  const words = prepare(reader, 'calendar words', () => wordsFor(reader.locale))
  const today = localTime(reader.now, reader.zone).slice(0, 10)
  const noun = inSentence(modelPlural(model, t))
  const shown = told === asked.days ? asked : { ...asked, days: told, next: plus(told.at(-1)!, 1) }
  const every = shown.days.map((day) =>
    dayOf(reader, model, calendar, addresses, {
      day,
      shown,
      hasHours,
      today,
      words,
      entries: entries.get(day) ?? [],
      count: counts.get(day) ?? 0,
    }),
  )
  const { days, rest } = isAgenda ? agendaOf(reader, addresses, words, shown, every) : { days: every }
  const span = (kind: ListState['span'], label: string, hotkey: string) => ({
    label,
    hotkey,
    href: addresses.to({ span: kind }),
    current: state.span === kind,
  })
  return {
    shell: await shellOf(reader, request, model.path),
    title: modelPlural(model, t),
    breadcrumbs: [],
    noun,
    here: addresses.here,
    ...createAction(reader, model),
    search,
    views: viewLinks(screens, addresses),
    span: state.span,
    spans: [
      span('month', t('web.calendar_month'), 'm'),
      span('week', t('web.calendar_week'), 'w'),
      span('day', t('web.calendar_day'), 'd'),
      span('agenda', t('web.calendar_agenda'), 'a'),
    ],
    label: words.label(state.span, shown),
    previous: addresses.to({ day: shown.previous }),
    next: addresses.to({ day: shown.next }),
    today: addresses.to({ day: undefined }),
    weekdays: state.span === 'day' || isAgenda || hasHours ? [] : shown.days.slice(0, 7).map(words.weekday),
    days,
    ...(hasHours && {
      hours: words.hours,
      begins,
      offHours: [
        { starts: 0, lasts: begins },
        { starts: ends, lasts: quartersOfDay - ends },
      ].filter(({ lasts }) => lasts > 0),
      above: Math.max(...days.map(({ entries: above, more }) => above.length + (more ? 1 : 0))),
    }),
    ...(rest && { rest }),
    ...(every.every(isFree) && { empty: t('web.calendar_empty', { noun }) }),
  }
}

const isFree = ({ entries, more, timed }: CalendarDay): boolean => entries.length === 0 && !more && !timed?.length

/** The days with something on them, between which it is said for how long there is nothing. */
function agendaOf(
  { t }: Reader,
  { to }: Addresses,
  words: ReturnType<typeof wordsFor>,
  { days: all, next }: ShownDays,
  every: readonly CalendarDay[],
): Required<Pick<CalendarScreen, 'days' | 'rest'>> {
  const { shown, isFreeAtEnd } = withGaps(every.map((day) => ({ ...day, isFree: isFree(day) })))
  const days = shown.map(
    ({ isFree: _, isAfterGap, ...day }): CalendarDay => ({
      ...day,
      ...(isAfterGap && { gap: t('web.calendar_gap', { day: words.inText(day.day) }) }),
    }),
  )
  const isSaid = isFreeAtEnd && days.length > 0
  return {
    days,
    rest: {
      ...(isSaid && { said: t('web.calendar_no_more', { day: words.inText(all.at(-1)!) }) }),
      label: t('web.calendar_on', { day: words.inText(next) }),
      href: to({ day: next }),
    },
  }
}

/**
 * The records of the days that are shown, in one question, and how many stand on each day where these are not all: an agenda ends before
 * such a day, and goes on from there.
 */
async function entriesOn(
  reader: Reader,
  model: ModelMeta,
  calendar: ComposedCalendar,
  { state, first: firstState }: Addresses,
  filter: object | undefined,
  { days: asked }: ShownDays,
  hasHours: boolean,
): Promise<{
  readonly days: readonly string[]
  readonly entries: ReadonlyMap<string, readonly Standing[]>
  readonly counts: ReadonlyMap<string, number>
}> {
  const { date, until } = calendar
  const { columns, needs, tone, isMovable } = prepareEntries(reader, model, calendar)
  const [first, last] = [asked[0]!, asked.at(-1)!]
  const after = dayAfter(last)
  const within = whereWithin(model, calendar, first, after, reader.zone)
  const where = filter ? { $and: [filter, within] } : within
  const fields = new Set([
    date,
    ...(until === undefined ? [] : [until]),
    ...needs,
    ...columns.flatMap(({ maker }) => maker.needs),
    ...(tone?.needs ?? []),
    'version',
  ])
  const q = state.q || undefined
  const page = await queryRows(reader.records, model, { fields: [...fields], where, order: { [date]: 'asc' }, q, limit: mostRows })
  const words = prepare(reader, 'calendar words', () => wordsFor(reader.locale))
  const entries = new Map<string, Standing[]>()
  const query = listQuery(state, firstState)
  const lastBegins = page.next === null ? undefined : (daysOfRow(calendar, page.rows.at(-1)!, reader.zone)?.from ?? first)
  const days = lastBegins !== undefined && state.span === 'agenda' ? wholeDays(asked, lastBegins) : asked
  for (const row of page.rows) {
    const on = daysOfRow(calendar, row, reader.zone)
    if (!on) continue
    const entry = entryOf(reader, model, calendar, columns, row, {
      href: `/${model.path}/${row.id}?in=${encodeURIComponent(query)}`,
      begins: on.from,
      words,
      isMovable: isMovable(row),
      tone: tone?.of(row, reader.asking),
    })
    const times = timesOf(calendar, row)
    const taken = hasHours ? hoursOf(times) : undefined
    for (const day of days)
      if (day >= on.from && day <= on.to) {
        const stands = { entry, ...on, ...times, ...(taken && { stretch: stretchOn(day, taken.start, taken.end, reader.zone) }) }
        entries.set(day, [...(entries.get(day) ?? []), stands])
      }
  }
  const isWhole = lastBegins === undefined || days.at(-1)! < lastBegins
  const counts = isWhole ? new Map() : await countsOn(reader, model, date, where, q)
  return { days, entries, counts }
}

/** An entry on one of its days: above the hours, or in them. */
interface Standing extends AgendaEntry {
  readonly stretch?: Stretch
}

function timesOf({ date, until }: ComposedCalendar, row: Row): { readonly start: Date; readonly end: Date } | undefined {
  const start = row[date]
  if (!(start instanceof Date)) return undefined
  const last = until === undefined ? null : row[until]
  return { start, end: last instanceof Date && last > start ? last : start }
}

function hoursOf(times: ReturnType<typeof timesOf>): typeof times {
  return times && isLong(times.start, times.end) ? undefined : times
}

async function countsOn(
  reader: Reader,
  model: ModelMeta,
  date: string,
  where: object,
  q: string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const by = `${date}:day`
  const groups = await reader.records.group(model.handle, { by: [by], where, q, limit: 200, about: true } as never)
  return new Map(groups.map((group) => [String(group[by] ?? ''), Number(group.count)]))
}

function prepareEntries(reader: Reader, model: ModelMeta, calendar: ComposedCalendar) {
  return prepare(reader, `calendar ${model.name}`, () => {
    const { ability } = reader
    const field = model.fields.get(calendar.date)
    const isFixed = !field || model.appendOnly || field.readonly === true || field.compute !== undefined || field.through.length > 0
    const [record, own] = [permitOf(model, 'update', ability), fieldPermitOf(model, 'update', calendar.date, ability)]
    const isPossible = !isFixed && record.possible && own.possible
    const columns = prepareColumns(reader, model, calendar.card)
    return {
      ...columns,
      needs: [...columns.needs, ...(isPossible ? [...record.needs, ...own.needs] : [])],
      tone: toneMaker(ability, model, calendar.tones),
      isMovable: (row: Row) => isPossible && record.holds(row, reader.asking) && own.holds(row, reader.asking),
    }
  })
}

type Columns = ReturnType<typeof prepareEntries>['columns']

function entryOf(
  reader: Reader,
  model: ModelMeta,
  { date, card }: ComposedCalendar,
  columns: Columns,
  row: Row,
  about: {
    readonly href: string
    readonly begins: string
    readonly words: ReturnType<typeof wordsFor>
    readonly isMovable: boolean
    readonly tone: Parameters<typeof toneLook>[1] | undefined
  },
): CalendarEntry {
  const title = columns.find(({ shown }) => shown.field === card[0]?.field)
  const others = columns.filter((each) => each !== title)
  const head = title?.maker.make(row, reader)
  const said = head && ('text' in head ? head.text : 'label' in head ? head.label : undefined)
  const value = row[date]
  const facts = others.map(({ maker, icon }): Cell => {
    const cell = maker.make(row, reader)
    return cell.as === 'link' ? { as: 'text', text: cell.label, ...(icon && { icon }) } : cell
  })
  return {
    id: row.id,
    href: about.href,
    title: said || row.label || reader.t('web.untitled'),
    begins: about.begins,
    ...(isInstant(model, date) &&
      value instanceof Date && {
        time: about.words.time(value, reader.zone),
        begins: reader.formats.local(value),
        hasTime: true,
      }),
    ...(about.tone && toneLook(reader, about.tone)),
    facts: facts.filter(({ as }) => as !== 'empty'),
    ...(typeof row.version === 'number' && { version: String(row.version) }),
    ...(about.isMovable && { move: `/${model.path}/${row.id}/move?field=${date}` }),
  }
}

interface OneDay {
  readonly day: string
  readonly shown: ShownDays
  readonly hasHours: boolean
  readonly today: string
  readonly words: ReturnType<typeof wordsFor>
  readonly entries: readonly Standing[]
  readonly count: number
}

function dayOf(
  reader: Reader,
  model: ModelMeta,
  { date }: ComposedCalendar,
  { state, to }: Addresses,
  { day, shown, hasHours, today, words, entries, count }: OneDay,
): CalendarDay {
  const { t, formats } = reader
  const label = words.day(day)
  const above =
    state.span === 'agenda' ? onDay(reader, words, day, entries) : entries.flatMap(({ entry, stretch }) => (stretch ? [] : [entry]))
  const inDay = above.slice(0, hasHours ? mostAbove : mostOn[state.span])
  const timed = inHours(entries, mostLanes[state.span])
  const left = Math.max(entries.length, count) - inDay.length - timed.length
  const first = isInstant(model, date) ? `${day}T09:00` : day
  const { create } = createAction(reader, model, `?${new URLSearchParams({ [date]: first })}`)
  const all =
    state.span === 'day' ? to({ view: 'list', facets: new Map([...state.facets, [`${date}:day`, [day]]]) }) : to({ span: 'day', day })
  return {
    day,
    number: words.number(day),
    label,
    href: to({ span: 'day', day }),
    ...(day === today && { isToday: true }),
    ...(state.span === 'month' && day.slice(0, 7) !== shown.day.slice(0, 7) && { isOutside: true }),
    ...(hasHours && { weekday: words.weekday(day), timed }),
    ...(hasHours && day === today && { now: quarterOf(reader.now, reader.zone) }),
    ...(create && { create: { href: create.href, label: t('web.new_on', { day: label }) } }),
    entries: inDay,
    ...(left > 0 && { more: { href: all, label: t('web.calendar_more', { count: formats.count(left) }) } }),
  }
}

/** Side by side where they overlap; of too many the last ones are left for the list. */
function inHours(entries: readonly Standing[], most: number): readonly TimedEntry[] {
  const standing = entries.flatMap(({ entry, stretch }) => (stretch ? [{ entry, stretch }] : []))
  const places = lanesOf(
    standing.map(({ stretch }) => stretch),
    most,
  )
  return standing.flatMap(({ entry, stretch: { from, to } }, at) => {
    const place = places[at]
    return place ? [{ ...entry, starts: from, lasts: to - from, ...place }] : []
  })
}
