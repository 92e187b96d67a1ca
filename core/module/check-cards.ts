/** What a module puts on the dashboard, compared with the model that it is about. */
import { checkPath, installed, type Scope } from '../check/faults.ts'
import { checkFilters, checkGrouping } from '../view/searching.ts'
import type { Composition } from './composition.ts'
import type { Module } from './module.ts'

export function checkCards(scope: Scope, declaration: Module, composition: Composition): void {
  for (const { label, model: handle, filter, graph, dated } of declaration.cards) {
    const where = `The card "${label}"`
    const model = installed(scope.models, handle)
    if (!model) {
      const sentence = `${where} is about the model "${handle.name}", which no installed module declares.`
      scope.report('card.unknown_model', sentence, 'List the model under models, and its module under depends.')
      continue
    }
    checkFilters(scope, model, filter, composition.screens(model).search.filters, where)
    for (const grouping of [graph?.by, graph?.split]) if (grouping) checkGrouping(scope, model, grouping, `${where} groups by`)
    if (dated === undefined) continue
    const field = checkPath(scope, 'card', model, dated, `${where} is dated by`)
    if (!field || (field.kind === 'scalar' && ['date', 'datetime'].includes(field.type))) continue
    scope.report('card.no_date', `${where} is dated by "${dated}", which is no date.`, 'Name a field of type date or datetime.')
  }
}
