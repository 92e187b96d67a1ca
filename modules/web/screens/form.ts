/** A record on its own. */
import type { BadgeCell, Cell, Outcome } from './cells.ts'
import type { Field, TextField } from './fields.ts'
import type { Files } from './files.ts'
import type { Action, AppScreen, HiddenValue } from './frame.ts'
import type { EmptyState, Table } from './list.ts'
import type { Conflict, ErrorSummary } from './refused.ts'
import type { Conversation, History } from './talk.ts'

export interface FormScreen extends AppScreen {
  /** What the crumb trail calls it ("SP-2026-01847"); the title if absent. */
  readonly code?: string
  /** Where the record is saved: a POST of every field, `_csrf` and `_version`. Absent, the form is read-only. */
  readonly save?: string
  /** Where "Discard" leads: the record as it is stored, or the list for a new one. */
  readonly discard: string
  readonly isNew: boolean
  /** Version of the record as it was read; sent as `_version`. */
  readonly version?: string
  /** Takes the whole form by POST while typing and answers with the fragment; fields marked `live` trigger it. */
  readonly refresh?: string
  /** Small facts above the title: level, type, "opened 19 Nov, 14:02". */
  readonly meta: readonly Cell[]
  /** The title as a field, if it can be edited in place. */
  readonly titleField?: TextField
  /** Badges beside the crumb: "Archived". */
  readonly badges?: readonly BadgeCell[]
  readonly pager?: RecordPager
  /** Verbs on the record: the first three are buttons, the rest are in a menu. */
  readonly actions: readonly Action[]
  /** Archive, duplicate, delete: the menu at the end of the top bar. */
  readonly menu: readonly Action[]
  readonly stages?: readonly Stage[]
  readonly links: readonly SmartLink[]
  /** Shown two beside each other. */
  readonly groups: readonly FieldGroup[]
  readonly tabs: readonly Tab[]
  readonly files?: Files
  readonly history?: History
  /** Instead of the history alone, where the record is talked about. */
  readonly conversation?: Conversation
  readonly errors?: ErrorSummary
  readonly conflict?: Conflict
}

export interface RecordPager {
  readonly position: number
  readonly total: number
  readonly capped?: boolean
  readonly previous?: string
  readonly next?: string
}

export interface Stage {
  readonly label: string
  readonly state: 'done' | 'current' | 'future'
  /** Takes a POST (with `_version`) to move there; absent where one may not. */
  readonly move?: string
  readonly values?: readonly HiddenValue[]
  /** The current stage is a closed one without success. */
  readonly outcome?: Outcome
}

export interface SmartLink {
  readonly count: string
  readonly label: string
  readonly href: string
  readonly icon: string
}

export interface FieldGroup {
  readonly name: string
  readonly label?: string
  readonly fields: readonly Field[]
}

export type Tab = FieldsTab | RelatedTab | LinesTab

interface TabHead {
  readonly name: string
  readonly label: string
  readonly count?: string
  /** Opened first; the first tab with errors, else the first, if none is. */
  readonly current?: boolean
  readonly hasErrors?: boolean
}

export interface FieldsTab extends TabHead {
  readonly is: 'fields'
  readonly groups: readonly FieldGroup[]
}

export interface RelatedTab extends TabHead {
  readonly is: 'related'
  readonly table: Table
  /** A link: the record's own form surrounds this tab. */
  readonly create?: { readonly label: string; readonly href: string }
  /** The whole list. */
  readonly all?: { readonly href: string; readonly label: string }
  readonly empty?: EmptyState
}

/** Related records that are written on the form and saved with it. */
export interface LinesTab extends TabHead {
  readonly is: 'lines'
  /** The to-many field. */
  readonly field: string
  readonly columns: readonly { readonly label: string; readonly required?: boolean }[]
  readonly rows: readonly Line[]
  /** The name of the buttons `add`, `remove:<key>` and `keep:<key>`: pressed, the form comes back with other lines, and nothing is saved. */
  readonly change: string
  /** What the button for another line says; absent where the reader may add none. */
  readonly add?: string
  /** The whole list. */
  readonly all?: { readonly href: string; readonly label: string }
  readonly empty?: string
}

export interface Line {
  /** The record's id, or `new1` and so on. */
  readonly key: string
  /** What the names of its controls begin with. */
  readonly name: string
  /** What the record is called. */
  readonly label: string
  /** One for each column; null where there is nothing to show. */
  readonly cells: readonly (Field | null)[]
  readonly values: readonly HiddenValue[]
  /** Goes when the form is saved. */
  readonly removed?: boolean
  readonly removable?: boolean
  readonly href?: string
  /** What is wrong with the line as a whole; has the id `f-<name>`. */
  readonly error?: string
}
