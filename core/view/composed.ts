/** The screens of one model after all patches, as the client reads them. */
import type { Action } from '../action/action.ts'
import type { OutdatedAnchor, PartOrigin } from './origins.ts'
import type { As, Chart, Grouping, Tone } from './view.ts'

export interface Shown {
  /** A field or a path. */
  readonly field: string
  readonly label: string | undefined
  readonly as: As | undefined
  /** Of a condition: the name of the model that it is about. */
  readonly of?: string
  /** Of a deadline: the fields that say how it stands. */
  readonly deadline?: { readonly risk?: string; readonly met?: string; readonly left?: string }
  readonly wide: boolean
  readonly hidden: true | object | undefined
  readonly readonly: true | object | undefined
  readonly optional: 'shown' | 'hidden' | undefined
  readonly tones: { readonly [K in Tone]?: object }
  readonly total: 'sum' | 'avg' | undefined
  /** Columns of a related list. */
  readonly list: readonly string[] | undefined
  /** The module that put it here. */
  readonly module: string
}
export type Node =
  | ({ readonly node: 'field' } & Shown)
  | { readonly node: 'group'; readonly name: string; readonly label: string; readonly of: readonly Node[]; readonly module: string }
  | { readonly node: 'tab'; readonly name: string; readonly label: string; readonly of: readonly Node[]; readonly module: string }

/** What a screen tells its developers. */
export interface Told {
  /** The module that declared it; of a generated one, that of the model. */
  readonly module: string
  /** Its parts with whoever put them there, also those that patches took away. */
  origins(): readonly PartOrigin[]
  /** Patches that call a part by a name of earlier versions. */
  readonly outdated: readonly OutdatedAnchor[]
}

export interface ComposedForm extends Told {
  readonly of: readonly Node[]
  readonly status: string | undefined
  readonly buttons: readonly Action[]
  readonly links: readonly {
    readonly link: string
    readonly label: string | undefined
    readonly icon: string | undefined
    readonly where: object | undefined
    readonly optional: boolean
    readonly module: string
  }[]
  readonly conversation: ComposedConversation | undefined
}
export interface ComposedConversation {
  /** The to-many field whose records were said. */
  readonly of: string
  readonly speaker: string | undefined
  readonly joins: { readonly of: string; readonly since: string; readonly opening: string | undefined } | undefined
  readonly say: readonly { readonly action: Action; readonly internal: boolean }[]
}
export interface ComposedList extends Told {
  readonly of: readonly Shown[]
  /** Names of filters that are on at first. */
  readonly filter: readonly string[]
  readonly order: readonly { readonly path: string; readonly direction: 'asc' | 'desc' }[]
  readonly tones: { readonly [K in Tone]?: object }
}
export interface ComposedKanban extends Told {
  readonly by: string
  /** The field that says where a card stands in its column. */
  readonly order: string | undefined
  /** Fields that are typed for a new record in a column; undefined: those that must be filled in. */
  readonly quick: readonly string[] | undefined
  readonly progress: { readonly by: string; readonly tones: { readonly [K in Tone]?: object } } | undefined
  readonly card: readonly Shown[]
}
export interface ComposedCalendar extends Told {
  readonly date: string
  readonly until: string | undefined
  readonly card: readonly Shown[]
  readonly tones: { readonly [K in Tone]?: object }
}
export interface ComposedSearch extends Omit<Told, 'outdated'> {
  readonly texts: readonly string[]
  readonly filters: ReadonlyMap<string, { readonly label: string; readonly where: object; readonly module: string }>
  readonly groups: readonly Grouping<never>[]
  readonly facets: readonly string[]
  /** Filters whose numbers stand below a list and beside its groups. */
  readonly marks: ReadonlyMap<string, Tone>
}
/** Groups and measures by their names: `createdAt:month`, `hours:avg`. */
export interface ComposedPivot extends Omit<Told, 'outdated'> {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly measures: readonly string[]
}
export interface ComposedGraph extends Omit<Told, 'outdated'> {
  readonly by: string
  readonly split: string | undefined
  readonly measure: string
  readonly chart: Chart
}
export interface Screens {
  readonly form: ComposedForm
  readonly list: ComposedList
  readonly kanban: ComposedKanban | undefined
  readonly calendar: ComposedCalendar | undefined
  readonly search: ComposedSearch
  readonly pivot: ComposedPivot
  readonly graph: ComposedGraph
}
