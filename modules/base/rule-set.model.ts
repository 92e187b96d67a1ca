import { defineModel, type Fields, given, type Model, p, type RuleSource } from '@tessera/core'
import { z } from 'zod'
import { guardRuleSet } from './rights.ts'
import { Role } from './role.model.ts'
import { aroundRuleSet } from './rule-set.checks.ts'

const fields = {
  role: () => p.manyToOne(Role),
  model: p.string().default(''),
  module: p.string().default(''),
  rules: p.json().$type<readonly RuleSource[]>(),
  basis: p.json().$type<readonly RuleSource[]>().default([]),
}

/**
 * Rules of one role on one model as this deployment wants them, in place of those that one module ships or beside them. `basis`
 * is what the module shipped when they were changed: what has become of it since is drift.
 */
export interface RuleSet extends Fields<typeof fields> {}
export const RuleSet: Model<RuleSet> = defineModel('ruleSet', fields, {
  label: 'Local rules',
  plural: 'Local rules',
  title: given(['role.name', 'model', 'module'], ({ role, model, module }) =>
    [role.name, model, module].filter((each) => each !== '').join(' '),
  ),
  icon: 'shield',
  announced: true,
  confirmed: true,
  fields: {
    model: { help: 'The name of the model; empty for named rights.' },
    module: { help: 'Whose rules these stand in for; empty for rules of this deployment.' },
    rules: {
      help: 'As JSON: [{"verbs": ["read"], "where": {"team": {"placeholder": "me", "field": "teamIds"}}}].',
      valid: z.array(z.record(z.string(), z.unknown()), 'write a list of rules, for example [{"verbs": ["read"]}]').max(200),
      tracked: true,
    },
    basis: { readonly: true },
  },
  unique: { place: { of: ['role', 'model', 'module'], else: 'These rules are changed here already.' } },
  around: aroundRuleSet,
  guard: guardRuleSet,
})
