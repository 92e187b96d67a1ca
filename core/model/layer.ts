/** What one module says about a model: its owner's declaration, or an extension. */
import type { Traits } from './types.ts'

export interface Layer {
  readonly module: string
  readonly fields: Readonly<Record<string, any>>
  readonly traits: Traits<any>
}

/** Of what is composed piece by piece before anybody reads it. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }
