import { localTime } from '@tessera/core'

/** How values are written for one reader: his language and time zone. Made once per language and zone, since Intl objects are dear. */
export interface Formats {
  number(value: number): string
  /** Of a whole: 0.25 is "25%". */
  share(part: number): string
  /** Of a count: "10,000+" when there are more. */
  count(value: number, capped?: boolean): string
  /** Short: "18 min", "3 h", "Yesterday", "19 Nov", "2 Dec 2025". */
  when(instant: Date, now: Date): string
  /** In full: "21 Nov 2026, 14:02". */
  exact(instant: Date): string
  /** Of a file: "1.2 MB". */
  size(bytes: number): string
  time(instant: Date): string
  /** A day of this year and the time: "19 Nov, 14:02"; in full for other years. */
  at(instant: Date, now: Date): string
  /** A day without a time: `2026-11-23`. */
  day(day: string): string
  /** "Today", "Yesterday", "Thursday 19 November", with the year where it is another. */
  dayHead(instant: Date, now: Date): string
  /** A group of dates: `2024-04` by month is "April 2024". */
  grain(key: string, grain: string): string
  /** `2024-03-31T09:30`, as an input of type datetime-local holds it. */
  local(instant: Date): string
  compare(a: string, b: string): number
}

const known = new Map<string, Formats>()

export function formatsOf(locale: string, zone: string): Formats {
  const key = `${locale} ${zone}`
  let formats = known.get(key)
  if (!formats) {
    // A language may be asked for by anybody: what is kept stays small.
    if (known.size >= 200) known.clear()
    formats = makeFormats(locale, zone)
    known.set(key, formats)
  }
  return formats
}

/** Short, for one reader: "18 min", "3 h", "Yesterday", "19 Nov". */
export function whenOf(
  instant: Date,
  { locale, zone, now }: { readonly locale: string; readonly zone: string; readonly now: Date },
): string {
  return formatsOf(locale, zone).when(instant, now)
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

function makeFormats(language: string, timeZone: string): Formats {
  // English without a country is written as most of the world writes it: the day before the month, 24 hours.
  const locale = language === 'en' ? 'en-GB' : language
  const date = (options: Intl.DateTimeFormatOptions, zone = timeZone) => new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const minutes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'short' })
  const hours = new Intl.NumberFormat(locale, { style: 'unit', unit: 'hour', unitDisplay: 'narrow' })
  const size = (unit: string, digits: number) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits })
  const [kilobytes, megabytes, gigabytes] = [size('kilobyte', 0), size('megabyte', 1), size('gigabyte', 1)]
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const thisYear = date({ day: 'numeric', month: 'short' })
  const otherYear = date({ day: 'numeric', month: 'short', year: 'numeric' })
  const exact = date({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const dayAndTime = date({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const time = date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const weekday = date({ weekday: 'long', day: 'numeric', month: 'long' })
  const weekdayOfYear = date({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const plainDay = date({ day: 'numeric', month: 'short', year: 'numeric' }, 'UTC')
  const month = date({ month: 'long', year: 'numeric' }, 'UTC')
  const collator = new Intl.Collator(locale, { numeric: true })
  const dayOf = (instant: Date) => localTime(instant, timeZone).slice(0, 10)
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)
  const daysApart = (instant: Date, now: Date) => Math.round((Date.parse(dayOf(now)) - Date.parse(dayOf(instant))) / dayMs)
  // A page shows the same few days again and again.
  const shown = new Map<number, string>()
  const kept = (instant: Date, make: () => string): string => {
    const at = instant.getTime()
    let text = shown.get(at)
    if (text === undefined) {
      if (shown.size >= 5_000) shown.clear()
      text = make()
      shown.set(at, text)
    }
    return text
  }

  return {
    number: (value) => number.format(value),
    share: (part) => percent.format(part),
    count: (value, capped = false) => (capped ? `${number.format(value)}+` : number.format(value)),
    when(instant, now) {
      const past = now.getTime() - instant.getTime()
      if (past >= 0 && past < hourMs) return minutes.format(Math.max(1, Math.floor(past / minuteMs)))
      if (past >= 0 && past < 12 * hourMs) return hours.format(Math.floor(past / hourMs))
      if (Math.abs(past) < 3 * dayMs) {
        const apart = daysApart(instant, now)
        if (Math.abs(apart) <= 1) return capital(relative.format(-apart, 'day'))
      }
      const isNear = Math.abs(past) < 300 * dayMs
      return isNear ? thisYear.format(instant) : otherYear.format(instant)
    },
    size(bytes) {
      if (bytes >= 1e9) return gigabytes.format(bytes / 1e9)
      return bytes >= 1e6 ? megabytes.format(bytes / 1e6) : kilobytes.format(Math.ceil(bytes / 1e3))
    },
    exact: (instant) => kept(instant, () => exact.format(instant)),
    time: (instant) => time.format(instant),
    at: (instant, now) => (Math.abs(now.getTime() - instant.getTime()) < 300 * dayMs ? dayAndTime : exact).format(instant),
    day: (day) => plainDay.format(new Date(`${day}T00:00:00Z`)),
    dayHead(instant, now) {
      const apart = daysApart(instant, now)
      if (Math.abs(apart) <= 1) return capital(relative.format(-apart, 'day'))
      return dayOf(instant).slice(0, 4) === dayOf(now).slice(0, 4) ? weekday.format(instant) : weekdayOfYear.format(instant)
    },
    grain(key, grain) {
      if (grain === 'day') return plainDay.format(new Date(`${key}T00:00:00Z`))
      if (grain === 'month') return month.format(new Date(`${key}-01T00:00:00Z`))
      return key.replace('-', ' ')
    },
    local: (instant) => localTime(instant, timeZone).slice(0, 16),
    compare: collator.compare,
  }
}
