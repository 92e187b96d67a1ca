/** The clock of a ticket: how much of its working time is used, and by when what is promised is due. No database, no clock of its own. */
import { afterMinutes, type Calendar, minutesBetween } from './business-time.ts'

/** What a policy promises, in working minutes of its calendar. */
export interface Promised {
  readonly calendar: Calendar
  readonly firstResponse: number | null
  readonly resolution: number | null
  readonly atRisk: number
}
/** Minutes used before it began to run last, and since when it runs; null while it stands. */
export interface Clock {
  readonly used: number
  readonly since: Date | null
}
/** By when, and from when it is at risk; both null where nothing is due. */
export interface Due {
  readonly target: Date | null
  readonly risk: Date | null
}
const nothingDue: Due = { target: null, risk: null }

/** Neither a pause nor a closing stops it: whoever asked has waited since then. */
export function firstResponseDue({ calendar, firstResponse, atRisk }: Promised, filed: Date): Due {
  return firstResponse === null ? nothingDue : dueAfter(calendar, filed, firstResponse, atRisk)
}

export const runningSince = (since: Date): Clock => ({ used: 0, since })

/** Goes on where it stood. */
export function started(clock: Clock, at: Date): Clock {
  return clock.since ? clock : { used: clock.used, since: at }
}

/** What it ran until then is used, and it runs on from there. */
export function settled(clock: Clock, at: Date, { calendar }: Promised): Clock {
  return clock.since ? { used: clock.used + minutesBetween(calendar, clock.since, at), since: at } : clock
}

/** Stands, unless its time has run out: nobody takes a ticket off the overdue ones by putting it on hold. */
export function stopped(clock: Clock, at: Date, promised: Promised): Clock {
  const { used } = settled(clock, at, promised)
  return promised.resolution !== null && used >= promised.resolution ? clock : { used, since: null }
}

/** While it stands nothing is due, and how many working minutes are left is known instead. */
export function resolutionDue(clock: Clock, { calendar, resolution, atRisk }: Promised): Due & { readonly left: number | null } {
  if (resolution === null) return { ...nothingDue, left: null }
  const left = resolution - clock.used
  return clock.since ? { ...dueAfter(calendar, clock.since, left, atRisk), left: null } : { ...nothingDue, left }
}

function dueAfter(calendar: Calendar, from: Date, minutes: number, atRisk: number): Due {
  const target = afterMinutes(calendar, from, minutes) ?? null
  return { target, risk: target && (afterMinutes(calendar, from, minutes - atRisk) ?? null) }
}
