/** What is wrong with a rule that this deployment wrote, by the same checks as a declared one. */
import { z } from 'zod'
import { unlimited } from '../access/ability.ts'
import type { FaultsOf, RuleSource } from '../access/policy.ts'
import { scopesOf } from '../check/faults.ts'
import { checkRule } from '../check/rules.ts'
import type { BootProblem } from '../errors.ts'
import { fill, UserError } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Where } from '../model/types.ts'
import type { Composition } from '../module/composition.ts'
import { askedClause } from './asked.ts'

/** Sentences for people; none when the rule can be used. It never throws, whatever JSON it is given. */
export function faultsIn(composition: Composition): FaultsOf {
  const rights = new Set(composition.rules.flatMap((rule) => rule.permission?.permission ?? []))
  return (role, model, given) => {
    const source = asWritten(given)
    if (!source) return [`A rule of "${role}" is an object with verbs, or with the name of a right.`]
    return source.permission !== undefined
      ? rightFaults(role, model, source.permission, rights)
      : ruleFaults(composition, role, model, source)
  }
}

function rightFaults(role: string, model: string, right: string, known: ReadonlySet<string>): readonly string[] {
  if (model !== '') return [`A rule of "${role}" gives the right "${right}", which belongs to no model.`]
  return known.has(right) ? [] : [`A rule of "${role}" gives the right "${right}", which no installed module declares.`]
}

function ruleFaults(composition: Composition, role: string, name: string, source: RuleSource): readonly string[] {
  const model = composition.models.byName(name)
  if (!model) return [`A rule of "${role}" is about the model "${name}", which no installed module declares.`]
  const verbs = source.verbs ?? []
  if (verbs.length === 0) return [`A rule of "${role}" on "${name}" says nothing of what may be done: give it verbs.`]
  const problems: BootProblem[] = []
  const scope = scopesOf(composition.modules, composition.models, problems)('')
  const rule = { verbs, model: model.handle, where: source.where as Where<unknown> | undefined, fields: source.fields }
  checkRule(scope, role, rule, (its) => composition.actions(its).map((action) => action.name))
  if (problems.length > 0) return problems.map(({ sentence, hint }) => (hint ? `${sentence} ${hint}` : sentence))
  return unfitting(model, source.where)
}

/** An operand that its field cannot hold would be an error of the database, for everybody whom the rule is about. */
function unfitting(model: ModelMeta, where: object | undefined): readonly string[] {
  try {
    if (where) askedClause(unlimited, model, where)
    return []
  } catch (error) {
    if (error instanceof UserError) return [fill(error.text, error.values)]
    throw error
  }
}

/** JSON that claims to be a rule; undefined when it is none. */
function asWritten(given: unknown): RuleSource | undefined {
  const parsed = written.safeParse(given)
  return parsed.success ? parsed.data : undefined
}

const names = z.array(z.string().min(1).max(100)).max(200)
const written = z
  .strictObject({
    verbs: names.min(1).optional(),
    where: z.record(z.string(), z.unknown()).optional(),
    fields: names.optional(),
    cannot: z.boolean().optional(),
    permission: z.string().min(1).max(200).optional(),
  })
  .refine(({ permission, ...rule }) => permission === undefined || Object.values(rule).every((each) => each === undefined))
