/** Users as callers: read once per process, dropped at once when somebody changes them, their roles or their teams. */

import type { FieldMeta, ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import type { Run } from '../records/read.ts'
import { type Ability, abilityOf, unlimited } from './ability.ts'
import type { Caller } from './caller.ts'
import { type FaultsOf, type Policy, policyOf, type RoleRow, type RuleSet, type RuleSource } from './policy.ts'
import { scoped } from './scopes.ts'

/** What a user brings along besides his rights. */
export interface Profile {
  readonly caller: Caller
  /** Undefined for a user who chose none: he reads as his browser asks. */
  readonly locale: string | undefined
  readonly zone: string
}
export interface Callers {
  /** Undefined for a user that does not exist or is deactivated. With `scopes`, as an API key has them: inside his rights. */
  profileOf(userId: string, scopes?: readonly string[]): Promise<Profile | undefined>
  /** Roles and rules as they are now. */
  policy(): Promise<Policy>
  /** What somebody with these roles may do. */
  abilityFor(roles: readonly string[]): Promise<Ability>
  readonly anonymous: Caller
  readonly system: Caller
  /** A model changed that callers are made from. */
  forget(): void
}

/**
 * The actor model is read by these names: `name`, `active`, `language`, `zone`, and `roles`, a many-to-many whose records have
 * a `name`. Its other fields become placeholders: `partner` as `me.partnerId`, `teams` as `me.teamIds`. Where the model of the
 * roles has `includes` (other roles) and `changes` (records with `model`, `module` and `rules`), what they say is added to what
 * modules declare.
 */
export function callersOf(composition: Composition, run: Run, faultsOf: FaultsOf): Callers {
  const profiles = new Map<string, Promise<Profile | undefined>>()
  let inForce: Promise<Authority> | undefined
  let latest: (Authority & { readonly text: string }) | undefined
  const authority = (): Promise<Authority> => {
    inForce ??= readAuthority()
    // A failed read must not stay: the next request tries again.
    inForce.catch(() => (inForce = undefined))
    return inForce
  }
  async function readAuthority(): Promise<Authority> {
    const [roles, sets] = await readLocal(composition.models.actor, run)
    // What is compiled for an ability stays good for as long as nothing about rules has really changed.
    const text = JSON.stringify([roles, sets])
    if (latest?.text !== text) latest = { text, ...authorityOf(policyOf(composition, roles, sets, faultsOf), composition) }
    return latest
  }
  return {
    anonymous: { id: null, name: '', me: {}, ability: abilityOf([], composition.rules, composition.models) },
    system: { id: null, name: 'system', me: {}, ability: unlimited },
    async profileOf(userId, scopes) {
      const actor = composition.models.actor
      if (!actor) return undefined
      const key = scopes ? `${userId} ${[...scopes].sort()}` : userId
      let profile = profiles.get(key)
      if (!profile) {
        profile = read(actor, userId, run, authority, scopes)
        profiles.set(key, profile)
        profile.catch(() => profiles.delete(key))
      }
      return profile
    },
    policy: async () => (await authority()).policy,
    abilityFor: async (roles) => (await authority()).abilityFor(roles),
    forget() {
      profiles.clear()
      inForce = undefined
    },
  }
}

interface Authority {
  readonly policy: Policy
  abilityFor(roles: readonly string[], scopes?: readonly string[]): Ability
}

function authorityOf(policy: Policy, { models }: Composition): Authority {
  const abilities = new Map<string, Ability>()
  return {
    policy,
    abilityFor(names, scopes) {
      const roles = [...names].sort().join()
      const key = scopes ? `${roles} ${[...scopes].sort()}` : roles
      let ability = abilities.get(key)
      if (!ability) {
        ability = abilityOf(
          names.flatMap((name) => policy.roles.get(name) ?? []),
          policy.rules,
          models,
        )
        if (scopes) ability = scoped(ability, scopes)
        abilities.set(key, ability)
      }
      return ability
    },
  }
}

/** What the database says of roles and rules, in an order that stays the same. */
async function readLocal(actor: ModelMeta | undefined, run: Run): Promise<readonly [readonly RoleRow[], readonly RuleSet[]]> {
  const held = actor?.fields.get('roles')
  if (held?.kind !== 'many') return [[], []]
  const { table, fields } = held.target
  const includes = fields.get('includes')
  const changes = fields.get('changes')
  if (includes?.kind !== 'many' || !includes.pivot) return [[], []]
  const { table: pivot, own, other } = includes.pivot
  const roles = await run(
    `select t."name" as name, t."label" as label, array(select o."name" from "${pivot}" p join "${table}" o on o."id" = p."${other}" where p."${own}" = t."id" order by 1) as includes from "${table}" t order by 1`,
    [],
  )
  const rows = roles.map(
    (row): RoleRow => ({ name: String(row.name), label: labelIn(row.label), includes: row.includes as readonly string[] }),
  )
  if (changes?.kind !== 'many' || changes.mappedBy === undefined) return [rows, []]
  const sets = await run(
    `select r."name" as role, s."model" as model, s."module" as module, s."rules" as rules from "${changes.target.table}" s join "${table}" r on r."id" = s."role_id" order by 1, 2, 3`,
    [],
  )
  const ruleSets = sets.map(
    (row): RuleSet => ({
      role: String(row.role),
      model: String(row.model),
      module: String(row.module),
      rules: Array.isArray(row.rules) ? (row.rules as readonly RuleSource[]) : [],
    }),
  )
  return [rows, ruleSets]
}

function labelIn(label: unknown): string {
  if (typeof label !== 'object' || label === null) return String(label)
  const texts = label as Readonly<Record<string, string>>
  return texts.en ?? Object.values(texts)[0] ?? ''
}

async function read(
  actor: ModelMeta,
  userId: string,
  run: Run,
  authority: () => Promise<Authority>,
  scopes: readonly string[] | undefined,
): Promise<Profile | undefined> {
  const columns = ownColumns(actor, 't')
  const rows = await run(
    `select ${columns.map(({ sql }, at) => `${sql} as c${at}`).join(', ')} from "${actor.table}" t where t."id" = $1`,
    [userId],
  )
  const row = rows[0]
  if (!row) return undefined
  const me = Object.fromEntries(columns.map(({ name }, at) => [name, row[`c${at}`]]))
  if (me.active === false) return undefined
  const roles = await roleNames(actor, (me.roleIds as readonly string[] | undefined) ?? [], run)
  return {
    caller: { id: userId, name: String(me.name), me, ability: (await authority()).abilityFor(roles, scopes) },
    locale: typeof me.language === 'string' && me.language !== '' ? me.language : undefined,
    zone: typeof me.zone === 'string' && me.zone !== '' ? me.zone : 'UTC',
  }
}

interface OwnValue {
  readonly name: string
  readonly sql: string
  readonly isMany: boolean
}

/** What placeholders stand for, as SQL over the user's row: its name in `me`, and whether it is a list of ids. */
export function ownColumns(actor: ModelMeta, alias: string): readonly OwnValue[] {
  return [...actor.fields.values()].flatMap((field): readonly OwnValue[] => {
    const name = nameInMe(field)
    if (field.kind === 'scalar')
      return field.column === undefined || field.only ? [] : [{ name, sql: `${alias}."${field.column}"`, isMany: false }]
    if (field.kind === 'one') return [{ name, sql: `${alias}."${field.column}"`, isMany: false }]
    if (!field.pivot) return []
    const { table, own, other } = field.pivot
    return [{ name, sql: `array(select "${other}" from "${table}" where "${own}" = ${alias}."id")`, isMany: true }]
  })
}

async function roleNames(actor: ModelMeta, ids: readonly string[], run: Run): Promise<readonly string[]> {
  const roles = actor.fields.get('roles')
  if (roles?.kind !== 'many' || ids.length === 0) return []
  const rows = await run(`select "name" as name from "${roles.target.table}" where "id" = any($1::uuid[])`, [ids])
  return rows.map((row) => String(row.name))
}

/** How a field of the user is called in placeholders: `name`, `partnerId`, `teamIds`. */
export function nameInMe({ name, kind }: FieldMeta): string {
  if (kind === 'scalar') return name
  return kind === 'one' ? `${name}Id` : `${singular(name)}Ids`
}

/** `teams` -> `team`: how a to-many field of the user is named in `me.teamIds`. */
export function singular(name: string): string {
  return name.endsWith('ies') ? `${name.slice(0, -3)}y` : name.endsWith('s') ? name.slice(0, -1) : name
}
