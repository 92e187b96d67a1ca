/** A change to another module's view. `patch` reaches every view of a model, `patchView` one view with its groups, tabs and filters. */
import type { Action } from '../action/action.ts'
import type { AnyPath, Erased, Model, Where } from '../model/types.ts'
import type {
  CalendarView,
  Chart,
  FieldPart,
  FormView,
  GraphView,
  Grouping,
  KanbanView,
  Link,
  ListPart,
  ListView,
  Measure,
  Part,
  PivotView,
  Say,
  SearchView,
  Tone,
  View,
} from './view.ts'

type Shown<T> = Partial<Omit<FieldPart<T>, 'field'>>
type Operation<T, Anchor, In, Insert> =
  | Explained<T, Anchor, In, Insert>
  | { readonly after: Anchor; readonly insert: readonly Insert[] }
  | { readonly before: Anchor; readonly insert: readonly Insert[] }
  | { readonly replace: Anchor; readonly with: readonly Insert[] }
  | { readonly hide: Anchor }
  | { readonly set: Anchor; readonly to: Shown<T> }
type Into<In, Insert> = { readonly in: In | Unwritable; readonly insert: readonly Insert[] }
/**
 * What a mistaken operation is compared with, so that the compiler points at the mistyped name: of several kinds it would take
 * the first, which is seldom the one that was meant. Nobody can write it.
 */
interface Explained<T, Anchor, In, Insert> extends Unwritable {
  readonly after?: Anchor
  readonly before?: Anchor
  readonly in?: In | Unwritable
  readonly replace?: Anchor
  readonly hide?: Anchor
  readonly set?: Anchor
  readonly insert?: readonly Insert[]
  readonly with?: readonly Insert[]
  readonly to?: Shown<T>
}
interface Unwritable {
  readonly 'an operation is { after, before or in, and insert }, { replace, with }, { hide } or { set, to }': never
}

type FormInsert<T, A extends string> = Part<T, A> | Say<T>
type AnyFormOperation<T, A extends string> =
  | Operation<T, AnyPath<T> | Action<T, Erased>, 'links', FormInsert<T, A> | Link<T>>
  | Into<'links', Link<T>>
type OneFormOperation<T, A extends string, B extends string> =
  | Operation<T, AnyPath<T> | Action<T, Erased> | A, A | 'links', FormInsert<T, B> | Link<T>>
  | Into<'links', Link<T>>
  | Into<A, Part<T, B>>
type ListOperation<T> = Operation<T, AnyPath<T>, never, ListPart<T>>
export interface SearchChange<T> {
  readonly texts?: readonly AnyPath<T>[]
  readonly filters?: Readonly<Record<string, Where<T>>>
  readonly groups?: readonly Grouping<T>[]
  readonly facets?: readonly AnyPath<T>[]
  /** Filters, of the search or of this change, whose numbers stand below a list. */
  readonly marks?: Readonly<Record<string, Tone>>
  readonly hide?: string
}
/** Rows, columns and measures are added behind those that are there; `hide` names one that goes. */
export interface PivotChange<T> {
  readonly rows?: readonly Grouping<T>[]
  readonly columns?: readonly Grouping<T>[]
  readonly measures?: readonly Measure<T>[]
  readonly hide?: Grouping<T> | Measure<T>
}
/** What is named takes the place of what was there; `split: null` leaves one series. */
export interface GraphChange<T> {
  readonly by?: Grouping<T>
  readonly split?: Grouping<T> | null
  readonly measure?: Measure<T>
  readonly kind?: Chart
}
type OneOrMore<O> = O | readonly O[]

/** An operation with its types erased, as composition applies it. */
export type AppliedOperation = {
  /** Of what an administrator added: there if possible, otherwise at the end. */
  readonly place?: { readonly after?: string; readonly in?: string }
  readonly after?: unknown
  readonly before?: unknown
  readonly in?: unknown
  readonly replace?: unknown
  readonly hide?: unknown
  readonly set?: unknown
  readonly insert?: readonly unknown[]
  readonly with?: readonly unknown[]
  readonly to?: object
}
export interface Patch {
  readonly kind: 'patch'
  readonly model: Model
  /** The one view it changes; absent: every view of the model. */
  readonly view: View | undefined
  readonly form: readonly AppliedOperation[]
  readonly list: readonly AppliedOperation[]
  readonly kanban: readonly AppliedOperation[]
  readonly calendar: readonly AppliedOperation[]
  readonly search: readonly SearchChange<unknown>[]
  readonly pivot: readonly PivotChange<unknown>[]
  readonly graph: readonly GraphChange<unknown>[]
}
/** The patched view is again a view for the compiler: its new names can be anchors. */
export interface PatchedForm<T, A extends string> extends Patch {
  readonly patched: FormView<T, A>
}

export function patch<T, const A extends string = never>(
  model: Model<T>,
  change: {
    form?: OneOrMore<AnyFormOperation<NoInfer<T>, A>>
    list?: OneOrMore<ListOperation<NoInfer<T>>>
    kanban?: OneOrMore<ListOperation<NoInfer<T>>>
    calendar?: OneOrMore<ListOperation<NoInfer<T>>>
    search?: OneOrMore<SearchChange<NoInfer<T>>>
    pivot?: OneOrMore<PivotChange<NoInfer<T>>>
    graph?: OneOrMore<GraphChange<NoInfer<T>>>
  },
): Patch {
  return {
    kind: 'patch',
    model,
    view: undefined,
    form: many(change.form) as AppliedOperation[],
    list: many(change.list) as AppliedOperation[],
    kanban: many(change.kanban) as AppliedOperation[],
    calendar: many(change.calendar) as AppliedOperation[],
    search: many(change.search) as SearchChange<unknown>[],
    pivot: many(change.pivot) as PivotChange<unknown>[],
    graph: many(change.graph) as GraphChange<unknown>[],
  }
}

type Views = FormView | ListView | KanbanView | CalendarView | SearchView | PivotView | GraphView | PatchedForm<Erased, string>
/** What may be done to a view. One signature instead of one per kind: a mistyped anchor is then told at its place. */
type ChangeOf<V, B extends string> = V extends { readonly kind: 'form' } & FormView<infer T, infer A>
  ? OneOrMore<OneFormOperation<T, A, B>>
  : V extends PatchedForm<infer T, infer A>
    ? OneOrMore<OneFormOperation<T, A, B>>
    : V extends ListView<infer T> | KanbanView<infer T> | CalendarView<infer T>
      ? OneOrMore<ListOperation<T>>
      : V extends SearchView<infer T, infer F>
        ? Omit<SearchChange<T>, 'hide'> & { readonly hide?: F }
        : V extends PivotView<infer T>
          ? OneOrMore<PivotChange<T>>
          : V extends GraphView<infer T>
            ? OneOrMore<GraphChange<T>>
            : never
type PatchedView<V, B extends string> = V extends FormView<infer T, infer A> | PatchedForm<infer T, infer A> ? PatchedForm<T, A | B> : Patch

export function patchView<const V extends Views, const B extends string = never>(view: V, change: ChangeOf<V, B>): PatchedView<V, B> {
  const target = (view.kind === 'patch' ? view.patched : view) as View
  const empty = {
    kind: 'patch' as const,
    model: target.model,
    view: target,
    form: [],
    list: [],
    kanban: [],
    calendar: [],
    search: [],
    pivot: [],
    graph: [],
  }
  const changes = many(change as OneOrMore<AppliedOperation>)
  return (target.kind === 'form'
    ? { ...empty, form: changes, patched: target }
    : { ...empty, [target.kind]: changes }) as Patch as PatchedView<V, B>
}

function many<O>(value: O | readonly O[] | undefined): readonly O[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly O[]) : [value as O]
}
