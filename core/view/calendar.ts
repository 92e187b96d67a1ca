/** The calendar of a model: on which days its records stand, checked as it is declared. */
import { checkPath } from '../check/faults.ts'
import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import type { CalendarDraft } from './draft.ts'
import type { ViewScope } from './origins.ts'
import { checkTones } from './parts.ts'
import type { CalendarView } from './view.ts'

/** What is a calendar's own; its parts are like those of every screen. */
export function draftCalendar(
  scope: ViewScope,
  model: ModelMeta,
  { date, until, tones }: CalendarView,
): Pick<CalendarDraft, 'kind' | 'date' | 'until' | 'tones'> {
  const where = `The calendar of "${model.name}" shows records`
  const begins = checkPath(scope, 'view', model, date, `${where} on the day`)
  const ends = until === undefined ? undefined : checkPath(scope, 'view', model, until, `${where} until`)
  if (begins && !isDay(begins)) scope.report('view.no_day', `${where} on the day "${date}", which is no stored date or instant.`)
  if (begins && ends && typeOf(ends) !== typeOf(begins))
    scope.report('view.no_day', `${where} until "${until}", which is not of the same type as "${date}".`)
  checkTones(scope, model, tones, `the calendar of "${model.name}"`)
  return { kind: 'calendar', date, until, tones }
}

/** Stored: what is computed by a query could only be looked for in every record. */
const isDay = (field: FieldMeta): boolean =>
  field.kind === 'scalar' && ['date', 'datetime'].includes(field.type) && field.column !== undefined
const typeOf = (field: FieldMeta): string => (field.kind === 'scalar' ? field.type : field.kind)
