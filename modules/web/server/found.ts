/** What the whole application knows of some words: the records of every model that the reader may read and whose search looks through texts. */
import { labelOf, type ModelMeta, readableField } from '@tessera/core'
import type { Cell } from '../screens.ts'
import { withQuery } from './destination.ts'
import { formPlan } from './form-plan.ts'
import { prepareList } from './list-columns.ts'
import { detailOf } from './options.ts'
import { allPlaces } from './places.ts'
import { prepare, type Reader } from './reader.ts'
import { queryRows, type Row, relatedIn } from './rows.ts'
import { hrefOf, isOpenTo, modelPlural } from './words.ts'

export interface FoundRecord {
  readonly id: string
  readonly label: string
  /** The second line: where it goes on, or the first text by which the model is searched, besides its own name. */
  readonly detail?: string
  /** The state of the record, where its list shows one. */
  readonly status?: Cell
  readonly href: string
}

export interface FoundModel {
  readonly model: ModelMeta
  readonly label: string
  /** At most 10,000, `capped` when there are more. */
  readonly total: number
  readonly capped: boolean
  /** The newest first. */
  readonly records: readonly FoundRecord[]
  /** The list of all of them. */
  readonly href: string
}

/** Longer than this nobody types, and the rest finds nothing more. */
export const longestWords = 200

/** The newest records that hold every word, of each model that has some; most first where a model has a place in the sidebar. */
export async function searchEverywhere(reader: Reader, words: string, most: number): Promise<readonly FoundModel[]> {
  const q = words.trim().slice(0, longestWords)
  if (q === '') return []
  const found: (FoundModel | undefined)[] = []
  const waiting = [...searchedModels(reader).entries()]
  // A few at a time: one search must not take every connection.
  await Promise.all(
    Array.from({ length: mostAtOnce }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) found[next[0]] = await searchIn(reader, next[1], q, most)
    }),
  )
  return found.filter((each) => each !== undefined)
}

const mostAtOnce = 4

/** Those with a place in the sidebar first, in its order. */
function searchedModels(reader: Reader): readonly ModelMeta[] {
  return prepare(reader, 'searched', () => {
    const { app, ability } = reader
    const places = allPlaces(reader).flatMap(({ model: shown }) => shown ?? [])
    const isSearched = (model: ModelMeta) =>
      isOpenTo(reader, model) && app.screens(model).search.texts.some((path) => readableField(ability, model, path))
    return [...new Set([...places, ...app.models.all])].filter(isSearched)
  })
}

async function searchIn(reader: Reader, model: ModelMeta, q: string, most: number): Promise<FoundModel | undefined> {
  const { detail, status, into } = looksOf(reader, model)
  const page = await queryRows(reader.records, model, {
    fields: [...new Set([...(detail === undefined ? [] : [detail]), ...(status?.needs ?? []), ...(into ? [into.name] : [])])],
    order: newestFirst(reader, model),
    q,
    limit: most,
    total: 'about',
  })
  if (page.rows.length === 0) return undefined
  const record = (row: Row): FoundRecord => {
    const other = into && relatedIn(row[into.name])?.label
    const own = detail === undefined ? undefined : row[detail]
    const more = into && other ? reader.t('web.fact', { name: labelOf(into, reader.t), value: other }) : own
    return {
      id: row.id,
      label: row.label || reader.t('web.untitled'),
      href: hrefOf(model, row.id),
      ...(typeof more === 'string' && more !== '' && more !== row.label && { detail: more }),
      ...(status && { status: status.make(row, reader) }),
    }
  }
  return {
    model,
    label: modelPlural(model, reader.t),
    total: Math.max(page.total ?? 0, page.rows.length),
    capped: page.capped === true,
    records: page.rows.map(record),
    href: listOf(model, q),
  }
}

/** Closed and archived ones were found too. */
const listOf = (model: ModelMeta, q: string): string =>
  withQuery(`/${model.path}`, [
    ['q', q],
    ['filter', ''],
  ])

function looksOf(reader: Reader, model: ModelMeta) {
  return prepare(reader, `found ${model.name}`, () => ({
    detail: detailOf(reader, model),
    into: formPlan(reader, model).conversation?.joins?.into,
    status: prepareList(reader, model).columns.find(({ maker }) => maker.kind === 'status')?.maker,
  }))
}

/** By the order of the model where that is one of time, for it has an index; else by the id, which rises with time. */
function newestFirst({ ability }: Reader, model: ModelMeta): Readonly<Record<string, 'asc' | 'desc'>> {
  const [first, ...others] = model.order
  const field = first && model.fields.get(first.path)
  const isTime = field?.kind === 'scalar' && field.type === 'datetime' && readableField(ability, model, first!.path) !== undefined
  return isTime && first?.direction === 'desc' && others.length === 0 ? { [first.path]: 'desc' } : { id: 'desc' }
}
