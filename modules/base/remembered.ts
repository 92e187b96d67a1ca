import type { Services } from '@tessera/core'

/** What a process keeps of a key or a session, so that a request costs no look-up. */
export interface Remembering {
  readonly id: string
  readonly user: string
  readonly expiresAt: Date | null
  usedAt: Date
}
export interface RememberedSession extends Remembering {
  readonly expiresAt: Date
  readonly confirmedAt: Date
  readonly viewing: string | undefined
  readonly viewingUntil: Date | null
  readonly renew: boolean
}
export interface RememberedKey extends Remembering {
  readonly origins: readonly string[]
  readonly scopes: readonly string[] | null
  readonly perMinute: number
}
export interface Remembered {
  keys: Map<string, RememberedKey>
  origins: Promise<ReadonlyMap<string, number>> | undefined
  sessions: Map<string, RememberedSession>
}

/** Services live for one request, and two apps may live in one process: what is kept belongs to the app. */
const remembered = new WeakMap<Services['app'], Remembered>()
export function rememberedBy(app: Services['app']): Remembered {
  const known = remembered.get(app) ?? { keys: new Map(), origins: undefined, sessions: new Map() }
  remembered.set(app, known)
  return known
}
/** Only what was found is kept, so that guessing fills no memory; and no more than the busiest day needs. */
export function keep<V>(all: Map<string, V>, hash: string, value: V): V {
  if (all.size >= 10_000) all.clear()
  all.set(hash, value)
  return value
}
