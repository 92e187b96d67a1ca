/** The kanban of a model: in which columns and in which order its cards stand, checked as it is declared. */
import { checkPath } from '../check/faults.ts'
import type { ModelMeta } from '../model/meta.ts'
import { ranked } from '../model/rank.ts'
import type { ComposedKanban } from './composed.ts'
import type { KanbanDraft } from './draft.ts'
import type { ViewScope } from './origins.ts'
import { checkTones } from './parts.ts'
import type { KanbanView } from './view.ts'

/** What is a board's own; its parts are like those of every screen. */
export function draftBoard(
  scope: ViewScope,
  model: ModelMeta,
  { by, order, quick, progress }: KanbanView,
): Pick<KanbanDraft, 'kind' | 'by' | 'order' | 'quick' | 'progress'> {
  if (order !== undefined) checkRank(scope, model, order)
  for (const name of quick ?? []) checkPath(scope, 'view', model, name, `In a column of the kanban of "${model.name}" one types`)
  const drafted = progress && { by: progress.by, tones: progress.tones ?? {} }
  if (drafted) checkProgress(scope, model, by, drafted)
  return { kind: 'kanban', by, order, quick, progress: drafted }
}

function checkRank(scope: ViewScope, model: ModelMeta, order: string): void {
  const where = `The kanban of "${model.name}" is ordered by`
  const field = checkPath(scope, 'view', model, order, where)
  const isRanked = field?.kind === 'scalar' && field.type === 'string' && field.column !== undefined && field.suggest === ranked.suggest
  if (field && !isRanked)
    scope.report('view.no_rank', `${where} "${order}", which is no rank.`, `Make it p.string() with the traits: ${order}: { ...ranked }.`)
}

/** Its values are counted column by column, so that they have to be few and their colours to follow from nothing else. */
function checkProgress(scope: ViewScope, model: ModelMeta, columns: string, { by, tones }: NonNullable<ComposedKanban['progress']>): void {
  const where = `The columns of the kanban of "${model.name}" are divided by`
  const field = checkPath(scope, 'view', model, by, where)
  if (!field) return
  if (by === columns || !(field.kind === 'one' || (field.kind === 'scalar' && field.type === 'enum' && field.column !== undefined))) {
    scope.report('view.no_progress', `${where} "${by}", which is neither another relation to one record nor another enum.`)
    return
  }
  checkTones(scope, model, tones, `the progress of the kanban of "${model.name}"`)
  for (const [tone, condition] of Object.entries(tones)) {
    const other = Object.keys(condition).find((key) => key.split('.')[0] !== by)
    if (other !== undefined) scope.report('view.no_progress', `${where} "${by}", but the tone "${tone}" asks for "${other}".`)
  }
}
