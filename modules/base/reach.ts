/** Rules find a user's own records by what is written about him: his partner, his teams. Whoever writes that gives rights, too. */
import { conditionOn, type FieldMeta, Forbidden, type ModelMeta, type Policy, pathsOf, type RuleInForce, singular } from '@tessera/core'
import { type Giver, hasRule, labelOfRole } from './giver.ts'

/** A value of the receiver by which rules may find records. */
export interface Own {
  /** As a condition names it: `partnerId`, `teamIds`. */
  readonly placeholder: string
  readonly added: readonly unknown[]
  readonly label: string
}

/** What rules call a field of the user: `partner` is `me.partnerId`, `teams` is `me.teamIds`. */
export function placeholderOf({ kind, name }: FieldMeta): string {
  if (kind === 'scalar') return name
  return kind === 'one' ? `${name}Id` : `${singular(name)}Ids`
}

/** All that some rule finds records by. */
export function placeholdersOf({ rules }: Policy): ReadonlySet<string> {
  return new Set(rules.flatMap(({ where }) => [...placeholdersIn(where)]))
}

/**
 * Refuses what would let the receiver, who has these roles, do more than the giver may do himself: he must be allowed the same to
 * all records, or have the role and the value himself.
 */
export function refuseWiderReach(giver: Giver, receiver: string, roles: ReadonlySet<string>, owns: readonly Own[]): void {
  if (giver.isAdministrator) return
  const { me } = giver.services.context.caller
  for (const rule of giver.policy.rules) {
    if (!roles.has(rule.role.name) || !rule.where) continue
    const named = placeholdersIn(rule.where)
    for (const { placeholder, added, label } of owns) {
      if (!named.has(placeholder) || (added.length === 0 && !isTurned(rule))) continue
      const mine = me[placeholder]
      const has = (value: unknown) => (Array.isArray(mine) ? mine.includes(value) : mine === value)
      const same = !rule.cannot && !isTurned(rule) && giver.ability.roles.has(rule.role.name) && added.every(has)
      if (!same && !hasRule(giver, rule)) throw tooWide(giver, receiver, rule, label)
    }
  }
}

/** The rules of these roles whose condition passes through a field of a model, such as `team.leader`, on its way to the user. */
export function refuseWiderPath(giver: Giver, receiver: string, roles: ReadonlySet<string>, model: ModelMeta, field: FieldMeta): void {
  if (giver.isAdministrator) return
  for (const rule of giver.policy.rules) {
    if (!roles.has(rule.role.name) || !rule.where || !rule.model) continue
    const its = giver.services.app.models.of(rule.model)
    const passes = pathsOf(conditionOn(its, rule.where)).some((path) => passesThrough(its, path, field))
    if (passes && its !== model && !hasRule(giver, rule)) throw tooWide(giver, receiver, rule, field.label)
  }
}

function passesThrough(model: ModelMeta, path: readonly string[], wanted: FieldMeta): boolean {
  let at: ModelMeta | undefined = model
  for (const step of path) {
    const field: FieldMeta | undefined = at?.fields.get(step)
    if (field === wanted) return true
    at = field && field.kind !== 'scalar' ? field.target : undefined
  }
  return false
}

function tooWide(giver: Giver, name: string, rule: RuleInForce, label: string): Forbidden {
  const model = rule.model && giver.services.app.models.of(rule.model)
  return new Forbidden(
    'base.reach_too_wide',
    'By {label}, {name} as {role} would reach {records} that you may not {verb} all yourself. Ask somebody who may.',
    { label, name, role: labelOfRole(giver, rule.role.name), records: model?.plural.toLowerCase(), verb: rule.verbs[0] },
  )
}

/** A rule that forbids, or that turns a condition round: there, losing a value widens. */
function isTurned({ cannot, where }: RuleInForce): boolean {
  return cannot || /"\$(not|ne|nin)"/.test(JSON.stringify(where))
}

function placeholdersIn(value: unknown): ReadonlySet<string> {
  const found = new Set<string>()
  const look = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return
    if ('placeholder' in each && each.placeholder === 'me' && 'field' in each) found.add(String(each.field))
    else for (const inner of Object.values(each)) look(inner)
  }
  look(value)
  return found
}
