/** Working hours as they are stored, made ready to count with. */
import type { Records } from '@tessera/core'
import { type Calendar, minutesOf } from './business-time.ts'
import { Holiday, WorkingHours, WorkingTime } from './working-hours.model.ts'

/** By the id of the working hours. */
export async function calendarsOf(records: Records, ids: readonly string[]): Promise<ReadonlyMap<string, Calendar>> {
  const hours = await records.query(WorkingHours, { fields: ['zone'], where: { id: { $in: ids } }, limit: 200 })
  const times = await all((cursor) =>
    records.query(WorkingTime, {
      fields: ['workingHours', 'weekday', 'begins', 'ends'],
      where: { workingHours: { $in: ids } },
      limit: 200,
      ...cursor,
    }),
  )
  const holidays = await all((cursor) =>
    records.query(Holiday, { fields: ['workingHours', 'day'], where: { workingHours: { $in: ids } }, limit: 200, ...cursor }),
  )
  const of = (id: string) => (row: { readonly workingHours: { readonly id: string } }) => row.workingHours.id === id
  return new Map(
    hours.rows.map(({ id, zone }) => [
      id,
      {
        zone,
        times: times.filter(of(id)).map(({ weekday, begins, ends }) => ({
          weekday: Number(weekday),
          from: minutesOf(begins),
          to: minutesOf(ends),
        })),
        holidays: new Set(holidays.filter(of(id)).map(({ day }) => String(day).slice(0, 10))),
      },
    ]),
  )
}

async function all<R>(
  page: (cursor: { cursor?: string }) => Promise<{ readonly rows: readonly R[]; readonly next: string | null }>,
): Promise<readonly R[]> {
  const rows: R[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const found = await page(cursor === undefined ? {} : { cursor })
    rows.push(...found.rows)
    cursor = found.next
  }
  return rows
}
