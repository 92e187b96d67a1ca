/** Who acts, and through which door. */
import type { Ability } from './ability.ts'

/** Where somebody comes in. */
export type Door = 'web' | 'api' | 'cli' | 'import' | 'job' | 'system'

export interface Caller {
  /** The user's id; null for the system and for nobody. */
  readonly id: string | null
  readonly name: string
  /** The user's own values for placeholders: scalars by name, relations as `partnerId`, `teamIds`. */
  readonly me: Readonly<Record<string, unknown>>
  readonly ability: Ability
}

export interface Context {
  readonly caller: Caller
  readonly door: Door
  /** The instant that everything in this request calls now. */
  readonly now: Date
  /** BCP 47. */
  readonly locale: string
  /** IANA time zone: what a date without a time means. */
  readonly zone: string
  readonly requestId: string
}
