/** The roles that somebody has, with how he came by each, and their rules in the order in which they count. */
import { expanded } from './ability.ts'
import type { Policy, RuleInForce } from './policy.ts'
import type { Role } from './role.ts'

export interface Held {
  readonly role: Role
  /** The names of the roles through which he has it, the given one first. */
  readonly via: readonly string[]
}

/** As `abilityOf` reads them: included roles first, each once. */
export function heldRoles(given: readonly string[], { roles }: Pick<Policy, 'roles'>): readonly Held[] {
  const direct = given.flatMap((name) => roles.get(name) ?? [])
  const paths = new Map<string, readonly string[]>(direct.map((role) => [role.name, []]))
  // Breadth first: of several ways to a role the shortest one is told.
  for (const [name, via] of paths)
    for (const included of roles.get(name)?.implies ?? []) if (!paths.has(included.name)) paths.set(included.name, [...via, name])
  return expanded(direct).map((role) => ({ role, via: paths.get(role.name) ?? [] }))
}

/** Their rules, the one that wins over the others last. */
export function rulesHeld(
  held: readonly Held[],
  { rules }: Pick<Policy, 'rules'>,
): readonly (RuleInForce & { readonly via: readonly string[] })[] {
  return held.flatMap(({ role, via }) => rules.flatMap((rule) => (rule.role.name === role.name ? [{ ...rule, via }] : [])))
}
