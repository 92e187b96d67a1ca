/** A list as lines that count, each of which opens in place. */
import { type GroupRow as Counted, fieldAt, type ModelMeta, type Screens } from '@tessera/core'
import type { GroupRow, Table } from '../screens.ts'
import { choicesOf } from './choices.ts'
import type { PreparedColumn, PreparedList } from './list-columns.ts'
import { listQuery, needsOf, pageOf } from './list-page.ts'
import { type ListState, mostOpen, whereOf } from './list-state.ts'
import { tableOf } from './list-table.ts'
import { measureInWords } from './list-totals.ts'
import type { Reader } from './reader.ts'
import { type Row, relatedIn } from './rows.ts'
import type { Addresses } from './search-bar.ts'
import { groupingLabel, inSentence, valueInWords } from './words.ts'

/** How many records there are of each value; a line opens in place and shows its first records. */
export async function groupsOf(
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

interface Grouped {
  readonly body: Table['body']
  readonly groups: number
  readonly records: number
}

/** Rows of one open group, before the way to all of them. */
const rowsOfGroup = 10

/** From a group one comes back to the groups; a position in it has no neighbours. */
const recordHref = (model: ModelMeta, { id }: Row, { state, first }: Addresses): string =>
  `/${model.path}/${id}?in=${encodeURIComponent(listQuery(state, first))}`
