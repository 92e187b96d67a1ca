/** Pages of other modules. */
import type { AppScreen, Frame } from './frame.ts'

/** A page of another module among the staff's screens. */
export interface ContentScreen extends AppScreen {
  /** Safe HTML. */
  readonly content: string
}

/** A page of another module for whoever is no staff. */
export interface OpenScreen {
  readonly shell: Frame
  readonly title: string
  /** Safe HTML: the whole page with its own `<main id="main">`. */
  readonly content: string
  /** A class on the body's one child. */
  readonly look: 'portal'
  /** Addresses of further style sheets, behind ours. */
  readonly styles?: readonly string[]
}
