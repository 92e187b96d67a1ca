/** Who gives rights, and whether he has them himself. */
import type { Ability, ModelMeta, Policy, RuleInForce, Services } from '@tessera/core'
import { Role } from './role.model.ts'

export interface Giver {
  readonly services: Services
  readonly ability: Ability
  readonly policy: Policy
  /** Has a role that may do everything, and comes with all of it: not with a key that is kept to scopes. */
  readonly isAdministrator: boolean
  /** Comes with a key that may do less than its owner. */
  readonly isScoped: boolean
}

/** Undefined where nobody in particular writes: the system, a command without a user. Rules decide about whoever is not signed in. */
export async function giverOf(services: Services): Promise<Giver | undefined> {
  const { caller, credential } = services.context
  if (caller.id === null) return undefined
  const { ability } = caller
  const policy = await services.access.policy()
  const isScoped = credential?.kind === 'key' && credential.scopes !== undefined
  const isAdministrator = !isScoped && [...ability.roles].some((name) => policy.roles.get(name)?.everything)
  return { services, ability, policy, isAdministrator, isScoped }
}

/** The roles with all that they include, by name. */
export function included({ roles }: Policy, names: Iterable<string>): ReadonlySet<string> {
  const met = new Set<string>()
  const add = (name: string): void => {
    if (met.has(name)) return
    met.add(name)
    for (const { name: next } of roles.get(name)?.implies ?? []) add(next)
  }
  for (const name of names) add(name)
  return met
}

/** The first of these roles that the giver does not have. */
export function lacking({ ability, isAdministrator }: Giver, names: Iterable<string>): string | undefined {
  return isAdministrator ? undefined : [...names].find((name) => !ability.roles.has(name))
}

/** Whether the giver may do this to every record of the model, with every field. */
export function hasWhole({ ability, isAdministrator }: Giver, verb: string, model: ModelMeta, fields?: readonly string[]): boolean {
  if (isAdministrator) return true
  const clause = ability.records(verb, model)
  if (!('all' in clause) || clause.all.length > 0) return false
  // Who has a field that is kept for certain roles, no rule says.
  return [...model.fields.values()].every(
    (field) => field.only !== undefined || (fields !== undefined && !fields.includes(field.name)) || ability.field(verb, field) === true,
  )
}

/** The giver may do all that the rule allows, to every record. */
export function hasRule(
  giver: Giver,
  { verbs, model, fields, permission }: Pick<RuleInForce, 'verbs' | 'model' | 'fields' | 'permission'>,
): boolean {
  if (giver.isAdministrator) return true
  if (permission) return giver.ability.may(permission)
  const meta = model && giver.services.app.models.of(model)
  return meta !== undefined && verbs.every((verb) => hasWhole(giver, verb, meta, fields))
}

/** The names of roles by their ids, whether or not somebody may read them. */
export async function roleNames({ asSystem }: Services, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return []
  const roles = asSystem('Whether somebody may give roles depends on what they are called.')
  const { rows } = await roles.query(Role, { fields: ['name'], where: { id: { $in: [...ids] } }, limit: 200 })
  return rows.map(({ name }) => name)
}

/** What people call a role. */
export function labelOfRole({ policy }: Giver, name: string): string {
  return policy.roles.get(name)?.label ?? name
}

/** Ids of a relation, however it is written: as ids, or as records. */
export function idsIn(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.map((each) => (typeof each === 'object' && each !== null && 'id' in each ? String(each.id) : String(each)))
}
