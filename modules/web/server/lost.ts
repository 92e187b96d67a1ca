/** What an address names that is there no longer, or is not the reader's to see: an address that was kept may be older than the fields. */
import { type Clause, conditionOn, type ModelMeta, pathsOf, readableField } from '@tessera/core'
import { mayGroup } from './grouping.ts'
import { jsonWhere, type ListState, readState } from './list-state.ts'
import type { Reader } from './reader.ts'

/** The state without what is lost, and the names of that. */
export function stateLeft(
  reader: Pick<Reader, 'ability' | 'app'>,
  model: ModelMeta,
  query: URLSearchParams,
): { readonly state: ListState; readonly lost: readonly string[] } {
  const { ability, app } = reader
  const screens = app.screens(model)
  const state = readState(query, screens)
  const isThere = (path: string) => readableField(ability, model, pathOf(path)) !== undefined
  const canGroup = (group: string) => mayGroup(reader, model, group)
  const beyond = state.where === undefined ? [] : beyondIn(state.where, model, isThere)
  const lost = [
    ...query.getAll('filter').filter((name) => name !== '' && !screens.search.filters.has(name)),
    ...[...state.facets.keys()].filter((facet) => !isThere(facet)).map(pathOf),
    ...state.groups.filter((group) => !canGroup(group)).map(pathOf),
    ...state.sort.filter(({ path }) => !isThere(path)).map(({ path }) => path),
    ...(state.columns ?? []).filter((path) => !isThere(path)),
    ...state.own.flatMap(([name, value]) => (ofFields.has(name) ? pathsIn(value) : [])).filter((path) => !isThere(path)),
    ...beyond,
  ]
  const groups = state.groups.filter(canGroup)
  return {
    lost: [...new Set(lost)],
    state: {
      ...state,
      facets: new Map([...state.facets].filter(([facet]) => isThere(facet))),
      groups,
      open: groups.length === state.groups.length ? state.open : [],
      sort: state.sort.filter(({ path }) => isThere(path)),
      columns: state.columns?.filter(isThere),
      where: beyond.length > 0 ? undefined : state.where,
    },
  }
}

/** What in the address of a pivot or graph names fields; either shows the rest. */
const ofFields: ReadonlySet<string> = new Set(['rows', 'across', 'measures', 'by', 'split', 'measure'])
const pathsIn = (value: string): readonly string[] =>
  value
    .split(',')
    .filter((each) => each !== '' && each !== 'count')
    .map(pathOf)

const pathOf = (grouping: string): string => grouping.split(':')[0] ?? ''

/** A condition falls as a whole: a part of it would mean something else. */
function beyondIn(json: string, model: ModelMeta, isThere: (path: string) => boolean): readonly string[] {
  let clause: Clause
  try {
    clause = conditionOn(model, jsonWhere(json))
  } catch {
    return ['where']
  }
  return pathsOf(clause)
    .map((path) => path.filter((step, at) => step !== 'id' || at === 0).join('.'))
    .filter((path) => path !== 'id' && !isThere(path))
}
