/** Where to look when there is nothing in the days that somebody looks at. */
import { localTime, type Model, type Services, type Where } from '@tessera/core'
import { daysIn, type Period, periodInWords, periodOf } from './period.ts'

export interface LatestDays {
  readonly first: string
  readonly last: string
  /** That there is nothing in the days asked for, and of which day the latest before them is. */
  readonly text: string
  /** What leads to them: "Show 18 Mar–16 Apr 2024". */
  readonly show: string
}

/**
 * As many days, the last of which is that of the latest record before `period` by the date `field`, as far as the reader may see it; of
 * those that match the condition and the words, where there are any.
 */
export async function latestDays(
  { app, records, context, text: t }: Services,
  model: Model,
  field: string,
  period: Pick<Period, 'first' | 'last'>,
  { where, q }: { readonly where?: object | undefined; readonly q?: string | undefined } = {},
): Promise<LatestDays | undefined> {
  const dated = app.models.of(model).fields.get(field)
  // A date without a time is compared with a day.
  const begins = dated?.kind === 'scalar' && dated.type === 'datetime' ? periodOf(period.first, period.last, context).from : period.first
  const earlier = { $and: [...(where ? [where] : []), { [field]: { $lt: begins } }] } as Where<object>
  const { rows } = await records.query(model, {
    fields: [field] as never,
    where: earlier as never,
    order: { [field]: 'desc' } as never,
    limit: 1,
    ...(q && { q }),
  })
  const latest: unknown = rows[0] && (rows[0] as Readonly<Record<string, unknown>>)[field]
  if (!(latest instanceof Date) && typeof latest !== 'string') return undefined
  const last = latest instanceof Date ? localTime(latest, context.zone).slice(0, 10) : latest.slice(0, 10)
  const first = new Date(Date.parse(`${last}T00:00:00Z`) - (daysIn(period) - 1) * 86_400_000).toISOString().slice(0, 10)
  const inWords = (days: Pick<Period, 'first' | 'last'>) => periodInWords(days, context.locale)
  return {
    first,
    last,
    text: t('web.nothing_then', { day: inWords({ first: last, last }) }),
    show: t('web.show_days', { days: inWords({ first, last }) }),
  }
}
