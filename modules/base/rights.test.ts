/** Nobody gives himself or others more than he has: roles by deeds, at the one place where all doors meet. */
import { type Draft, me, type Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ApiKey } from './api-key.model.ts'
import { Role } from './role.model.ts'
import { RuleSet } from './rule-set.model.ts'
import { Team } from './team.model.ts'
import { User } from './user.model.ts'

let app: TestApp
let system: Services
const roles = new Map<string, string>()

/** A role of this deployment that may write people, roles, rules and keys, and includes others. */
async function newRole(
  name: string,
  includes: readonly string[],
  rules: Readonly<Record<string, readonly object[]>> = {},
): Promise<string> {
  const { id } = await system.records.create(Role, { name, label: name, includes: includes.map((code) => ({ code })) })
  for (const [model, its] of Object.entries(rules)) await system.records.create(RuleSet, { role: id, model, rules: its })
  roles.set(name, id)
  return id
}
const all = [{ verbs: ['create', 'read', 'update', 'delete', 'invite'] }]
const rest = [{ verbs: ['create', 'read', 'update', 'delete'] }]

let people = 0
async function newUser(...held: readonly string[]): Promise<string> {
  people += 1
  const codes = held.map((code) => ({ code }))
  return (await system.records.create(User, { name: `User ${people}`, email: `user.${people}@example.org`, roles: codes })).id
}
/** Services of a new user with these roles, as behind a request. */
async function as(...held: readonly string[]): Promise<Services> {
  return app.servicesFor({ door: 'api', user: await newUser(...held) })
}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'])
  system = await app.servicesFor({ door: 'system' })
  const { rows } = await system.records.query(Role, { fields: ['name'], limit: 200 })
  for (const { id, name } of rows) roles.set(name, id)
  await newRole('people', ['agent'], {
    user: all,
    role: rest,
    ruleSet: rest,
    team: rest,
    apiKey: [{ verbs: ['read', 'update', 'delete'] }],
  })
  await newRole('careful', ['agent'], { team: [{ verbs: ['create'], cannot: true }] })
  await newRole('teams', [], { team: rest })
  await newRole('hidden_people', ['careful', 'teams', 'people'])
})
afterAll(() => app?.close())

/** Who does it -> whether he may, for each deed. Whoever has no rule for the model at all is refused by that. */
const matrix: readonly (readonly [deed: string, run: (services: Services) => Promise<unknown>, who: Readonly<Record<string, string>>])[] = [
  [
    'invites somebody with a role that he has',
    ({ records }) => records.create(User, fresh('agent')),
    { administrator: 'done', people: 'done', manager: 'access.refused', agent: 'access.refused' },
  ],
  [
    'makes a user with a role above his own',
    ({ records }) => records.create(User, fresh('manager')),
    { administrator: 'done', people: 'base.role_not_held' },
  ],
  [
    'makes an administrator',
    ({ records }) => records.create(User, fresh('administrator')),
    { administrator: 'done', people: 'base.role_not_held' },
  ],
  [
    'makes a user with a role that includes what he has not',
    ({ records }) => records.create(User, fresh('hidden_people')),
    { administrator: 'done', people: 'base.role_not_held' },
  ],
  [
    'gives himself a role',
    ({ records, context }) =>
      records.update(User, context.caller.id!, { roles: [...['people', 'administrator'].map((code) => ({ code }))] }),
    { administrator: 'done', people: 'base.role_not_held' },
  ],
  [
    'gives another one a role',
    async ({ records }) => records.update(User, await newUser(), { roles: [{ code: 'manager' }] }),
    { administrator: 'done', people: 'base.role_not_held' },
  ],
  [
    'takes a role above his own away',
    async ({ records }) => records.update(User, await newUser('manager'), { roles: [] }),
    { administrator: 'done', people: 'base.stronger_user' },
  ],
  [
    'changes the address of a manager',
    async ({ records }) => records.update(User, await newUser('manager'), { email: `taken.${++people}@example.org` }),
    { administrator: 'done', people: 'base.stronger_user' },
  ],
  [
    'changes the address of an agent',
    async ({ records }) => records.update(User, await newUser('agent'), { email: `moved.${++people}@example.org` }),
    { administrator: 'done', people: 'done' },
  ],
  [
    'deactivates a manager',
    async ({ records }) => records.update(User, await newUser('manager'), { active: false }),
    { administrator: 'done', people: 'base.stronger_user' },
  ],
  [
    'removes a manager, to invite the address again',
    async ({ records }) => records.remove(User, await newUser('manager')),
    { administrator: 'done', people: 'base.stronger_user' },
  ],
  [
    'changes the name of a manager',
    async ({ records }) => records.update(User, await newUser('manager'), { name: 'Another name' }),
    { administrator: 'done', people: 'done' },
  ],
  [
    'invites a manager who never signed in again',
    async ({ invitations, records }) => invitations.again(await records.get(User, await newUser('manager'))),
    { administrator: 'done', people: 'base.stronger_user' },
  ],
  [
    'shows a link of a manager',
    async ({ invitations }) => invitations.showLink(await newUser('manager')),
    { administrator: 'done', people: 'base.stronger_user' },
  ],
  [
    'makes a role that includes one above',
    ({ records }) => records.create(Role, { name: `made_${++people}`, label: 'Made', includes: [{ code: 'manager' }] }),
    { administrator: 'done', people: 'base.role_not_held' },
  ],
  [
    'makes a role of what he has',
    ({ records }) => records.create(Role, { name: `made_${++people}`, label: 'Made', includes: [{ code: 'agent' }] }),
    { administrator: 'done', people: 'done' },
  ],
  [
    'lets a role of his include one above',
    ({ records }) =>
      records
        .update(Role, roles.get('people')!, { includes: [{ code: 'agent' }, { code: 'manager' }] })
        .finally(() => system.records.update(Role, roles.get('people')!, { includes: [{ code: 'agent' }] })),
    { administrator: 'done', people: 'base.role_not_held' },
  ],
  [
    'gives a role of his a verb that he has not',
    ({ records }) => change(records, 'setting', [{ verbs: ['read'] }]),
    { administrator: 'done', people: 'base.rule_not_held' },
  ],
  [
    'gives a role of his a verb that he has on some records only',
    ({ records }) => change(records, 'outboxMessage', [{ verbs: ['read'], where: { secret: false } }]),
    { administrator: 'done', people: 'base.rule_not_held' },
  ],
  [
    'gives a role of his a verb that he has whole',
    ({ records }) => change(records, 'team', [{ verbs: ['delete'] }], 'agent'),
    { administrator: 'done', people: 'done' },
  ],
  [
    'gives a named right that he has not',
    ({ records }) => change(records, '', [{ permission: 'view-as' }]),
    { administrator: 'done', people: 'base.right_not_held' },
  ],
  [
    'takes the rules of a module out of the way',
    ({ records }) => change(records, 'outboxMessage', [], 'administrator_is_refused', 'base'),
    { people: 'base.rule_not_held' },
  ],
  [
    'gives his key to another user',
    async ({ records }) => records.update(ApiKey, await keyOf('manager'), { user: await newUser() }),
    { administrator: 'base.key_stays', people: 'base.key_stays' },
  ],
  [
    'widens a key',
    async ({ records }) => records.update(ApiKey, await keyOf('agent', ['team:read']), { scopes: ['team:*'] }),
    { administrator: 'base.key_wider', people: 'base.key_wider' },
  ],
  [
    'takes the scopes of a key away',
    async ({ records }) => records.update(ApiKey, await keyOf('agent', ['team:read']), { scopes: null }),
    { administrator: 'base.key_wider', people: 'base.key_wider' },
  ],
  [
    'narrows a key',
    async ({ records }) => records.update(ApiKey, await keyOf('agent', ['team:*']), { scopes: ['team:read'] }),
    { administrator: 'done', people: 'done' },
  ],
]
const fresh = (role: string): Draft<User> => ({ name: 'New', email: `new.${++people}@example.org`, roles: [{ code: role }] })
const keyOf = async (role: string, scopes: readonly string[] | null = null) =>
  (await system.identity.createKey(await newUser(role), 'theirs', { scopes })).id
async function change(records: Services['records'], model: string, rules: readonly object[], name = 'people', module = ''): Promise<void> {
  const role = name === 'administrator_is_refused' ? roles.get('manager')! : roles.get(name)!
  const known = await system.records.find(RuleSet, { role, model, module })
  if (known) await system.records.remove(RuleSet, known.id)
  const { id } = await records.create(RuleSet, { role, rules, ...(model && { model }), ...(module && { module }) })
  await system.records.remove(RuleSet, id)
}

describe.each(matrix)('Whoever %s', (_, run, who) => {
  it.each(Object.entries(who))('as %s: %s', async (role, outcome) => {
    const services = await as(role)
    const what = await run(services).then(
      () => 'done',
      (error: { code?: string; message: string }) => error.code ?? error.message,
    )
    expect(what).toBe(outcome)
  })
})

describe('What forbids', () => {
  it('is not got round by giving only what the own role is built on', async () => {
    await newRole('careful_people', ['people', 'careful'])
    const { records } = await as('careful_people')
    const plain = await newUser()
    await expect(records.update(User, plain, { roles: [{ code: 'people' }] })).rejects.toMatchObject({
      code: 'base.role_not_held',
      status: 403,
    })
    await expect(records.update(User, plain, { roles: [{ code: 'careful_people' }] })).resolves.toMatchObject({ name: expect.any(String) })
  })

  it('is not taken off by its own holder', async () => {
    const user = await newUser('careful', 'people')
    const { records } = await app.servicesFor({ door: 'api', user })
    await expect(records.update(User, user, { roles: [{ code: 'people' }] })).rejects.toMatchObject({ code: 'base.role_not_held' })
  })
})

describe('What rules find records by', () => {
  beforeAll(async () => {
    await newRole('own_team', ['staff'], { team: [{ verbs: ['read', 'update'], where: { id: { $in: me.teamIds } } }] })
    await newRole('team_writer', ['own_team'], {
      user: rest,
      team: [{ verbs: ['create'] }, { verbs: ['update'], where: { name: 'Open' } }],
    })
  })

  it('is widened only by whoever reaches the same himself: a team that is put to somebody', async () => {
    const open = (await system.records.create(Team, { name: 'Open' })).id
    const user = await newUser('team_writer')
    const receiver = await newUser('own_team')
    // He may read it because he is a member himself; he may not read all teams.
    await system.records.update(Team, open, { members: [user] })
    const { records } = await app.servicesFor({ door: 'api', user })
    await expect(records.update(Team, open, { members: [user, receiver] })).resolves.toBeTruthy()
    await expect(records.create(Team, { name: 'New', members: [receiver] })).rejects.toMatchObject({
      code: 'base.reach_too_wide',
      status: 403,
    })
    await expect(records.create(Team, { name: 'Mine', members: [user] })).rejects.toMatchObject({ code: 'base.reach_too_wide' })
    // Whom no rule finds anything by a team is put wherever one may put people.
    await expect(records.create(Team, { name: 'Harmless', members: [await newUser('viewer')] })).resolves.toBeTruthy()
  })

  it('is free for whoever may do all of it anyway', async () => {
    const receiver = await newUser('own_team')
    const { records } = await as('teams', 'viewer')
    await expect(records.create(Team, { name: 'Anything', members: [receiver] })).resolves.toBeTruthy()
  })
})

describe('The last active administrator', () => {
  let last: string
  let records: Services['records']
  beforeAll(async () => {
    const administrators = await system.records.query(User, { fields: ['name'], where: { roles: { name: 'administrator' } }, limit: 200 })
    for (const { id } of administrators.rows) await system.records.update(User, id, { roles: [] })
    last = await newUser('administrator')
    records = (await app.servicesFor({ door: 'api', user: last })).records
  })

  it.each([
    ['deactivated', () => records.update(User, last, { active: false })],
    ['given less', () => records.update(User, last, { roles: [{ code: 'manager' }] })],
    ['removed', () => records.remove(User, last)],
  ])('cannot be %s', async (_, run) => {
    await expect(run()).rejects.toMatchObject({
      code: 'base.last_administrator',
      status: 409,
      message: expect.stringContaining('is the last active administrator. Give the role to somebody else first'),
    })
    expect(await system.records.get(User, last)).toMatchObject({ active: true, roles: [{ label: 'Administrator' }] })
  })

  it('is one of two who deactivate each other at the same moment', async () => {
    const other = await newUser('administrator')
    const theirs = (await app.servicesFor({ door: 'api', user: other })).records
    const outcomes = await Promise.allSettled([
      records.update(User, other, { active: false }),
      theirs.update(User, last, { active: false }),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await system.records.count(User, { where: { active: true, roles: { name: 'administrator' } } })).toBe(1)
  })

  it('is not protected from the system itself, which an operator starts', async () => {
    const { rows } = await system.records.query(User, { fields: ['name'], where: { active: true, roles: { name: 'administrator' } } })
    await system.records.update(User, rows[0]!.id, { active: false })
    expect(await system.records.count(User, { where: { active: true, roles: { name: 'administrator' } } })).toBe(0)
  })
})

describe('A key that is kept to scopes', () => {
  it('gives nothing, not even in the hands of an administrator', async () => {
    const admin = await signedInAs(app, 'administrator')
    const { key } = await system.identity.createKey(admin.user, 'narrow', { scopes: ['user:*', 'role:*', 'ruleSet:*'] })
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const send = async (path: string, method: string, body: object) =>
      fetch(new URL(path, await app.listen()), { method, headers, body: JSON.stringify(body) })
    const made = await send('/api/users', 'POST', { name: 'New', email: 'scoped@example.org', roles: [roles.get('viewer')] })
    expect([made.status, ((await made.json()) as { code: string }).code]).toEqual([403, 'base.key_gives_nothing'])
    expect((await send('/api/users', 'POST', { name: 'Plain', email: 'plain@example.org' })).status).toBe(201)
    const moved = await send(`/api/users/${admin.user}`, 'PATCH', { email: 'mine@example.org' })
    expect(((await moved.json()) as { code: string }).code).toBe('base.key_gives_nothing')
    const role = await send('/api/roles', 'POST', { name: 'scoped', label: 'Scoped', includes: [roles.get('viewer')] })
    expect(((await role.json()) as { code: string }).code).toBe('base.key_gives_nothing')
  })
})
