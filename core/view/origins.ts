/** Who made a screen what it is: kept beside each part while patches work, told to developers afterwards. */
import type { Scope } from '../check/faults.ts'
import type { Draft, DraftButton, DraftPart, GraphDraft, PivotDraft, SearchDraft } from './draft.ts'

/** What a module did to a part of a screen. */
export interface Deed {
  readonly module: string
  /** It did so because this optional module is there too. */
  readonly extra?: string
  /** `generated`: nobody declared the view, so core made it of the model. `moved`: put elsewhere by a patch of such a view. */
  readonly did: 'declared' | 'generated' | 'inserted' | 'set' | 'hid' | 'replaced' | 'moved'
  /** Of `set`: the attributes. */
  readonly what?: readonly string[]
}

/** A part of a screen, or what was one before a patch took it away. */
export interface PartOrigin {
  readonly kind:
    | 'field'
    | 'group'
    | 'tab'
    | 'action'
    | 'saying'
    | 'link'
    | 'text'
    | 'filter'
    | 'grouping'
    | 'facet'
    | 'row'
    | 'column'
    | 'measure'
    | 'chart'
  readonly name: string
  readonly isShown: boolean
  /** In their order: who put it there, who changed it, who took it away. */
  readonly deeds: readonly Deed[]
  readonly of: readonly PartOrigin[]
}

/** A patch that points at a part by a name which that part no longer has. */
export interface OutdatedAnchor {
  /** Whose patch it is. */
  readonly module: string
  /** Whose view it is. */
  readonly owner: string
  readonly from: string
  readonly to: string
}

/** Whose declaration is looked at, and how what it names gets onto the screen. */
export interface ViewScope extends Scope {
  readonly put: Deed
}

export function viewScope(scope: Scope, did: 'declared' | 'generated' | 'inserted', extra?: string): ViewScope {
  return { ...scope, put: { module: scope.module, did, ...(extra !== undefined && { extra }) } }
}

/** Another deed of whoever is at work. */
export function deed({ put }: ViewScope, did: Deed['did'], what?: readonly string[]): Deed {
  return { ...put, did, ...(what && { what }) }
}

/** Parts, actions, sayings and smart buttons of a screen. */
export function originsOf(draft: Draft): readonly PartOrigin[] {
  const buttons = draft.buttons.map((button) => ofButton('action', button))
  if (draft.kind !== 'form') return [...draft.parts.map(ofPart), ...buttons]
  const links = draft.links.map(({ link, deeds }): PartOrigin => ({ kind: 'link', name: link, isShown: true, deeds, of: [] }))
  const said = draft.conversation?.say ?? []
  return [...draft.parts.map(ofPart), ...buttons, ...links, ...said.map((button) => ofButton('saying', button))]
}

/** Texts, filters, groupings and facets of a search. */
export function originsOfSearch({ texts, filters, hidden, groups, facets }: SearchDraft): readonly PartOrigin[] {
  const all = (kind: PartOrigin['kind'], deeds: ReadonlyMap<string, readonly Deed[]>, isShown = true) =>
    [...deeds].map(([name, of]): PartOrigin => ({ kind, name, isShown, deeds: of, of: [] }))
  const shown = new Map([...filters].map(([name, filter]) => [name, filter.deeds]))
  return [
    ...all('text', texts),
    ...all('filter', shown),
    ...all('filter', hidden, false),
    ...all('grouping', groups),
    ...all('facet', facets),
  ]
}

/** Rows, columns and measures of a pivot, those of them last that patches took away. */
export function originsOfPivot({ rows, columns, measures, hidden }: PivotDraft): readonly PartOrigin[] {
  const shown = (kind: PartOrigin['kind'], parts: ReadonlyMap<string, readonly Deed[]>) =>
    [...parts].map(([name, deeds]): PartOrigin => ({ kind, name, isShown: true, deeds, of: [] }))
  const gone = hidden.map(({ kind, name, deeds }): PartOrigin => ({ kind, name, isShown: false, deeds, of: [] }))
  return [...shown('row', rows), ...shown('column', columns), ...shown('measure', measures), ...gone]
}

/** What a chart shows and how; all of it has the history of the chart. */
export function originsOfGraph({ by, split, measure, chart, deeds }: GraphDraft): readonly PartOrigin[] {
  const part = (kind: PartOrigin['kind'], name: string): PartOrigin => ({ kind, name, isShown: true, deeds, of: [] })
  return [part('grouping', by), ...(split === undefined ? [] : [part('grouping', split)]), part('measure', measure), part('chart', chart)]
}

function ofPart(part: DraftPart): PartOrigin {
  const { node: kind, deeds, gone } = part
  if (kind === 'field') return { kind, name: part.shown.field, isShown: !gone, deeds, of: [] }
  const of = part.of.map(ofPart)
  return { kind, name: part.name, isShown: !gone && of.some(({ isShown }) => isShown), deeds, of }
}

function ofButton(kind: 'action' | 'saying', { action, gone, deeds }: DraftButton): PartOrigin {
  return { kind, name: action.name, isShown: !gone, deeds, of: [] }
}
