/** What there is to know about access: roles and rules in force, what modules ship, and whether a rule can be saved. */
import type { Ability } from '../access/ability.ts'
import type { Callers, Profile } from '../access/callers.ts'
import { permissionsOf } from '../access/permissions.ts'
import { type FaultsOf, type Policy, type RuleSet, type RuleSource, shippedSets } from '../access/policy.ts'
import type { Permission } from '../access/role.ts'
import type { Kernel } from './bound.ts'
import { explain } from './explain.ts'
import type { Explanation, ExplanationAsk, WhoMay } from './explanation.ts'
import { whoMay } from './who-may.ts'

export interface Access {
  /** Roles and rules as they are now: declared ones with what this deployment changed. */
  policy(): Promise<Policy>
  /** What somebody with these roles may do. */
  abilityFor(roles: readonly string[]): Promise<Ability>
  /** Undefined for a user that does not exist or is deactivated. */
  profileOf(user: string): Promise<Profile | undefined>
  /** The rules that modules ship for a role on a model (or, for '', its named rights), one set for each module. */
  shipped(role: string, model: string): readonly RuleSet[]
  /** What is wrong with a rule, in a sentence each; none when it can be saved. Takes any JSON. */
  faults(role: string, model: string, source: RuleSource): readonly string[]
  /** Why a user may do something or may not, with the values of the record that decide. NotFound when there is no such user or model. */
  explain(ask: ExplanationAsk): Promise<Explanation>
  /** Every named right that anything asks for, by its name. */
  permissions(): ReadonlyMap<string, Permission>
  /** Who may do it: how many, and up to 50 by name. */
  whoMay(ask: Omit<ExplanationAsk, 'user' | 'field'>): Promise<WhoMay>
}

export function accessOf({
  kernel,
  callers,
  faultsOf,
}: {
  readonly kernel: Kernel
  readonly callers: Callers
  readonly faultsOf: FaultsOf
}): Access {
  return {
    policy: callers.policy,
    abilityFor: callers.abilityFor,
    profileOf: (user) => callers.profileOf(user),
    shipped: (role, model) => shippedSets(kernel.composition, role, model),
    faults: faultsOf,
    permissions: () => permissionsOf(kernel.composition),
    explain: (ask) => explain({ kernel, callers }, ask),
    whoMay: (ask) => whoMay({ kernel, callers }, ask),
  }
}
