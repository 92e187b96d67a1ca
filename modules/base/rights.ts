/**
 * Nobody gives himself or others more than he has, at any door: roles, what they include, rules, keys, and whatever of a user rules
 * find records by. The system itself, and a command that names no user, are free.
 */
import { Conflict, type FieldMeta, Forbidden, type GuardedWrite, type Model, type RuleSource, type Services } from '@tessera/core'
import { type Giver, giverOf, hasRule, hasWhole, idsIn, included, labelOfRole, lacking, roleNames } from './giver.ts'
import { type Own, placeholderOf, placeholdersOf, refuseWiderPath, refuseWiderReach } from './reach.ts'
import { Role } from './role.model.ts'
import { Team } from './team.model.ts'
import { User } from './user.model.ts'

/** Of users: their roles, what lets somebody in as them, and what rules find their records by. */
export async function guardUser({ verb, id, before, changes }: GuardedWrite, services: Services): Promise<void> {
  const giver = await giverOf(services)
  if (!giver) return
  const name = String(changes.name ?? before?.name ?? '')
  const had = before ? await roleNames(services, idsIn(before.roles)) : []
  const has = changes.roles === undefined ? had : await roleNames(services, idsIn(changes.roles))
  const owns = ownsIn(giver, before, changes)
  const touched = [...['email', 'active', 'roles'].filter((field) => changes[field] !== undefined), ...owns.map(({ label }) => label)]
  if (before && (verb === 'delete' || touched.length > 0)) refuseStronger(giver, name, had)
  if (giver.isScoped && has.length > 0 && touched.length > 0) throw scopedKeyGivesNothing()
  const roles = included(giver.policy, has)
  for (const role of has) if (!had.includes(role)) refuseUnheld(giver, role)
  if (changes.roles !== undefined) refuseFreed(giver, roles)
  refuseWiderReach(giver, name, roles, changes.roles === undefined ? owns : ownsIn(giver, null, { ...before, ...changes }))
  await keepAdministrator(giver, id, name, had, verb === 'delete' || changes.active === false ? [] : has, before)
}

/** Of roles: a role that includes others gives them to everybody who has it. */
export async function guardRole({ verb, before, changes }: GuardedWrite, services: Services): Promise<void> {
  const giver = await giverOf(services)
  if (!giver || giver.isAdministrator) return
  const weighty = verb !== 'update' || changes.name !== undefined || changes.includes !== undefined
  if (!weighty) return
  if (giver.isScoped) throw scopedKeyGivesNothing()
  const [was, becomes] = [before?.name, changes.name ?? before?.name].map((name) => (name === undefined ? undefined : String(name)))
  // A row may bring back a role that modules declare, and with it what they let it do.
  for (const role of [was, becomes]) if (role !== undefined && giver.policy.roles.has(role)) refuseUnheld(giver, role)
  const had = before ? await roleNames(services, idsIn(before.includes)) : []
  const has = verb === 'delete' ? [] : changes.includes === undefined ? had : await roleNames(services, idsIn(changes.includes))
  for (const role of has) if (!had.includes(role)) refuseUnheld(giver, role)
  // What is no longer included may have been what forbade something.
  const gone = included(giver.policy, [...had.filter((role) => !has.includes(role)), ...(verb === 'delete' && was ? [was] : [])])
  for (const rule of giver.policy.rules) {
    if (rule.cannot && gone.has(rule.role.name) && !hasRule(giver, rule)) throw notHeld(giver, rule.role.name)
  }
}

/** Of local rules: what is changed must be what the writer may do himself, to all records with all fields. */
export async function guardRuleSet({ verb, before, changes }: GuardedWrite, services: Services): Promise<void> {
  const giver = await giverOf(services)
  if (!giver || giver.isAdministrator) return
  if (giver.isScoped) throw scopedKeyGivesNothing()
  const now = verb === 'delete' ? undefined : { ...before, ...changes }
  const moved = !before || !now || ['role', 'model', 'module'].some((name) => changes[name] !== undefined)
  const places = moved ? [before, now].filter((each) => each !== undefined && each !== null) : [now]
  for (const place of places) {
    const shipped = await shippedAt(services, place)
    const was = before && (place === before || !moved) ? rulesOf(before) : shipped
    const becomes = now && place === now ? rulesOf(now) : shipped
    for (const rule of differing(was, becomes)) refuseRule(giver, String(place.model ?? ''), rule)
  }
}

/** Of teams: rules find what is a user's own by the teams that he is in, and through the teams that he leads. */
export async function guardTeam({ before, changes }: GuardedWrite, services: Services): Promise<void> {
  const giver = await giverOf(services)
  if (!giver || giver.isAdministrator) return
  const [model, actor] = [services.app.models.of(Team), services.app.models.of(User)]
  const [was, are] = [idsIn(before?.members), idsIn(changes.members ?? before?.members)]
  const joined = are.filter((each) => !was.includes(each))
  const left = was.filter((each) => !are.includes(each))
  const leader = changes.leader === undefined || changes.leader === null ? [] : [String(changes.leader)]
  const teams = actor.fields.get('teams')!
  const [members, leads] = [model.fields.get('members')!, model.fields.get('leader')!]
  for (const [user, field] of [...joined.map((each) => [each, members] as const), ...leader.map((each) => [each, leads] as const)]) {
    const { name, roles } = await receiverOf(giver, user)
    refuseWiderPath(giver, name, roles, model, field)
  }
  for (const user of [...joined, ...left]) {
    const { name, roles } = await receiverOf(giver, user)
    const added = joined.includes(user) ? [changes.id ?? before?.id] : []
    refuseWiderReach(giver, name, roles, [{ placeholder: placeholderOf(teams), added, label: members.label }])
  }
}

/** Of keys: they stay with whom they were made for, and are narrowed, never widened. */
export async function guardApiKey({ verb, before, changes }: GuardedWrite, services: Services): Promise<void> {
  const giver = await giverOf(services)
  if (!giver || verb === 'delete') return
  if (verb === 'create' || changes.user !== undefined)
    throw new Forbidden(
      'base.key_stays',
      'A key is made by the one whose rights it has, and stays with that user. Revoke it and make another.',
    )
  if (giver.isScoped) throw scopedKeyGivesNothing()
  if (changes.scopes === undefined) return
  const [old, now] = [before?.scopes, changes.scopes].map((scopes) => (Array.isArray(scopes) ? scopes.map(String) : undefined))
  if (!isWithin(now, old))
    throw new Forbidden('base.key_wider', 'The scopes of a key can be narrowed, not widened. Make a new key for more.')
}

/** Whether scopes allow nothing that others do not; undefined stands for everything. */
export function isWithin(scopes: readonly string[] | undefined, others: readonly string[] | undefined): boolean {
  if (others === undefined) return true
  return scopes?.every((scope) => others.some((other) => covers(other, scope))) ?? false
}

/** Refuses what would let somebody in as a user who may do more than the caller: links, a reset of his second factor, his sessions. */
export async function demandPowerOver(services: Services, user: string): Promise<void> {
  const giver = await giverOf(services)
  if (!giver) return
  const { name, roles } = await receiverOf(giver, user)
  if (giver.isScoped) throw scopedKeyGivesNothing()
  refuseStronger(giver, name, roles)
}

/** The roles that the caller may give, by their names. */
export async function givableRoles(
  services: Services,
): Promise<readonly { readonly id: string; readonly name: string; readonly label: string }[]> {
  const giver = await giverOf(services)
  const { rows } = await services.records.query(Role, { fields: ['name', 'label'], limit: 200 })
  const roles = rows.map(({ id, name, label }) => ({ id, name, label: String(label) }))
  if (!giver) return roles
  return giver.isScoped ? [] : roles.filter(({ name }) => lacking(giver, included(giver.policy, [name])) === undefined)
}

/**
 * For guards of other modules: a field of their model by which rules find what is a user's own, such as `partner.managesCompany`, may
 * be set in a user's favour only by whoever may himself do all that those rules then allow.
 */
export async function demandReach(services: Services, users: readonly string[], of: Model, field: string): Promise<void> {
  const giver = await giverOf(services)
  if (!giver || giver.isAdministrator) return
  const model = services.app.models.of(of)
  for (const user of users) {
    const { name, roles } = await receiverOf(giver, user)
    refuseWiderPath(giver, name, roles, model, model.fields.get(field)!)
  }
}

/** Roles of a user as they are stored, with all that they include. */
async function receiverOf(giver: Giver, user: string): Promise<{ readonly name: string; readonly roles: ReadonlySet<string> }> {
  const users = giver.services.asSystem('Whether somebody gives more than he has depends on what the other has already.')
  const { name, roles } = await users.get(User, user, ['name', 'roles'])
  return { name, roles: included(giver.policy, await roleNames(giver.services, idsIn(roles))) }
}

/** What rules may find the user's records by: all of it that is written. */
function ownsIn({ policy, services: { app } }: Giver, before: GuardedWrite['before'], changes: GuardedWrite['changes']): readonly Own[] {
  const used = placeholdersOf(policy)
  return [...app.models.of(User).fields.values()].flatMap((field) => {
    if (field.name === 'id' || !used.has(placeholderOf(field)) || changes[field.name] === undefined) return []
    const was = valuesIn(field, before?.[field.name])
    const added = valuesIn(field, changes[field.name]).filter((each) => !was.includes(each))
    return [{ placeholder: placeholderOf(field), added, label: field.label }]
  })
}

function valuesIn({ kind }: FieldMeta, value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  return kind === 'many' ? idsIn(value) : kind === 'one' ? idsIn([value]) : [value]
}

function refuseStronger(giver: Giver, name: string, roles: Iterable<string>): void {
  const role = lacking(giver, roles)
  if (role === undefined) return
  throw new Forbidden(
    'base.stronger_user',
    '{name} has the role "{role}", which you do not have. Only an administrator, or somebody who has it, changes this user.',
    { name, role: labelOfRole(giver, role) },
  )
}

function refuseUnheld(giver: Giver, role: string): void {
  const missing = lacking(giver, included(giver.policy, [role]))
  if (missing !== undefined) throw notHeld(giver, role)
}

/** What an own role forbids must not be got round by giving only what it is built on. */
function refuseFreed(giver: Giver, roles: ReadonlySet<string>): void {
  if (giver.isAdministrator) return
  const binding = giver.policy.rules.filter(({ cannot, role }) => cannot && giver.ability.roles.has(role.name) && !roles.has(role.name))
  for (const rule of giver.policy.rules) {
    if (rule.cannot || !roles.has(rule.role.name)) continue
    const free = binding.find(({ model, verbs }) => model === rule.model && verbs.some((verb) => rule.verbs.includes(verb)))
    if (free) throw notHeld(giver, rule.role.name)
  }
}

function notHeld(giver: Giver, role: string): Forbidden {
  return new Forbidden(
    'base.role_not_held',
    'The role "{role}" allows more than you may do yourself: only an administrator, or somebody who has it, gives, changes or takes it.',
    { role: labelOfRole(giver, role) },
  )
}

function refuseRule(giver: Giver, model: string, { permission, verbs = [] }: RuleSource): void {
  const meta = giver.services.app.models.byName(model)
  if (permission !== undefined) {
    if (!giver.ability.may({ permission, label: permission }))
      throw new Forbidden('base.right_not_held', 'You do not have the right "{right}", and so cannot give or take it.', {
        right: permission,
      })
    return
  }
  const verb = verbs.find((each) => !meta || !hasWhole(giver, each, meta))
  if (verb === undefined) return
  throw new Forbidden(
    'base.rule_not_held',
    'This changes who may {verb} {records}, and you may not do that yourself to all of them with all their fields. Ask an administrator.',
    { verb, records: meta?.plural.toLowerCase() ?? model },
  )
}

async function shippedAt({ access, asSystem }: Services, place: GuardedWrite['changes']): Promise<readonly RuleSource[]> {
  const roles = asSystem('What a module ships for a role is found by its name.')
  const { name } = await roles.get(Role, idsIn([place.role])[0] ?? '', ['name'])
  const sets = access.shipped(name, String(place.model ?? ''))
  return place.module ? (sets.find(({ module }) => module === place.module)?.rules ?? []) : []
}

function rulesOf({ rules }: GuardedWrite['changes']): readonly RuleSource[] {
  return Array.isArray(rules) ? (rules as readonly RuleSource[]) : []
}

/** Rules that stand in one of the lists only. */
function differing(was: readonly RuleSource[], becomes: readonly RuleSource[]): readonly RuleSource[] {
  const only = (these: readonly RuleSource[], those: readonly RuleSource[]) => {
    const known = new Set(those.map((rule) => JSON.stringify(rule)))
    return these.filter((rule) => !known.has(JSON.stringify(rule)))
  }
  return [...only(was, becomes), ...only(becomes, was)]
}

function covers(wide: string, narrow: string): boolean {
  const [[model, verb], [its, does]] = [wide.split(':'), narrow.split(':')]
  return (model === '*' && narrow.startsWith('right:') ? verb === '*' : model === '*' || model === its) && (verb === '*' || verb === does)
}

/** One administrator stays who can sign in: else nobody could give rights any more. */
async function keepAdministrator(
  { policy, services }: Giver,
  user: string,
  name: string,
  had: readonly string[],
  has: readonly string[],
  before: GuardedWrite['before'],
): Promise<void> {
  const everything = [...policy.roles.keys()].filter((role) =>
    [...included(policy, [role])].some((each) => policy.roles.get(each)?.everything),
  )
  const among = (roles: readonly string[]) => roles.some((role) => everything.includes(role))
  if (!before || before.active === false || !among(had) || among(has)) return
  const users = services.asSystem('One administrator must stay, whoever the writer may see.')
  const others = { active: true, id: { $ne: user }, roles: { name: { $in: everything } } }
  // Two who take it from each other at the same moment would both find the other: they go one after the other.
  const { rows } = await users.query(Role, { fields: [], where: { name: { $in: everything } }, order: { name: 'asc' } })
  for (const { id } of rows) await users.lock(Role, id)
  if ((await users.count(User, { where: others })) > 0) return
  throw new Conflict(
    'base.last_administrator',
    '{name} is the last active administrator. Give the role to somebody else first: without one, nobody could give rights any more.',
    { name },
  )
}

function scopedKeyGivesNothing(): Forbidden {
  return new Forbidden(
    'base.key_gives_nothing',
    'A key that is kept to scopes gives no rights: no roles, rules or keys, and nothing that lets somebody in. Do it signed in.',
  )
}
