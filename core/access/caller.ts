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
  readonly credential?: Credential | undefined
}

/** What a request came in with. Absent for jobs, commands, and whoever is not signed in. */
export type Credential =
  | {
      readonly kind: 'key'
      readonly id: string
      /** Undefined for a key that may do all that its owner may. */
      readonly scopes: readonly string[] | undefined
    }
  | {
      readonly kind: 'session'
      readonly id: string
      /** When he last showed that it is he: by signing in, or by confirming it. */
      readonly confirmedAt: Date
      /** An administrator who looks at what the caller sees; he changes nothing. */
      readonly viewedBy?: { readonly id: string; readonly name: string } | undefined
    }
