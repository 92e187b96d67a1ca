/** What stands under the columns. */
import type { ModelMeta } from '@tessera/core'
import type { Cell, Table } from '../screens.ts'
import type { PreparedColumn } from './list-columns.ts'
import type { Reader } from './reader.ts'

/** The sums and averages that the shown columns declare, of everything that matches and not only of this page: one question for all. */
export async function totalsOf(
  reader: Reader,
  model: ModelMeta,
  where: object | undefined,
  q: string,
  columns: readonly PreparedColumn[],
): Promise<Pick<Table, 'totals'>> {
  const measureOf = ({ shown }: PreparedColumn) => (shown.total ? `${shown.field}:${shown.total}` : undefined)
  const measures = columns.flatMap((each) => measureOf(each) ?? [])
  if (measures.length === 0) return {}
  const ask = { by: [], measures, about: true, q: q || undefined, ...(where && { where }) }
  const [row] = await reader.records.group(model.handle, ask as never)
  const totals = columns.map((each): Cell => {
    const measure = measureOf(each)
    const value = measure === undefined ? undefined : row?.[measure]
    return measure !== undefined && typeof value === 'number'
      ? { as: 'number', shown: measureInWords(reader, measure, value) }
      : { as: 'empty' }
  })
  return { totals }
}

export const measureInWords = ({ formats, t }: Pick<Reader, 'formats' | 't'>, measure: string, value: number): string =>
  measure.endsWith(':avg') ? t('web.average', { value: formats.number(value) }) : formats.number(value)
