/** What the supervisor and its workers tell each other. A connection goes with the message of this name, both ways. */
import type { Said } from '../failure.ts'
import type { Flags } from '../terminal.ts'

export type ToWorker =
  /** The database is there. */
  | { readonly kind: 'boot'; readonly root: string; readonly flags: Flags; readonly also: readonly string[] }
  /** Do jobs. Of the first worker of a start: load this demonstration before, and say how the first administrator comes in. */
  | { readonly kind: 'work'; readonly first?: { readonly demo: string | undefined } }
  | { readonly kind: 'connection'; readonly waiting: boolean }
  /** Another has taken over: give back what is idle, finish what runs within this time, end. */
  | { readonly kind: 'drain'; readonly withinMs: number }
  /** Everything ends. */
  | { readonly kind: 'stop' }

export type FromWorker =
  /** It can take connections. */
  | { readonly kind: 'ready'; readonly revision: number; readonly isNew: boolean }
  /** What the first worker was asked for is done. */
  | { readonly kind: 'working'; readonly firstRun: string | undefined }
  /** It took the connection and can take another. */
  | { readonly kind: 'taken' }
  /** Its client has nothing to ask at the moment. */
  | { readonly kind: 'connection' }
  /** What it was asked for cannot be; it ends. */
  | { readonly kind: 'failed'; readonly said: Said }
