/** Users as callers: read once per process, dropped at once when somebody changes them, their roles or their teams. */

import type { ModelMeta } from '../model/meta.ts'
import type { Composition } from '../module/composition.ts'
import type { Run } from '../records/read.ts'
import { type Ability, abilityOf, unlimited } from './ability.ts'
import type { Caller } from './caller.ts'

/** What a user brings along besides his rights. */
export interface Profile {
  readonly caller: Caller
  /** Undefined for a user who chose none: he reads as his browser asks. */
  readonly locale: string | undefined
  readonly zone: string
}
export interface Callers {
  /** Undefined for a user that does not exist or is deactivated. */
  profileOf(userId: string): Promise<Profile | undefined>
  readonly anonymous: Caller
  readonly system: Caller
  /** A model changed that callers are made from. */
  forget(): void
}

/**
 * The actor model is read by these names: `name`, `active`, `language`, `zone`, and `roles`, a many-to-many whose records have
 * a `name` equal to the declared role's. Its other fields become placeholders: `partner` as `me.partnerId`, `teams` as `me.teamIds`.
 */
export function callersOf(composition: Composition, run: Run): Callers {
  const abilities = new Map<string, Ability>()
  const profiles = new Map<string, Promise<Profile | undefined>>()
  const abilityFor = (names: readonly string[]): Ability => {
    const key = [...names].sort().join()
    let ability = abilities.get(key)
    if (!ability) {
      const roles = names.flatMap((name) => composition.roles.get(name) ?? [])
      ability = abilityOf(roles, composition.rules, composition.models)
      abilities.set(key, ability)
    }
    return ability
  }
  return {
    anonymous: { id: null, name: '', me: {}, ability: abilityFor([]) },
    system: { id: null, name: 'system', me: {}, ability: unlimited },
    profileOf(userId) {
      const actor = composition.models.actor
      if (!actor) return Promise.resolve(undefined)
      let profile = profiles.get(userId)
      if (!profile) {
        profile = read(actor, userId, run, abilityFor)
        profiles.set(userId, profile)
        // A failed read must not stay: the next request tries again.
        profile.catch(() => profiles.delete(userId))
      }
      return profile
    },
    forget: () => profiles.clear(),
  }
}

async function read(
  actor: ModelMeta,
  userId: string,
  run: Run,
  abilityFor: (names: readonly string[]) => Ability,
): Promise<Profile | undefined> {
  const columns = [...actor.fields.values()].flatMap((field): [string, string][] => {
    if (field.kind === 'scalar') return field.column === undefined || field.only ? [] : [[field.name, `t."${field.column}"`]]
    if (field.kind === 'one') return [[`${field.name}Id`, `t."${field.column}"`]]
    if (!field.pivot) return []
    const { table, own, other } = field.pivot
    return [[`${singular(field.name)}Ids`, `array(select "${other}" from "${table}" where "${own}" = t."id")`]]
  })
  const rows = await run(
    `select ${columns.map(([, sql], at) => `${sql} as c${at}`).join(', ')} from "${actor.table}" t where t."id" = $1`,
    [userId],
  )
  const row = rows[0]
  if (!row) return undefined
  const me = Object.fromEntries(columns.map(([name], at) => [name, row[`c${at}`]]))
  if (me.active === false) return undefined
  const roles = await roleNames(actor, (me.roleIds as readonly string[] | undefined) ?? [], run)
  return {
    caller: { id: userId, name: String(me.name), me, ability: abilityFor(roles) },
    locale: typeof me.language === 'string' && me.language !== '' ? me.language : undefined,
    zone: typeof me.zone === 'string' && me.zone !== '' ? me.zone : 'UTC',
  }
}

async function roleNames(actor: ModelMeta, ids: readonly string[], run: Run): Promise<readonly string[]> {
  const roles = actor.fields.get('roles')
  if (roles?.kind !== 'many' || ids.length === 0) return []
  const rows = await run(`select "name" as name from "${roles.target.table}" where "id" = any($1::uuid[])`, [ids])
  return rows.map((row) => String(row.name))
}

/** `teams` -> `team`: how a to-many field of the user is named in `me.teamIds`. */
export function singular(name: string): string {
  return name.endsWith('ies') ? `${name.slice(0, -3)}y` : name.endsWith('s') ? name.slice(0, -1) : name
}
