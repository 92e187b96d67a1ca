/** Screen parts as data: what a module declares, patches change, boot checks and `web` renders. */
import type { Action } from '../action/action.ts'
import type { AnyPath, Column, Erased, ManyKeys, ManyPath, Model, Order, Where } from '../model/types.ts'

export type Tone = 'danger' | 'warning' | 'success' | 'muted'
/** How a value is shown when the field's type does not say it. */
/** `due` is a day by which something is to be done: overdue, today or planned. A `condition` is JSON that is put together of rows; `of` names the model that it is about. A `sentence` is a text of the catalogue: the field holds `{ code, values }`. `facts` are an object's values, each with its name. `lines` are the records that point to this one, written on its form and saved with it; `list` names their columns. A `deadline` is an instant by which something is to be done: how much is left, or by how much it is over; `deadline` names what else is known of it. A `duration` is a number of minutes, in hours and minutes. */
export type As =
  | 'text'
  | 'person'
  | 'status'
  | 'level'
  | 'tags'
  | 'badge'
  | 'sentence'
  | 'facts'
  | 'condition'
  | 'due'
  | 'deadline'
  | 'duration'
  | 'lines'

/** Fields of the same record that say how it stands with a deadline; one that is missing is not known. */
export interface DeadlinePart<T> {
  /** An instant: from when on it is at risk. */
  readonly risk?: Column<T>
  /** Whether it was met; empty while that is open. */
  readonly met?: Column<T>
  /** A number while its clock stands. */
  readonly left?: Column<T>
}
export interface FieldPart<T> {
  readonly field: AnyPath<T>
  readonly label?: string
  readonly as?: As
  /** The model's name, for `as: 'condition'`. */
  readonly of?: string
  /** For `as: 'deadline'`. */
  readonly deadline?: DeadlinePart<T>
  readonly wide?: boolean
  readonly hidden?: true | Where<T>
  readonly readonly?: true | Where<T>
  readonly optional?: 'shown' | 'hidden'
  readonly tones?: { readonly [K in Tone]?: Where<T> }
  readonly total?: 'sum' | 'avg'
  /** For a to-many field: the columns of the related list. */
  readonly list?: readonly string[]
}
export interface GroupPart<T, A extends string> {
  readonly group: A
  readonly label?: string
  readonly of: readonly Part<T, A>[]
}
export interface TabPart<T, A extends string> {
  readonly tab: A
  readonly label?: string
  readonly of: readonly Part<T, A>[]
}
/** A part of a form: a field, or a named group or tab of parts. `A` gathers the names, so that patches know them. */
export type Part<T, A extends string = string> = AnyPath<T> | FieldPart<T> | GroupPart<T, A> | TabPart<T, A>
export type ListPart<T> = AnyPath<T> | FieldPart<T>

/** A smart button: the related records, counted, opened and pre-filled. */
export interface LinkPart<T> {
  readonly link: ManyPath<T>
  readonly label?: string
  readonly icon?: string
  readonly where?: Where<Erased>
  /** Left out where there are none. */
  readonly optional?: true
}
export type Link<T> = ManyPath<T> | LinkPart<T>

/**
 * What is said about the record, shown beside its form in one stream with its history. The model of what is said has the fields
 * kind ('public' or 'note'), body, sender ('staff', 'customer' or 'bot') and author; the actions that add to it take a `body` and
 * need nothing else.
 */
export interface ConversationPart<T> {
  readonly of: ManyKeys<T>
  /** The to-one field of what is said that names the speaker where it has no author. */
  readonly speaker?: string
  readonly joins?: JoinsPart<T>
  readonly say: readonly Say<T>[]
}
/** Records that go on in another one of their kind: what was said about them is shown there too, and they themselves lead there. */
export interface JoinsPart<T> {
  /** The to-many field of those that go on here. */
  readonly of: ManyKeys<T>
  /** Since when a record goes on elsewhere: whoever may not read the other one is told by it. */
  readonly since: Column<T>
  /** The text with which a record begins; of those that go on here it stands in the conversation too. */
  readonly opening?: Column<T>
}
/** An action that adds to a conversation; `internal` for what only staff read. */
export type Say<T> = Action<T, Erased> | { readonly say: Action<T, Erased>; readonly internal: true }

/**
 * What parts were called in an earlier version -> what they are called now: patches that still use the old name go on working,
 * and `tessera module check` tells their authors. Taken out with the version after.
 */
export type Moved = Readonly<Record<string, string>>

interface Declared<K extends string, T> {
  readonly kind: K
  readonly model: Model<T>
}
export interface FormView<T = Erased, A extends string = string> extends Declared<'form', T> {
  readonly of: readonly Part<T, A>[]
  /** The to-one or enum field shown as the status bar. */
  readonly status: Column<T> | undefined
  readonly buttons: readonly Action<T, Erased>[]
  readonly links: readonly Link<T>[]
  readonly conversation: ConversationPart<T> | undefined
  readonly moved: Moved
}
export interface ListView<T = Erased> extends Declared<'list', T> {
  readonly of: readonly ListPart<T>[]
  readonly filter: readonly string[]
  readonly order: Order<T> | undefined
  readonly tones: { readonly [K in Tone]?: Where<T> }
  readonly moved: Moved
}
/** How the records of a column divide by a field of few values; a tone colours the values for which its condition holds. */
export interface ProgressPart<T> {
  readonly by: Column<T>
  readonly tones?: { readonly [K in Tone]?: Where<T> }
}
export interface KanbanView<T = Erased> extends Declared<'kanban', T> {
  readonly by: Column<T>
  /** The `ranked` field by which people order the cards of a column; without one they stand as the list does. */
  readonly order: Column<T> | undefined
  /** What is typed for a new record in a column; without it, what must be filled in. */
  readonly quick: readonly Column<T>[] | undefined
  /** The bar under the head of a column. */
  readonly progress: ProgressPart<T> | undefined
  readonly card: readonly ListPart<T>[]
  readonly moved: Moved
}
/** Records on the days that a field of theirs names. */
export interface CalendarView<T = Erased> extends Declared<'calendar', T> {
  /** A date, or an instant that stands on the reader's day. */
  readonly date: Column<T>
  /** The last day, of the same type; without one a record is of one day. */
  readonly until: Column<T> | undefined
  /** What an entry says; its first part is its title, without any it is the record's own. */
  readonly card: readonly ListPart<T>[]
  readonly tones: { readonly [K in Tone]?: Where<T> }
  readonly moved: Moved
}
export interface SearchView<T = Erased, F extends string = string> extends Declared<'search', T> {
  readonly texts: readonly AnyPath<T>[]
  readonly filters: Readonly<Record<F, Where<T>>>
  /** Fields to group by; a date takes a grain: `createdAt:month`. By a relation to many, a record stands in several groups. */
  readonly groups: readonly Grouping<T>[]
  /** Fields offered as filters with a choice of values. */
  readonly facets: readonly AnyPath<T>[]
  /** Filters whose numbers stand below a list and beside its groups, in this tone, while there are any: what in it presses. */
  readonly marks: Readonly<Record<string, Tone>>
}
export type Grain = 'day' | 'week' | 'month' | 'quarter' | 'year'
export type Grouping<T> = AnyPath<T> | ManyPath<T> | `${AnyPath<T>}:${Grain}`
/** How many records there are, or what a number of theirs comes to: `hours:avg`. */
export type Measure<T> = 'count' | `${AnyPath<T>}:${Aggregate}`
export type Aggregate = 'sum' | 'avg' | 'min' | 'max'
/** A table of figures: groups of records down and across, and what is measured of each. */
export interface PivotView<T = Erased> extends Declared<'pivot', T> {
  /** The outermost first, as columns are. */
  readonly rows: readonly Grouping<T>[]
  readonly columns: readonly Grouping<T>[]
  readonly measures: readonly Measure<T>[]
}
export type Chart = 'bar' | 'line' | 'pie'
/** A chart: a measure of each group, split into series if told so. */
export interface GraphView<T = Erased> extends Declared<'graph', T> {
  readonly by: Grouping<T>
  readonly split: Grouping<T> | undefined
  readonly measure: Measure<T>
  readonly chart: Chart
}
export type View = FormView | ListView | KanbanView | CalendarView | SearchView | PivotView | GraphView
export type ViewKind = View['kind']

export function form<T, const A extends string = never, const M extends string = never>(
  model: Model<T>,
  of: readonly Part<NoInfer<T>, A>[],
  about: {
    status?: Column<NoInfer<T>>
    buttons?: readonly Action<NoInfer<T>, Erased>[]
    links?: readonly Link<NoInfer<T>>[]
    conversation?: ConversationPart<NoInfer<T>>
    moved?: Readonly<Record<M, NoInfer<A | AnyPath<T>>>>
  } = {},
): FormView<T, A | M> {
  const { status, buttons = [], links = [], conversation, moved = {} } = about
  return { kind: 'form', model, of, status, buttons, links, conversation, moved }
}
export function list<T>(
  model: Model<T>,
  of: readonly ListPart<NoInfer<T>>[],
  about: {
    filter?: readonly string[]
    order?: Order<NoInfer<T>>
    tones?: { readonly [K in Tone]?: Where<NoInfer<T>> }
    moved?: Readonly<Record<string, AnyPath<NoInfer<T>>>>
  } = {},
): ListView<T> {
  const { filter = [], order, tones = {}, moved = {} } = about
  return { kind: 'list', model, of, filter, order, tones, moved }
}
export function kanban<T>(
  model: Model<T>,
  about: {
    by: Column<NoInfer<T>>
    order?: Column<NoInfer<T>>
    quick?: readonly Column<NoInfer<T>>[]
    progress?: ProgressPart<NoInfer<T>>
    card: readonly ListPart<NoInfer<T>>[]
    moved?: Readonly<Record<string, AnyPath<NoInfer<T>>>>
  },
): KanbanView<T> {
  const { by, order, quick, progress, card, moved = {} } = about
  return { kind: 'kanban', model, by, order, quick, progress, card, moved }
}
export function calendar<T>(
  model: Model<T>,
  about: {
    date: Column<NoInfer<T>>
    until?: Column<NoInfer<T>>
    card?: readonly ListPart<NoInfer<T>>[]
    tones?: { readonly [K in Tone]?: Where<NoInfer<T>> }
    moved?: Readonly<Record<string, AnyPath<NoInfer<T>>>>
  },
): CalendarView<T> {
  const { date, until, card = [], tones = {}, moved = {} } = about
  return { kind: 'calendar', model, date, until, card, tones, moved }
}
export function pivot<T>(
  model: Model<T>,
  about: {
    rows?: readonly Grouping<NoInfer<T>>[]
    columns?: readonly Grouping<NoInfer<T>>[]
    measures?: readonly Measure<NoInfer<T>>[]
  },
): PivotView<T> {
  const { rows = [], columns = [], measures = ['count'] } = about
  return { kind: 'pivot', model, rows, columns, measures }
}
export function graph<T>(
  model: Model<T>,
  about: { by: Grouping<NoInfer<T>>; split?: Grouping<NoInfer<T>>; measure?: Measure<NoInfer<T>>; kind?: Chart },
): GraphView<T> {
  const { by, split, measure = 'count', kind = 'bar' } = about
  return { kind: 'graph', model, by, split, measure, chart: kind }
}
export function search<T, const F extends string = never>(
  model: Model<T>,
  about: {
    texts?: readonly AnyPath<NoInfer<T>>[]
    filters?: Readonly<Record<F, Where<NoInfer<T>>>>
    groups?: readonly Grouping<NoInfer<T>>[]
    facets?: readonly AnyPath<NoInfer<T>>[]
    marks?: { readonly [K in NoInfer<F>]?: Tone }
  },
): SearchView<T, F> {
  return {
    kind: 'search',
    model,
    texts: about.texts ?? [],
    filters: about.filters ?? ({} as Record<F, Where<T>>),
    groups: about.groups ?? [],
    facets: about.facets ?? [],
    marks: (about.marks ?? {}) as Readonly<Record<string, Tone>>,
  }
}
