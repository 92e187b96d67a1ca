import {
  type GroupRow as Counted,
  fieldAt,
  labelOf,
  type ModelMeta,
  type Request,
  readableField,
  type Screens,
  type Shown,
  type Action as Verb,
} from '@tessera/core'
import type { Action, Cell, Column, EmptyState, GroupRow, ListScreen, Row as ShownRow, Table } from '../screens.ts'
import { type CellMaker, cellMaker, colourOf, isCode, toneMaker } from './cell.ts'
import { choicesOf } from './choices.ts'
import { cookieIn, fromCookie } from './cookies.ts'
import { withQuery } from './destination.ts'
import { mayExport } from './export-rights.ts'
import { withHotkeys } from './hotkeys.ts'
import { entriesOf, type ListState, mostOpen, orderOf, readState, type SortKey, whereOf } from './list-state.ts'
import { prepare, type Reader } from './reader.ts'
import { queryRows, type Row, type RowsPage, relatedIn } from './rows.ts'
import { type Addresses, addressesOf, searchBar, viewLinks } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { groupingLabel, inSentence, modelLabel, modelPlural, shownLabel, valueInWords } from './words.ts'

/** Rows of one page. */
export const pageSize = 50
/** Records that one action is done to in one go. */
export const mostAtOnce = 200

export async function listScreen(reader: Reader, request: Request, model: ModelMeta): Promise<ListScreen> {
  const screens = reader.app.screens(model)
  const state = readState(request.query, screens)
  const addresses = addressesOf(model, screens, state)
  const prepared = prepareList(reader, model)
  const columns = shownColumns(prepared, state, request, model)
  const noun = inSentence(modelPlural(model, reader.t))
  const common = {
    shell: shellOf(reader, request, model.path),
    title: modelPlural(model, reader.t),
    breadcrumbs: [],
    noun,
    here: addresses.here,
    ...createAction(reader, model),
    ...exportLink(reader, model, addresses),
  }
  if (state.group !== undefined) {
    const [search, { body, groups, records }] = await Promise.all([
      searchBar(reader, model, screens, addresses),
      groupsOf(reader, model, screens, addresses, prepared, columns),
    ])
    return {
      ...common,
      search,
      views: viewLinks(screens, addresses),
      bulk: bulkActions(reader, model),
      table: { columns: columns.map((each) => withSort(each, addresses)), body, caption: common.title },
      ...columnsMenuOf(prepared, columns, model),
      facts: [
        { value: reader.formats.count(records), label: noun },
        { value: reader.formats.count(groups), label: reader.t('web.groups') },
      ],
      ...(groups === 0 && { empty: emptyState(reader, model, addresses) }),
    }
  }
  // Before anything runs: what cannot be read must not leave a promise that nobody waits for.
  const where = whereOf(state, model, screens, reader.zone)
  const [search, page, totals] = await Promise.all([
    searchBar(reader, model, screens, addresses),
    pageOf(reader, model, screens, state, needsOf(prepared, columns), pageSize),
    totalsOf(reader, model, where, state.q, columns),
  ])
  const total = page.total ?? 0
  const shown = page.rows.length
  return {
    ...common,
    search,
    views: viewLinks(screens, addresses),
    bulk: bulkActions(reader, model),
    pager: {
      from: shown === 0 ? 0 : state.from,
      to: shown === 0 ? 0 : state.from + shown - 1,
      total: Math.max(total, shown === 0 ? 0 : state.from + shown - 1),
      capped: page.capped === true,
      ...(page.next !== null && { next: addresses.to({ after: page.next, from: state.from + shown }) }),
      ...(page.previous !== null && { previous: previousPage(state, page.previous, addresses) }),
    },
    table: { ...tableOf(reader, prepared, columns, page.rows, addresses, common.title, recordLink(model, addresses)), ...totals },
    ...columnsMenuOf(prepared, columns, model),
    facts: [{ value: reader.formats.count(total, page.capped), label: noun }],
    ...(shown === 0 && { empty: emptyState(reader, model, addresses) }),
    ...wholeResult(reader, request, addresses, shown, page),
  }
}

/** Every record that matches can be chosen at once, as long as there are no more than an action takes. */
function wholeResult(
  reader: Reader,
  request: Request,
  { here, to, state, first }: Addresses,
  shown: number,
  { total = 0, capped = false }: RowsPage,
): Pick<ListScreen, 'selectAll' | 'allSelected' | 'refusal'> {
  if (total <= shown) return {}
  const count = reader.formats.count(total, capped)
  const selectAll = { href: `${here}${here.includes('?') ? '&' : '?'}all=1`, count }
  if (!request.query.has('all')) return { selectAll }
  if (total > mostAtOnce) return { selectAll, refusal: reader.t('web.too_many', { count, most: mostAtOnce }) }
  return { allSelected: { count, values: [{ name: 'all', value: listQuery({ ...state, after: undefined }, first) }], clear: to({}) } }
}

const needsOf = (prepared: PreparedList, columns: readonly PreparedColumn[]): readonly string[] => [
  ...prepared.needs,
  ...columns.flatMap(({ maker }) => maker.needs),
]

/** One page of the rows that a state shows. */
export async function pageOf(
  reader: Reader,
  model: ModelMeta,
  screens: Screens,
  state: ListState,
  fields: readonly string[],
  limit: number,
): Promise<RowsPage> {
  return queryRows(reader.records, model, {
    fields: [...new Set(fields)],
    where: whereOf(state, model, screens, reader.zone),
    order: orderOf(state, screens.list),
    q: state.q || undefined,
    cursor: state.after,
    limit,
    total: 'about',
  })
}

/** Back to the very first page without a cursor: rows that came meanwhile belong to it. */
function previousPage(state: ListState, cursor: string, { to }: Addresses): string {
  return state.from <= pageSize + 1 ? to({}) : to({ after: cursor, from: state.from - pageSize })
}

export interface PreparedColumn {
  readonly shown: Shown
  readonly maker: CellMaker
  readonly column: Column
  readonly optional: 'shown' | 'hidden' | undefined
  readonly sortable: boolean
  /** Of the related model. */
  readonly icon: string | undefined
}
export interface PreparedList {
  readonly columns: readonly PreparedColumn[]
  readonly needs: readonly string[]
  readonly tone: ReturnType<typeof toneMaker>
}

/** What a list of the model needs, whatever is asked; levels come first, as glyphs. */
export function prepareList(reader: Reader, model: ModelMeta): PreparedList {
  return prepare(reader, `list ${model.name}`, () => {
    const { list } = reader.app.screens(model)
    return prepareColumns(reader, model, list.of, list.tones)
  })
}

export function prepareColumns(
  reader: Reader,
  model: ModelMeta,
  of: readonly Shown[],
  tones: Parameters<typeof toneMaker>[2] = {},
): PreparedList {
  const readable = of.filter(({ field, hidden }) => hidden !== true && readableField(reader.ability, model, field) !== undefined)
  const title = titleColumn(readable, model)
  const columns = readable.map((shown): PreparedColumn => {
    const maker = cellMaker(reader, model, shown)
    const field = fieldAt(model, shown.field)
    const isNarrow = maker.kind === 'level' && shown.field !== title
    return {
      shown,
      maker,
      optional: shown.field === title ? undefined : shown.optional,
      sortable: isSortable(model, shown.field),
      icon: field?.kind === 'one' ? field.target.icon : undefined,
      column: {
        name: shown.field,
        label: shownLabel(model, 'list', shown, reader.t),
        kind: maker.kind,
        ...(shown.field === title && { title: true }),
        ...(field?.kind === 'scalar' && isCode(field) && shown.field !== title && { code: true }),
        ...(isNarrow && { narrow: true }),
      },
    }
  })
  const tone = toneMaker(reader.ability, model, tones)
  return {
    columns: columns.sort((a, b) => Number(b.column.narrow ?? false) - Number(a.column.narrow ?? false)),
    needs: tone?.needs ?? [],
    tone,
  }
}

/** The column that names the record: of its title's fields the last that is no code. */
function titleColumn(columns: readonly Shown[], model: ModelMeta): string | undefined {
  const named = columns.filter(({ field }) => {
    const meta = model.fields.get(field)
    return model.title.needs.includes(field) && !(meta?.kind === 'scalar' && isCode(meta))
  })
  return (named.at(-1) ?? columns[0])?.field
}

function isSortable(model: ModelMeta, path: string): boolean {
  const field = fieldAt(model, path)
  if (!field || field.kind === 'many') return false
  if (field.kind === 'one') return true
  if (field.type === 'json' || field.type === 'texts') return false
  return field.column !== undefined || field.sql !== undefined || field.count !== undefined || field.from !== undefined
}

/** Chosen in the address, else remembered in this browser, else as declared. */
export function shownColumns({ columns }: PreparedList, state: ListState, request: Request, model: ModelMeta): readonly PreparedColumn[] {
  const chosen = state.columns ?? fromCookie(cookieIn(request, columnsCookie(model)))?.split(',')
  return columns.filter(({ optional, shown }) => optional === undefined || (chosen ? chosen.includes(shown.field) : optional === 'shown'))
}

export const columnsCookie = (model: ModelMeta): string => `tessera-columns-${model.path}`

function exportLink({ ability }: Reader, model: ModelMeta, { state, first }: Addresses): Pick<ListScreen, 'exportHref'> {
  if (!mayExport(ability, model)) return {}
  return {
    exportHref: withQuery(`/${model.path}/export`, entriesOf({ ...state, after: undefined, from: 1, group: undefined, open: [] }, first)),
  }
}

function columnsMenuOf({ columns }: PreparedList, shown: readonly PreparedColumn[], model: ModelMeta): Pick<ListScreen, 'columnsMenu'> {
  if (!columns.some(({ optional }) => optional)) return {}
  return {
    columnsMenu: {
      action: `/${model.path}/columns`,
      reset: `/${model.path}/columns?reset=1`,
      columns: columns.map((each) => ({
        name: each.shown.field,
        label: each.column.label,
        shown: shown.includes(each),
        ...(each.optional === undefined && { fixed: true }),
      })),
    },
  }
}

/** A record's address; it remembers the list and the position, for the way back and the next one. */
function recordLink(model: ModelMeta, { state, first }: Addresses): (row: Row, at: number) => string {
  const list = listQuery(state, first)
  const query = list ? `in=${encodeURIComponent(list)}&` : ''
  return ({ id }, at) => `/${model.path}/${id}?${query}at=${state.from + at}`
}

/** From a group one comes back to the groups; a position in it has no neighbours. */
const recordHref = (model: ModelMeta, { id }: Row, { state, first }: Addresses): string =>
  `/${model.path}/${id}?in=${encodeURIComponent(listQuery(state, first))}`

const listQuery = (state: ListState, first: ListState): string =>
  new URLSearchParams(entriesOf(state, first).map(([name, value]): [string, string] => [name, value])).toString()

export function tableOf(
  reader: Reader,
  { tone }: PreparedList,
  columns: readonly PreparedColumn[],
  rows: readonly Row[],
  addresses: Addresses | undefined,
  caption: string,
  link: (row: Row, at: number) => string,
): Table {
  const title = columns.findIndex(({ column }) => column.title)
  const makers = columns.map(({ maker }) => maker)
  const body = rows.map((row, at): ShownRow => {
    const cells = makers.map((maker) => maker.make(row, reader))
    const name = tone?.of(row, reader.asking)
    const marked = name !== undefined && name !== 'muted' && title >= 0 ? cells[title] : undefined
    if (marked) cells[title] = { ...marked, tone: colourOf(name!) } as Cell
    return { is: 'row', id: row.id, href: link(row, at), name: row.label ?? '', cells, ...(name === 'muted' && { muted: true }) }
  })
  return { columns: columns.map((each) => withSort(each, addresses)), body, caption }
}

function withSort({ column, sortable }: PreparedColumn, addresses: Addresses | undefined): Column {
  if (!addresses || !sortable) return column
  const { state, to } = addresses
  const current: SortKey | undefined = (state.sort.length > 0 ? state.sort : addresses.declared)[0]
  const now = current?.path === column.name ? current.direction : undefined
  const direction = now === undefined ? (column.kind === 'date' ? 'desc' : 'asc') : now === 'asc' ? 'desc' : 'asc'
  return {
    ...column,
    sort: {
      href: to({ sort: [{ path: column.name, direction }] }),
      ...(now && { now: now === 'asc' ? ('ascending' as const) : ('descending' as const) }),
    },
  }
}

export function createAction({ ability, t }: Reader, model: ModelMeta, query = ''): { create?: Action } {
  if (model.appendOnly || !ability.possible('create', model)) return {}
  return { create: { label: t('web.new'), href: `/${model.path}/new${query}`, method: 'get' } }
}

function bulkActions(reader: Reader, model: ModelMeta): readonly Action[] {
  return prepare(reader, `bulk ${model.name}`, () =>
    withHotkeys(
      reader.app
        .actions(model)
        .filter((verb) => verb.bulk && verb.run !== undefined && reader.ability.possible(verb.name, model))
        .map((verb) => bulkAction(reader, model, verb)),
    ),
  )
}

function bulkAction({ t }: Reader, model: ModelMeta, verb: Verb): Action {
  return {
    label: labelOf(verb, t),
    href: `/${model.path}/actions/${verb.name}`,
    method: 'post',
    ...(verb.icon && { icon: verb.icon }),
    ...(verb.input && { asks: true }),
  }
}

function emptyState(reader: Reader, model: ModelMeta, { state, to }: Addresses): EmptyState {
  const { t } = reader
  const noun = inSentence(modelPlural(model, t))
  const isNarrowed = state.q !== '' || state.filters.length > 0 || state.facets.size > 0 || state.where !== undefined
  if (isNarrowed) {
    const everything = to({ q: '', filters: [], facets: new Map(), where: undefined, group: undefined })
    return {
      icon: 'search',
      text: t('web.no_match', { noun }),
      hint: t('web.no_match_hint'),
      action: { label: t('web.clear_filters'), href: everything, method: 'get' },
    }
  }
  const { create } = createAction(reader, model)
  return {
    icon: model.icon ?? 'inbox',
    text: t('web.none_yet', { noun }),
    ...(create && {
      hint: t('web.none_yet_hint'),
      action: { ...create, tone: 'primary', icon: 'plus', label: t('web.create_first', { noun: inSentence(modelLabel(model, t)) }) },
    }),
  }
}

/** Rows of one open group, before the way to all of them. */
const rowsOfGroup = 10

interface Grouped {
  readonly body: Table['body']
  readonly groups: number
  readonly records: number
}

/** How many records there are of each value; a line opens in place and shows its first records. */
async function groupsOf(
  reader: Reader,
  model: ModelMeta,
  screens: Screens,
  addresses: Addresses,
  prepared: PreparedList,
  columns: readonly PreparedColumn[],
): Promise<Grouped> {
  const { state, to } = addresses
  const group = state.group ?? ''
  const [path = '', grain] = group.split(':')
  const field = fieldAt(model, path)
  const where = whereOf(state, model, screens, reader.zone)
  const averaged = columns.flatMap(({ shown, column }) =>
    shown.total ? [{ label: inSentence(column.label), measure: `${shown.field}:${shown.total}` }] : [],
  )
  const measures = ['count', ...averaged.map(({ measure }) => measure)]
  const ask = { by: [group], measures, q: state.q || undefined, ...(where && { where }) }
  const counted = await reader.records.group(model.handle, ask as never)
  const places = field?.kind === 'one' ? new Map((await choicesOf(reader, field.target)).rows.map(({ id }, at) => [id, at])) : undefined
  const placeOf = (row: Counted) => places?.get(relatedIn(row[group])?.id ?? '') ?? Number.MAX_SAFE_INTEGER
  const inOrder = places ? [...counted].sort((a, b) => placeOf(a) - placeOf(b)) : counted
  const body = await Promise.all(
    inOrder.map(async (row): Promise<Table['body']> => {
      const value = row[group] ?? null
      const key = relatedIn(value)?.id ?? (value === null ? '' : String(value))
      const label = grain && value !== null ? reader.formats.grain(String(value), grain) : valueInWords(reader, field, value)
      const isOpen = state.open.includes(key)
      const facts = averaged.flatMap(({ label: of, measure }) => {
        const measured = row[measure]
        return typeof measured === 'number' ? [{ label: of, value: measureInWords(reader, measure, measured) }] : []
      })
      const head: GroupRow = {
        is: 'group',
        depth: 0,
        label: label ?? reader.t('web.none_of', { name: inSentence(groupingLabel(model, group, reader.t)) }),
        count: reader.formats.count(Number(row.count)),
        href: to({ open: isOpen ? state.open.filter((other) => other !== key) : [...state.open, key].slice(-mostOpen) }),
        open: isOpen,
        ...(facts.length > 0 && { facts }),
      }
      if (!isOpen) return [head]
      const own: ListState = { ...state, group: undefined, open: [], facets: new Map([...state.facets, [group, [key]]]) }
      const { rows } = await pageOf(reader, model, screens, own, needsOf(prepared, columns), rowsOfGroup)
      const shown = tableOf(reader, prepared, columns, rows, undefined, '', (each) => recordHref(model, each, addresses))
      const all = { is: 'more', label: reader.t('web.show_all', { count: head.count }), href: to(own) } as const
      return [head, ...shown.body, ...(Number(row.count) > rows.length ? [all] : [])]
    }),
  )
  return { body: body.flat(), groups: counted.length, records: counted.reduce((sum, { count }) => sum + Number(count), 0) }
}

const measureInWords = ({ formats, t }: Pick<Reader, 'formats' | 't'>, measure: string, value: number): string =>
  measure.endsWith(':avg') ? t('web.average', { value: formats.number(value) }) : formats.number(value)

/** The sums and averages that the shown columns declare, of everything that matches and not only of this page. */
async function totalsOf(
  reader: Reader,
  model: ModelMeta,
  where: object | undefined,
  q: string,
  columns: readonly PreparedColumn[],
): Promise<Pick<Table, 'totals'>> {
  // Years are few, and any grouping adds up to the whole.
  const years = 'createdAt:year'
  if (!columns.some(({ shown }) => shown.total) || !readableField(reader.ability, model, 'createdAt')) return {}
  const totals = columns.map(async ({ shown }): Promise<Cell> => {
    if (!shown.total) return { as: 'empty' }
    const has = { [shown.field]: { $ne: null } }
    const measure = `${shown.field}:sum`
    const ask = { by: [years], measures: ['count', measure], q: q || undefined, where: where ? { $and: [where, has] } : has }
    const rows = await reader.records.group(model.handle, ask as never)
    const count = rows.reduce((all, row) => all + Number(row.count), 0)
    if (count === 0) return { as: 'empty' }
    const sum = rows.reduce((all, row) => all + Number(row[measure] ?? 0), 0)
    const value = shown.total === 'avg' ? sum / count : sum
    return { as: 'number', shown: measureInWords(reader, `${shown.field}:${shown.total}`, value) }
  })
  return { totals: await Promise.all(totals) }
}
