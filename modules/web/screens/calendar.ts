/** Records on the days that they name. */
import type { Cell, Tone } from './cells.ts'
import type { Action, AppScreen } from './frame.ts'
import type { SearchBar, ViewLink } from './list.ts'

export interface CalendarScreen extends AppScreen {
  readonly noun: string
  readonly create?: Action
  readonly search: SearchBar
  readonly views: readonly ViewLink[]
  /** The address of this very state, for the history and for `back`. */
  readonly here: string
  readonly span: 'month' | 'week' | 'day' | 'agenda'
  readonly spans: readonly { readonly label: string; readonly href: string; readonly current: boolean; readonly hotkey: string }[]
  /** "November 2026", "16 – 22 November 2026", "Sunday 22 November 2026", of an agenda its days. */
  readonly label: string
  readonly previous: string
  readonly next: string
  readonly today: string
  /** The names of the days of a week, beginning with the one on which the reader's weeks begin. */
  readonly weekdays: readonly string[]
  readonly days: readonly CalendarDay[]
  /** Of instants, in a week and a day: what each hour is called. */
  readonly hours?: readonly string[]
  /** Beside them: the quarter in which the working day begins, and what of a day lies outside it. */
  readonly begins?: number
  readonly offHours?: readonly { readonly starts: number; readonly lasts: number }[]
  /** Beside them: the most entries of one day that stand above its hours, 0 to 4, so that the hours of all days stand side by side. */
  readonly above?: number
  /** "No activities in this time". */
  readonly empty?: string
  /** Of an agenda: until when there is nothing more, and the way to what comes after. */
  readonly rest?: { readonly said?: string; readonly label: string; readonly href: string }
}

export interface CalendarDay {
  /** 2026-11-22: what a move sends as `to`. */
  readonly day: string
  readonly number: string
  /** "Sunday 22 November". */
  readonly label: string
  /** That day alone. */
  readonly href: string
  readonly isToday?: boolean
  /** Of the month before or after. */
  readonly isOutside?: boolean
  /** Of an agenda: "Nothing until Thursday 3 December", above it. */
  readonly gap?: string
  /** A form for a new record on this day. */
  readonly create?: { readonly href: string; readonly label: string }
  readonly entries: readonly CalendarEntry[]
  /** "Sun", beside the number, where there are hours. */
  readonly weekday?: string
  /** Those that stand in its hours. */
  readonly timed?: readonly TimedEntry[]
  /** Of today: in which quarter of an hour it is now. */
  readonly now?: number
  readonly more?: { readonly href: string; readonly label: string }
}

export interface CalendarEntry {
  readonly id: string
  readonly href: string
  readonly title: string
  /** Of an instant: when on that day. */
  readonly time?: string
  /** Of an agenda: "day 2 of 3". */
  readonly part?: string
  readonly tone?: Tone
  /** The sign of the tone, and what it means, read aloud. */
  readonly icon?: string
  readonly said?: string
  readonly facts: readonly Cell[]
  /** The day on which it begins, of an instant with the time (`2026-11-22T09:30`), for the form that moves it. */
  readonly begins: string
  readonly hasTime?: boolean
  readonly version?: string
  /** Takes a POST of `to` (as `begins`, or a day), `_version`, `_csrf` and `back`; answers as a card's `move` does. Absent, the entry stays where it is. */
  readonly move?: string
}

/** By quarters of an hour since midnight, and the lane of so many that stand side by side, which begin at 1. */
export interface TimedEntry extends CalendarEntry {
  readonly starts: number
  readonly lasts: number
  readonly lane: number
  readonly lanes: number
}
