/** What stands under the columns. */
import { type ModelMeta, readableField } from '@tessera/core'
import type { Cell, Table } from '../screens.ts'
import type { PreparedColumn } from './list-columns.ts'
import type { Reader } from './reader.ts'

/** The sums and averages that the shown columns declare, of everything that matches and not only of this page. */
export async function totalsOf(
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

export const measureInWords = ({ formats, t }: Pick<Reader, 'formats' | 't'>, measure: string, value: number): string =>
  measure.endsWith(':avg') ? t('web.average', { value: formats.number(value) }) : formats.number(value)
