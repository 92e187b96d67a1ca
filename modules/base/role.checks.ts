/** What holds of roles however they are written. */
import { Conflict, type Records, type Services, type Traits, UserError } from '@tessera/core'
import { Role } from './role.model.ts'
import { administrator } from './roles.ts'
import { RuleSet } from './rule-set.model.ts'
import { User } from './user.model.ts'

type Around = NonNullable<Traits<Role>['around']>

export const aroundRole: Around = {
  async create(draft, next, services) {
    const made = await next(draft)
    await demandNoCircle(services)
    return made
  },
  async update(role, changes, next, services) {
    if (changes.name !== undefined && changes.name !== role.name && services.app.roles.has(role.name)) throw mayNotRename(role.name)
    await next(changes)
    if (changes.includes) await demandNoCircle(services)
  },
  async remove(role, next, services) {
    await demandUnused(role, services)
    const sets = await services.records.query(RuleSet, { fields: [], where: { role: role.id }, limit: 200 })
    for (const { id } of sets.rows) await services.records.remove(RuleSet, id)
    await next()
  },
}

/** Roles that include each other in a circle would all mean the same, and nobody could tell from where. */
async function demandNoCircle({ app, asSystem }: Services): Promise<void> {
  const system = asSystem('Whether roles go in a circle is asked of all of them.')
  // One change at a time: two steps, each without fault, can close a circle together.
  const gate = await system.find(Role, { name: administrator.name })
  if (gate) await system.lock(Role, gate.id)
  const rows = await allRoles(system)
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  const included = new Map(rows.map(({ name, includes }) => [name, includes.map(({ id }) => names.get(id)!)]))
  for (const role of app.roles.values()) {
    included.set(role.name, [...role.implies.map(({ name }) => name), ...(included.get(role.name) ?? [])])
  }
  const circle = circleIn(included)
  if (!circle) return
  const text = 'Roles cannot include each other in a circle: {circle}. Take one of these steps out.'
  const values = { circle: circle.join(' → ') }
  throw new UserError('base.roles_circle', text, values, { errors: [{ field: 'includes', code: 'base.roles_circle', text, values }] })
}

async function allRoles(records: Records) {
  const ask = { fields: ['name', 'includes'], limit: 200 } as const
  let page = await records.query(Role, ask)
  const rows = [...page.rows]
  while (page.next) {
    page = await records.query(Role, { ...ask, cursor: page.next })
    rows.push(...page.rows)
  }
  return rows
}

/** The names along the first circle, the first of them also at the end. */
function circleIn(included: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>()
  const from = (name: string, way: readonly string[]): readonly string[] | undefined => {
    const met = way.indexOf(name)
    if (met >= 0) return [...way.slice(met), name]
    if (done.has(name)) return undefined
    for (const next of included.get(name) ?? []) {
      const circle = from(next, [...way, name])
      if (circle) return circle
    }
    done.add(name)
    return undefined
  }
  for (const name of included.keys()) {
    const circle = from(name, [])
    if (circle) return circle
  }
  return undefined
}

async function demandUnused(role: Role, { app, asSystem }: Services): Promise<void> {
  const declared = app.roles.get(role.name)
  if (declared)
    throw new Conflict('base.role_shipped', 'The role "{name}" belongs to a module and stays as long as that is installed.', role)
  const system = asSystem('Whether anybody has the role is asked of all users.')
  const count = await system.count(User, { where: { roles: { id: role.id } } })
  if (count > 0)
    throw new Conflict(
      'base.role_in_use',
      'The role "{name}" cannot be removed: {count, plural, one {# user has} other {# users have}} it. Take it from them first.',
      { name: role.name, count },
    )
  const { rows } = await system.query(Role, { fields: ['name'], where: { includes: { id: role.id } } })
  if (rows.length > 0)
    throw new Conflict('base.role_included', 'The role "{name}" cannot be removed: {others} include it. Take it out of them first.', {
      name: role.name,
      others: rows.map(({ name }) => name).join(', '),
    })
}

function mayNotRename(name: string): UserError {
  const text = 'The role "{name}" belongs to a module, which finds it by this name: it cannot be renamed. Its label can.'
  return new UserError(
    'base.role_renamed',
    text,
    { name },
    { errors: [{ field: 'name', code: 'base.role_renamed', text, values: { name } }] },
  )
}
