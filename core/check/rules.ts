/** Rules, declared by modules or written in a deployment, compared with the composed models. */
import type { Rule } from '../access/role.ts'
import type { ModelMeta } from '../model/meta.ts'
import { checkCondition } from './conditions.ts'
import { didYouMean, installed, type Scope } from './faults.ts'

export const verbs: readonly string[] = ['create', 'read', 'update', 'delete', 'export']
export const unlistedAction = 'If it is an action, list it under actions of its module.'

/** Checks model, verbs, condition and fields of a rule that is about a model. */
export function checkRule(
  scope: Scope,
  role: string,
  rule: Pick<Rule, 'verbs' | 'model' | 'where' | 'fields'>,
  actionsOf: (model: ModelMeta) => readonly string[],
): void {
  if (!rule.model) return
  const where = `A rule of "${role}"`
  const model = installed(scope.models, rule.model)
  if (!model) {
    scope.report('rule.unknown_model', `${where} is about the model "${rule.model.name}", which no installed module declares.`)
    return
  }
  const known = [...verbs, ...actionsOf(model)]
  for (const verb of rule.verbs) {
    if (!known.includes(verb))
      scope.report(
        'rule.unknown_verb',
        `${where} names "${verb}", which is no verb or action of "${model.name}".`,
        didYouMean(verb, known) ?? unlistedAction,
      )
  }
  checkCondition(scope, 'rule', model, rule.where, `${where} on "${model.name}"`)
  for (const field of rule.fields ?? []) {
    if (!model.fields.has(field)) {
      scope.report(
        'rule.unknown_field',
        `${where} names the field "${field}" of "${model.name}", which has no such field.`,
        didYouMean(field, model.fields.keys()),
      )
    }
  }
}
