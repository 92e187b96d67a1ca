import { fieldAt, type ModelMeta, type Reply, type Request, readableField } from '@tessera/core'
import { json, ownPath } from './answer.ts'
import { queryOf } from './destination.ts'
import { jsonWhere, type ListState, readState } from './list-state.ts'
import type { Reader } from './reader.ts'
import { queryRows } from './rows.ts'
import { type Addresses, addressesOf } from './search-bar.ts'
import { filterLabel, optionLabel, pathLabel } from './words.ts'

/** What may be meant by what is being typed: where the list would be, and how that is said. */
interface Suggestion {
  readonly kind: 'text' | 'facet' | 'filter'
  readonly label: string
  readonly href: string
}

/** Records of one facet that are offered. */
const mostRecords = 3
const mostFacets = 8

/** What was typed in one declared text, a value of a facet, a declared filter; each as the address of the list that it leads to. */
export async function suggestFor(reader: Reader, request: Request, model: ModelMeta): Promise<Reply> {
  const q = (request.query.get('q') ?? '').trim().slice(0, 200)
  if (q === '') return json({ data: [] })
  const screens = reader.app.screens(model)
  const state = readState(queryOf(ownPath(request.query.get('back'), `/${model.path}`)), screens)
  const addresses = addressesOf(model, screens, { ...state, q: '' })
  const { texts, facets, filters } = screens.search
  const said = (text: string) => plain(text).includes(plain(q))
  const asFilters = [...filters.keys()].flatMap((name): Suggestion[] => {
    const label = filterLabel(model, name, reader.t)
    if (!said(label) || state.filters.includes(name)) return []
    return [
      { kind: 'filter', label: reader.t('web.suggest_filter', { name: label }), href: addresses.to({ filters: [...state.filters, name] }) },
    ]
  })
  const asFacets = await Promise.all(facets.slice(0, mostFacets).map((facet) => valuesOf(reader, model, addresses, facet, q, said)))
  return json({ data: [...textsFor(reader, model, addresses, texts, q), ...asFacets.flat(), ...asFilters] })
}

/** Letters as one compares them by eye. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

function textsFor(reader: Reader, model: ModelMeta, { state, to }: Addresses, texts: readonly string[], q: string): readonly Suggestion[] {
  return texts.flatMap((path): Suggestion[] => {
    const field = readableField(reader.ability, model, path)
    if (field?.kind !== 'scalar' || field.values) return []
    const own = path.split('.').reduceRight<object>((inner, step) => ({ [step]: inner }), { $contains: q })
    // Beside a condition that is there already.
    const where = state.where === undefined ? own : { $and: [jsonWhere(state.where), own] }
    const name = path
      .split('.')
      .map((_, at, steps) => pathLabel(model, steps.slice(0, at + 1).join('.'), reader.t))
      .join(' › ')
    return [{ kind: 'text', label: reader.t('web.suggest_text', { field: name, words: q }), href: to({ where: JSON.stringify(where) }) }]
  })
}

async function valuesOf(
  reader: Reader,
  model: ModelMeta,
  { state, to }: Addresses,
  path: string,
  q: string,
  said: (text: string) => boolean,
): Promise<readonly Suggestion[]> {
  const field = readableField(reader.ability, model, path) && fieldAt(model, path)
  if (!field) return []
  const chosen = state.facets.get(path) ?? []
  const suggestion = (value: string, label: string): Suggestion => ({
    kind: 'facet',
    label: reader.t('web.suggest_value', { field: pathLabel(model, path, reader.t), value: label }),
    href: to({ facets: withValue(state.facets, path, value) }),
  })
  if (field.kind === 'scalar') {
    const values = (field.values ?? []).map((value) => [value, optionLabel(field, value, reader.t)] as const)
    return values.filter(([value, label]) => said(label) && !chosen.includes(value)).map(([value, label]) => suggestion(value, label))
  }
  if (!reader.ability.possible('read', field.target)) return []
  const { rows } = await queryRows(reader.records, field.target, { fields: [], q, limit: mostRecords })
  return rows.filter(({ id }) => !chosen.includes(id)).map(({ id, label }) => suggestion(id, label ?? ''))
}

function withValue(facets: ListState['facets'], path: string, value: string): ListState['facets'] {
  return new Map([...facets, [path, [...(facets.get(path) ?? []), value]]])
}
