/** What somebody may do, as clauses: for SQL, for memory and for people the same sentences. */
import { Ability as Casl } from '@casl/ability'
import { type Clause, everything, nothing } from '../model/conditions.ts'
import { conditionOn, matches, type Values } from '../model/matches.ts'
import type { FieldMeta, ModelMeta, Models } from '../model/meta.ts'
import type { Asking } from '../model/placeholders.ts'
import type { Permission, Role, Rule } from './role.ts'

export interface Ability {
  readonly roles: ReadonlySet<string>
  /**
   * Which records of the model the verb may be done to. `nothing` when no rule says so. Of those that one comes to from the record of
   * their relation `comingFrom`, which may be read, it is not asked again whether that may be read.
   */
  records(verb: string, model: ModelMeta, comingFrom?: string): Clause
  /** Whether the verb may touch the field: always, never, or on which records. */
  field(verb: string, field: FieldMeta): boolean | Clause
  /** Whether the verb may be done to any record at all: what menus and buttons ask. */
  possible(verb: string, model: ModelMeta): boolean
  /** The same decision for a record in memory, related values included. */
  permits(verb: string, model: ModelMeta, record: Values, asking: Asking, field?: string): boolean
  has(role: Role): boolean
  may(permission: Permission): boolean
}

interface Subject {
  readonly model: string
  readonly record: Values
  readonly asking: Asking
}
type Rules = Casl<[string, string | Subject], Clause>

/** The system itself, and whatever `asSystem` does: everything, every field. */
export const unlimited: Ability = {
  roles: new Set(),
  records: () => everything,
  field: () => true,
  possible: () => true,
  permits: () => true,
  has: () => true,
  may: () => true,
}

/** The ability of the roles, their implied ones included. Rules of a role come after those of the roles it implies and win over them. */
export function abilityOf(roles: readonly Role[], rules: readonly Rule[], models: Models): Ability {
  const held = expanded(roles)
  const names = new Set(held.map((role) => role.name))
  const all = held.some((role) => role.everything)
  const mine = held.flatMap((role) => rules.filter((rule) => rule.role.name === role.name))
  const casl: Rules = new Casl<[string, string | Subject], Clause>(
    [
      ...(all ? [{ action: 'manage', subject: 'all' }] : []),
      ...mine.flatMap((rule) => (rule.model ? [caslRule(rule, models.of(rule.model))] : [])),
    ],
    {
      conditionsMatcher: (clause: Clause) => (subject: object) => matches(clause, (subject as Subject).record, (subject as Subject).asking),
      fieldMatcher: (fields) => (field) => fields.some((each: string) => each === field),
      detectSubjectType: (subject) => (subject as Subject).model,
    },
  )
  const permissions = new Set(mine.flatMap((rule) => (rule.permission ? [rule.permission.permission] : [])))
  const rowClauses = new Map<string, Clause>()
  const fieldClauses = new Map<string, boolean | Clause>()

  const self: Ability = {
    roles: names,
    records: (verb, model, comingFrom = '') =>
      kept(rowClauses, `${verb} ${model.name} ${comingFrom}`, () => bothOf(rowClause(casl, verb, model), within(model, comingFrom))),
    field(verb, field) {
      return kept(fieldClauses, `${verb} ${field.model.name}.${field.name}`, () => {
        if (field.only && !field.only.some(self.has)) return false
        // Whoever may read anything of a record may know which one it is, and whether it changed.
        if (verb === 'read' && (field.name === 'id' || field.name === 'version')) return casl.can(verb, field.model.name)
        return fieldClause(casl, verb, field)
      })
    },
    possible: (verb, model) => casl.can(verb, model.name),
    permits(verb, model, record, asking, field) {
      const meta = field === undefined ? undefined : model.fields.get(field)
      if (meta?.only && !meta.only.some(self.has)) return false
      return casl.can(verb, { model: model.name, record, asking }, field) && matches(within(model), record, asking)
    },
    has: (role) => all || names.has(role.name),
    may: (permission) => all || permissions.has(permission.permission),
  }
  return self

  /** The records that a model's own belong to must be readable; of the relation `comingFrom` that is known. */
  function within(model: ModelMeta, comingFrom?: string): Clause {
    return model.within.reduce<Clause>((clause, name) => {
      if (name === comingFrom) return clause
      const field = model.fields.get(name)
      if (field?.kind !== 'one') throw new TypeError(`"${name}" of "${model.name}" is no to-one relation.`)
      const readable = self.records('read', field.target)
      if (readable === everything) return clause
      return bothOf(clause, {
        any: [
          { path: [name], operator: '$null', value: true },
          { some: [name], of: readable },
        ],
      })
    }, everything)
  }
}

function bothOf(first: Clause, second: Clause): Clause {
  if (first === nothing || second === everything) return first
  return first === everything ? second : { all: [first, second] }
}

function kept<V>(cache: Map<string, V>, key: string, make: () => V): V {
  let value = cache.get(key)
  if (value === undefined) {
    value = make()
    cache.set(key, value)
  }
  return value
}

/** Implied roles first, each once. */
export function expanded(roles: readonly Role[]): readonly Role[] {
  const order: Role[] = []
  const met = new Set<Role>()
  const add = (role: Role): void => {
    // Roles that include each other in a circle are refused when they are saved; here they must not hang anybody.
    if (met.has(role)) return
    met.add(role)
    for (const implied of role.implies) add(implied)
    order.push(role)
  }
  for (const role of roles) add(role)
  return order
}

function caslRule(rule: Rule, model: ModelMeta) {
  const where = rule.where && conditionOn(model, rule.where)
  // A condition that says nothing is none: `{}`, where fields are named behind it.
  const isNarrower = where !== undefined && !('all' in where && where.all.length === 0)
  return {
    action: [...rule.verbs],
    subject: model.name,
    inverted: rule.cannot,
    ...(isNarrower ? { conditions: where } : {}),
    ...(rule.fields ? { fields: [...rule.fields] } : {}),
  }
}

/**
 * Folds the rules into one clause, the last one deciding, as CASL does in memory. A `cannot` on fields says nothing about
 * the record; a `can` on fields makes it reachable.
 */
function rowClause(casl: Rules, verb: string, model: ModelMeta): Clause {
  return folded(casl.possibleRulesFor(verb, model.name).filter((rule) => !(rule.inverted && rule.fields)))
}

function fieldClause(casl: Rules, verb: string, field: FieldMeta): boolean | Clause {
  const rules = casl.possibleRulesFor(verb, field.model.name)
  if (rules.every((rule) => !rule.fields)) return rules.length > 0
  const clause = folded(rules.filter((rule) => rule.matchesField(field.name)))
  return clause === nothing ? false : clause === everything ? true : clause
}

function folded(highestFirst: readonly { readonly inverted: boolean; readonly conditions: Clause | undefined }[]): Clause {
  let clause: Clause = nothing
  for (const { inverted, conditions } of [...highestFirst].reverse()) {
    if (inverted) clause = conditions && clause !== nothing ? { all: [clause, { not: conditions }] } : nothing
    else if (!conditions) clause = everything
    else clause = clause === nothing ? conditions : clause === everything ? everything : { any: [clause, conditions] }
  }
  return clause
}
