/** The search of a model: declared, then changed by patches. */

import { checkCondition } from '../check/conditions.ts'
import { checkPath, didYouMean, type Scope } from '../check/faults.ts'
import { isShared, type ModelMeta } from '../model/meta.ts'
import { labelFrom } from '../model/naming.ts'
import type { ComposedSearch } from './composed.ts'
import type { SearchDraft } from './draft.ts'
import { type Deed, deed, originsOfSearch, type ViewScope } from './origins.ts'
import type { SearchChange } from './patch.ts'
import type { SearchView } from './view.ts'

/** The declared or generated search, before any patch. */
export const draftSearch =
  (model: ModelMeta) =>
  (scope: ViewScope, view: SearchView): SearchDraft => {
    const draft: SearchDraft = {
      kind: 'search',
      model,
      module: scope.module,
      texts: new Map(),
      filters: new Map(),
      hidden: new Map(),
      groups: new Map(),
      facets: new Map(),
      marks: new Map(),
    }
    changeSearch(scope, draft, view)
    if (isArchivable(model)) {
      for (const [name, active] of [
        ['active', true],
        ['archived', false],
      ] as const)
        if (!draft.filters.has(name))
          draft.filters.set(name, { label: labelFrom(name), where: { active }, module: scope.module, deeds: [scope.put] })
    }
    return draft
  }

/** Whether records are put away by a field of theirs: then every search tells those that are from the others. */
export function isArchivable({ fields }: ModelMeta): boolean {
  const active = fields.get('active')
  return active?.kind === 'scalar' && active.type === 'boolean' && active.column !== undefined && active.default === true
}

/** Texts, filters, groups and facets are added; a filter of the same name is replaced. */
export function changeSearch(scope: ViewScope, draft: SearchDraft, change: SearchChange<never>): void {
  const { model } = draft
  const where = `The search of "${model.name}"`
  for (const text of change.texts ?? []) {
    checkPath(scope, 'view', model, text, `${where} looks in`)
    add(draft.texts, text, scope)
  }
  for (const [name, condition] of Object.entries<object>(change.filters ?? {})) {
    checkCondition(scope, 'view', model, condition, `The filter "${name}" of "${model.name}"`)
    const before = draft.filters.get(name)?.deeds
    const deeds = before ? [...before, deed(scope, 'replaced')] : [scope.put]
    draft.filters.set(name, { label: labelFrom(name), where: condition, module: scope.module, deeds })
  }
  for (const grouping of change.groups ?? []) {
    checkGrouping(scope, model, grouping, `The search of "${model.name}" groups by`)
    add(draft.groups, grouping, scope)
  }
  for (const facet of change.facets ?? []) {
    checkPath(scope, 'view', model, facet, `${where} offers`)
    add(draft.facets, facet, scope)
  }
  for (const [name, tone] of Object.entries(change.marks ?? {})) {
    if (draft.filters.has(name)) draft.marks.set(name, tone)
    else {
      const sentence = `${where} marks the filter "${name}", which it does not have.`
      scope.report('view.unknown_filter', sentence, didYouMean(name, draft.filters.keys()))
    }
  }
  if (change.hide === undefined) return
  const filter = draft.filters.get(change.hide)
  if (filter) {
    draft.filters.delete(change.hide)
    draft.marks.delete(change.hide)
    draft.hidden.set(change.hide, [...filter.deeds, deed(scope, 'hid')])
  } else
    scope.report(
      'view.unknown_filter',
      `"${scope.module}" hides the filter "${change.hide}" of "${model.name}"; the search of "${draft.module}" has no such filter.`,
      didYouMean(change.hide, draft.filters.keys()),
    )
}

export function finishedSearch(draft: SearchDraft): ComposedSearch {
  const { module, texts, filters, groups, facets, marks } = draft
  return {
    texts: [...texts.keys()],
    filters: new Map([...filters].map(([name, { deeds, ...filter }]) => [name, filter])),
    groups: [...groups.keys()],
    facets: [...facets.keys()],
    marks,
    module,
    origins: () => originsOfSearch(draft),
  }
}

/** Who names it first has put it there. */
function add<K>(to: Map<K, readonly Deed[]>, name: K, { put }: ViewScope): void {
  if (!to.has(name)) to.set(name, [put])
}

const grains = ['day', 'week', 'month', 'quarter', 'year']
/** `where` begins the sentence: `The search of "ticket" groups by`. */
export function checkGrouping(scope: Scope, model: ModelMeta, grouping: string, where: string): void {
  const [path = '', grain] = grouping.split(':')
  const field = checkPath(scope, 'view', model, path, where)
  if (field?.kind === 'many' && !isShared(field))
    scope.report('view.no_grouping', `${where} "${grouping}", which has no one value in the database.`)
  if (!field || grain === undefined) return
  const isDate = field.kind === 'scalar' && (field.type === 'datetime' || field.type === 'date')
  if (isDate && grains.includes(grain)) return
  scope.report('view.unknown_grain', `${where} "${grouping}".`, `A date can be grouped by ${grains.join(', ')}.`)
}

/** The filters that a list or a menu entry turns on at first. */
export function checkFilters(
  scope: Scope,
  model: ModelMeta,
  names: readonly string[],
  known: ReadonlyMap<string, unknown>,
  where: string,
): void {
  for (const name of names) {
    if (known.has(name)) continue
    const sentence = `${where} starts with the filter "${name}", which the search of "${model.name}" does not have.`
    scope.report('view.unknown_filter', sentence, didYouMean(name, known.keys()))
  }
}
