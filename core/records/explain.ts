/** Why a user may do something or may not. Asks nobody: whoever shows it has checked that he may, for it tells what records hold. */

import { unlimited } from '../access/ability.ts'
import type { Callers } from '../access/callers.ts'
import { heldRoles, rulesHeld } from '../access/held.ts'
import type { Policy } from '../access/policy.ts'
import { NotFound } from '../errors.ts'
import type { ModelMeta } from '../model/meta.ts'
import type { Kernel } from './bound.ts'
import { type Decision, type DecisionAsk, decide, type HeldRule } from './decision.ts'
import type { ExplainedRule, Explanation, ExplanationAsk, HeldRole } from './explanation.ts'
import { getRow, isId, notFound, type Run } from './read.ts'

interface Parts {
  readonly kernel: Kernel
  readonly callers: Callers
}

/** Throws a NotFound when there is no such user or model. */
export async function explain({ kernel, callers }: Parts, ask: ExplanationAsk): Promise<Explanation> {
  const { composition, connection } = kernel
  const model = ask.model === '' ? undefined : modelOf(kernel, ask.model)
  const run: Run = (text, values) => connection.run(text, values)
  const locale = ask.locale ?? 'en'
  const policy = await callers.policy()
  const user = await userOf(kernel, run, ask.user, locale)
  const held = heldRoles(user.roles, policy)
  const profile = await callers.profileOf(ask.user)
  const whole = held.find(({ role }) => role.everything)
  const all = profile && whole && { role: whole.role.name, via: whole.via }
  const rules = profile ? rulesHeld(held, policy) : []
  const decision = model
    ? await decide({
        run,
        asker: {
          ability: profile?.caller.ability ?? (await callers.abilityFor([])),
          asking: { me: profile?.caller.me ?? {}, now: new Date() },
          locale: profile?.locale ?? 'en',
        },
        rules,
        all,
        model,
        verb: ask.verb,
        actions: composition.actions(model),
        record: ask.record === undefined || isId(ask.record) ? ask.record : noId,
        field: ask.field,
        locale,
      })
    : decideRight(ask.verb, rules, all)
  const { roles: _, ...about } = user
  return {
    ...decision,
    ...(user.active ? {} : { reason: { code: 'inactive', rule: null } }),
    user: about,
    verb: ask.verb,
    model: model?.name ?? '',
    roles: held
      .map(({ role, via }): HeldRole => ({ name: role.name, label: role.label, via, everything: role.everything }))
      .sort((a, b) => a.via.length - b.via.length),
    broken: brokenFor(policy, model?.name ?? '', new Set(held.map(({ role }) => role.name))),
  }
}

/** A named right: a role gives it or does not, and no condition narrows it. */
function decideRight(right: string, rules: readonly HeldRule[], all: DecisionAsk['all']): Decision {
  const common = { verbs: [], fields: null, where: null, clause: null, cannot: false, holds: true }
  const whole = all ? [{ ...common, ...all, module: '', local: false, everything: true }] : []
  const giving = rules.filter(({ permission }) => permission?.permission === right)
  const told = [
    ...whole,
    ...giving.map(({ role, via, module, local }) => ({ ...common, role: role.name, via, module, local, everything: false })),
  ].map((rule, at): ExplainedRule => ({ number: at + 1, ...rule }))
  const [first] = told
  return {
    allowed: first !== undefined,
    reason: { code: first ? (first.everything ? 'everything' : 'rule') : 'no_rule', rule: first?.number ?? null },
    record: null,
    reach: first ? 'every' : 'none',
    rules: told,
    closest: null,
    within: [],
    readable: null,
    state: null,
    field: null,
    fields: [],
  }
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

function brokenFor({ broken }: Policy, model: string, held: ReadonlySet<string>): readonly string[] {
  return broken.flatMap(({ set, sentence }) => (set.model === model && held.has(set.role) ? [sentence] : []))
}
