import type { BadgeCell, EmptyCell } from '../screens.ts'
import type { Reader } from './reader.ts'

/** How it stands with a deadline: what the fields hold that a view names. */
export interface Standing {
  /** Empty while nothing is due. */
  readonly due: Date | null
  readonly risk: Date | null
  readonly met: boolean | null
  /** Working minutes, while its clock stands. */
  readonly left: number | null
}
type Asking = Pick<Reader, 't' | 'now' | 'formats'>

/** A deadline against the reader's clock: how much is left or by how much it is over, with a sign and words and never by its colour alone. */
export function deadlineCell({ due, risk, met, left }: Standing, reader: Asking): BadgeCell | EmptyCell {
  const { t, now, formats } = reader
  const badge = { as: 'badge', ground: 'plain' } as const
  if (!due) {
    if (met === true) return { ...badge, label: t('web.deadline_met'), tone: 'green', icon: 'check' }
    if (met === false) return { ...badge, label: t('web.deadline_missed'), tone: 'red', icon: 'x' }
    if (left === null) return { as: 'empty' }
    const title = t('web.deadline_paused_title', { time: durationInWords(left, reader) })
    return { as: 'badge', label: t('web.deadline_paused'), tone: 'grey', icon: 'player-pause', title, more: title }
  }
  const title = t('web.deadline_due', { time: formats.exact(due) })
  const minutes = (due.getTime() - now.getTime()) / 60_000
  const time = spanInWords(minutes, reader)
  const deadline = { due, ...(risk && { risk }), says: saysOf(t) }
  if (minutes < 0)
    return { as: 'badge', label: t('web.deadline_over', { time }), tone: 'red', icon: 'alert-triangle', title, more: title, deadline }
  const label = t('web.deadline_left', { time })
  if (risk && risk <= now) return { as: 'badge', label, tone: 'amber', icon: 'hourglass', title, more: title, deadline }
  return { ...badge, label, tone: 'grey', icon: 'clock', title, more: title, deadline }
}

/** When it is due, for whoever reads a record: "Today 16:00". */
export function dueInWords(due: Date, { formats, now }: Pick<Reader, 'formats' | 'now'>): string {
  const isNear = Math.abs(due.getTime() - now.getTime()) < 7 * 86_400_000
  return isNear ? `${formats.dayHead(due, now)}, ${formats.time(due)}` : formats.at(due, now)
}

/** "40 h", "1 h 30 m": working time, of which a day is no 24 hours. */
export function durationInWords(minutes: number, { t, formats }: Pick<Reader, 't' | 'formats'>): string {
  const whole = Math.round(minutes)
  const [hours, rest] = [Math.floor(whole / 60), whole % 60]
  const values = { hours: formats.number(hours), minutes: formats.number(rest) }
  if (hours === 0) return t('web.span_minutes', values)
  return t(rest === 0 ? 'web.span_hours' : 'web.span_hours_minutes', values)
}

/**
 * "101 d", "2 d 4 h", "5 h 20 m", "40 m": of what is left the minute that has begun counts, of what is over only whole ones.
 * client/deadlines.js goes on with it.
 */
function spanInWords(span: number, reader: Pick<Reader, 't' | 'formats'>): string {
  const minutes = Math.max(1, span < 0 ? Math.floor(-span) : Math.ceil(span))
  if (minutes < 2_880) return durationInWords(minutes, reader)
  const { t, formats } = reader
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)]
  const values = { days: formats.number(days), hours: formats.number(hours) }
  return t(hours === 0 || days >= 10 ? 'web.span_days' : 'web.span_days_hours', values)
}

/** The same texts with their places left open, for the script that counts on. */
function saysOf(t: Reader['t']): string {
  const open = { time: '{time}', days: '{days}', hours: '{hours}', minutes: '{minutes}' }
  const names = ['deadline_over', 'deadline_left', 'span_days_hours', 'span_days', 'span_hours_minutes', 'span_hours', 'span_minutes']
  return JSON.stringify(names.map((name) => t(`web.${name}`, open)))
}
