import {
  BadRequest,
  type ComposedList,
  dayAfter,
  fieldAt,
  isDay,
  type ModelMeta,
  readableField,
  type Screens,
  startOfDay,
  utcDay,
} from '@tessera/core'
import { lastDays, lastWhere } from './date-facet.ts'
import type { Reader } from './reader.ts'

export interface SortKey {
  readonly path: string
  readonly direction: 'asc' | 'desc'
}

/** A place among the rows of one group. */
export interface Leaf {
  readonly after: string
  /** The position of its first row, from 1. */
  readonly from: number
}

/** Everything that a list or board shows is in its address; this is the address taken apart. */
export interface ListState {
  readonly view: 'list' | 'kanban' | 'calendar' | 'pivot' | 'graph'
  /** How much a calendar shows, and a day of it; without one, today. */
  readonly span: 'month' | 'week' | 'day' | 'agenda'
  readonly day: string | undefined
  readonly q: string
  /** Names of declared filters. */
  readonly filters: readonly string[]
  /** Field, path, `field:grain` or `field:last` (days) -> values, one of which must match; '' stands for none. */
  readonly facets: ReadonlyMap<string, readonly string[]>
  /** A condition that no filter says, as JSON; a link with a condition of its own leads here. */
  readonly where: string | undefined
  /** Fields, paths or `field:grain`, the outermost first. */
  readonly groups: readonly string[]
  /** Open groups by their keys from the outermost on, as `openKey` joins them. */
  readonly open: readonly string[]
  /** Where each open group stands that was leafed through, by the same name. */
  readonly leafed: ReadonlyMap<string, Leaf>
  /** Empty for the declared order. */
  readonly sort: readonly SortKey[]
  readonly after: string | undefined
  /** The position of the first row, from 1. */
  readonly from: number
  readonly columns: readonly string[] | undefined
  /** What only this view has in its address, as it stands there. */
  readonly own: readonly (readonly [name: string, value: string])[]
}

/** The state in which a list is without any parameter. */
export function firstState(screens: Screens, view: ListState['view']): ListState {
  return {
    view,
    span: 'month',
    day: undefined,
    q: '',
    filters: firstFilters(screens, view),
    facets: new Map(),
    where: undefined,
    groups: [],
    open: [],
    leafed: new Map(),
    sort: [],
    after: undefined,
    from: 1,
    columns: undefined,
    own: [],
  }
}

/** A board shows all its columns, so a filter on the field of the columns is not on at first. */
function firstFilters({ list, kanban, search }: Screens, view: ListState['view']): readonly string[] {
  if (view !== 'kanban' || !kanban) return list.filter
  return list.filter.filter((name) => !Object.keys(search.filters.get(name)?.where ?? {}).includes(kanban.by))
}

export function readState(query: URLSearchParams, screens: Screens): ListState {
  const view = viewIn(query, screens)
  const first = firstState(screens, view)
  const facets = new Map<string, string[]>()
  let chosen = 0
  for (const [name, value] of query) {
    if (!name.startsWith('facet.')) continue
    const path = name.slice('facet.'.length)
    const values = facets.get(path) ?? []
    values.push(value)
    facets.set(path, values)
    if (++chosen > mostChosen) throw new BadRequest('request.too_many_values', 'A list takes {most} values at most.', { most: mostChosen })
  }
  const groups = [...new Set((query.get('group') ?? '').split(',').filter(Boolean))].slice(0, mostLevels)
  const open = groups.length === 0 ? [] : [...new Set(query.getAll('open'))].slice(0, mostOpen)
  const from = Number(query.get('from') ?? 1)
  const after = query.get('after') || undefined
  return {
    view,
    ...(view === 'calendar' ? calendarIn(query) : { span: first.span, day: first.day }),
    q: (query.get('q') ?? '').trim().slice(0, 200),
    filters: query.has('filter') ? query.getAll('filter').filter((name) => screens.search.filters.has(name)) : first.filters,
    facets,
    where: query.get('where') || undefined,
    groups,
    open,
    leafed: leafedIn(query, open),
    sort: sortIn(query.get('sort')),
    after,
    from: after !== undefined && Number.isInteger(from) && from > 0 && from < 1e9 ? from : 1,
    columns: query.has('columns') ? query.get('columns')!.split(',').filter(Boolean) : undefined,
    own: [...query].filter(([name]) => ownNames[view].includes(name)).slice(0, mostOwn),
  }
}

function viewIn(query: URLSearchParams, screens: Screens): ListState['view'] {
  const asked = query.get('view')
  return (asked === 'kanban' || asked === 'calendar' || asked === 'pivot' || asked === 'graph') && screens[asked] ? asked : 'list'
}

const ownNames: Readonly<Record<ListState['view'], readonly string[]>> = {
  list: [],
  kanban: ['fold'],
  calendar: [],
  pivot: ['rows', 'across', 'measures', 'row', 'column'],
  graph: ['by', 'split', 'measure', 'chart', 'stacked'],
}
const mostOwn = 60

function calendarIn(query: URLSearchParams): Pick<ListState, 'span' | 'day'> {
  const [span, day] = [query.get('span'), query.get('day') ?? '']
  return {
    span: span === 'week' || span === 'day' || span === 'agenda' ? span : 'month',
    day: isDay(day) && day >= firstDay && day <= lastDay ? day : undefined,
  }
}

/** Groups that are open at one time; of each that shows rows, they are a question of its own. */
export const mostOpen = 20
/** Groups within groups. */
export const mostLevels = 3

/** A group by the keys of those around it and its own; '' stands for records that have no value. */
export const openKey = (keys: readonly string[]): string => keys.map((key) => encodeURIComponent(key).replaceAll('~', '%7E')).join('~')

/** The keys again; undefined for a name that nobody gave. */
export function keysOf(open: string): readonly string[] | undefined {
  try {
    return open.split('~').map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function leafedIn(query: URLSearchParams, open: readonly string[]): ReadonlyMap<string, Leaf> {
  return new Map(
    open.flatMap((key): (readonly [string, Leaf])[] => {
      const [, from = '', after = ''] = /^(\d{1,9}),(.+)$/.exec(query.get(`in.${key}`) ?? '') ?? []
      return after === '' ? [] : [[key, { after, from: Math.max(1, Number(from)) }]]
    }),
  )
}

function sortIn(text: string | null): readonly SortKey[] {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .slice(0, 3)
    .map((key) => (key.startsWith('-') ? { path: key.slice(1), direction: 'desc' } : { path: key, direction: 'asc' }))
}

/** The parameters of a state, those left out that it has without them. */
export function entriesOf(state: ListState, first: ListState): (readonly [string, string])[] {
  const entries: (readonly [string, string])[] = []
  if (state.view !== 'list') entries.push(['view', state.view])
  if (state.view === 'calendar') {
    if (state.span !== first.span) entries.push(['span', state.span])
    if (state.day !== undefined) entries.push(['day', state.day])
  }
  if (state.q) entries.push(['q', state.q])
  if (!sameNames(state.filters, first.filters)) {
    if (state.filters.length === 0) entries.push(['filter', ''])
    for (const name of state.filters) entries.push(['filter', name])
  }
  for (const [path, values] of state.facets) for (const value of values) entries.push([`facet.${path}`, value])
  if (state.where) entries.push(['where', state.where])
  if (state.groups.length > 0) {
    entries.push(['group', state.groups.join(',')])
    for (const key of state.open) entries.push(['open', key])
    for (const [key, { from, after }] of state.leafed) if (state.open.includes(key)) entries.push([`in.${key}`, `${from},${after}`])
  }
  if (state.sort.length > 0) entries.push(['sort', sortText(state.sort)])
  entries.push(...state.own)
  if (state.columns) entries.push(['columns', state.columns.join(',')])
  if (state.after) entries.push(['after', state.after], ['from', String(state.from)])
  return entries
}

function sortText(sort: readonly SortKey[]): string {
  return sort.map(({ path, direction }) => (direction === 'desc' ? `-${path}` : path)).join(',')
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name))
}

/** What the records must match: filters and facets all, each facet one of its values. */
export function whereOf(state: ListState, model: ModelMeta, screens: Screens, zone: string): object | undefined {
  const all = [
    ...state.filters.flatMap((name) => screens.search.filters.get(name)?.where ?? []),
    ...[...state.facets].map(([path, values]) => facetWhere(model, path, values, zone)),
    ...(state.where === undefined ? [] : [jsonWhere(state.where)]),
  ]
  return all.length === 0 ? undefined : all.length === 1 ? all[0] : { $and: all }
}

/**
 * The state whose records are those of a group. What was chosen of a field before, of which the group is another value, stays a condition
 * besides: a ticket can have two tags.
 */
export function narrowedTo(
  state: ListState,
  model: ModelMeta,
  groups: readonly (readonly [group: string, key: string])[],
  zone: string,
): Pick<ListState, 'facets' | 'where'> {
  const further = groups.flatMap(([group, key]) => {
    const before = state.facets.get(group)
    return before && !before.includes(key) ? [facetWhere(model, group, before, zone)] : []
  })
  const all = [...(state.where === undefined ? [] : [jsonWhere(state.where)]), ...further]
  return {
    facets: new Map([...state.facets, ...groups.map(([group, key]) => [group, [key]] as const)]),
    where: further.length === 0 ? state.where : JSON.stringify(all.length === 1 ? all[0] : { $and: all }),
  }
}

/** What the records of one value have, or of one of several. */
export function facetWhere(model: ModelMeta, facet: string, values: readonly string[], zone: string): object {
  const [path = '', grain] = facet.split(':')
  const field = fieldAt(model, path)
  const none = values.includes('') ? [{ [path]: field?.kind === 'many' ? { $null: true } : null }] : []
  const given = values.filter(Boolean)
  if (grain === lastDays) return lastWhere(path, values)
  if (grain !== undefined) {
    const isInstant = field?.kind === 'scalar' && field.type === 'datetime'
    const edge = (day: string) => (isInstant ? startOfDay(day, zone) : day)
    const ranges = withoutSeams(given.map((value) => daysOf(value, grain)))
    return either([...ranges.map(({ first, after }) => ({ [path]: { $gte: edge(first), $lt: edge(after) } })), ...none])
  }
  const isBoolean = field?.kind === 'scalar' && field.type === 'boolean'
  const isNumber = field?.kind === 'scalar' && ['integer', 'float', 'decimal'].includes(field.type)
  const wanted = given.map((value) => (isBoolean ? value === 'true' : isNumber ? Number(value) : value))
  return either([...(wanted.length > 0 ? [{ [path]: { $in: wanted } }] : []), ...none])
}

const either = (parts: readonly object[]): object => (parts.length === 1 ? parts[0]! : { $or: parts })

interface Days {
  /** The first day, and the one after the last: `2024-04-01`. */
  readonly first: string
  readonly after: string
}

/** As few ranges as hold the same days: of three years month by month, each record would be compared with all thirty-six. */
function withoutSeams(ranges: readonly Days[]): readonly Days[] {
  const found: Days[] = []
  for (const days of ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1))) {
    const last = found.at(-1)
    if (!last || last.after < days.first) found.push(days)
    else if (last.after < days.after) found[found.length - 1] = { first: last.first, after: days.after }
  }
  return found
}

/** The days of `2024-04`, `2024-W17`, `2024-Q2`, `2024` or `2024-04-16`: the first, and the one after the last. */
export function daysOf(key: string, grain: string): Days {
  const [, year = '', rest = ''] = /^(?!0000)(\d{4})(?:-[WQ]?([\d-]+))?$/.exec(key) ?? []
  const number = Number(rest)
  const monthStart = (month: number) => isoDay(utcDay(Number(year), month, 1))
  if (grain === 'year' && year && rest === '') return { first: monthStart(0), after: monthStart(12) }
  if (grain === 'month' && number >= 1 && number <= 12) return { first: monthStart(number - 1), after: monthStart(number) }
  if (grain === 'quarter' && number >= 1 && number <= 4) return { first: monthStart(number * 3 - 3), after: monthStart(number * 3) }
  if (grain === 'week' && number >= 1 && number <= 53) {
    // The first ISO week holds the fourth of January.
    const fourth = utcDay(Number(year), 0, 4)
    const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * dayMs + (number - 1) * 7 * dayMs
    return { first: isoDay(monday), after: isoDay(monday + 7 * dayMs) }
  }
  if (grain === 'day' && isDay(key)) return { first: key, after: dayAfter(key) }
  throw new BadRequest('web.bad_range', '"{key}" names no {grain}.', { key, grain })
}

const dayMs = 86_400_000
const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Of a calendar, whose weeks begin before a month and end after it: days have four digits for their year. */
const firstDay = '0001-02-01'
const lastDay = '9998-11-30'

/** The condition in an address; refused when it is none, or too large. */
export function jsonWhere(text: string): object {
  try {
    const where: unknown = text.length > longestWhere ? undefined : JSON.parse(text)
    if (typeof where === 'object' && where !== null && !Array.isArray(where) && !isDeeper(where, deepestWhere)) return where
  } catch {
    // Said below.
  }
  throw new BadRequest('web.bad_where', 'The filter in the address cannot be read. Remove the part that begins with "where".')
}

/** Values of all facets together. */
const mostChosen = 200
/** In characters, and in levels: no link of ours needs more, and the database would have to work through whatever it is. */
const longestWhere = 4_000
const deepestWhere = 20

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1))
}

/**
 * How rows are ordered: as chosen, else as the list declares. By relations alone, those that are alike stand as the model is ordered, and
 * not by ids, which say nothing to people.
 */
export function orderOf(
  { ability }: Reader,
  model: ModelMeta,
  state: ListState,
  list: ComposedList,
): Readonly<Record<string, 'asc' | 'desc'>> | undefined {
  const keys = state.sort.length > 0 ? state.sort : list.order
  if (keys.length === 0) return undefined
  const isByRelations = keys.every(({ path }) => model.fields.get(path.split('.')[0]!)?.kind === 'one')
  const isNew = (path: string) => keys.every((key) => key.path !== path)
  const then = isByRelations ? model.order.filter(({ path }) => isNew(path) && readableField(ability, model, path)) : []
  return Object.fromEntries([...keys, ...then].map(({ path, direction }) => [path, direction]))
}
