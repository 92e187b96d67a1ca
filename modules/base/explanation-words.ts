/** An explanation as people read it: sentences, and every clause with what the record has there. */
import {
  type ClauseTruth,
  type ComparedTruth,
  conditionOn,
  type ExplainedRule,
  type Explanation,
  type FieldMeta,
  type FieldRights,
  labelOf,
  type ModelMeta,
  optionCode,
  type Services,
} from '@tessera/core'
import { type Comparison, clauseInWords, comparisonParts, pathInWords, type Reader } from './condition-words.ts'
import { verbs } from './explain-ask.ts'

/** A clause in words, with what its parts say. */
export interface ToldClause {
  readonly kind: ClauseTruth['kind']
  /** "Team is one of the user’s teams"; of what is joined, how: "all of", "any of", "not". */
  readonly says: string
  /** What the record has there: "Payments, Eastern". Null where there is no one value. */
  readonly has: string | null
  readonly holds: boolean | null
  readonly of: readonly ToldClause[]
  /** Of a comparison and of related records: the same as the database has it. */
  readonly path?: readonly string[]
  readonly operator?: string
  readonly wanted?: ComparedTruth['wanted']
  readonly value?: unknown
}
export interface ToldRule extends Omit<ExplainedRule, 'clause'> {
  readonly roleLabel: string
  /** "Agent, as Manager includes it". */
  readonly heldAs: string
  /** The whole condition in one line. */
  readonly says: string
  readonly fieldLabels: readonly string[] | null
  readonly clause: ToldClause | null
}
export interface ToldField extends FieldRights {
  readonly label: string
  /** The labels of the actions that change it. */
  readonly actions: readonly string[]
  /** The role whose rule decides. */
  readonly readRole: string | null
  readonly writeRole: string | null
}
export interface Told extends Omit<Explanation, 'rules' | 'within' | 'state' | 'field' | 'fields' | 'roles'> {
  readonly modelLabel: string
  readonly verbLabel: string
  /** "May Amara Diallo update SP-2026-01790?" */
  readonly question: string
  /** "No. None of the 2 rules about it holds." */
  readonly sentence: string
  /** What is missing to the rule that comes nearest, and what else one should know. */
  readonly details: readonly string[]
  readonly roles: readonly (Explanation['roles'][number] & { readonly says: string })[]
  readonly rules: readonly ToldRule[]
  readonly within: readonly ToldClause[]
  readonly state: { readonly fits: boolean | null; readonly says: string; readonly clause: ToldClause | null } | null
  readonly field: ToldField | null
  readonly fields: readonly ToldField[]
}

export async function told(services: Services, explanation: Explanation): Promise<Told> {
  const model = services.app.models.byName(explanation.model)
  if (!model) return rightTold(services, explanation)
  const { text, app, context } = services
  const records = services.asSystem('Whoever is told why somebody may do something is told what rules and records name.')
  const reader: Reader = { records, text, app, context }
  const { rules, within, state, field, fields, roles, ...rest } = explanation
  const verbLabel = verbInWords(services, model, explanation.verb)
  const toldRules = await Promise.all(rules.map((rule) => ruleInWords(services, reader, model, rule)))
  const toldField = (each: FieldRights): ToldField => ({
    ...each,
    label: labelOf(model.fields.get(each.name)!, text),
    actions: each.through.map((name) => verbInWords(services, model, name)),
    readRole: each.read.rule && roleLabel(services, each.read.rule.role),
    writeRole: each.write.rule && roleLabel(services, each.write.rule.role),
  })
  const toldState = state && {
    fits: state.fits,
    says: text(`base.explain.state.${state.code}`, { models: labelOf(model, text).toLowerCase() }),
    clause: state.clause && (await clauseTold(reader, model, state.clause)),
  }
  const whole = {
    ...rest,
    modelLabel: labelOf(model, text),
    verbLabel,
    question: text(explanation.record ? 'base.explain.question' : 'base.explain.question_any', {
      user: explanation.user.name,
      verb: verbLabel.toLowerCase(),
      model: labelOf(model, text).toLowerCase(),
      record: explanation.record?.label ?? '',
    }),
    roles: roles.map((each) => ({ ...each, says: roleInWords(services, each.name, each.via, explanation) })),
    rules: toldRules,
    within: await Promise.all(within.map((each) => clauseTold(reader, model, each))),
    state: toldState,
    field: field && toldField(field),
    fields: fields.map(toldField),
  }
  return { ...whole, sentence: sentenceOf(services, whole), details: detailsOf(services, whole) }
}

/** Of a named right there are only the roles that give it. */
function rightTold(services: Services, explanation: Explanation): Told {
  const { text } = services
  const right = text(`access.permission.${explanation.verb}`)
  const { rules, roles, ...rest } = explanation
  const whole = {
    ...rest,
    modelLabel: '',
    verbLabel: right,
    question: text('base.explain.question_right', { user: explanation.user.name, right }),
    roles: roles.map((each) => ({ ...each, says: roleInWords(services, each.name, each.via, explanation) })),
    rules: rules.map(({ clause: _, ...rule }) => ({
      ...rule,
      roleLabel: roleLabel(services, rule.role),
      heldAs: heldAs(services, rule.role, rule.via),
      says: rule.everything ? text('base.explain.everything') : right,
      fieldLabels: null,
      clause: null,
    })),
    within: [],
    state: null,
    field: null,
    fields: [],
  }
  return { ...whole, sentence: sentenceOf(services, whole), details: explanation.broken }
}

/** A verb of every model, or the label of an action. */
export function verbInWords({ app, text }: Pick<Services, 'app' | 'text'>, model: ModelMeta, verb: string): string {
  if (verbs.some((each) => each === verb)) return text(`base.explain.verb.${verb}`)
  const action = app.actions(model).find(({ name }) => name === verb)
  return action ? labelOf(action, text) : verb
}

type Unsaid = Omit<Told, 'sentence' | 'details'>

function sentenceOf({ text }: Services, { reason, rules, user, modelLabel, field, roles, allowed }: Unsaid): string {
  const rule = rules.find(({ number }) => number === reason.rule)
  const code = reason.code === 'no_rule' && roles.length === 0 ? 'no_role' : reason.code
  return text(`base.explain.${allowed ? 'yes' : 'no'}.${code}`, {
    user: user.name,
    rule: reason.rule ?? 0,
    role: rule?.roleLabel ?? '',
    model: modelLabel.toLowerCase(),
    field: field?.label ?? '',
    count: rules.filter(({ cannot }) => !cannot).length,
  })
}

function detailsOf({ text }: Services, { rules, closest, state, within, reason, allowed, broken, field }: Unsaid): readonly string[] {
  const near = rules.find(({ number }) => number === closest)
  const failing = near?.clause && failingOf(text, near.clause)
  return [
    ...(near && failing
      ? [
          text(failing.has === null ? 'base.explain.closest' : 'base.explain.closest_has', {
            rule: near.number,
            says: failing.says,
            has: failing.has ?? '',
          }),
        ]
      : []),
    ...(reason.code === 'within' ? within.filter(({ holds }) => holds === false).map(({ says }) => says) : []),
    ...(field?.through.length ? [text('base.explain.through', { actions: field.actions.join(', ') })] : []),
    ...(allowed && state?.fits === false ? [state.says] : []),
    ...broken,
  ]
}

/** What decides against the clause, the first in reading order; where any of several would do, all of them. */
function failingOf(text: Services['text'], clause: ToldClause): { readonly says: string; readonly has: string | null } | undefined {
  if (clause.holds !== false) return undefined
  if (clause.kind === 'any' && clause.of.every(({ of }) => of.length === 0)) {
    const found = [...new Set(clause.of.flatMap((each) => each.has ?? []))]
    // Of several values nobody would know which is which.
    const has = found.length === 1 ? found[0]! : null
    return { says: clause.of.map(({ says }) => says).join(` ${text('base.condition.or')} `), has }
  }
  if (clause.kind !== 'all') return clause
  return clause.of.map((each) => failingOf(text, each)).find((each) => each !== undefined)
}

async function ruleInWords(services: Services, reader: Reader, model: ModelMeta, rule: ExplainedRule): Promise<ToldRule> {
  const { text } = services
  const { clause, ...rest } = rule
  return {
    ...rest,
    roleLabel: roleLabel(services, rule.role),
    heldAs: heldAs(services, rule.role, rule.via),
    says: rule.everything
      ? text('base.explain.everything')
      : rule.where
        ? await clauseInWords(reader, model, conditionOn(model, rule.where))
        : text('base.explain.every', { model: labelOf(model, text).toLowerCase() }),
    fieldLabels: rule.fields?.map((name) => labelled(model.fields.get(name), name, text)) ?? null,
    clause: clause && (await clauseTold(reader, model, clause)),
  }
}

function roleInWords(services: Services, name: string, via: readonly string[], { roles }: Explanation): string {
  return via.length === 0 && roles.length > 0 ? roleLabel(services, name) : heldAs(services, name, via)
}

/** "Agent", or "Agent, through Manager". */
function heldAs(services: Services, name: string, via: readonly string[]): string {
  const role = roleLabel(services, name)
  return via.length === 0
    ? role
    : services.text('base.explain.through_role', { role, via: via.map((each) => roleLabel(services, each)).join(' → ') })
}

function roleLabel({ app, text }: Services, name: string): string {
  const role = app.roles.get(name)
  return role ? labelOf(role, text) : name
}

async function clauseTold(reader: Reader, model: ModelMeta, clause: ClauseTruth): Promise<ToldClause> {
  const { text } = reader
  if (clause.kind === 'is') {
    const { subject, operator, value } = await comparisonParts(reader, model, comparisonOf(clause))
    const says = [subject, operator, value].filter((each) => each !== '').join(' ')
    const empty = clause.wanted.empty ? text('base.explain.empty_placeholder', { says }) : says
    return { ...clause, says: empty, has: valueShown(reader, model, clause), of: [] }
  }
  if (clause.kind === 'some') {
    const target = targetOf(model, clause.path)
    const of = target ? await Promise.all(clause.of.map((each) => clauseTold(reader, target, each))) : []
    const label = pathInWords(reader, model, clause.path)
    const has = clause.related && (clause.related.join(', ') || text('base.condition.empty'))
    const [single] = of
    // "Team: one of …" in one line where there is only one thing to say of the related record.
    const says = text(of.length === 0 ? 'base.explain.related_any' : 'base.explain.related', { of: label })
    if (of.length === 1 && single?.kind === 'is')
      return {
        ...single,
        path: [...clause.path, ...(single.path ?? [])],
        says: `${label} · ${single.says}`,
        has: single.has ?? has,
        holds: clause.holds,
      }
    return { kind: 'some', path: clause.path, says, has, holds: clause.holds, of }
  }
  const of = await Promise.all(clause.of.map((each) => clauseTold(reader, model, each)))
  return { kind: clause.kind, says: text(`base.explain.${clause.kind}`), has: null, holds: clause.holds, of }
}

/** The comparison as the rule has it, its placeholders as such. */
function comparisonOf({ path, operator, wanted }: ComparedTruth): Comparison {
  return { path, operator, value: wanted.source } as Comparison
}

/** What the record has where the clause looks, as it is shown. */
function valueShown(reader: Reader, model: ModelMeta, clause: ComparedTruth): string | null {
  if (!('value' in clause)) return null
  const { text, context } = reader
  const { value } = clause
  if (value === null || value === undefined || value === '') return text('base.condition.empty')
  if (typeof value === 'object' && 'label' in value) return String((value as { label: unknown }).label ?? '')
  if (value instanceof Date)
    return value.toLocaleString(context.locale, { timeZone: context.zone, dateStyle: 'medium', timeStyle: 'short' })
  if (typeof value === 'boolean') return text(value ? 'base.condition.yes' : 'base.condition.no')
  const field = fieldOf(model, clause.path)
  if (typeof value === 'string' && field?.kind === 'scalar' && field.values?.includes(value)) return text(optionCode(field, value))
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown
}
const longest = 120

function fieldOf(model: ModelMeta, path: readonly string[]): FieldMeta | undefined {
  const target = targetOf(model, path.slice(0, -1))
  return target?.fields.get(path.at(-1) ?? '')
}

function targetOf(model: ModelMeta, path: readonly string[]): ModelMeta | undefined {
  let at: ModelMeta | undefined = model
  for (const step of path) {
    const field: FieldMeta | undefined = at?.fields.get(step)
    at = field && field.kind !== 'scalar' ? field.target : undefined
  }
  return at
}

function labelled(field: FieldMeta | undefined, name: string, text: Services['text']): string {
  return field ? labelOf(field, text) : name
}
