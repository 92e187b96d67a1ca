/** Screens while patches work on them. What a patch takes away stays as `gone`, so that later patches still find it as an anchor. */
import type { Action } from '../action/action.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { ComposedCalendar, ComposedConversation, ComposedForm, ComposedKanban, ComposedList, Node, Shown, Told } from './composed.ts'
import { type Deed, type OutdatedAnchor, originsOf } from './origins.ts'
import type { Chart, SearchView, Tone } from './view.ts'

export interface DraftField {
  readonly node: 'field'
  shown: Shown
  readonly deeds: Deed[]
  gone: boolean
}
export interface DraftBox {
  readonly node: 'group' | 'tab'
  readonly name: string
  label: string
  readonly of: DraftPart[]
  readonly module: string
  readonly deeds: Deed[]
  gone: boolean
}
export type DraftPart = DraftField | DraftBox
export interface DraftButton {
  readonly node: 'button'
  action: Action
  readonly module: string
  /** Adds to the conversation what only staff read. */
  readonly internal: boolean
  readonly deeds: Deed[]
  gone: boolean
}
export type DraftLink = ComposedForm['links'][number] & { readonly deeds: readonly Deed[] }

interface Common {
  readonly model: ModelMeta
  readonly kind: 'form' | 'list' | 'kanban' | 'calendar'
  /** True for a view that nobody declared: what a patch inserts moves from where core had put it. */
  readonly generated: boolean
  /** The module that declared the view. */
  readonly module: string
  readonly parts: DraftPart[]
  readonly buttons: DraftButton[]
  /** Names that parts had in an earlier version, each with the one that it has now. */
  readonly moved: Readonly<Record<string, string>>
  /** Patches that still use one of them. */
  readonly outdated: OutdatedAnchor[]
}
export interface FormDraft extends Common {
  readonly kind: 'form'
  readonly status: string | undefined
  readonly links: DraftLink[]
  readonly conversation: (Omit<ComposedConversation, 'say'> & { readonly say: DraftButton[] }) | undefined
}
export interface ListDraft extends Common {
  readonly kind: 'list'
  readonly filter: readonly string[]
  readonly order: ComposedList['order']
  readonly tones: ComposedList['tones']
}
export interface KanbanDraft extends Common {
  readonly kind: 'kanban'
  readonly by: string
  readonly order: string | undefined
  readonly quick: readonly string[] | undefined
  readonly progress: ComposedKanban['progress']
}
export interface CalendarDraft extends Common {
  readonly kind: 'calendar'
  readonly date: string
  readonly until: string | undefined
  readonly tones: ComposedCalendar['tones']
}
export type Draft = FormDraft | ListDraft | KanbanDraft | CalendarDraft
export interface SearchDraft {
  readonly model: ModelMeta
  /** The module that declared the view. */
  readonly module: string
  readonly kind: 'search'
  readonly texts: Map<string, readonly Deed[]>
  readonly filters: Map<string, DraftFilter>
  /** What became of filters that patches took away. */
  readonly hidden: Map<string, readonly Deed[]>
  readonly groups: Map<SearchView['groups'][number], readonly Deed[]>
  readonly facets: Map<string, readonly Deed[]>
  readonly marks: Map<string, Tone>
}

/** Names with whoever put them there; `hidden` is what patches took away. */
export interface PivotDraft {
  readonly kind: 'pivot'
  readonly model: ModelMeta
  readonly module: string
  readonly rows: Map<string, readonly Deed[]>
  readonly columns: Map<string, readonly Deed[]>
  readonly measures: Map<string, readonly Deed[]>
  readonly hidden: { readonly kind: 'row' | 'column' | 'measure'; readonly name: string; readonly deeds: readonly Deed[] }[]
}
export interface GraphDraft {
  readonly kind: 'graph'
  readonly model: ModelMeta
  readonly module: string
  by: string
  split: string | undefined
  measure: string
  chart: Chart
  readonly deeds: Deed[]
}

export interface DraftFilter {
  readonly label: string
  readonly where: object
  readonly module: string
  readonly deeds: readonly Deed[]
}

/** Every part of a tree, with the list that it stands in. */
export function partsIn(list: DraftPart[]): { readonly list: DraftPart[]; readonly part: DraftPart }[] {
  return list.flatMap((part) => [{ list, part }, ...(part.node === 'field' ? [] : partsIn(part.of))])
}

/** The groups and tabs of a tree. */
export function boxesIn(list: DraftPart[]): DraftBox[] {
  return partsIn(list).flatMap(({ part }) => (part.node === 'field' ? [] : [part]))
}

export function finishedForm(draft: FormDraft): ComposedForm {
  const { parts, status, buttons, links, conversation } = draft
  return {
    of: nodesOf(parts),
    status,
    buttons: left(buttons).map(({ action }) => action),
    links: links.map(({ deeds, ...link }) => link),
    conversation: conversation && { ...conversation, say: left(conversation.say).map(({ action, internal }) => ({ action, internal })) },
    ...told(draft),
  }
}
function left(buttons: readonly DraftButton[]): readonly DraftButton[] {
  return buttons.filter(({ gone }) => !gone)
}
export function finishedList(draft: ListDraft): ComposedList {
  const { parts, filter, order, tones } = draft
  return { of: shownOf(parts), filter, order, tones, ...told(draft) }
}
export function finishedKanban(draft: KanbanDraft): ComposedKanban {
  const { by, order, quick, progress, parts } = draft
  return { by, order, quick, progress, card: shownOf(parts), ...told(draft) }
}
export function finishedCalendar(draft: CalendarDraft): ComposedCalendar {
  const { date, until, tones, parts } = draft
  return { date, until, tones, card: shownOf(parts), ...told(draft) }
}
/** For developers, made when one asks. */
function told(draft: Draft): Told {
  return { module: draft.module, origins: () => originsOf(draft), outdated: draft.outdated }
}

/** A group or tab that patches have emptied is not shown. */
function nodesOf(parts: readonly DraftPart[]): Node[] {
  return parts.flatMap((part): Node[] => {
    if (part.gone) return []
    if (part.node === 'field') return [{ node: 'field', ...part.shown }]
    const of = nodesOf(part.of)
    return of.length === 0 ? [] : [{ node: part.node, name: part.name, label: part.label, of, module: part.module }]
  })
}

function shownOf(parts: readonly DraftPart[]): Shown[] {
  return parts.flatMap((part) => (part.node === 'field' && !part.gone ? [part.shown] : []))
}
