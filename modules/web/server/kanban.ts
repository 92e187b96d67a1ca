import { type ModelMeta, NotFound, type Request } from '@tessera/core'
import { statusGlyph } from '../cells.ts'
import type { Card, Cell, EmptyCell, KanbanColumn, KanbanScreen, PersonCell } from '../screens.ts'
import { mayPlace, rankOf } from './card-place.ts'
import { beginningOf } from './cell.ts'
import { prepareColumns } from './list-columns.ts'
import { type ListState, orderOf, readState, whereOf } from './list-state.ts'
import { createAction, emptyState } from './list-verbs.ts'
import { countsOf, progressMaker } from './progress.ts'
import { quickHref } from './quick.ts'
import { prepare, type Reader } from './reader.ts'
import { queryRows, type Row } from './rows.ts'
import { addressesOf, searchBar, viewLinks } from './search-bar.ts'
import { shellOf } from './shell.ts'
import { canMove, leftSteps, type Step, stepsOf } from './stages.ts'
import { inSentence, modelPlural } from './words.ts'

/** Cards of one column. */
const mostCards = 20

export async function kanbanScreen(reader: Reader, request: Request, model: ModelMeta): Promise<KanbanScreen> {
  const { t, formats } = reader
  const screens = reader.app.screens(model)
  const { kanban } = screens
  if (!kanban) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const state = readState(request.query, screens)
  const addresses = addressesOf(model, screens, state)
  const offered = await stepsOf(reader, model, kanban.by)
  const folded = new Set(state.own.map(([, key]) => key))
  const cardsIn = (all: readonly Step[]) =>
    Promise.all(all.map((step) => (folded.has(step.key) ? [] : cardsOf(reader, model, kanban.by, state, step))))
  const [search, counts, progressOf, cardsOfOffered] = await Promise.all([
    searchBar(reader, model, screens, addresses),
    countsOf(reader, model, kanban, state),
    progressMaker(reader, model, kanban, addresses),
    cardsIn(offered),
  ])
  const others = [...counts.keys()].filter((key) => key !== '' && !offered.some((step) => step.key === key))
  const left = await leftSteps(reader, model, kanban.by, others)
  const [steps, cards] = [
    [...offered, ...left],
    [...cardsOfOffered, ...(await cardsIn(left))],
  ]
  const begins = beginning(model, kanban.by)
  const rank = rankOf(reader, model, kanban, state)
  const columns = steps.map((step, at): KanbanColumn => {
    const counted = counts.get(step.key) ?? { count: 0, groups: [] }
    const { count } = counted
    const shown = cards[at] ?? []
    const { create } = createAction(reader, model, `?${new URLSearchParams({ [kanban.by]: step.key })}`)
    const quick = quickHref(reader, model, step)
    const takesNone = !canMove(reader, model, kanban.by, step, undefined)
    const isClosed = step.record?.category === 'closed'
    return {
      key: step.key,
      label: step.label,
      ...glyphOf(step, begins),
      count: formats.count(count),
      cards: shown,
      ...progressOf?.(counted),
      ...(count > shown.length && {
        more: {
          href: addresses.to({ view: 'list', filters: state.filters, facets: new Map([...state.facets, [kanban.by, [step.key]]]) }),
          label: t('web.show_more', { count: formats.count(count - shown.length) }),
        },
      }),
      ...(create && !isClosed && !step.isLeft && { create: create.href, ...(quick !== undefined && { quick }) }),
      ...(takesNone && { closed: true }),
      ...(folded.has(step.key) && { folded: true }),
      toggle: addresses.to({ own: toggled(state.own, step.key) }),
    }
  })
  const total = [...counts.values()].reduce((sum, { count }) => sum + count, 0)
  return {
    shell: await shellOf(reader, request, model.path),
    title: modelPlural(model, t),
    breadcrumbs: [],
    noun: inSentence(modelPlural(model, t)),
    here: addresses.here,
    ...createAction(reader, model),
    search,
    views: viewLinks(screens, addresses),
    total: { count: total, capped: false },
    columns,
    ...(rank !== undefined && mayPlace(reader, model, rank) && { ordered: true }),
    ...(total === 0 && { empty: emptyState(reader, model, addresses) }),
  }
}

/** Columns that are folded stand in the address, each by its key. */
function toggled(own: ListState['own'], key: string): ListState['own'] {
  const others = own.filter(([, other]) => other !== key)
  return others.length < own.length ? others : [...own, ['fold', key]]
}

function beginning(model: ModelMeta, by: string): string | undefined {
  const field = model.fields.get(by)
  return field?.kind === 'one' ? beginningOf(field) : undefined
}

function glyphOf({ key, label, record }: Step, begins: string | undefined): Pick<KanbanColumn, 'glyph'> | Record<never, never> {
  const category = record?.category
  if (category !== 'open' && category !== 'paused' && category !== 'closed') return {}
  const outcome = record?.outcome === 'failure' ? ('failure' as const) : ('success' as const)
  return { glyph: statusGlyph({ as: 'status', label, category, outcome, ...(key === begins && { glyph: 'new' as const }) }) }
}

async function cardsOf(reader: Reader, model: ModelMeta, by: string, state: ListState, step: Step): Promise<readonly Card[]> {
  const screens = reader.app.screens(model)
  const { columns, needs, isMovable } = prepareCards(reader, model)
  const where = whereOf(state, model, screens, reader.zone)
  const rank = screens.kanban && rankOf(reader, model, screens.kanban, state)
  const { rows } = await queryRows(reader.records, model, {
    fields: [...new Set([...needs, ...columns.flatMap(({ maker }) => maker.needs), 'version'])],
    where: where ? { $and: [where, { [by]: step.key }] } : { [by]: step.key },
    order: rank === undefined ? orderOf(reader, model, state, screens.list) : { [rank]: 'desc' },
    q: state.q || undefined,
    limit: mostCards,
    fitted: true,
  })
  return rows.map((row): Card => cardOf(reader, model, by, columns, isMovable, row))
}

function prepareCards(reader: Reader, model: ModelMeta) {
  return prepare(reader, `cards ${model.name}`, () => {
    const { kanban } = reader.app.screens(model)
    const owners = model.fields.get(kanban?.by ?? '')?.through ?? []
    const isMovable =
      owners.length > 0
        ? owners.some(({ name }) => reader.ability.possible(name, model))
        : !model.appendOnly && reader.ability.possible('update', model)
    return { ...prepareColumns(reader, model, kanban?.card ?? []), isMovable }
  })
}

type Columns = ReturnType<typeof prepareCards>['columns']

/** Levels and codes on the first line, the title below, the person and tags at the end; everything else is a fact. */
function cardOf(reader: Reader, model: ModelMeta, by: string, columns: Columns, isMovable: boolean, row: Row): Card {
  const top: Cell[] = []
  const facts: Cell[] = []
  let title = row.label ?? ''
  let person: PersonCell | EmptyCell | undefined
  let tags: readonly string[] = []
  for (const { column, icon, maker } of columns) {
    const cell = maker.make(row, reader)
    if (column.title) title = 'text' in cell ? cell.text : 'label' in cell && cell.label ? cell.label : title
    else if (column.kind === 'level' || column.code) top.push(cell)
    else if (column.kind === 'person' && (cell.as === 'person' || cell.as === 'empty')) person = cell
    else if (cell.as === 'tags') tags = cell.tags
    else if (cell.as !== 'empty') facts.push(cell.as === 'link' ? { as: 'text', text: cell.label, ...(icon && { icon }) } : cell)
  }
  return {
    id: row.id,
    href: `/${model.path}/${row.id}`,
    title,
    ...(typeof row.version === 'number' && { version: String(row.version) }),
    top,
    facts,
    ...(person && { person }),
    ...(tags.length > 0 && { tags }),
    ...(isMovable && { move: `/${model.path}/${row.id}/move?field=${by}` }),
  }
}
