/** Where records stand in the hours of a day: by the reader's clock, in quarters of an hour, side by side where they overlap. */
import { localTime } from '@tessera/core'

/** In quarters of an hour since midnight; `to` is not part of it. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface Place {
  /** Beginning at 1, of so many that stand side by side. */
  readonly lane: number
  readonly lanes: number
}

export const quartersOfDay = 96
/** Shorter than this, nobody could read what it says. */
const leastQuarters = 2
const dayMs = 86_400_000

/** What takes a day or more stands above the hours. */
export const isLong = (start: Date, end: Date): boolean => end.getTime() - start.getTime() >= dayMs

/** The last moment of what ends then: at midnight it is still the day before. */
export const lastMoment = (start: Date, end: Date): Date => (end > start ? new Date(end.getTime() - 1) : start)

/**
 * What of a day lies between two moments, by the wall clock there: where clocks are put forward an hour is empty, where they are put back
 * one is there twice.
 */
export function stretchOn(day: string, start: Date, end: Date, zone: string): Stretch {
  const [begins, ends] = [localTime(start, zone), localTime(lastMoment(start, end), zone)]
  const from = begins.slice(0, 10) < day ? 0 : Math.floor(minutesOf(begins) / 15)
  const to = ends.slice(0, 10) > day ? quartersOfDay : Math.floor(minutesOf(ends) / 15) + 1
  const first = Math.min(from, quartersOfDay - leastQuarters)
  return { from: first, to: Math.max(to, first + leastQuarters) }
}

/** The quarter of its day in which a moment lies. */
export const quarterOf = (instant: Date, zone: string): number => Math.floor(minutesOf(localTime(instant, zone)) / 15)

const minutesOf = (local: string): number => Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))

/**
 * Each in a lane that is free as long as it takes, the first that began in the first; all that hang together share the width. What finds
 * none of `most` lanes free is undefined.
 */
export function lanesOf(stretches: readonly Stretch[], most: number): readonly (Place | undefined)[] {
  const order = stretches.map((_, at) => at).sort((a, b) => byBeginning(stretches[a]!, stretches[b]!) || a - b)
  const places: (Place | undefined)[] = stretches.map(() => undefined)
  let together: { readonly at: number; readonly lane: number }[] = []
  /** When each lane is free again. */
  let free: number[] = []
  const settle = () => {
    for (const { at, lane } of together) places[at] = { lane, lanes: free.length }
    together = []
    free = []
  }
  for (const at of order) {
    const { from, to } = stretches[at]!
    if (free.every((until) => until <= from)) settle()
    const open = free.findIndex((until) => until <= from)
    const lane = open === -1 ? free.length : open
    if (lane >= most) continue
    free[lane] = to
    together.push({ at, lane: lane + 1 })
  }
  settle()
  return places
}

const byBeginning = (a: Stretch, b: Stretch): number => a.from - b.from || b.to - a.to
