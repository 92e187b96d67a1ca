import { administrator, Role } from '@tessera/base'
import { action, Conflict, defineModel, demandConfirmed, type Fields, Forbidden, given, type Model, p, type Services } from '@tessera/core'
import { z } from 'zod'
import { noteSetup } from './audited.ts'
import { UserIdentity } from './user-identity.model.ts'

const fields = {
  name: p.string(),
  label: p.string(),
  issuer: p.string(),
  clientId: p.string(),
  clientSecret: p.text().nullable(),
  scopes: p.string().default('openid email profile'),
  rolesClaim: p.string().nullable(),
  createUsers: p.boolean().default(false),
  linkByEmail: p.boolean().default(false),
  trustEmails: p.boolean().default(false),
  active: p.boolean().default(false),
  roles: () => p.oneToMany(IdentityRole).mappedBy('provider'),
  identities: () => p.oneToMany(UserIdentity).mappedBy('provider'),
}

/** An OpenID Connect provider that says who somebody is. */
export interface IdentityProvider extends Fields<typeof fields> {}
export const IdentityProvider: Model<IdentityProvider> = defineModel('identityProvider', fields, {
  label: 'Identity provider',
  title: 'label',
  code: 'name',
  icon: 'login-2',
  order: { label: 'asc' },
  fields: {
    name: {
      valid: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens are allowed, beginning with a letter'),
      tracked: true,
      help: 'Stands in the address that the provider sends people back to: /sign-in/with/ and this name, then /return.',
    },
    label: { valid: z.string().trim().min(1).max(60), tracked: true, help: 'What people call it: it stands on the sign-in page.' },
    issuer: {
      label: 'Issuer',
      valid: z.url({ protocol: /^https?$/, error: 'an address that begins with https:// is needed' }).max(255),
      tracked: true,
      help: 'The address that the provider calls itself, without /.well-known/openid-configuration.',
    },
    clientId: { label: 'Client ID', valid: z.string().trim().min(1).max(255), tracked: true },
    // Sealed, and read by nobody: it is only ever sent to the provider.
    clientSecret: { only: [] },
    scopes: {
      valid: z
        .string()
        .trim()
        .regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'words with one space between them are needed'),
      tracked: true,
      help: 'What the provider is asked to tell, with "openid" among it.',
    },
    rolesClaim: {
      label: 'Roles claim',
      valid: z.string().trim().min(1).max(255),
      tracked: true,
      help: 'Where the provider lists what somebody is: "groups", or a path such as "realm_access.roles".',
    },
    createUsers: {
      label: 'Open accounts',
      tracked: true,
      help: 'Whoever the provider lets in, and has no account here, gets one with the roles below and no others.',
    },
    linkByEmail: {
      label: 'Recognise by email address',
      tracked: true,
      help: 'At the first time, by an address that the provider has verified. Never administrators: they connect it themselves.',
    },
    trustEmails: {
      label: 'Its addresses count as verified',
      tracked: true,
      help: 'For a provider that does not say whether an address is verified, and where nobody can enter one for himself.',
    },
    active: { tracked: true, help: 'While it is off, nobody signs in with it.' },
    identities: { label: 'Connected accounts' },
  },
  unique: { name: { of: ['name'], else: 'There is already an identity provider "{name}".' } },
  confirmed: true,
  around: {
    async create(draft, next, services) {
      const provider = await next(draft)
      await noteSetup(services, 'identityProvider', provider.id, 'created', { name: draft.name, issuer: draft.issuer })
      return provider
    },
    async update(provider, changes, next, services) {
      // Who is called the same by another provider is somebody else.
      if (changes.issuer !== undefined && changes.issuer !== provider.issuer) await refuseStrangers(provider, services)
      await next(changes)
      await noteSetup(services, 'identityProvider', provider.id, 'changed', { name: provider.name, fields: Object.keys(changes) })
    },
    async remove(provider, next, services) {
      await next()
      await noteSetup(services, 'identityProvider', provider.id, 'removed', { name: provider.name, issuer: provider.issuer })
    },
  },
  guard: async (_, services) => demandAdministrator(services),
})

const roleFields = {
  provider: () => p.manyToOne(IdentityProvider),
  value: p.string(),
  role: () => p.manyToOne(Role),
}

/** Whom a provider names with this value has this role, and nobody else whom it lets in. */
export interface IdentityRole extends Fields<typeof roleFields> {}
export const IdentityRole: Model<IdentityRole> = defineModel('identityRole', roleFields, {
  label: 'Role by claim',
  plural: 'Roles by claim',
  title: given(['value', 'role.label'], ({ value, role }) => `${value}: ${role.label}`),
  icon: 'shield',
  order: { value: 'asc' },
  fields: {
    provider: { label: 'Identity provider', removedWith: true },
    value: {
      valid: z.string().trim().min(1).max(255),
      tracked: true,
      help: 'As it stands in the claim, to the letter; * is everybody whom the provider lets in.',
    },
    role: { tracked: true },
  },
  confirmed: true,
  around: {
    async create(draft, next, services) {
      const made = await next(draft)
      await noteRole(services, made.id, 'created')
      return made
    },
    async update(its, changes, next, services) {
      await next(changes)
      await noteRole(services, its.id, 'changed')
    },
    async remove(its, next, services) {
      // Asked before: afterwards nothing says what it gave.
      await noteRole(services, its.id, 'removed')
      await next()
    },
  },
  unique: { once: { of: ['provider', 'value', 'role'], else: 'This value gives this role already.' } },
  guard: async (_, services) => demandAdministrator(services),
})

export const setSecret = action(IdentityProvider, 'setSecret', {
  label: 'Set the client secret',
  help: 'As the provider shows it when it registers this application. It is kept sealed and never shown again.',
  icon: 'key',
  input: z.object({ secret: z.string().trim().min(1).max(2000).meta({ format: 'password', description: 'The client secret' }) }),
  run: async ({ id }, { secret }, services) => {
    demandAdministrator(services)
    demandConfirmed(services.context)
    const clientSecret = services.sealing.seal(secret, sealedFor(id))
    await services
      .asSystem('The secret of an identity provider is written by the action that owns it and read by nobody.')
      .update(IdentityProvider, id, { clientSecret })
  },
})

export const test = action(IdentityProvider, 'test', {
  label: 'Test',
  help: 'Asks the provider what it is, and says what does not fit.',
  icon: 'plug-connected',
  opens: given(['id'], ({ id }) => `/identity-providers/${id}/test` as const),
})

/** A secret opens for the provider that it was set for, and for no other. */
export function sealedFor(provider: string): string {
  return `client secret of ${provider}`
}

async function refuseStrangers({ id, label }: IdentityProvider, { asSystem }: Services): Promise<void> {
  const connected = await asSystem('Whether a provider can become another one depends on who is connected.').count(UserIdentity, {
    where: { provider: id },
  })
  if (connected === 0) return
  throw new Conflict(
    'oidc.issuer_stays',
    'Accounts here are connected by what "{label}" calls them, and another issuer would mean other people. Add it as a provider of its own.',
    { label },
  )
}

async function noteRole(services: Services, id: string, change: string): Promise<void> {
  const records = services.asSystem('What the audit log keeps does not depend on what the doer may read.')
  const { provider, value, role } = await records.get(IdentityRole, id, ['provider.name', 'value', 'role.name'])
  await noteSetup(services, 'identityRole', id, change, { provider: provider.name, value, role: role.name })
}

/** Whoever says who people are can be anybody: what rules give to others does not reach this far. */
function demandAdministrator({ context: { caller } }: Services): void {
  if (caller.ability.has(administrator)) return
  throw new Forbidden('oidc.administrators_only', 'Only an administrator sets up with what people sign in, and {name} is none.', caller)
}
