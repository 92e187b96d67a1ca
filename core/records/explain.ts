/** Why a user may do something or may not. Asks nobody: whoever shows it has checked that he may, for it tells what records hold. */

import { unlimited } from '../access/ability.ts'
import type { Callers } from '../access/callers.ts'
import { heldRoles, rulesHeld } from '../access/held.ts'
import type { Policy } from '../access/policy.ts'
import { NotFound } from '../errors.ts'
import { nothing } from '../model/conditions.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Kernel } from './bound.ts'
import { decide } from './decision.ts'
import type { Explanation, ExplanationAsk, HeldRole, WhoMay } from './explanation.ts'
import { getRow, isId, notFound, type Run } from './read.ts'
import { Statement } from './statement.ts'

interface Parts {
  readonly kernel: Kernel
  readonly callers: Callers
}

/** Throws a NotFound when there is no such user or model. */
export async function explain({ kernel, callers }: Parts, ask: ExplanationAsk): Promise<Explanation> {
  const { composition, connection } = kernel
  const model = modelOf(kernel, ask.model)
  const run: Run = (text, values) => connection.run(text, values)
  const locale = ask.locale ?? 'en'
  const policy = await callers.policy()
  const user = await userOf(kernel, run, ask.user, locale)
  const held = heldRoles(user.roles, policy)
  const all = held.find(({ role }) => role.everything)
  const profile = await callers.profileOf(ask.user)
  const ability = profile?.caller.ability ?? (await callers.abilityFor([]))
  const decision = await decide({
    run,
    asker: { ability, asking: { me: profile?.caller.me ?? {}, now: new Date() }, locale: profile?.locale ?? 'en' },
    rules: profile ? rulesHeld(held, policy) : [],
    all: profile && all && { role: all.role.name, via: all.via },
    model,
    verb: ask.verb,
    actions: composition.actions(model),
    record: ask.record === undefined || isId(ask.record) ? ask.record : noId,
    field: ask.field,
    locale,
  })
  const { roles: _, ...about } = user
  return {
    ...decision,
    ...(user.active ? {} : { reason: { code: 'inactive', rule: null } }),
    user: about,
    verb: ask.verb,
    model: model.name,
    roles: held
      .map(({ role, via }): HeldRole => ({ name: role.name, label: role.label, via, everything: role.everything }))
      .sort((a, b) => a.via.length - b.via.length),
    broken: brokenFor(policy, model, new Set(held.map(({ role }) => role.name))),
  }
}

/** Up to so many are named, and so many are asked about. */
const mostNamed = 50
const mostAsked = 400
const atOnce = 20

/** Who else may do it: to the record, or to some record when none is named. */
export async function whoMay({ kernel, callers }: Parts, ask: Omit<ExplanationAsk, 'user' | 'field'>): Promise<WhoMay> {
  const model = modelOf(kernel, ask.model)
  const run: Run = (text, values) => kernel.connection.run(text, values)
  const users: WhoMay['users'][number][] = []
  let asked = 0
  for (const { ids, ability } of await crews(kernel, callers, run)) {
    if (ability.records(ask.verb, model) === nothing) continue
    for (let start = 0; start < ids.length; start += atOnce) {
      if (users.length >= mostNamed) return sorted(users, true)
      if (asked >= mostAsked) return sorted(users, 'unknown')
      const some = ids.slice(start, start + atOnce).slice(0, mostNamed - users.length)
      asked += some.length
      const may = await Promise.all(some.map((id) => mayHe(kernel, callers, run, model, id, ask)))
      const names = await namesOf(
        kernel,
        run,
        some.filter((_, at) => may[at]),
      )
      users.push(...names)
      if (some.length < Math.min(atOnce, ids.length - start)) return sorted(users, true)
    }
  }
  return sorted(users, false)
}

function sorted(users: WhoMay['users'], others: WhoMay['others']): WhoMay {
  return { users: [...users].sort((a, b) => a.name.localeCompare(b.name)), others }
}

/** An id that no record has. */
const noId = '00000000-0000-0000-0000-000000000000'

function modelOf({ composition }: Kernel, name: string): ModelMeta {
  const model = composition.models.byName(name)
  if (model) return model
  throw new NotFound('access.no_model', 'There is no model "{name}".', { name })
}

interface User {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly active: boolean
  /** The names of those that he was given. */
  readonly roles: readonly string[]
}

async function userOf({ composition }: Kernel, run: Run, id: string, locale: string): Promise<User> {
  const { actor } = composition.models
  if (!actor) throw new NotFound('access.no_model', 'There is no model "{name}".', { name: 'user' })
  const fields = ['email', 'active'].filter((name) => actor.fields.has(name))
  const reading = {
    run,
    asker: { ability: unlimited, asking: { me: {}, now: new Date() }, locale },
    zone: 'UTC',
    screens: composition.screens,
  }
  if (!isId(id)) throw notFound(actor, id)
  const [row, roles] = await Promise.all([getRow(reading, actor, id, fields, true), rolesGiven(actor, run, id)])
  return {
    id,
    name: String(row.label),
    email: typeof row.email === 'string' ? row.email : null,
    active: row.active !== false,
    roles,
  }
}

async function rolesGiven(actor: ModelMeta, run: Run, id: string): Promise<readonly string[]> {
  const roles = actor.fields.get('roles')
  if (roles?.kind !== 'many' || !roles.pivot) return []
  const { table, own, other } = roles.pivot
  const rows = await run(
    `select r."name" as name from "${table}" p join "${roles.target.table}" r on r."id" = p."${other}" where p."${own}" = $1 order by 1`,
    [id],
  )
  return rows.map(({ name }) => String(name))
}

/** Users that are active by the roles that they were given, the smallest crew first: staff before customers. */
async function crews({ composition }: Kernel, callers: Callers, run: Run) {
  const { actor } = composition.models
  const roles = actor?.fields.get('roles')
  if (!actor || roles?.kind !== 'many' || !roles.pivot) return []
  const { table, own, other } = roles.pivot
  const given = `array(select r."name" from "${table}" p join "${roles.target.table}" r on r."id" = p."${other}" where p."${own}" = t."id" order by 1)`
  const active = actor.fields.has('active') ? 'where t."active"' : ''
  const rows = await run(
    `select roles, (array_agg(id order by id))[1:${mostAsked + 1}] as ids from (select t."id" as id, ${given} as roles from "${actor.table}" t ${active}) u where roles <> '{}' group by roles order by count(*), roles`,
    [],
  )
  return Promise.all(
    rows.map(async (row) => ({ ids: row.ids as readonly string[], ability: await callers.abilityFor(row.roles as readonly string[]) })),
  )
}

async function mayHe(
  { composition }: Kernel,
  callers: Callers,
  run: Run,
  model: ModelMeta,
  user: string,
  { verb, record }: Pick<ExplanationAsk, 'verb' | 'record'>,
): Promise<boolean> {
  const profile = await callers.profileOf(user)
  if (!profile || !composition.models.byName(model.name)) return false
  const { ability, me } = profile.caller
  if (record === undefined) return verb === 'create' || verb === 'read' || ability.records('read', model) !== nothing
  const statement = new Statement({ ability, asking: { me, now: new Date() }, locale: profile.locale ?? 'en' })
  const clauses = [ability.records(verb, model), ...(verb === 'create' ? [] : [ability.records('read', model)])]
  const where = clauses.map((clause) => statement.condition(clause, model, 't', 'trusted'))
  const id = statement.param(isId(record) ? record : noId)
  const rows = await run(`select 1 as c0 from "${model.table}" t where t."id" = ${id} and ${where.join(' and ')}`, statement.values)
  return rows.length > 0
}

async function namesOf({ composition }: Kernel, run: Run, ids: readonly string[]): Promise<WhoMay['users']> {
  const { actor } = composition.models
  if (!actor || ids.length === 0) return []
  const email = actor.fields.has('email') ? 't."email"' : 'null'
  const rows = await run(
    `select t."id" as id, t."name" as name, ${email} as email from "${actor.table}" t where t."id" = any($1::uuid[])`,
    [ids],
  )
  return rows.map(({ id, name, email: address }) => ({
    id: String(id),
    name: String(name),
    email: address === null ? null : String(address),
  }))
}

function brokenFor({ broken }: Policy, model: ModelMeta, held: ReadonlySet<string>): readonly string[] {
  return broken.flatMap(({ set, sentence }) => (set.model === model.name && held.has(set.role) ? [sentence] : []))
}
