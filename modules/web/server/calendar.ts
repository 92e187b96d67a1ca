import { type ComposedCalendar, localTime, type ModelMeta, NotFound, type Request, readableField } from '@tessera/core'
import type { CalendarDay, CalendarEntry, CalendarScreen, Cell, TimedEntry } from '../screens.ts'
import { daysOfRow, isInstant, type ShownDays, shownDays, whereWithin } from './calendar-days.ts'
import { isLong, lanesOf, quarterOf, type Stretch, stretchOn } from './calendar-hours.ts'
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
const mostOn = { month: 3, week: 12, day: mostRows } as const
const mostAbove = 3
const mostLanes = { month: 0, week: 3, day: 6 } as const

export async function calendarScreen(reader: Reader, request: Request, model: ModelMeta): Promise<CalendarScreen> {
  const { t } = reader
  const screens = reader.app.screens(model)
  const { calendar } = screens
  if (!calendar || !readableField(reader.ability, model, calendar.date))
    throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const state = readState(request.query, screens)
  const addresses = addressesOf(model, screens, state)
  const shown = shownDays(state, reader)
  const filter = whereOf(state, model, screens, reader.zone)
  const hasHours = state.span !== 'month' && isInstant(model, calendar.date)
  const [search, { entries, counts }] = await Promise.all([
    searchBar(reader, model, screens, addresses),
    entriesOn(reader, model, calendar, addresses, filter, shown, hasHours),
  ])
  const words = prepare(reader, 'calendar words', () => wordsFor(reader.locale))
  const today = localTime(reader.now, reader.zone).slice(0, 10)
  const noun = inSentence(modelPlural(model, t))
  const days = shown.days.map((day) =>
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
    ],
    label: words.label(state.span, shown),
    previous: addresses.to({ day: shown.previous }),
    next: addresses.to({ day: shown.next }),
    today: addresses.to({ day: undefined }),
    weekdays: state.span === 'day' || hasHours ? [] : shown.days.slice(0, 7).map(words.weekday),
    days,
    ...(hasHours && {
      hours: words.hours,
      above: Math.max(...days.map(({ entries: above, more }) => above.length + (more ? 1 : 0))),
    }),
    ...(days.every((day) => day.entries.length === 0 && !day.more && !day.timed?.length) && { empty: t('web.calendar_empty', { noun }) }),
  }
}

/** The records of the days that are shown, in one question, and how many stand on each day where these are not all. */
async function entriesOn(
  reader: Reader,
  model: ModelMeta,
  calendar: ComposedCalendar,
  { state, first: firstState }: Addresses,
  filter: object | undefined,
  { days }: ShownDays,
  hasHours: boolean,
): Promise<{ readonly entries: ReadonlyMap<string, readonly Standing[]>; readonly counts: ReadonlyMap<string, number> }> {
  const { date, until } = calendar
  const { columns, needs, tone, isMovable } = prepareEntries(reader, model, calendar)
  const [first, last] = [days[0]!, days.at(-1)!]
  const after = new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10)
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
    const taken = hasHours ? hoursOf(calendar, row) : undefined
    for (const day of days)
      if (day >= on.from && day <= on.to) {
        const stands = { entry, ...(taken && { stretch: stretchOn(day, taken.start, taken.end, reader.zone) }) }
        entries.set(day, [...(entries.get(day) ?? []), stands])
      }
  }
  const counts = page.next === null ? new Map() : await countsOn(reader, model, date, where, q)
  return { entries, counts }
}

/** An entry on one of its days: above the hours, or in them. */
interface Standing {
  readonly entry: CalendarEntry
  readonly stretch?: Stretch
}

function hoursOf({ date, until }: ComposedCalendar, row: Row): { readonly start: Date; readonly end: Date } | undefined {
  const start = row[date]
  if (!(start instanceof Date)) return undefined
  const last = until === undefined ? null : row[until]
  const end = last instanceof Date && last > start ? last : start
  return isLong(start, end) ? undefined : { start, end }
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
  const above = entries.flatMap(({ entry, stretch }) => (stretch ? [] : [entry]))
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
