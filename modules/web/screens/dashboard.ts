/** The cards of a dashboard. */
import type { FigureCell, GraphScreen, PivotTable } from './figures.ts'
import type { AppScreen } from './frame.ts'
import type { EmptyState, Table } from './list.ts'

export interface DashboardScreen extends AppScreen {
  readonly range: DashboardRange
  readonly cards: readonly DashboardCard[]
  /** The address of this very state, for `back`. */
  readonly here: string
  /** Asks whether the first cards shall be put back; absent while they are there. */
  readonly reset?: string
  /** A question with which role it is shared; only for who may. */
  readonly share?: string
  /** Where there is something, when the days asked for have nothing. */
  readonly elsewhere?: { readonly text: string; readonly href: string; readonly show: string }
  /** Present exactly when there are no cards. */
  readonly empty?: EmptyState
}

export interface DashboardRange {
  readonly label: string
  /** Its first and last day in words; absent for all time. */
  readonly days?: string
  readonly choices: readonly { readonly label: string; readonly href: string; readonly current: boolean }[]
  /** As inputs of type date hold them; empty for all time. */
  readonly first: string
  readonly last: string
}

export interface DashboardCard {
  readonly id: string
  readonly title: string
  /** What it shows, as a page of its own; absent where there is nothing to open. */
  readonly href?: string
  /** In quarters of the page. */
  readonly width: 1 | 2 | 3 | 4
  /** By which date it is narrowed to the range: "Created, 30 days". */
  readonly dated?: string
  readonly edit: string
  readonly remove: string
  /** Where a POST of `before` (a card, or nothing for the end) puts it elsewhere. */
  readonly move: string
  /** What `before` is for one place nearer to the start, or to the end. */
  readonly earlier?: { readonly before: string }
  readonly later?: { readonly before: string }
  readonly content: CardContent
}

export type CardContent =
  | NumberContent
  | RowsContent
  | ChartContent
  | TableContent
  /** A sentence: why there is nothing to show. */
  | { readonly is: 'said'; readonly text: string; readonly href?: string }
  /** It takes long: its address answers with this card alone. */
  | { readonly is: 'waiting'; readonly href: string }

export interface NumberContent {
  readonly is: 'number'
  readonly value: string
  readonly isNone: boolean
  readonly noun: string
  /** The list of exactly what was counted. */
  readonly href: string
  /** Compared with as many days just before. */
  readonly trend?: { readonly text: string; readonly title: string; readonly way: 'up' | 'down' | 'same' }
}

export interface RowsContent {
  readonly is: 'rows'
  readonly table: Table
  /** To all of them. */
  readonly all: { readonly href: string; readonly label: string }
  readonly none?: string
}

export interface ChartContent extends Pick<GraphScreen, 'drawing' | 'size' | 'legend' | 'figures' | 'caption' | 'cut'> {
  readonly is: 'graph'
  readonly none?: string
}

export interface TableContent {
  readonly is: 'pivot'
  readonly caption: string
  readonly head: PivotTable['head']
  readonly lines: readonly { readonly label: string; readonly depth: number; readonly cells: readonly FigureCell[] }[]
  readonly total: PivotTable['total']
  readonly none?: string
}
