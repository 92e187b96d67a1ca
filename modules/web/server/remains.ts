/** Of records that an action brings together, which one remains: chosen among those that were ticked, or looked for from a form. */
import { type Action, type ActionInput, inputsOf, type ModelMeta, readableField } from '@tessera/core'
import type { Field, OneOfField } from '../screens.ts'
import type { Chosen } from './bulk.ts'
import { choicesOf } from './choices.ts'
import { testOf } from './condition.ts'
import type { Typed } from './control.ts'
import { calledShort } from './joined.ts'
import { prepareList } from './list-columns.ts'
import type { Reader } from './reader.ts'
import { findRow, queryRows, type Row } from './rows.ts'

/** As many as one can look through. */
export const mostTogether = 50

/** The input that names the record that remains. */
export function remainingInput(action: Action): ActionInput | undefined {
  return action.remains && inputsOf(action).find(({ name }) => name === action.remains?.as)
}

/** Those to which it is done: the one that remains is left out. */
export function withoutRemaining(action: Action, { ids, values }: Chosen, typed: Typed): Chosen {
  const remaining = action.remains && typed.get(action.remains.as)?.at(-1)
  return { ids: ids.filter((id) => id !== remaining), values: values.filter(({ name, value }) => name !== 'id' || value !== remaining) }
}

/** Those that are left to be done, and again the one in which they are to go on. */
export function withRemaining(action: Action, { ids, values }: Chosen, typed: Typed): Chosen {
  const remaining = action.remains && typed.get(action.remains.as)?.at(-1)
  if (remaining === undefined || ids.includes(remaining)) return { ids, values }
  return { ids: [...ids, remaining], values: [...values, { name: 'id', value: remaining }] }
}

/** All that were chosen, with what the list says of each; at first the oldest that is still open is the one that remains. */
export async function chooseRemaining(
  reader: Reader,
  model: ModelMeta,
  { name, reference }: ActionInput,
  ids: readonly string[],
  typed: Typed,
): Promise<Pick<OneOfField, 'kind' | 'value' | 'options'>> {
  const { columns } = prepareList(reader, model)
  const about = columns.filter(({ column, optional }) => !column.title && !column.code && !column.narrow && optional === undefined)
  const test = reference?.where && testOf(model, reference.where, reader.ability)
  const { rows } = await queryRows(reader.records, model, {
    fields: [...new Set([...about.flatMap(({ maker }) => maker.needs), ...model.title.needs, ...(test?.needs ?? [])])],
    where: { id: { $in: ids } },
    order: { createdAt: 'asc' },
    limit: mostTogether + 1,
  })
  const options = rows.map((row) => {
    const cells = about.map(({ maker }) => maker.make(row, reader))
    const fits = test?.holds(row, reader.asking) !== false
    const isOpen = cells.some((cell) => cell.as === 'status' && cell.category !== 'closed')
    return { value: row.id, label: row.label ?? calledShort(model, row), cells: cells.filter(({ as }) => as !== 'empty'), fits, isOpen }
  })
  const first = options.find(({ fits, isOpen }) => fits && isOpen) ?? options.find(({ fits }) => fits)
  return { kind: 'one-of', value: typed.get(name)?.at(-1) ?? first?.value ?? '', options }
}

/** From one record: the likely ones at first, and every one that it can go on in is found by typing. */
export async function offerRemaining(
  reader: Reader,
  model: ModelMeta,
  action: Action,
  { name }: ActionInput,
  row: Row,
  value: string,
): Promise<Pick<Extract<Field, { kind: 'relation' }>, 'kind' | 'value' | 'options' | 'search' | 'chosen'>> {
  const found = new Map<string, Row>()
  for (const where of await amongFor(reader, model, action, row.id)) {
    const { rows } = await choicesOf(reader, model, where)
    for (const each of rows) found.set(each.id, each)
    if (found.size >= mostTogether) break
  }
  const chosen = value === '' ? undefined : (found.get(value) ?? (await findRow(reader.records, model, value, [])))
  return {
    kind: 'relation',
    value,
    options: [...found.values()].slice(0, mostTogether).map(({ id, label }) => ({ value: id, label: label ?? '' })),
    search: `/${model.path}/options?action=${action.name}&field=${name}&id=${row.id}`,
    ...(chosen && { chosen: { label: chosen.label ?? '' } }),
  }
}

/** Which records the one can go on in, the likely ones first; none for a record that the reader may not see. */
export async function amongFor(reader: Reader, model: ModelMeta, { remains }: Action, id: string): Promise<readonly object[]> {
  if (!remains) return []
  const { needs, code } = remains.among
  const asked = needs.filter((need) => need !== 'id')
  if (asked.some((need) => !readableField(reader.ability, model, need))) return []
  const row = await findRow(reader.records, model, id, asked)
  // What is said of a related record that he may not see can be compared with nothing.
  const isSeen = asked.every((need) => !need.includes('.') || row?.[need.split('.')[0]!])
  return row && isSeen ? code(row as never, { now: reader.now, isNew: false }) : []
}
