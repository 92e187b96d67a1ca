/** How days and hours are called in a language. */
import { localTime } from '@tessera/core'
import type { ShownDays } from './calendar-days.ts'
import type { ListState } from './list-state.ts'

/** Days are days of the calendar, wherever one is; times are said as the language says them, by 12 or 24 hours. */
export function wordsFor(language: string) {
  const locale = language === 'en' ? 'en-GB' : language
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  const [weekday, number] = [format({ weekday: 'short' }), format({ day: 'numeric' })]
  const day = format({ weekday: 'long', day: 'numeric', month: 'long' })
  const whole = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const month = format({ month: 'long', year: 'numeric' })
  const range = format({ day: 'numeric', month: 'long', year: 'numeric' })
  const byTwelve = format({ hour: 'numeric' }).resolvedOptions().hour12 === true
  const time = format({ hour: byTwelve ? 'numeric' : '2-digit', minute: '2-digit' })
  // "8 AM", but "08:00".
  const hour = byTwelve ? format({ hour: 'numeric' }) : time
  const shown = (instant: Date, zone: string) => new Date(`${localTime(instant, zone)}Z`)
  const isOneDay = (one: Date, other: Date) => one.toISOString().slice(0, 10) === other.toISOString().slice(0, 10)
  const at = (text: string) => new Date(`${text}T00:00:00Z`)
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)
  return {
    weekday: (text: string) => capital(weekday.format(at(text))),
    number: (text: string) => number.format(at(text)).replace(/\D+$/u, '') || number.format(at(text)),
    day: (text: string) => capital(day.format(at(text))),
    inText: (text: string) => day.format(at(text)),
    time: (instant: Date, zone: string) => time.format(shown(instant, zone)),
    /** Both of one day, whose midnight is of the next: a range of two days would be said with their dates. */
    times(start: Date, end: Date, zone: string) {
      const [from, to] = [shown(start, zone), shown(end, zone)]
      return isOneDay(from, to) ? time.formatRange(from, to) : `${time.format(from)} – ${time.format(to)}`
    },
    hours: Array.from({ length: 24 }, (_, each) => hour.format(new Date(Date.UTC(2000, 0, 1, each)))),
    label(span: ListState['span'], { day: of, days }: ShownDays) {
      if (span === 'day') return capital(whole.format(at(of)))
      return capital(span === 'month' ? month.format(at(of)) : range.formatRange(at(days[0]!), at(days.at(-1)!)))
    },
  }
}
