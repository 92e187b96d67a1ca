/** The kanban of a model: in which columns and in which order its cards stand, checked as it is declared. */
import { checkPath } from '../check/faults.ts'
import type { ModelMeta } from '../model/meta.ts'
import { ranked } from '../model/rank.ts'
import type { KanbanDraft } from './draft.ts'
import type { ViewScope } from './origins.ts'
import type { KanbanView } from './view.ts'

/** What is a board's own; its parts are like those of every screen. */
export function draftBoard(
  scope: ViewScope,
  model: ModelMeta,
  { by, order, quick }: KanbanView,
): Pick<KanbanDraft, 'kind' | 'by' | 'order' | 'quick'> {
  const where = `The kanban of "${model.name}" is ordered by`
  const field = order === undefined ? undefined : checkPath(scope, 'view', model, order, where)
  const isRanked = field?.kind === 'scalar' && field.type === 'string' && field.column !== undefined && field.suggest === ranked.suggest
  if (field && !isRanked)
    scope.report('view.no_rank', `${where} "${order}", which is no rank.`, `Make it p.string() with the traits: ${order}: { ...ranked }.`)
  for (const name of quick ?? []) checkPath(scope, 'view', model, name, `In a column of the kanban of "${model.name}" one types`)
  return { kind: 'kanban', by, order, quick }
}
