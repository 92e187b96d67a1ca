/** What roles, verbs and rights are called for the reader, and where their screens are. */
import { Role } from '@tessera/base'
import { labelOf, type ModelMeta, type Policy, type RuleInForce, type Services } from '@tessera/core'

export const rolesPath = '/access/roles'
export const driftPath = '/access/drift'
export const verbs = ['read', 'create', 'update', 'delete', 'export'] as const

/** Where a cell of the grid leads. */
export function cellHref(role: string, model: string, action: string, more: Readonly<Record<string, string>> = {}): string {
  return `${roleHref(role)}?${new URLSearchParams({ model, action, ...more })}#rules`
}

export const roleHref = (role: string): string => `${rolesPath}/${encodeURIComponent(role)}`

/** A role as the reader sees it; without an id it is one that no row stands for. */
export interface NamedRole {
  readonly id: string | undefined
  readonly name: string
  readonly label: string
  readonly description: string
  /** By name: declared ones, then those that were added here. */
  readonly includes: readonly string[]
  readonly everything: boolean
  /** Declared by a module. */
  readonly shipped: boolean
}

/** All roles, in the words of the deployment where it has some, else in those of the catalogues. */
export async function namedRoles(services: Services, policy: Policy): Promise<ReadonlyMap<string, NamedRole>> {
  const { app, records, text } = services
  const { rows } = await records.query(Role, { fields: ['name', 'label', 'description'], limit: 200 })
  const byName = new Map(rows.map((row) => [row.name, row]))
  return new Map(
    [...policy.roles.values()].map((role): [string, NamedRole] => {
      const declared = app.roles.get(role.name)
      const row = byName.get(role.name)
      const label = declared && (row === undefined || row.label === declared.label) ? labelOf(declared, text) : (row?.label ?? role.label)
      return [
        role.name,
        {
          id: row?.id,
          name: role.name,
          label,
          description: row?.description ?? '',
          includes: role.implies.map(({ name }) => name),
          everything: role.everything,
          shipped: declared !== undefined,
        },
      ]
    }),
  )
}

/** The roles that one includes, through others too, nearest first. */
export function includedBy(policy: Policy, name: string): readonly string[] {
  const met = new Set<string>()
  const add = (each: string): void => {
    for (const { name: included } of policy.roles.get(each)?.implies ?? []) {
      if (met.has(included) || included === name) continue
      met.add(included)
      add(included)
    }
  }
  add(name)
  return [...met]
}

/** The verbs of a model that rules can name: the five of every model, then its own actions. */
export function actionsOf({ app, text }: Services, model: ModelMeta): readonly { readonly name: string; readonly label: string }[] {
  return app.actions(model).map((action) => ({ name: action.name, label: labelOf(action, text) }))
}

export function verbLabel(services: Services, model: ModelMeta, name: string): string {
  const action = actionsOf(services, model).find((each) => each.name === name)
  if (action) return action.label
  return verbs.some((verb) => verb === name) ? services.text(`access.roles.verb_${name}`) : name
}

/** The rules that say something of a verb on a model. */
export function rulesOn(policy: Policy, role: string, model: ModelMeta, verb: string): readonly RuleInForce[] {
  return policy.rules.filter((rule) => rule.role.name === role && rule.model?.name === model.name && rule.verbs.includes(verb))
}
