/** What the rules that somebody has say about a verb, a record and its fields. */
import type { Ability } from '../access/ability.ts'
import type { RuleInForce } from '../access/policy.ts'
import { sourceOf } from '../access/policy.ts'
import type { Action } from '../action/action.ts'
import { type Clause, everything, nothing } from '../model/conditions.ts'
import { conditionOn } from '../model/matches.ts'
import { type FieldMeta, isDerived, type ModelMeta, systemFields } from '../model/meta.ts'
import type { ClauseTruth, ExplainedRule, Explanation, FieldRight, FieldRights, Reason, State } from './explanation.ts'
import type { Run } from './read.ts'
import type { Asker } from './statement.ts'
import { type Found, Questions } from './truths.ts'

/** A rule with the roles through which it is held. */
export type HeldRule = RuleInForce & { readonly via: readonly string[] }

export interface DecisionAsk {
  readonly run: Run
  /** Whose rights: his ability, his own values, his language. */
  readonly asker: Asker
  /** His rules in the order in which they count. */
  readonly rules: readonly HeldRule[]
  /** A role of his that may everything. */
  readonly all?: { readonly role: string; readonly via: readonly string[] } | undefined
  readonly model: ModelMeta
  readonly verb: string
  readonly actions: readonly Action[]
  readonly record?: string | undefined
  readonly field?: string | undefined
  readonly locale: string
}
export type Decision = Omit<Explanation, 'user' | 'roles' | 'broken' | 'verb' | 'model'>

/** Everything about one verb; of no record when none is named, and of none that exists when there is none. */
export async function decide(ask: DecisionAsk): Promise<Decision> {
  const { asker, model, verb } = ask
  const { ability } = asker
  const questions = new Questions(model, asker)
  const clause = ability.records(verb, model)
  const permitted = questions.holds(clause)
  const readable = questions.holds(ability.records('read', model))
  const rules = rulesAbout(ask, verb).map((rule, at) => explained(questions, rule, at + 1, model))
  const within = withinOf(ability, model).map((each) => questions.tree(each))
  const state = stateOf(questions, ask)
  const fields = fieldsOf(questions, ask)
  const found = ask.record === undefined ? undefined : await questions.ask(ask.run, ask.record, ask.locale)

  const told = { rules: rules.map((each) => each(found)), within: within.map((each) => each(found)), state: state?.(found) ?? null }
  const rights = fields.map((each) => each(found))
  const field = rights.find(({ name }) => name === ask.field) ?? null
  const reach = reachOf(ability, model, verb, clause)
  // Nobody changes what he does not see; what is new nobody can have seen.
  const isSeen = found === undefined || verb === 'create' || verb === 'read' ? true : readable(found) === true
  const rowAllowed = found ? permitted(found) === true && isSeen : ask.record === undefined && reach !== 'none'
  const fieldRight = field && (verb === 'read' || verb === 'export' ? field.read : field.write)
  const isFieldAllowed = !fieldRight || (found ? fieldRight.here === true : fieldRight.may !== false)
  const allowed = rowAllowed && isFieldAllowed
  return {
    ...told,
    allowed,
    reason: reasonOf(ask, { found, told, reach, rowAllowed, isFieldAllowed, isSeen, possible: permitted(found) === true }, fieldRight),
    record: found ? { id: String(found.values.id), label: String(found.values.label ?? '') } : null,
    reach,
    closest: allowed ? null : closestOf(told.rules),
    readable: found ? readable(found) : null,
    field,
    fields: rights,
  }
}

/** The rules about a verb as they are folded, before them the role that may everything. */
function rulesAbout({ rules, all, model }: Pick<DecisionAsk, 'rules' | 'all' | 'model'>, verb: string): readonly (HeldRule | Everything)[] {
  const about = rules.filter((rule) => rule.model === model.handle && rule.verbs.includes(verb))
  return all ? [{ everything: true, ...all }, ...about] : about
}
interface Everything {
  readonly everything: true
  readonly role: string
  readonly via: readonly string[]
}

function explained(
  questions: Questions,
  rule: HeldRule | Everything,
  number: number,
  model: ModelMeta,
): (found: Found | undefined) => ExplainedRule {
  if ('everything' in rule) {
    const { role, via } = rule
    const whole = { number, role, via, module: '', local: false, everything: true, cannot: false, verbs: [], fields: null, where: null }
    return (found) => ({ ...whole, clause: null, holds: found ? true : null })
  }
  const { verbs, fields, cannot, module, local, via } = rule
  const clause = rule.where && conditionOn(model, rule.where)
  const isEvery = !clause || ('all' in clause && clause.all.length === 0)
  const holds = isEvery ? undefined : questions.holds(clause)
  const tree = isEvery ? undefined : questions.tree(clause)
  const told = { number, role: rule.role.name, via, module, local, everything: false, cannot, verbs, fields: fields ?? null }
  return (found) => ({
    ...told,
    where: sourceOf(rule).where ?? null,
    holds: found ? (holds?.(found) ?? true) : null,
    clause: tree?.(found) ?? null,
  })
}

/** The conditions of `within`, one for each record that this one belongs to; those that hold always are left out. */
function withinOf(ability: Ability, model: ModelMeta): readonly Clause[] {
  return model.within.flatMap((name): Clause[] => {
    const field = model.fields.get(name)
    const readable = field?.kind === 'one' ? ability.records('read', field.target) : everything
    if (readable === everything) return []
    return [
      {
        any: [
          { path: [name], operator: '$null', value: true },
          { some: [name], of: readable },
        ],
      },
    ]
  })
}

function stateOf(questions: Questions, { model, verb, actions }: DecisionAsk): ((found: Found | undefined) => State) | undefined {
  if (model.appendOnly && (verb === 'update' || verb === 'delete')) return () => ({ fits: false, code: 'append_only', clause: null })
  const when = actions.find(({ name }) => name === verb)?.when
  if (!when) return undefined
  const clause = conditionOn(model, when)
  const holds = questions.holds(clause)
  const tree = questions.tree(clause)
  return (found) => ({ fits: holds(found), code: 'when', clause: tree(found) })
}

function fieldsOf(questions: Questions, ask: DecisionAsk): readonly ((found: Found | undefined) => FieldRights)[] {
  const { model } = ask
  const write = ask.verb === 'create' ? 'create' : 'update'
  const reading = rightsOf(questions, ask, 'read')
  const writing = rightsOf(questions, ask, write)
  return [...model.fields.values()].map((field) => {
    const [read, written] = [reading(field), writing(field)]
    const about = { name: field.name, kept: isKept(field), through: field.through.map(({ name }) => name) }
    return (found) => ({ ...about, read: read(found), write: written(found) })
  })
}

/** What a verb may do to each field. Fields about which the same rules speak share one question. */
function rightsOf(questions: Questions, ask: DecisionAsk, verb: string): (field: FieldMeta) => (found: Found | undefined) => FieldRight {
  const { ability } = ask.asker
  const { model } = ask
  const records = ability.records(verb, model)
  const row = questions.holds(records)
  const rules = rulesAbout(ask, verb).map((rule, at) => {
    const clause = 'everything' in rule || !rule.where ? undefined : conditionOn(model, rule.where)
    return { rule, number: at + 1, holds: clause ? questions.holds(clause) : () => true }
  })
  const asked = new Map<string, (found: Found | undefined) => boolean | null>()
  return (field) => {
    const about = rules.filter(({ rule }) => 'everything' in rule || !rule.fields || rule.fields.includes(field.name))
    const clause = ability.field(verb, field)
    const key = about.map(({ number }) => number).join()
    const holds = typeof clause === 'boolean' ? () => clause : (asked.get(key) ?? questions.holds(clause))
    if (typeof clause !== 'boolean') asked.set(key, holds)
    return (found) => {
      const isHeldBack = field.only?.some(ability.has) === false
      const last = isHeldBack ? undefined : about.findLast((each) => (found ? each.holds(found) === true : false))
      return {
        may: clause === false || records === nothing ? false : clause === true && records === everything ? true : 'where',
        here: found ? row(found) === true && holds(found) === true : null,
        rule: last ? { number: last.number, ...named(last.rule) } : null,
      }
    }
  }
}

function named(rule: HeldRule | Everything) {
  return 'everything' in rule
    ? { role: rule.role, module: '', cannot: false }
    : { role: rule.role.name, module: rule.module, cannot: rule.cannot }
}

/** Stamps and derived values belong to the system alone. */
function isKept(field: FieldMeta): boolean {
  if (systemFields.has(field.name) || field.readonly === true) return true
  if (field.only?.length === 0) return true
  return isDerived(field)
}

function reachOf(ability: Ability, model: ModelMeta, verb: string, clause: Clause): Explanation['reach'] {
  const isUnseen = verb !== 'create' && verb !== 'read' && ability.records('read', model) === nothing
  if (clause === nothing || isUnseen) return 'none'
  return clause === everything && (verb === 'create' || verb === 'read' || ability.records('read', model) === everything) ? 'every' : 'some'
}

interface Weighed {
  readonly found: Found | undefined
  readonly told: { readonly rules: readonly ExplainedRule[]; readonly within: readonly ClauseTruth[] }
  readonly reach: Explanation['reach']
  readonly rowAllowed: boolean
  readonly isFieldAllowed: boolean
  readonly isSeen: boolean
  readonly possible: boolean
}

function reasonOf(ask: DecisionAsk, weighed: Weighed, right: FieldRight | null): Reason {
  const { found, told, reach, rowAllowed } = weighed
  if (ask.record !== undefined && !found) return { code: 'no_record', rule: null }
  const about = told.rules.filter((rule) => !(rule.cannot && rule.fields))
  const last = found ? about.findLast((rule) => rule.holds === true) : about.findLast((rule) => !rule.where)
  const decisive = last?.number ?? null
  if (rowAllowed && !weighed.isFieldAllowed) return { code: 'field', rule: right?.rule?.number ?? null }
  if (rowAllowed) {
    if (!found) return reach === 'every' ? allowedBy(last, decisive) : { code: 'some', rule: null }
    return allowedBy(last, decisive)
  }
  if (!about.some((rule) => !rule.cannot)) return { code: 'no_rule', rule: null }
  if (!found) return last?.cannot ? { code: 'forbidden', rule: decisive } : { code: 'unreadable', rule: null }
  if (!last) return { code: 'none_holds', rule: null }
  if (last.cannot) return { code: 'forbidden', rule: decisive }
  if (told.within.some(({ holds }) => holds === false)) return { code: 'within', rule: null }
  return { code: 'unreadable', rule: null }
}

function allowedBy(rule: ExplainedRule | undefined, number: number | null): Reason {
  return { code: rule?.everything ? 'everything' : 'rule', rule: number }
}

/** The rule that would allow it with the fewest other answers. */
function closestOf(rules: readonly ExplainedRule[]): number | null {
  const near = rules.flatMap(({ cannot, holds, clause, number }) =>
    !cannot && holds === false && clause ? [{ number, failing: failingIn(clause, true) }] : [],
  )
  return near.sort((a, b) => a.failing - b.failing)[0]?.number ?? null
}

/** How many comparisons would have to answer otherwise for the clause to be what is wished. */
function failingIn(clause: ClauseTruth, wish: boolean): number {
  if (clause.holds === wish) return 0
  if (clause.kind === 'not') return failingIn(clause.of[0]!, !wish)
  if (clause.kind === 'is' || clause.of.length === 0) return 1
  const each = clause.of.map((one) => failingIn(one, wish))
  const isAll = clause.kind === 'some' || (clause.kind === 'all') === wish
  return Math.max(1, isAll ? each.reduce((sum, one) => sum + one, 0) : Math.min(...each))
}
