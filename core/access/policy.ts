/** Roles and rules in force: what modules declare, with what this deployment changed. Both are kept apart, so that an upgrade overwrites nothing. */
import { shippedKey } from '../model/define.ts'
import type { Models } from '../model/meta.ts'
import { shippedId } from '../model/shipped.ts'
import type { Where } from '../model/types.ts'
import { permission, type Role, type Rule, role } from './role.ts'

/** A rule as the database and the API keep it: JSON. Shipped records stand there by their ids, placeholders as themselves. */
export interface RuleSource {
  /** Of a rule about a model: verbs and names of actions. */
  readonly verbs?: readonly string[] | undefined
  readonly where?: object | undefined
  readonly fields?: readonly string[] | undefined
  readonly cannot?: boolean | undefined
  /** Of a rule about no model: the named right. */
  readonly permission?: string | undefined
}

/** All rules of one role on one model that come from one place. */
export interface RuleSet {
  readonly role: string
  /** Empty for named rights, which belong to no model. */
  readonly model: string
  /** Whose rules these stand in for; empty for rules that this deployment adds. */
  readonly module: string
  readonly rules: readonly RuleSource[]
}

/** A role as the database has it. */
export interface RoleRow {
  readonly name: string
  readonly label: string
  readonly includes: readonly string[]
}

export interface RuleInForce extends Rule {
  /** The module that declares it, or in whose place it was changed; empty for one that this deployment added. */
  readonly module: string
  /** Written or changed in this deployment. */
  readonly local: boolean
}

export interface Policy {
  readonly roles: ReadonlyMap<string, Role>
  /** In the order in which they count: a later rule wins over an earlier one of the same role. */
  readonly rules: readonly RuleInForce[]
  /** Local rules that no longer fit the installed modules. They allow nothing; one that forbids then forbids everything. */
  readonly broken: readonly { readonly set: RuleSet; readonly sentence: string }[]
}

/** The declarations that a policy starts from. */
export interface Declared {
  readonly roles: ReadonlyMap<string, Role>
  readonly rules: readonly (Rule & { readonly module: string })[]
  readonly models: Models
  readonly modules: readonly { readonly declaration: { readonly name: string } }[]
}

/** What is wrong with a rule, in a sentence each; none when it can be used. */
export type FaultsOf = (role: string, model: string, source: RuleSource) => readonly string[]

export function policyOf(declared: Declared, rows: readonly RoleRow[], sets: readonly RuleSet[], faultsOf: FaultsOf): Policy {
  const roles = rolesInForce(declared.roles, rows)
  const broken: { set: RuleSet; sentence: string }[] = []
  const installed = new Set(['', ...declared.modules.map(({ declaration }) => declaration.name)])
  // The rules of a module that is not installed here sleep with it.
  const local = new Map(sets.filter((set) => installed.has(set.module) && roles.has(set.role)).map((set) => [keyOf(set), set]))
  const rulesOf = (set: RuleSet): readonly RuleInForce[] =>
    set.rules.flatMap((source) => {
      const sentences = faultsOf(set.role, set.model, source)
      for (const sentence of sentences) broken.push({ set, sentence })
      const rule = sentences.length === 0 ? ruleOf(declared, roles.get(set.role)!, set, source) : withheld(declared, roles, set, source)
      return rule ? [rule] : []
    })
  const rules: RuleInForce[] = []
  const placed = new Set<string>()
  for (const rule of declared.rules) {
    const key = keyOf({ role: rule.role.name, model: rule.model?.name ?? '', module: rule.module })
    const set = local.get(key)
    if (!set) rules.push({ ...rule, role: roles.get(rule.role.name) ?? rule.role, local: false })
    else if (!placed.has(key)) rules.push(...rulesOf(set))
    placed.add(key)
  }
  for (const [key, set] of local) if (!placed.has(key)) rules.push(...rulesOf(set))
  return { roles, rules, broken }
}

/** The rules that modules ship for a role on a model (or, for an empty name, its named rights), one set for each module. */
export function shippedSets({ rules }: Pick<Declared, 'rules'>, roleName: string, model: string): readonly RuleSet[] {
  const sets = new Map<string, RuleSource[]>()
  for (const rule of rules) {
    if (rule.role.name !== roleName || (rule.model?.name ?? '') !== model) continue
    sets.set(rule.module, [...(sets.get(rule.module) ?? []), sourceOf(rule)])
  }
  return [...sets].map(([module, its]) => ({ role: roleName, model, module, rules: its }))
}

/** A rule as JSON keeps it. */
export function sourceOf(rule: Rule): RuleSource {
  if (rule.permission) return { permission: rule.permission.permission }
  return {
    verbs: [...rule.verbs],
    ...(rule.where && Object.keys(rule.where).length > 0 && { where: withIds(rule.where) as object }),
    ...(rule.fields && { fields: [...rule.fields] }),
    ...(rule.cannot && { cannot: true }),
  }
}

function keyOf({ role: name, model, module }: Pick<RuleSet, 'role' | 'model' | 'module'>): string {
  return `${name}/${model}/${module}`
}

/** Declared roles with what they additionally include here, and the roles that were made here; each name one object. */
function rolesInForce(declared: ReadonlyMap<string, Role>, rows: readonly RoleRow[]): ReadonlyMap<string, Role> {
  const byName = new Map(rows.map((row) => [row.name, row]))
  const made = new Map<string, Role>()
  for (const name of new Set([...declared.keys(), ...byName.keys()])) {
    const own = declared.get(name)
    const implies: Role[] = []
    made.set(name, role(name, { label: own?.label ?? byName.get(name)?.label ?? name, implies, everything: own?.everything ?? false }))
  }
  for (const [name, each] of made) {
    const included = [...(declared.get(name)?.implies.map((one) => one.name) ?? []), ...(byName.get(name)?.includes ?? [])]
    ;(each.implies as Role[]).push(...new Set(included.flatMap((one) => made.get(one) ?? [])))
  }
  return made
}

function ruleOf(declared: Declared, its: Role, set: RuleSet, source: RuleSource): RuleInForce | undefined {
  const origin = { role: its, module: set.module, local: true }
  if (source.permission !== undefined) {
    const known = declared.rules.find((rule) => rule.permission?.permission === source.permission)?.permission
    return { ...origin, verbs: [], permission: known ?? permission(source.permission, source.permission), cannot: false }
  }
  const model = declared.models.byName(set.model)
  if (!model) return undefined
  return {
    ...origin,
    verbs: source.verbs ?? [],
    model: model.handle,
    where: source.where as Where<unknown> | undefined,
    fields: source.fields,
    cannot: source.cannot ?? false,
  }
}

/** In place of a rule that cannot be read: nothing for one that allows; for one that forbids, all that it may have meant. */
function withheld(declared: Declared, roles: ReadonlyMap<string, Role>, set: RuleSet, source: RuleSource): RuleInForce | undefined {
  // Whatever JSON the database holds: one row of it must not keep everybody out.
  if (typeof source !== 'object' || source === null || !source.cannot) return undefined
  const verbs: unknown = source.verbs
  const known = Array.isArray(verbs) ? verbs.filter((verb): verb is string => typeof verb === 'string') : []
  // To CASL, `manage` is everything.
  return ruleOf(declared, roles.get(set.role)!, set, { verbs: known.length > 0 ? known : ['manage'], cannot: true })
}

/** Shipped records by the ids that their keys stand for: a condition as it is kept and written as JSON. */
export function withIds(value: unknown): unknown {
  const key = shippedKey(value)
  if (key !== undefined) return shippedId(key)
  if (Array.isArray(value)) return value.map(withIds)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withIds(each)]))
}
