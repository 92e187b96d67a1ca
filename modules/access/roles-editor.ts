/** The form of one rule, and what becomes of it when it is sent. */
import { plainRules, sameRules } from '@tessera/base'
import { Conflict, labelOf, type ModelMeta, type Request, type RuleSource, type Services } from '@tessera/core'
import { keptOr } from '@tessera/web'
import { keyOf, type OwnRule, ownRules } from './roles-cell.ts'
import { conditionControl, readCondition } from './roles-condition.ts'
import { textIn, textsIn } from './roles-form.ts'
import { actionsOf, verbs } from './roles-names.ts'
import { fieldsInWords } from './roles-words.ts'

/** `new` stands for a rule that is not there yet. */
export const newRule = 'new'

export interface Editor {
  readonly key: string
  readonly isNew: boolean
  /** All rules of the place as they were shown. */
  readonly was: string
  readonly cannot: boolean
  readonly verbs: readonly Tick[]
  readonly fields: readonly Tick[]
  readonly fieldsInWords: string
  readonly condition: string
  readonly errors: readonly string[]
}
interface Tick {
  readonly value: string
  readonly label: string
  readonly chosen: boolean
}

/** What a form of a rule said, and what was wrong with it. */
export interface SentRule {
  readonly key: string
  readonly source: RuleSource
  /** The condition's part of the form, as it was sent. */
  readonly condition: string
  readonly was: string
  readonly errors: readonly string[]
  /** Only the form changed: nothing is to be saved yet. */
  readonly isStep: boolean
}

export async function editorOf(
  services: Services,
  model: ModelMeta,
  rule: OwnRule | undefined,
  action: string,
  sent?: SentRule,
): Promise<Editor> {
  const source = sent?.source ?? rule?.source ?? { verbs: [action] }
  const chosen = (names: readonly string[] | undefined, name: string) => names?.includes(name) ?? false
  const known = [...verbs.map((name) => ({ name, label: services.text(`access.roles.verb_${name}`) })), ...actionsOf(services, model)]
  return {
    key: rule ? keyOf(rule) : newRule,
    isNew: rule === undefined,
    was: sent?.was ?? JSON.stringify(rule?.set ?? []),
    cannot: source.cannot ?? false,
    verbs: known.map(({ name, label }) => ({ value: name, label, chosen: chosen(source.verbs, name) })),
    fields: [...model.fields.values()]
      .filter(({ name }) => name !== 'id' && name !== 'version')
      .map((field) => ({ value: field.name, label: labelOf(field, services.text), chosen: chosen(source.fields, field.name) })),
    fieldsInWords: source.fields ? fieldsInWords(services, model, source.fields) : '',
    condition: sent?.condition ?? (await conditionControl(services, model, source.where ?? {})),
    errors: sent?.errors ?? [],
  }
}

/** Of one that is to be taken out, what it says does not matter. */
export async function readRule(request: Request, services: Services, model: ModelMeta, isKept: boolean): Promise<SentRule> {
  const { where, control, fault, isStep } = isKept
    ? await readCondition(request, services, model)
    : { where: {}, control: '', fault: undefined, isStep: false }
  const fields = textsIn(request, 'fields')
  const source: RuleSource = {
    verbs: textsIn(request, 'verbs'),
    ...(Object.keys(where).length > 0 && { where }),
    ...(fields.length > 0 && { fields }),
    ...(textIn(request, 'cannot') === 'true' && { cannot: true }),
  }
  return { key: textIn(request, 'rule'), source, condition: control, was: textIn(request, 'was'), errors: fault ? [fault] : [], isStep }
}

/** Puts the rule into its place, or takes it out; a new one becomes a rule of this deployment. Returns where it stands. */
export async function saveRule(services: Services, role: string, model: ModelMeta, rule: SentRule, remove = false): Promise<string> {
  return services.rules.alone(role, async () => {
    const own = await ownRules(services, role, model.name)
    return rule.key === newRule ? addRule(services, role, model, rule, own) : changeRule(services, role, model, rule, own, remove)
  })
}

async function addRule(
  { rules }: Services,
  role: string,
  model: ModelMeta,
  { source }: SentRule,
  own: readonly OwnRule[],
): Promise<string> {
  const added = own.filter(({ module }) => module === '').map((rule) => rule.source)
  await rules.change(role, model.name, '', [...added, source])
  return keyOf({ module: '', at: added.length })
}

async function changeRule(
  { rules }: Services,
  role: string,
  model: ModelMeta,
  { key, source, was }: SentRule,
  own: readonly OwnRule[],
  remove: boolean,
): Promise<string> {
  const rule = own.find((each) => keyOf(each) === key)
  if (!rule || !sameRules(rule.set, shownRules(was)))
    throw new Conflict(
      'access.rules_changed',
      'Somebody else changed these rules meanwhile. They are shown as they are now; what you wrote is still in the form.',
    )
  const kept = keptRule(model, rule.source, source)
  const changed = plainRules(rule.set).flatMap((each, at) => (at !== rule.at ? [each] : remove ? [] : [kept]))
  await rules.change(role, model.name, rule.module, changed)
  return key
}

/** With the condition as it is stored, where what was sent says the same: opening a rule and saving it changes nothing. */
function keptRule(model: ModelMeta, stored: RuleSource, { where, ...sent }: RuleSource): RuleSource {
  const kept = keptOr(model, stored.where, where ?? {}) as object
  return Object.keys(kept).length > 0 ? { ...sent, where: kept } : sent
}

function shownRules(was: string): readonly RuleSource[] {
  try {
    const rules: unknown = JSON.parse(was)
    return Array.isArray(rules) ? (rules as readonly RuleSource[]) : []
  } catch {
    return []
  }
}
