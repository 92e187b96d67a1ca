/** A list: its search, its table, its pages. */
import type { Cell, Tone } from './cells.ts'
import type { Action, AppScreen, HiddenValue } from './frame.ts'

export interface ListScreen extends AppScreen {
  /** Names the rows for people: "tickets", in "Search tickets…". */
  readonly noun: string
  readonly create?: Action
  readonly search: SearchBar
  readonly views: readonly ViewLink[]
  /** Absent where groups are listed, which have one page. */
  readonly pager?: Pager
  readonly table: Table
  /** Actions on the selected rows; a POST sends `id` once per chosen row. Without any there are no checkboxes. */
  readonly bulk: readonly Action[]
  /** Selects everything that matches, not only this page (GET, renders the same list with `allSelected`). */
  readonly selectAll?: { readonly href: string; readonly count: string }
  /** A sentence: why not everything that matches was chosen. */
  readonly refusal?: string
  /** The whole result is chosen: every bulk action also sends these values. */
  readonly allSelected?: { readonly count: string; readonly values: readonly HiddenValue[]; readonly clear: string }
  readonly columnsMenu?: ColumnsMenu
  /** Where all that the list shows is had as a file, for whoever may. */
  readonly exportHref?: string
  /** Where records are made from a file, for whoever may make some. */
  readonly importHref?: string
  /** Sums and remarks under the table. */
  readonly facts?: readonly Fact[]
  /** Present exactly when there are no rows. */
  readonly empty?: EmptyState
  /** The address of this very state, for the history and for `back`. */
  readonly here: string
}

export interface SearchBar {
  /** GET to here with `name`, and with `keep`. */
  readonly action: string
  /** Usually "q". */
  readonly name: string
  readonly value: string
  readonly placeholder: string
  /** GET with `q`, answers `{data: [{kind, label, href}]}`: what may be meant by what is being typed. */
  readonly suggest?: string
  readonly chips: readonly Chip[]
  /** The rest of the state, as hidden inputs, so that a search keeps filters, grouping and order. */
  readonly keep: readonly HiddenValue[]
  readonly filters?: readonly MenuSection[]
  readonly groups?: readonly MenuSection[]
  /** Saved views, and saving this one. */
  readonly favourites?: readonly MenuSection[]
}

/** One facet: "District: Harbour or Old Town ×". */
export interface Chip {
  readonly kind: 'filter' | 'date' | 'group' | 'text'
  /** Absent for a filter that has only its name. */
  readonly label?: string
  readonly values: readonly string[]
  readonly remove: string
  /** Where it can be changed. */
  readonly edit?: string
}

export interface MenuSection {
  readonly label?: string
  /** Opened by its label. */
  readonly folded?: boolean
  readonly items: readonly MenuItem[]
}

/** A choice that the address remembers; choosing it again takes it back. */
export interface MenuItem {
  readonly label: string
  readonly href: string
  readonly chosen: boolean
  /** As of an action. */
  readonly asks?: boolean
  readonly icon?: string
  /** Pages that ask how it shall be, and whether it shall be. */
  readonly edit?: string
  readonly remove?: string
}

export interface ViewLink {
  readonly kind: 'list' | 'kanban' | 'calendar' | 'pivot' | 'graph'
  readonly href: string
  /** On a phone, which is not wide enough for that: an agenda, for a month. */
  readonly phone?: string
  readonly current: boolean
}

export interface Pager {
  readonly from: number
  readonly to: number
  readonly total: number
  /** There are more than `total`: shown as "10,000+". */
  readonly capped: boolean
  /** Keyset pages: addresses, not numbers. Absent at either end. */
  readonly previous?: string
  readonly next?: string
}

export interface Table {
  readonly columns: readonly Column[]
  /** Rows and group heads in the order to show; every row has one cell per column. */
  readonly body: readonly (Row | GroupRow | MoreRow)[]
  /** One cell per column, under the rows; empty cells for columns without a sum. */
  readonly totals?: readonly Cell[]
  /** For people who hear the table. */
  readonly caption: string
}

export interface Column {
  readonly name: string
  readonly label: string
  /** What the cells mostly are; decides width and alignment. */
  readonly kind: Cell['as']
  /** The one column that takes the free width and carries the row's link. Absent in all, the first is it. */
  readonly title?: boolean
  /** Holds codes such as "LC-48171": as wide as they are. */
  readonly code?: boolean
  /** Shows glyphs only, for instance levels; the head is read aloud but not seen. */
  readonly narrow?: boolean
  readonly sort?: SortLink
  /** In pixels, as its reader drew it: a step of 20 from 60 to 600. */
  readonly width?: number
  /** Where it stands when a row becomes a card; absent, `table.ts` decides by kind. */
  readonly place?: Place
}

export type Place = 'top-start' | 'top-end' | 'title' | 'bottom-start' | 'bottom-end' | 'hidden'

export interface SortLink {
  readonly href: string
  /** With the keys that are there: for a press with Shift held. */
  readonly also?: string
  /** Its place among several keys, from 1. */
  readonly rank?: number
  /** How the table is sorted by this column now; absent if it is not. */
  readonly now?: 'ascending' | 'descending'
}

export interface Row {
  readonly is: 'row'
  readonly id: string
  readonly href: string
  /** Names the row for the checkbox: "Select LC-48171". */
  readonly name: string
  readonly cells: readonly Cell[]
  readonly selected?: boolean
  /** Archived or closed rows step back. */
  readonly muted?: boolean
}

export interface GroupRow {
  readonly is: 'group'
  /** 0 is the outermost. */
  readonly depth: number
  readonly label: string
  /** Already formatted and perhaps capped. */
  readonly count: string
  /** Opens or closes it; the address remembers. */
  readonly href: string
  readonly open: boolean
  readonly facts?: readonly Fact[]
}

/** Below rows of an open group: the way to all of them, and through them. Without a way, a word on what is not shown. */
export interface MoreRow {
  readonly is: 'more'
  readonly label: string
  readonly href?: string
  readonly pages?: {
    /** "11–20 / 44". */
    readonly range: string
    /** Tells one pager from the others of the page. */
    readonly id: string
    /** What its ways are called. */
    readonly before: string
    readonly after: string
    readonly previous?: string
    readonly next?: string
  }
}

/** "2 overdue", "Average age 2.1 d". */
export interface Fact {
  readonly label: string
  /** What it counts. */
  readonly href?: string
  readonly value?: string
  readonly icon?: string
  readonly tone?: Tone
}

export interface ColumnsMenu {
  /** Takes a POST of `column` once per chosen column, and `back`. */
  readonly action: string
  readonly columns: readonly {
    readonly name: string
    readonly label: string
    readonly shown: boolean
    readonly fixed?: boolean
    /** Moves it before the one before it (POST, with the chosen ones). */
    readonly earlier?: string
  }[]
  /** Asks for fields that are not among them. */
  readonly more?: string
  /** Takes a POST. */
  readonly reset?: string
}

export interface EmptyState {
  readonly icon?: string
  /** One sentence on what would be here ("No ticket matches"). */
  readonly text: string
  readonly hint?: string
  /** The one next action: create the first one, or "Clear filters". */
  readonly action?: Action
}
