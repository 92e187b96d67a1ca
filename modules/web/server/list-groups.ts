/** A list as lines that count, each of which opens in place: into further lines, and at the last level into rows. */
import type { GroupRow as Counted, ModelMeta, Screens } from '@tessera/core'
import type { Fact, GroupRow, MoreRow, Table } from '../screens.ts'
import { choicesOf } from './choices.ts'
import { groupingName, isOverlapping, type Level, levelOf } from './grouping.ts'
import type { PreparedColumn, PreparedList } from './list-columns.ts'
import { listQuery, needsOf, pageOf } from './list-page.ts'
import { facetWhere, keysOf, type ListState, mostOpen, narrowedTo, openKey, whereOf } from './list-state.ts'
import { tableOf } from './list-table.ts'
import { measureInWords } from './list-totals.ts'
import { type Marked, markFact, marksOf } from './marks.ts'
import type { Reader } from './reader.ts'
import { type Row, relatedIn } from './rows.ts'
import type { Addresses } from './search-bar.ts'
import { inSentence, pathLabel, valueInWords } from './words.ts'

export interface Grouped {
  readonly body: Table['body']
  /** Of the outermost level. */
  readonly groups: number
  readonly records: number
  /** Some records stand in several groups, so that these count more than there are. */
  readonly overlap: boolean
}

/** What the parts of one answer share. */
interface Grouping {
  readonly reader: Reader
  readonly model: ModelMeta
  readonly screens: Screens
  readonly addresses: Addresses
  readonly levels: readonly Level[]
  readonly measures: readonly { readonly label: string; readonly measure: string }[]
  readonly prepared: PreparedList
  readonly columns: readonly PreparedColumn[]
  /** The counted lines of each level by the name of the group around them, in the order to show. */
  readonly lines: readonly ReadonlyMap<string, readonly Line[]>[]
}
interface Line {
  readonly keys: readonly string[]
  readonly counted: Counted
  /** What presses in it, and how much of it there is. */
  readonly marks: readonly (readonly [Marked, number])[]
}

/** How many records there are of each value, level by level: one question for each level that is open. */
export async function groupsOf(
  reader: Reader,
  model: ModelMeta,
  screens: Screens,
  addresses: Addresses,
  prepared: PreparedList,
  columns: readonly PreparedColumn[],
): Promise<Grouped> {
  const levels = addresses.state.groups.map((group) => levelOf(model, group))
  const measures = columns.flatMap(({ shown, column }) =>
    shown.total ? [{ label: inSentence(column.label), measure: `${shown.field}:${shown.total}` }] : [],
  )
  const about = { reader, model, screens, addresses, levels, measures, prepared, columns }
  const [lines, whole] = await Promise.all([
    Promise.all(levels.map((_, depth) => markedLinesAt(about, depth))),
    levels.some(isOverlapping) ? countAll(about) : undefined,
  ])
  const outermost = lines[0]?.get('') ?? []
  const counted = outermost.reduce((sum, { counted: { count } }) => sum + Number(count), 0)
  return {
    body: await bodyOf({ ...about, lines }, []),
    groups: outermost.length,
    records: whole ?? counted,
    overlap: whole !== undefined && overlapsIn(lines, levels, whole),
  }
}

/** Each record once, however many groups it stands in. */
async function countAll({ reader, model, screens, addresses: { state } }: Omit<Grouping, 'lines'>): Promise<number> {
  const where = whereOf(state, model, screens, reader.zone)
  const ask = { by: [], measures: ['count'], about: true, q: state.q || undefined, ...(where && { where }) }
  const [row] = await reader.records.group(model.handle, ask as never)
  return Number(row?.count ?? 0)
}

function overlapsIn(lines: Grouping['lines'], levels: readonly Level[], whole: number): boolean {
  const countOf = new Map([
    ['', whole],
    ...lines.flatMap((at) => [...at.values()].flat().map(({ keys, counted }) => [openKey(keys), Number(counted.count)] as const)),
  ])
  return lines.some(
    (at, depth) =>
      isOverlapping(levels[depth]!) &&
      [...at].some(([around, within]) => within.reduce((sum, { counted }) => sum + Number(counted.count), 0) > (countOf.get(around) ?? 0)),
  )
}

/** The lines of a level, with as many questions more as there are filters that the search marks. */
async function markedLinesAt(about: Omit<Grouping, 'lines'>, depth: number): Promise<ReadonlyMap<string, readonly Line[]>> {
  const { screens, addresses } = about
  const ask = async (marked: Marked) => {
    const lines = await linesAt({ ...about, measures: [], addresses: { ...addresses, state: marked.state } }, depth)
    return [marked, new Map([...lines.values()].flat().map(({ keys, counted }) => [openKey(keys), Number(counted.count)]))] as const
  }
  const [lines, ...marks] = await Promise.all([linesAt(about, depth), ...marksOf(screens, addresses.state).map(ask)])
  if (marks.length === 0) return lines
  const pressing = (keys: readonly string[]) => marks.map(([marked, counts]) => [marked, counts.get(openKey(keys)) ?? 0] as const)
  return new Map([...lines].map(([around, at]) => [around, at.map((line) => ({ ...line, marks: pressing(line.keys) }))]))
}

async function linesAt(about: Omit<Grouping, 'lines'>, depth: number): Promise<ReadonlyMap<string, readonly Line[]>> {
  const { reader, model, screens, levels, measures } = about
  const { state } = about.addresses
  const parents = depth === 0 ? [[]] : openAt(state, depth)
  if (parents.length === 0) return new Map()
  const within = parents.map((keys) => ({ $and: keys.map((key, at) => facetWhere(model, levels[at]!.group, [key], reader.zone)) }))
  const all = [whereOf(state, model, screens, reader.zone), depth > 0 ? { $or: within } : undefined].filter((each) => each !== undefined)
  const by = levels.slice(0, depth + 1).map(({ group }) => group)
  const ask = {
    by,
    only: onlyOf(levels.slice(0, depth), parents),
    about: true,
    measures: ['count', ...measures.map(({ measure }) => measure)],
    q: state.q || undefined,
    ...(all.length > 0 && { where: { $and: all } }),
  }
  const counted = await reader.records.group(model.handle, ask as never)
  const lines = counted.map((row): Line => ({ keys: by.map((group) => keyOf(row[group])), counted: row, marks: [] }))
  const place = await placesOf(reader, levels[depth]!)
  const inOrder = place ? lines.toSorted((a, b) => place(a.keys.at(-1)!) - place(b.keys.at(-1)!)) : lines
  return Map.groupBy(inOrder, ({ keys }) => openKey(keys.slice(0, -1)))
}

/** Of levels that overlap, the groups that these keys are of: their records stand in others as well. */
export function onlyOf(levels: readonly Level[], keys: readonly (readonly string[])[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    levels.flatMap((level, at) => (isOverlapping(level) ? [[level.group, [...new Set(keys.map((each) => each[at]!))]] as const] : [])),
  )
}

/** Groups of this depth whose lines within are asked for, all around them being open too. */
function openAt(state: ListState, depth: number): readonly (readonly string[])[] {
  return state.open.flatMap((open) => {
    const keys = keysOf(open)
    const isReached = keys?.length === depth && keys.every((_, at) => state.open.includes(openKey(keys.slice(0, at + 1))))
    return isReached ? [keys] : []
  })
}

/** What a group is told by in an address: '' for records that have no value. */
export function keyOf(value: Counted[string] | undefined): string {
  return relatedIn(value)?.id ?? (value === null || value === undefined ? '' : String(value))
}

/** Related records stand in the order of their model, as far as they are few. */
export async function placesOf(reader: Reader, { field }: Pick<Level, 'field'>): Promise<((key: string) => number) | undefined> {
  if (!field || field.kind === 'scalar') return undefined
  const places = new Map((await choicesOf(reader, field.target)).rows.map(({ id }, at) => [id, at]))
  return (key) => places.get(key) ?? Number.MAX_SAFE_INTEGER
}

async function bodyOf(grouping: Grouping, around: readonly string[]): Promise<Table['body']> {
  const lines = grouping.lines[around.length]?.get(openKey(around)) ?? []
  const shown = await Promise.all(lines.slice(0, mostLines).map((line) => lineOf(grouping, line)))
  const left = lines.length - mostLines
  if (left <= 0) return shown.flat()
  const { t, formats } = grouping.reader
  return [...shown.flat(), { is: 'more', label: t('web.more_groups', { count: formats.count(left, lines.length >= mostCounted) }) }]
}

/** Lines that are shown of one group: who looks for one among more narrows the list first. */
const mostLines = 200
/** As many as one question gives. */
const mostCounted = 1_000

async function lineOf(grouping: Grouping, { keys, counted, marks }: Line): Promise<Table['body']> {
  const { reader, model, screens, levels, measures } = grouping
  const { state, to } = grouping.addresses
  const name = openKey(keys)
  const isOpen = state.open.includes(name)
  const pressing = marks.flatMap(([marked, count]) =>
    count > 0 ? [markFact(reader, model, screens, marked, reader.formats.count(count))] : [],
  )
  const measured = measures.flatMap(({ label, measure }): Fact[] => {
    const value = counted[measure]
    return typeof value === 'number' ? [{ label, value: measureInWords(reader, measure, value) }] : []
  })
  const facts = [...pressing, ...measured]
  const head: GroupRow = {
    is: 'group',
    depth: keys.length - 1,
    label: labelOfGroup(reader, model, levels[keys.length - 1]!, counted),
    count: reader.formats.count(Number(counted.count)),
    href: to({ open: isOpen ? state.open.filter((other) => other !== name) : [...state.open, name].slice(-mostOpen) }),
    open: isOpen,
    ...(facts.length > 0 && { facts }),
  }
  if (!isOpen) return [head]
  return [head, ...(keys.length < levels.length ? await bodyOf(grouping, keys) : await rowsIn(grouping, keys, head, Number(counted.count)))]
}

/** What a group is called: its value in words, or that there is none. */
export function labelOfGroup(reader: Reader, model: ModelMeta, { group, grain, field }: Level, counted: Counted): string {
  const value = counted[group] ?? null
  if (value === null || value === '') return reader.t('web.none_of', { name: inSentence(groupingName(reader, model, group)) })
  if (grain !== undefined) return reader.formats.grain(String(value), grain)
  const label = valueInWords(reader, field, value) ?? ''
  const saysNothing = field?.kind === 'scalar' && ['boolean', 'integer', 'float', 'decimal'].includes(field.type)
  return saysNothing ? reader.t('web.named_value', { name: pathLabel(model, group, reader.t), value: label }) : label
}

/** The rows of an open group, a few at a time. */
async function rowsIn(grouping: Grouping, keys: readonly string[], head: GroupRow, count: number): Promise<Table['body']> {
  const { reader, model, screens, prepared, columns, addresses, levels } = grouping
  const { state, to } = addresses
  const name = openKey(keys)
  const leaf = state.leafed.get(name)
  const chosen = keys.map((key, at) => [levels[at]!.group, key] as const)
  const within = narrowedTo(state, model, chosen, reader.zone)
  const own: ListState = { ...state, ...within, groups: [], open: [], leafed: new Map(), after: leaf?.after }
  const { rows, next, previous } = await pageOf(reader, model, screens, own, needsOf(prepared, columns), rowsOfGroup, false)
  const shown = tableOf(reader, prepared, columns, rows, undefined, '', (each) => recordHref(model, each, addresses))
  if (count <= rows.length && !leaf) return shown.body
  const from = leaf?.from ?? 1
  const leafTo = (after: string | null, at: number): string | undefined => {
    if (after === null) return undefined
    const others = [...state.leafed].filter(([other]) => other !== name)
    return to({ leafed: new Map(at <= 1 ? others : [...others, [name, { after, from: at }]]) })
  }
  const back = leafTo(previous, from - rowsOfGroup)
  const on = leafTo(next, from + rows.length)
  const more: MoreRow = {
    is: 'more',
    label: reader.t('web.show_all', { count: head.count }),
    href: to({ ...own, after: undefined }),
    pages: {
      range: reader.t('web.range', { from: rows.length === 0 ? 0 : from, to: from + rows.length - 1, total: head.count }),
      id: name,
      before: reader.t('web.previous_rows', { name: head.label }),
      after: reader.t('web.next_rows', { name: head.label }),
      ...(back !== undefined && { previous: back }),
      ...(on !== undefined && { next: on }),
    },
  }
  return [...shown.body, more]
}

/** Rows of one open group at a time, before the way to all of them. */
const rowsOfGroup = 10

/** From a group one comes back to the groups; a position in it has no neighbours. */
const recordHref = (model: ModelMeta, { id }: Row, { state, first }: Addresses): string =>
  `/${model.path}/${id}?in=${encodeURIComponent(listQuery(state, first))}`
