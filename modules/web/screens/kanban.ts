/** Records as cards in columns. */
import type { Cell, EmptyCell, PersonCell, StatusGlyph, Tone } from './cells.ts'
import type { Action, AppScreen } from './frame.ts'
import type { EmptyState, SearchBar, ViewLink } from './list.ts'

export interface KanbanScreen extends AppScreen {
  readonly noun: string
  readonly create?: Action
  readonly search: SearchBar
  readonly views: readonly ViewLink[]
  readonly total: { readonly count: number; readonly capped: boolean }
  readonly columns: readonly KanbanColumn[]
  /** Cards keep the place in their column that the reader gives them. */
  readonly ordered?: boolean
  readonly empty?: EmptyState
  readonly here: string
}

export interface KanbanColumn {
  /** What a move sends as `to`. */
  readonly key: string
  readonly label: string
  readonly glyph?: StatusGlyph
  readonly count: string
  readonly cards: readonly Card[]
  /** Shares of the bar under the head, in per cent, each with its words ("3 Urgent") and what shows it alone. */
  readonly progress?: readonly { readonly tone: Tone; readonly share: number; readonly words: string; readonly href?: string }[]
  /** A sum: "42 h". */
  readonly sum?: string
  readonly more?: { readonly href: string; readonly label: string }
  readonly create?: string
  /** Where a script gets the form that is filled in at the head of the column. */
  readonly quick?: string
  /** Only the head is shown; `toggle` opens it. */
  readonly folded?: boolean
  readonly toggle?: string
  /** Cards cannot be dropped here. */
  readonly closed?: boolean
}

export interface Card {
  readonly id: string
  readonly href: string
  readonly title: string
  readonly version?: string
  /** Level and code at the start of the first line. */
  readonly top: readonly Cell[]
  /** The state at the end of the first line. */
  readonly state?: Cell
  readonly facts: readonly Cell[]
  readonly person?: PersonCell | EmptyCell
  readonly tags?: readonly string[]
  /**
   * Takes a POST of `to` (column key), `above` and `below` (ids of the cards that it is put between, '' at an end) or `place` (`first`,
   * `up`, `down`, `last`), `_version`, `_csrf` and `back`. Answers a form with 303
   * to `back`, a script (`accept: application/json`) with 2xx (a JSON body may carry the new `version`), or with a problem document whose `detail` is said to the user.
   * Absent, the card stays where it is.
   */
  readonly move?: string
}
