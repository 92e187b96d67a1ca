import { localTime } from '@tessera/core'
import type { BadgeCell } from '../screens.ts'
import { formatsOf } from './formats.ts'

interface Asking {
  readonly now: Date
  readonly zone: string
  readonly locale: string
  readonly t: (code: string, values?: Readonly<Record<string, unknown>>) => string
}

/** A day by which something is to be done, against the reader's own calendar: with a sign and words, never by its colour alone. */
export function dueCell(day: string, { now, zone, locale, t }: Asking): BadgeCell {
  const today = localTime(now, zone).slice(0, 10)
  const shown = formatsOf(locale, zone).day(day)
  const badge = { as: 'badge', ground: 'plain' } as const
  if (day < today) return { ...badge, label: t('web.due_overdue', { day: shown }), tone: 'red', icon: 'alert-circle' }
  if (day === today) return { ...badge, label: t('web.due_today'), tone: 'amber', icon: 'clock', title: shown }
  return { ...badge, label: shown, icon: 'calendar', title: t('web.due_planned_title', { day: shown }) }
}
