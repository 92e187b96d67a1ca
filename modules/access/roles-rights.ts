/** Named rights of a role: those that belong to no model. */
import { plainRules } from '@tessera/base'
import { labelOf, type Permission, type Policy, type RuleSource, type Services } from '@tessera/core'
import { includedBy, type NamedRole } from './roles-names.ts'

export interface Right {
  readonly name: string
  readonly label: string
  readonly given: boolean
  /** The roles that bring it along, whatever is chosen here. */
  readonly origin: string
  readonly local: boolean
}

export function rightsOf({ app, text }: Services, policy: Policy, roles: ReadonlyMap<string, NamedRole>, role: string): readonly Right[] {
  const giving = (name: string, right: string) =>
    policy.rules.filter((rule) => rule.role.name === name && rule.permission?.permission === right)
  const declared = new Map<string, Permission>()
  for (const { permission } of app.rules) if (permission) declared.set(permission.permission, permission)
  return [...declared.values()].map((permission) => {
    const own = giving(role, permission.permission)
    const from = includedBy(policy, role).filter((name) => giving(name, permission.permission).length > 0)
    return {
      name: permission.permission,
      label: labelOf(permission, text),
      given: own.length > 0 || roles.get(role)?.everything === true,
      origin: from.map((name) => roles.get(name)?.label ?? name).join(', '),
      local: own.some(({ local }) => local),
    }
  })
}

/** Gives the role just these rights: shipped ones stay where they are shipped, the rest are added here. */
export async function giveRights({ rules }: Services, role: string, wanted: ReadonlySet<string>): Promise<void> {
  await rules.alone(role, async () => {
    const sets = await rules.sets(role, '')
    const shipped = new Set(sets.flatMap((set) => set.shipped.flatMap(({ permission }) => permission ?? [])))
    for (const { module, shipped: its } of sets) {
      const chosen: readonly RuleSource[] =
        module === ''
          ? [...wanted].filter((right) => !shipped.has(right)).map((permission) => ({ permission }))
          : its.filter(({ permission }) => permission !== undefined && wanted.has(permission))
      await rules.change(role, '', module, plainRules(chosen))
    }
  })
}
