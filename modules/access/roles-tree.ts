/** The roles beside the grid: each below the one that it builds on, with how many users have it. */
import { User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { type NamedRole, roleHref } from './roles-names.ts'

export interface Branch {
  readonly label: string
  readonly href: string
  readonly depth: number
  readonly members: string
  readonly current: boolean
}

export async function treeOf(services: Services, roles: ReadonlyMap<string, NamedRole>, current: string): Promise<readonly Branch[]> {
  const ordered = inTree(roles)
  const counts = await Promise.all(ordered.map(([{ name }]) => membersOf(services, name)))
  return ordered.map(([{ name, label }, depth], at) => ({
    label,
    href: roleHref(name),
    depth: Math.min(depth, 4),
    members: counts[at]!,
    current: name === current,
  }))
}

/** How many users have the role itself. */
export async function membersOf({ records, context }: Services, role: string): Promise<string> {
  const count = await records.count(User, { where: { roles: { name: role } } })
  return count > most ? `${most.toLocaleString(context.locale)}+` : count.toLocaleString(context.locale)
}
const most = 10_000

/** Each role once, below the first that it includes. */
function inTree(roles: ReadonlyMap<string, NamedRole>): readonly (readonly [NamedRole, number])[] {
  const order: (readonly [NamedRole, number])[] = []
  const met = new Set<string>()
  const add = (role: NamedRole, depth: number): void => {
    if (met.has(role.name)) return
    met.add(role.name)
    order.push([role, depth])
    for (const other of roles.values()) if (other.includes[0] === role.name) add(other, depth + 1)
  }
  for (const role of roles.values()) if (role.includes[0] === undefined || !roles.has(role.includes[0])) add(role, 0)
  for (const role of roles.values()) add(role, 0)
  return order
}
