/** Whom a provider's word signs in: somebody who is connected, recognised by his address, or new. */
import { administrator, Role, User } from '@tessera/base'
import { Forbidden, type Records, type Services, type UserError } from '@tessera/core'
import type { Person } from './claims.ts'
import type { IdentityProvider } from './identity-provider.model.ts'
import { rolesAfter } from './role-map.ts'
import { UserIdentity } from './user-identity.model.ts'

/** The user whom this person is here, with the roles that the provider gives him now. Forbidden for whoever has no account. */
export async function accountOf(provider: IdentityProvider, person: Person, services: Services): Promise<string> {
  const records = system(services)
  return records.transaction(async () => {
    const identity = await records.find(UserIdentity, { provider: provider.id, subject: person.subject })
    const user = identity ? await records.lock(User, identity.user.id) : await recognised(provider, person, services)
    if (!user) return opened(provider, person, services)
    refuseInactive(user)
    if (identity) await records.update(UserIdentity, identity.id, { lastSignInAt: services.context.now })
    else await connect(provider, person, user.id, services)
    await giveRoles(provider, person, user, services)
    return user.id
  })
}

/** What the provider calls this user from now on. Refused when it calls somebody else so, or him by another name. */
export async function connect(provider: IdentityProvider, { subject }: Person, user: string, services: Services): Promise<void> {
  await system(services).create(UserIdentity, { provider: provider.id, subject, user, lastSignInAt: services.context.now })
}

/** An account with the address that the provider has verified, if it may be taken over by that alone. */
async function recognised(provider: IdentityProvider, { email, isEmailVerified }: Person, services: Services): Promise<User | undefined> {
  if (!provider.linkByEmail || email === undefined || !isEmailVerified) return undefined
  const records = system(services)
  const found = await records.find(User, { email })
  if (!found) return undefined
  const user = await records.lock(User, found.id)
  const connected = await records.count(UserIdentity, { where: { provider: provider.id, user: user.id } })
  // An address that another person has by now, an account that is kept by more than its mailbox, one that may do everything.
  if (connected > 0 || user.secondFactor || (await isAdministrator(user, services))) throw connectFirst(provider)
  return user
}

async function opened(
  provider: IdentityProvider,
  { name, email, isEmailVerified, ...person }: Person,
  services: Services,
): Promise<string> {
  const about = { provider: provider.label }
  if (!provider.createUsers)
    throw new Forbidden(
      'oidc.no_account',
      '{provider} knows you, but no account here is connected with that. Ask an administrator for one.',
      about,
    )
  // An account opened with somebody else's address would be his later, with whoever opened it inside.
  if (email === undefined || !isEmailVerified)
    throw new Forbidden(
      'oidc.no_verified_email',
      '{provider} did not tell an email address of yours that it has verified, so no account can be opened. Verify it there, or ask an administrator.',
      about,
    )
  const records = system(services)
  if (await records.find(User, { email })) throw connectFirst(provider)
  const roles = await rolesAfter(provider, person.values, [], records)
  const { id } = await records.create(User, { email, name: name ?? email, roles })
  await connect(provider, { ...person, name, email, isEmailVerified }, id, services)
  return id
}

/** What the map says counts, at each sign-in; what it does not speak of stays. */
async function giveRoles(provider: IdentityProvider, { values }: Person, user: User, services: Services): Promise<void> {
  const records = system(services)
  const { roles: held } = await records.get(User, user.id, ['roles'])
  const had = held.map(({ id }) => id)
  const has = await rolesAfter(provider, values, had, records)
  const lost = had.filter((role) => !has.includes(role))
  if (lost.length === 0 && has.length === had.length) return
  await records.update(User, user.id, { roles: [...has, ...(await lastOnes(user, lost, has, services))] })
}

/** Of the roles that are lost those of the last administrator, without whom nobody could give rights any more. */
async function lastOnes(user: User, lost: readonly string[], has: readonly string[], services: Services): Promise<readonly string[]> {
  const ruling = await administrativeRoles(services)
  const lastly = lost.filter((role) => ruling.has(role))
  if (lastly.length === 0 || has.some((role) => ruling.has(role))) return []
  // Two who lose them at the same moment go one after the other.
  const records = system(services)
  for (const role of [...ruling].sort()) await records.lock(Role, role)
  const others = { active: true, id: { $ne: user.id }, roles: { id: { $in: [...ruling] } } }
  return (await records.count(User, { where: others })) > 0 ? [] : lastly
}

async function isAdministrator(user: User, services: Services): Promise<boolean> {
  const ruling = await administrativeRoles(services)
  const { roles } = await system(services).get(User, user.id, ['roles'])
  return roles.some(({ id }) => ruling.has(id))
}

/** The ids of the roles that may do everything, by themselves or through others. */
async function administrativeRoles(services: Services): Promise<ReadonlySet<string>> {
  const names: string[] = []
  const { access } = services
  for (const name of (await access.policy()).roles.keys()) if ((await access.abilityFor([name])).has(administrator)) names.push(name)
  const { rows } = await system(services).query(Role, { fields: ['name'], where: { name: { $in: names } }, limit: 200 })
  return new Set(rows.map(({ id }) => id))
}

function system({ asSystem }: Services): Records {
  return asSystem('Who somebody is, is said by his provider before any rule can apply.')
}

function refuseInactive({ active }: User): void {
  if (!active) throw new Forbidden('oidc.inactive', 'Your account here is deactivated, so you cannot sign in. Ask an administrator.')
}

function connectFirst({ label }: IdentityProvider): UserError {
  return new Forbidden(
    'oidc.connect_first',
    'An account here has your email address, and is not connected with {provider}. Sign in to it in another way and connect it under Connected accounts.',
    { provider: label },
  )
}
