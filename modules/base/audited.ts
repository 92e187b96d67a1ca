import { type Changes, type Draft, extend, type RuleSource, type Services, type Traits } from '@tessera/core'
import { ApiKey } from './api-key.model.ts'
import type { AuditKind } from './audit-kinds.ts'
import { Role } from './role.model.ts'
import { RuleSet } from './rule-set.model.ts'
import { Session } from './session.model.ts'
import { User } from './user.model.ts'

/** Whoever changes who may do what leaves an entry, through whichever door: as it was before, and as it became. */
export const auditedModels = [
  extend(
    User,
    {},
    {
      around: {
        async create(draft, next, services) {
          const user = await next(draft)
          const after = await rolesOf(services, user.id)
          if (after.length > 0) await noteUser(services, 'user.rights', user, { change: 'created', roles: { before: [], after } })
          return user
        },
        async update(user, changes, next, services) {
          const before = changes.roles === undefined ? [] : await rolesOf(services, user.id)
          await next(changes)
          const after = changes.roles === undefined ? [] : await rolesOf(services, user.id)
          if (before.join() !== after.join()) await noteUser(services, 'user.rights', user, { change: 'roles', roles: { before, after } })
          if (changes.active === false && user.active) await noteUser(services, 'user.deactivated', user, { change: 'deactivated' })
          if (changes.active === true && !user.active) await noteUser(services, 'user.rights', user, { change: 'activated' })
          if (changes.passwordHash !== undefined) await noteUser(services, 'password.changed', user, {})
          const email = changes.email
          if (email !== undefined && email !== user.email)
            await noteUser(services, 'user.rights', user, { change: 'email' }, { emailBefore: user.email, emailAfter: email })
        },
        async remove(user, next, services) {
          await next()
          await noteUser(services, 'user.deactivated', user, { change: 'removed' })
        },
      },
    },
  ),
  extend(
    Role,
    {},
    {
      around: {
        async create(draft, next, services) {
          const role = await next(draft)
          const includes = await includedIn(services, role.id)
          await services.audit.note('role', { model: 'role', record: role.id, details: { change: 'created', role: draft.name, includes } })
          return role
        },
        async update(role, changes, next, services) {
          const before = await includedIn(services, role.id)
          await next(changes)
          const includes = { before, after: await includedIn(services, role.id) }
          const renamed =
            changes.name === undefined || changes.name === role.name ? {} : { name: { before: role.name, after: changes.name } }
          await services.audit.note('role', {
            model: 'role',
            record: role.id,
            details: { change: 'changed', role: role.name, fields: Object.keys(changes), ...renamed, includes },
          })
        },
        async remove(role, next, services) {
          await next()
          await services.audit.note('role', { model: 'role', record: role.id, details: { change: 'removed', role: role.name } })
        },
      },
    },
  ),
  extend(
    RuleSet,
    {},
    {
      around: noting<RuleSet>((services, change, id, before, changes) => {
        const after = change === 'removed' ? [] : (changes.rules ?? before?.rules ?? [])
        return noteRules(services, id, change, before?.rules ?? [], after)
      }),
    },
  ),
  extend(
    ApiKey,
    {},
    {
      around: noting<ApiKey>(async (services, change, id, _, changes) => {
        if (change !== 'changed') return noteKey(services, change === 'created' ? 'key.created' : 'key.revoked', id)
        // The last use is written all the time, and says nothing about rights.
        const fields = Object.keys(changes).filter((name) => name !== 'lastUsedAt')
        if (fields.length > 0) await noteKey(services, 'key.changed', id, { fields })
      }),
    },
  ),
  extend(
    Session,
    {},
    {
      around: {
        async create(draft, next, services) {
          const session = await next(draft)
          const { user } = await system(services).get(Session, session.id, ['user'])
          const { ip, agent } = draft
          await services.audit.note('sign-in', { model: 'user', record: user.id, personal: { ip: ip ?? null, agent: agent ?? null } })
          return session
        },
      },
    },
  ),
]

type Note<T> = (
  services: Services,
  change: 'created' | 'changed' | 'removed',
  id: string,
  before: T | undefined,
  changes: Draft<T> | Changes<T>,
) => Promise<void>

/** Every write is noted once it is done; a removal before it, since afterwards nothing says what was removed. */
function noting<T extends { readonly id: string }>(note: Note<T>): NonNullable<Traits<T>['around']> {
  return {
    async create(draft, next, services) {
      const record = await next(draft)
      await note(services, 'created', record.id, undefined, draft)
      return record
    },
    async update(record, changes, next, services) {
      await next(changes)
      await note(services, 'changed', record.id, record, changes)
    },
    async remove(record, next, services) {
      await note(services, 'removed', record.id, record, {})
      await next()
    },
  }
}

function noteUser({ audit }: Services, kind: AuditKind, { id, name, email }: User, details: object, personal: object = {}): Promise<void> {
  return audit.note(kind, { model: 'user', record: id, details, personal: { of: name, email, ...personal } })
}

async function noteRules(
  services: Services,
  id: string,
  change: string,
  before: readonly RuleSource[],
  after: readonly RuleSource[],
): Promise<void> {
  const set = await system(services).get(RuleSet, id, ['role.name', 'model', 'module'])
  const details = { change, role: set.role.name, model: set.model, module: set.module, rules: { before, after } }
  await services.audit.note('rule', { model: 'ruleSet', record: id, details })
}

async function noteKey(services: Services, kind: AuditKind, id: string, more: object = {}): Promise<void> {
  const { user, ...key } = await system(services).get(ApiKey, id, ['user', 'name', 'prefix', 'scopes', 'origins', 'perMinute', 'expiresAt'])
  const { name, prefix, scopes, origins, perMinute, expiresAt } = key
  const details = { name, prefix, scopes, origins, perMinute, expiresAt, ...more }
  await services.audit.note(kind, { model: 'apiKey', record: id, user: user.id, details })
}

/** By name: what an entry says must still be read when the roles are gone. */
async function roleNames(services: Services, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await system(services).query(Role, { fields: ['name'], where: { id: ids }, order: { name: 'asc' }, limit: 200 })
  return rows.map(({ name }) => name)
}

async function rolesOf(services: Services, user: string): Promise<readonly string[]> {
  const { roles } = await system(services).get(User, user, ['roles'])
  return roleNames(
    services,
    roles.map(({ id }) => id),
  )
}

async function includedIn(services: Services, role: string): Promise<readonly string[]> {
  const { includes } = await system(services).get(Role, role, ['includes'])
  return roleNames(
    services,
    includes.map(({ id }) => id),
  )
}

function system({ asSystem }: Services) {
  return asSystem('What the audit log keeps does not depend on what the doer may read.')
}
