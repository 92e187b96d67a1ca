/** Who has a role, which roles it includes, and what it is called. */
import { Role, User } from '@tessera/base'
import { NotFound, type Request, type Services, UserError } from '@tessera/core'
import { textIn, textsIn } from './roles-form.ts'
import type { NamedRole } from './roles-names.ts'
import { membersOf } from './roles-tree.ts'

export interface People {
  readonly count: string
  readonly more: boolean
  readonly shown: readonly {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly active: boolean
    readonly href: string
  }[]
  /** Addresses to choose from. */
  readonly known: readonly { readonly email: string; readonly name: string }[]
  readonly all: string
}

export async function peopleOf(services: Services, role: NamedRole): Promise<People> {
  const { records, app } = services
  const path = app.models.of(User).path
  const { rows, next } = await records.query(User, {
    fields: ['name', 'email', 'active'],
    where: { roles: { name: role.name } },
    limit: 50,
  })
  const { rows: known } = await records.query(User, { fields: ['name', 'email'], where: { active: true }, limit: 100 })
  const held = new Set(rows.map(({ id }) => id))
  return {
    count: await membersOf(services, role.name),
    more: next !== null,
    shown: rows.map(({ id, name, email, active }) => ({ id, name, email, active, href: `/${path}/${id}` })),
    known: known.filter(({ id }) => !held.has(id)).map(({ email, name }) => ({ email, name })),
    all: `/${path}?${new URLSearchParams({ filter: '', where: JSON.stringify({ roles: { name: role.name } }) })}`,
  }
}

/** Adds the user with the address that was sent, or takes the role from the one whose id was. */
export async function changeMembers({ records }: Services, role: NamedRole, request: Request): Promise<string> {
  const removed = textIn(request, 'remove')
  if (removed !== '') {
    const { name, roles } = await records.get(User, removed, ['name', 'roles'])
    await records.update(User, removed, { roles: roles.map(({ id }) => id).filter((id) => id !== role.id) })
    return name
  }
  const email = textIn(request, 'email').toLowerCase()
  const user = await records.find(User, { email })
  if (!user) throw new NotFound('access.no_such_user', 'There is no user with the email address "{email}".', { email })
  if (role.id === undefined) throw noRow(role)
  const { roles } = await records.get(User, user.id, ['roles'])
  await records.update(User, user.id, { roles: [...new Set([...roles.map(({ id }) => id), role.id])] })
  return user.name
}

export interface Including {
  readonly id: string
  readonly label: string
  readonly chosen: boolean
  /** A module says so: it stays. */
  readonly fixed: boolean
}

/** The roles that this one may include; those that a module gave it stay. */
export function includingOf({ app }: Services, roles: ReadonlyMap<string, NamedRole>, role: NamedRole): readonly Including[] {
  const fixed = new Set(app.roles.get(role.name)?.implies.map(({ name }) => name))
  return [...roles.values()]
    .filter(({ id, name }) => id !== undefined && name !== role.name)
    .map(({ id, name, label }) => ({ id: id!, label, chosen: role.includes.includes(name), fixed: fixed.has(name) }))
}

export async function changeIncludes({ records }: Services, role: NamedRole, request: Request): Promise<void> {
  if (role.id === undefined) throw noRow(role)
  await records.update(Role, role.id, { includes: textsIn(request, 'includes') })
}

export async function changeAbout({ records }: Services, role: NamedRole, request: Request): Promise<void> {
  if (role.id === undefined) throw noRow(role)
  await records.update(Role, role.id, { label: textIn(request, 'label'), description: textIn(request, 'description') || null })
}

function noRow({ name }: NamedRole): UserError {
  return new UserError('access.role_not_given', 'The role "{name}" is part of others and is not given by itself.', { name })
}
