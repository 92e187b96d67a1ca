/** A calendar as a list: the days on which there is something, one below the other, from the chosen one on. */
import { localTime } from '@tessera/core'
import type { CalendarEntry } from '../screens.ts'
import { daysBetween } from './calendar-days.ts'
import type { wordsFor } from './calendar-words.ts'
import type { Reader } from './reader.ts'

/** A record on one of its days. */
export interface AgendaEntry {
  readonly entry: CalendarEntry
  /** Its first and its last day. */
  readonly from: string
  readonly to: string
  /** Of instants: when it begins and ends. */
  readonly start?: Date | undefined
  readonly end?: Date | undefined
}

type Words = ReturnType<typeof wordsFor>

/** What takes the whole day first, then by the time at which it begins there; of several days each says the how manyth it is. */
export function onDay(reader: Reader, words: Words, day: string, entries: readonly AgendaEntry[]): readonly CalendarEntry[] {
  return entries
    .map((each) => ({ ...each, when: timeOn(reader, words, day, each) }))
    .toSorted((a, b) => a.when.minute - b.when.minute)
    .map(({ entry: { time, ...entry }, from, to, when }) => ({
      ...entry,
      ...(when.time !== undefined && { time: when.time }),
      ...(to > from && {
        part: reader.t('web.calendar_part', { day: daysBetween(from, day) + 1, days: daysBetween(from, to) + 1 }),
      }),
    }))
}

/** When it is there on that day, in words, and the minute by which it stands among the others. */
function timeOn(
  { t, zone }: Reader,
  words: Words,
  day: string,
  { from, to, start, end }: AgendaEntry,
): { readonly minute: number; readonly time?: string } {
  if (!start) return { minute: -1 }
  const [begins, ends] = [start, end && end > start ? end : undefined]
  const isFromMidnight = day > from || minuteOf(begins, zone) === 0
  const isToMidnight = day < to || (ends !== undefined && minuteOf(ends, zone) === 0 && localTime(ends, zone).slice(0, 10) > day)
  if (isFromMidnight && isToMidnight) return { minute: -1, time: t('web.calendar_all_day') }
  const minute = day > from ? 0 : minuteOf(begins, zone)
  if (!ends) return { minute, time: words.time(begins, zone) }
  if (day > from) return { minute, time: t('web.calendar_until', { time: words.time(ends, zone) }) }
  if (day < to) return { minute, time: t('web.calendar_from', { time: words.time(begins, zone) }) }
  return { minute, time: words.times(begins, ends, zone) }
}

function minuteOf(instant: Date, zone: string): number {
  const local = localTime(instant, zone)
  return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
}

/** So many days without anything are said; fewer are seen by the days around them. */
const longGap = 7

/** The days on which there is something, and whether it is to be said that there was nothing before. */
export function withGaps<D extends { readonly day: string; readonly isFree: boolean }>(
  days: readonly D[],
): { readonly shown: readonly (D & { readonly isAfterGap: boolean })[]; readonly isFreeAtEnd: boolean } {
  const shown: (D & { readonly isAfterGap: boolean })[] = []
  let free = 0
  for (const each of days) {
    if (each.isFree) free++
    else {
      shown.push({ ...each, isAfterGap: free >= longGap || (shown.length === 0 && free > 0) })
      free = 0
    }
  }
  return { shown, isFreeAtEnd: free > 0 }
}

/** Of days whose records did not all come, those that are told whole; at least the first. */
export function wholeDays(days: readonly string[], lastBegins: string): readonly string[] {
  const whole = days.filter((day) => day < lastBegins)
  return whole.length > 0 ? whole : days.slice(0, 1)
}
