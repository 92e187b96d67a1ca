/** Figures of groups of records: charts and tables of them. */
import type { Action, AppScreen } from './frame.ts'
import type { EmptyState, MenuSection, SearchBar, ViewLink } from './list.ts'

interface FiguresScreen extends AppScreen {
  readonly noun: string
  readonly create?: Action
  readonly search: SearchBar
  readonly views: readonly ViewLink[]
  /** How many records the figures are of. */
  readonly total: string
  readonly tools: FigureTools
  /** What the figures are of: "Tickets by status". */
  readonly caption: string
  /** A sentence: that there are more groups than are shown. */
  readonly cut?: string
  /** A sentence: that some records count in several groups. */
  readonly overlap?: string
  readonly empty?: EmptyState
  readonly here: string
}

/** What is shown, and how: each choice is an address. */
export interface FigureTools {
  readonly menus: readonly { readonly symbol: string; readonly label: string; readonly sections: readonly MenuSection[] }[]
  readonly groups: readonly {
    readonly label: string
    readonly tools: readonly { readonly label: string; readonly icon: string; readonly href: string; readonly current?: boolean }[]
  }[]
  /** Where it is had as a file. */
  readonly download?: { readonly label: string; readonly href: string }
}

export interface GraphScreen extends FiguresScreen {
  /** SVG that is safe as it is. */
  readonly drawing: string
  readonly size: 'small' | 'lying' | 'wide'
  /** Of several series, or the slices of a pie. */
  readonly legend: readonly { readonly series: number; readonly label: string; readonly value?: string; readonly href?: string }[]
  /** The same figures as a table. */
  readonly figures: {
    readonly head: readonly string[]
    readonly rows: readonly { readonly label: string; readonly href: string; readonly cells: readonly FigureCell[] }[]
  }
}

export interface PivotScreen extends FiguresScreen {
  readonly table: PivotTable
}

export interface PivotTable {
  /** A line for each level of columns that is shown, and one of measures where there are several. */
  readonly head: readonly (readonly PivotHead[])[]
  readonly lines: readonly {
    readonly label: string
    /** 0 is the outermost. */
    readonly depth: number
    readonly toggle?: PivotToggle
    readonly cells: readonly FigureCell[]
  }[]
  readonly total: { readonly label: string; readonly cells: readonly FigureCell[] }
}

interface PivotHead {
  readonly label: string
  /** How many columns and lines it takes. */
  readonly across: number
  readonly down: number
  /** Names what the rows are. */
  readonly corner?: boolean
  readonly toggle?: PivotToggle
}

/** Opens a group, or closes it. */
interface PivotToggle {
  readonly href: string
  readonly open: boolean
}

/** A figure and the list of what it counted; without either where there is nothing. */
export interface FigureCell {
  readonly value?: string
  readonly href?: string
}
