import { conditionInWords } from '@tessera/base'
import { choiceOfAny, fieldAt, type ModelMeta, readableField, type Screens } from '@tessera/core'
import type { Chip, MenuItem, MenuSection, SearchBar, ViewLink } from '../screens.ts'
import { choicesFor, choicesOf } from './choices.ts'
import { dateItems, lastDays, lastInWords } from './date-facet.ts'
import { withQuery } from './destination.ts'
import { groupedBy, groupingName, groupSections } from './grouping.ts'
import { daysOf, entriesOf, firstState, jsonWhere, type ListState, type SortKey } from './list-state.ts'
import type { Reader } from './reader.ts'
import { queryRows } from './rows.ts'
import { favourites } from './saved-views.ts'
import { filterLabel, inSentence, modelPlural, optionLabel, pathLabel, shortened } from './words.ts'

/** One list's address in any other state; a change of what is shown begins again at the first page. */
export interface Addresses {
  readonly state: ListState
  readonly first: ListState
  /** The order when none is chosen. */
  readonly declared: readonly SortKey[]
  to(change: Partial<ListState>): string
  /** With the page kept. */
  readonly here: string
}

export function addressesOf(model: ModelMeta, screens: Screens, state: ListState): Addresses {
  const path = `/${model.path}`
  const first = firstState(screens, state.view)
  return {
    state,
    first,
    declared: screens.list.order,
    here: withQuery(path, entriesOf(state, first)),
    to(change) {
      const isOther = change.view !== undefined && change.view !== state.view
      const next = { ...state, after: undefined, from: 1, ...(isOther && { own: [] }), ...change }
      return withQuery(path, entriesOf(next, next.view === state.view ? first : firstState(screens, next.view)))
    },
  }
}

export async function searchBar(reader: Reader, model: ModelMeta, screens: Screens, addresses: Addresses): Promise<SearchBar> {
  const { t } = reader
  const { state, first } = addresses
  const placeholder = t('web.search_in', { noun: inSentence(modelPlural(model, t)) })
  const keep = entriesOf({ ...state, q: '', after: undefined, from: 1 }, first).map(([name, value]) => ({ name, value }))
  const [filters, views] = await Promise.all([filterSections(reader, model, screens, addresses), favourites(reader, model, addresses)])
  const groups = groupSections(reader, model, screens, addresses)
  return {
    action: `/${model.path}`,
    name: 'q',
    value: state.q,
    placeholder,
    suggest: `/${model.path}/suggest?${new URLSearchParams({ back: addresses.here })}`,
    chips: await chipsOf(reader, model, addresses),
    keep,
    ...(filters.length > 0 && { filters }),
    ...(groups.length > 0 && state.view === 'list' && { groups }),
    ...(views.length > 0 && { favourites: views }),
  }
}

export function viewLinks(screens: Screens, { state, to }: Addresses): readonly ViewLink[] {
  const link = (kind: ListState['view']): ViewLink => {
    const isFirst = to({ filters: firstState(screens, state.view).filters }) === to({})
    const filters = isFirst ? firstState(screens, kind).filters : state.filters
    const there = { view: kind, filters, groups: kind === 'list' ? state.groups : [] }
    return { kind, current: state.view === kind, href: to(there), ...(kind === 'calendar' && { phone: to({ ...there, span: 'agenda' }) }) }
  }
  const declared = (['list', 'kanban', 'calendar'] as const).filter((kind) => screens[kind] !== undefined)
  return [...declared, 'pivot' as const, 'graph' as const].map(link)
}

async function chipsOf(reader: Reader, model: ModelMeta, { state, to }: Addresses): Promise<readonly Chip[]> {
  const { t } = reader
  const filters = state.filters.map(
    (name): Chip => ({
      kind: 'filter',
      values: [filterLabel(model, name, t)],
      remove: to({ filters: state.filters.filter((other) => other !== name) }),
    }),
  )
  const facets = await Promise.all(
    [...state.facets].map(async ([facet, values]): Promise<Chip> => {
      const [path = '', grain] = facet.split(':')
      return {
        kind: grain === undefined ? 'filter' : 'date',
        label: pathLabel(model, path, t),
        values: await facetLabels(reader, model, path, grain, values),
        remove: to({ facets: new Map([...state.facets].filter(([other]) => other !== facet)) }),
      }
    }),
  )
  const where: Chip[] =
    state.where === undefined
      ? []
      : [
          {
            kind: 'filter',
            values: [await whereWords(reader, model, state.where)],
            remove: to({ where: undefined }),
            edit: filterHref(model, to({})),
          },
        ]
  const groups = state.groups.map(
    (group): Chip => ({
      kind: 'group',
      values: [groupingName(reader, model, group)],
      remove: to(groupedBy(state.groups.filter((other) => other !== group))),
    }),
  )
  return [...filters, ...facets, ...where, ...groups]
}

const filterHref = (model: ModelMeta, back: string): string => `/${model.path}/filter?${new URLSearchParams({ back })}`

/** The condition in words, as far as one reads them in a chip. */
async function whereWords({ services, t }: Reader, model: ModelMeta, json: string): Promise<string> {
  try {
    return shortened(await conditionInWords(services, model, jsonWhere(json)), longestWords)
  } catch {
    // What cannot be read is refused by the list itself, with a sentence.
    return t('web.own_filter')
  }
}
const longestWords = 120

async function facetLabels(
  reader: Reader,
  model: ModelMeta,
  path: string,
  grain: string | undefined,
  values: readonly string[],
): Promise<readonly string[]> {
  const { t, formats } = reader
  const field = fieldAt(model, path)
  const none = t('web.none')
  if (grain === lastDays) return values.map((value) => lastInWords(reader, value))
  if (grain !== undefined) {
    // What names no day has no words either.
    for (const value of values) if (value !== '') daysOf(value, grain)
    return values.map((value) => (value === '' ? none : formats.grain(value, grain)))
  }
  if (field === undefined || field.kind === 'scalar') {
    return values.map((value) => {
      if (value === '') return none
      if (field?.kind === 'scalar' && field.type === 'boolean') return t(value === 'true' ? 'web.yes' : 'web.no')
      return field ? optionLabel(field, value, t) : value
    })
  }
  const ids = values.filter(Boolean)
  const offered = ids.length > 0 ? (await choicesOf(reader, field.target)).rows : []
  const labels = new Map(offered.map(({ id, label }) => [id, label]))
  const missing = ids.filter((id) => !labels.has(id))
  if (missing.length > 0) {
    const { rows } = await queryRows(reader.records, field.target, { fields: [], where: { id: { $in: missing } }, limit: 200 })
    for (const { id, label } of rows) labels.set(id, label)
  }
  return values.map((value) => (value === '' ? none : (labels.get(value) ?? t('web.gone'))))
}

async function filterSections(
  reader: Reader,
  model: ModelMeta,
  screens: Screens,
  { state, to }: Addresses,
): Promise<readonly MenuSection[]> {
  const { t } = reader
  const declared = [...screens.search.filters.keys()].map(
    (name): MenuItem => ({
      label: filterLabel(model, name, t),
      chosen: state.filters.includes(name),
      href: to({
        filters: state.filters.includes(name) ? state.filters.filter((other) => other !== name) : [...state.filters, name],
      }),
    }),
  )
  const sections: MenuSection[] = declared.length > 0 ? [{ items: declared }] : []
  const pages: MenuItem[] = []
  for (const path of screens.search.facets) {
    const field = readableField(reader.ability, model, path)
    if (!field) continue
    const label = pathLabel(model, path, t)
    if (field.kind === 'scalar' && (field.type === 'date' || field.type === 'datetime')) {
      sections.push({ label, items: dateItems(reader, path, { state, to }) })
      continue
    }
    const values = await fewValues(reader, model, path)
    const chosen = state.facets.get(path) ?? []
    if (values?.length === 0) continue
    if (values) {
      const items = values.map(
        ({ value, label: shown }): MenuItem => ({
          label: shown,
          chosen: chosen.includes(value),
          href: to({ facets: toggled(state.facets, path, value) }),
        }),
      )
      sections.push({ label, items })
    } else {
      const state = new URLSearchParams({ field: path, back: to({}) })
      pages.push({
        label: t('web.choose_facet', { name: label }),
        chosen: chosen.length > 0,
        href: `/${model.path}/choose?${state}`,
        asks: true,
      })
    }
  }
  pages.push({ label: t('web.custom_filter'), chosen: state.where !== undefined, href: filterHref(model, to({})), asks: true })
  return [...sections, { items: pages }]
}

/** The values of a facet that has so few that a menu can hold them. */
async function fewValues(
  reader: Reader,
  model: ModelMeta,
  path: string,
): Promise<readonly { readonly value: string; readonly label: string }[] | undefined> {
  const field = fieldAt(model, path)
  if (!field) return undefined
  if (field.kind === 'scalar') {
    if (field.type === 'boolean')
      return ['true', 'false'].map((value) => ({ value, label: reader.t(value === 'true' ? 'web.yes' : 'web.no') }))
    return field.values && field.values.length <= mostInMenu
      ? field.values.map((value) => ({ value, label: optionLabel(field, value, reader.t) }))
      : undefined
  }
  const { rows, more } = await choicesFor(reader, field.target, choiceOfAny(field))
  if (more || rows.length > mostInMenu) return undefined
  return rows.map(({ id, label }) => ({ value: id, label: label ?? '' }))
}

const mostInMenu = 8

/** One value more in a facet, or one less. */
function toggled(facets: ListState['facets'], path: string, value: string): ListState['facets'] {
  const values = facets.get(path) ?? []
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
  const others = [...facets].filter(([other]) => other !== path)
  return new Map(next.length > 0 ? [...others, [path, next]] : others)
}
