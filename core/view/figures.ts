/** The pivot and the graph of a model: declared or generated, then changed by patches. */
import { checkPath, didYouMean, type Scope } from '../check/faults.ts'
import { fieldAt, isInDatabase, type ModelMeta, makesGroups } from '../model/meta.ts'
import type { ComposedGraph, ComposedPivot } from './composed.ts'
import type { GraphDraft, PivotDraft } from './draft.ts'
import { type Deed, deed, originsOfGraph, originsOfPivot, type ViewScope } from './origins.ts'
import type { GraphChange, PivotChange } from './patch.ts'
import { checkGrouping } from './searching.ts'
import type { Aggregate, GraphView, PivotView } from './view.ts'

/** The declared or generated pivot, before any patch. */
export const draftPivot =
  (model: ModelMeta) =>
  (scope: ViewScope, view: PivotView): PivotDraft => {
    const { module } = scope
    const draft: PivotDraft = { kind: 'pivot', model, module, rows: new Map(), columns: new Map(), measures: new Map(), hidden: [] }
    changePivot(scope, draft, view as PivotChange<never>)
    return draft
  }

export function changePivot(scope: ViewScope, draft: PivotDraft, change: PivotChange<never>): void {
  const { model, rows, columns, measures, hidden } = draft
  const where = `The pivot of "${model.name}"`
  const put = [scope.put]
  for (const group of change.rows ?? []) if (checkGroup(scope, model, group, `${where} has rows by`)) keep(rows, group, put)
  for (const group of change.columns ?? []) if (checkGroup(scope, model, group, `${where} has columns by`)) keep(columns, group, put)
  for (const measure of change.measures ?? []) if (checkMeasure(scope, model, measure, where)) keep(measures, measure, put)
  if (change.hide === undefined) return
  const parts = [
    ['row', rows],
    ['column', columns],
    ['measure', measures],
  ] as const
  const found = parts.find(([, of]) => of.has(change.hide!))
  if (found) {
    const [kind, of] = found
    hidden.push({ kind, name: change.hide, deeds: [...of.get(change.hide)!, deed(scope, 'hid')] })
    of.delete(change.hide)
    return
  }
  const sentence = `"${scope.module}" hides "${change.hide}" in the pivot of "${model.name}"; that of "${draft.module}" has no such row, column or measure.`
  scope.report(
    'view.unknown_anchor',
    sentence,
    didYouMean(
      change.hide,
      parts.flatMap(([, of]) => [...of.keys()]),
    ),
  )
}

export function finishedPivot(draft: PivotDraft): ComposedPivot {
  const { module, rows, columns, measures } = draft
  return {
    rows: [...rows.keys()],
    columns: [...columns.keys()].filter((group) => !rows.has(group)),
    measures: measures.size > 0 ? [...measures.keys()] : ['count'],
    module,
    origins: () => originsOfPivot(draft),
  }
}

/** The declared or generated graph, before any patch. */
export const draftGraph =
  (model: ModelMeta) =>
  (scope: ViewScope, { by, split, measure, chart }: GraphView): GraphDraft => {
    const draft: GraphDraft = { kind: 'graph', model, module: scope.module, by, split, measure, chart, deeds: [scope.put] }
    checkGraph(scope, draft)
    return draft
  }

export function changeGraph(scope: ViewScope, draft: GraphDraft, change: GraphChange<never>): void {
  const { by, split, measure, kind } = change
  draft.by = by ?? draft.by
  draft.split = split === null ? undefined : (split ?? draft.split)
  draft.measure = measure ?? draft.measure
  draft.chart = kind ?? draft.chart
  draft.deeds.push(deed(scope, 'set', Object.keys(change)))
  checkGraph(scope, draft, change)
}

export function finishedGraph(draft: GraphDraft): ComposedGraph {
  const { module, by, split, measure, chart } = draft
  return { by, split: split === by ? undefined : split, measure, chart, module, origins: () => originsOfGraph(draft) }
}

/** Of a patch, what it names; of a declared graph, all of it. */
function checkGraph(scope: Scope, draft: GraphDraft, { by, split, measure, kind }: GraphChange<never> = all(draft)): void {
  const where = `The graph of "${draft.model.name}"`
  if (by !== undefined) checkGroup(scope, draft.model, by, `${where} is by`)
  if (split !== undefined && split !== null) checkGroup(scope, draft.model, split, `${where} is split by`)
  if (measure !== undefined) checkMeasure(scope, draft.model, measure, where)
  if (kind === undefined || charts.includes(kind)) return
  scope.report('view.unknown_chart', `${where} is drawn as "${kind}".`, `A graph is drawn as ${charts.join(', ')}.`)
}
const all = ({ by, split, measure, chart }: GraphDraft): GraphChange<never> =>
  ({ by, ...(split !== undefined && { split }), measure, kind: chart }) as GraphChange<never>
const charts: readonly string[] = ['bar', 'line', 'pie']

/** What makes no groups is no row, column or series. */
function checkGroup(scope: Scope, model: ModelMeta, grouping: string, where: string): boolean {
  const [path = ''] = grouping.split(':')
  checkGrouping(scope, model, grouping, where)
  const field = fieldAt(model, path)
  if (!field || makesGroups(field)) return true
  // Of a relation that is already said.
  if (field.kind !== 'scalar') return false
  scope.report('view.no_grouping', `${where} "${grouping}", which has no one value in the database.`)
  return false
}

const aggregates: readonly string[] = ['sum', 'avg', 'min', 'max'] satisfies readonly Aggregate[]

function checkMeasure(scope: Scope, model: ModelMeta, measure: string, where: string): boolean {
  if (measure === 'count') return true
  const [path = '', how = ''] = measure.split(':')
  const field = checkPath(scope, 'view', model, path, `${where} measures`)
  if (!field) return false
  const isNumber = field.kind === 'scalar' && ['integer', 'float', 'decimal'].includes(field.type) && isInDatabase(field)
  if (isNumber && aggregates.includes(how)) return true
  const hint = `Measures are count, and ${aggregates.join(', ')} of a number in the database: "hours:avg".`
  scope.report('view.unknown_measure', `${where} measures "${measure}".`, hint)
  return false
}

function keep<K>(to: Map<K, readonly Deed[]>, name: K, put: readonly Deed[]): void {
  if (!to.has(name)) to.set(name, put)
}
