/** Class 6 and 7: nobody raises his own rights or another's, and nobody takes an account over by its address; at every door. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiKey, Role, RuleSet, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { importRecords } from '../../core/importing/index.ts'
import { Visitor } from '../../modules/web/server/visitor.ts'

let app: TestApp
let system: Services
let folder: string
const roles = new Map<string, string>()
const usual = ['create', 'read', 'update', 'delete', 'export']
const written = { user: [...usual, 'invite', 'activate', 'deactivate'], role: usual, ruleSet: usual }

/** Somebody who writes users, roles and rules, and is himself an agent. */
let clerk: { readonly id: string; readonly email: string; readonly key: string; readonly visitor: Visitor }
let manager: string
let other: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['access', 'portal'])
  system = await app.servicesFor({ door: 'system' })
  folder = await mkdtemp(join(tmpdir(), 'rights-'))
  const { records, identity } = system
  const role = (await records.create(Role, { name: 'clerk', label: 'Clerk', includes: [{ code: 'agent' }] })).id
  for (const [model, verbs] of Object.entries(written)) await records.create(RuleSet, { role, model, rules: [{ verbs }] })
  for (const { id, name } of (await records.query(Role, { fields: ['name'], limit: 200 })).rows) roles.set(name, id)
  const email = 'clerk@example.org'
  const { id } = await identity.createUser({ email, name: 'Clerk', roles: ['clerk'] })
  const { key } = await identity.createKey(id, 'program', { perMinute: 600 })
  const visitor = new Visitor(await app.listen())
  await visitor.post(`/sign-in/${await identity.createLink(id, 'sign-in')}`)
  await visitor.get('/users')
  clerk = { id, email, key, visitor }
  manager = (await identity.createUser({ email: 'manager@example.org', name: 'Manager', roles: ['manager'] })).id
  other = (await identity.createUser({ email: 'other@example.org', name: 'Other', roles: ['agent'] })).id
  await identity.createUser({ email: 'root@example.org', name: 'Root', roles: ['administrator'] })
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await app?.close()
})

/** What a door says: 'done', or the code of the refusal. */
type Door = (deed: Deed) => Promise<string>
interface Deed {
  readonly id?: string
  readonly values: Readonly<Record<string, string | boolean | readonly string[]>>
}

const doors: Readonly<Record<string, Door>> = {
  async REST({ id, values }) {
    const answer = await fetch(new URL(id ? `/api/users/${id}` : '/api/users', await app.listen()), {
      method: id ? 'PATCH' : 'POST',
      headers: { authorization: `Bearer ${clerk.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(values),
    })
    return answer.ok ? 'done' : ((await answer.json()) as { code: string }).code
  },
  async form({ id, values }) {
    const fields = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'boolean' ? String(value) : value]),
    )
    const before = id && (await system.records.get(User, id))
    const seen = await clerk.visitor.post(id ? `/users/${id}` : '/users/new', {
      ...(before && { _version: String(before.version) }),
      ...fields,
    })
    // Without a mail server the invitation is shown.
    if (seen.status === 303 || seen.html.includes('/invitation/')) return 'done'
    return refusals.find(([, words]) => seen.html.includes(words))?.[0] ?? `${seen.status}`
  },
  async import({ id, values }) {
    const before = id && (await system.records.get(User, id))
    const named = { ...(before && { email: before.email }), name: 'Imported', ...values }
    const cell = (value: string | boolean | readonly string[]) =>
      Array.isArray(value) ? value.map((each) => [...roles].find(([, role]) => role === each)?.[0]).join(';') : String(value)
    const file = join(folder, 'users.csv')
    await writeFile(file, `${Object.keys(named).join(',')}\n${Object.values(named).map(cell).join(',')}\n`)
    const services = await app.servicesFor({ door: 'import', user: clerk.id })
    const model = app.composition.models.of(User)
    const { problems } = await importRecords({
      model,
      file,
      services,
      errors: join(folder, 'errors.csv'),
      columns: undefined,
      id: id === undefined ? undefined : { column: 'email', field: 'email' },
    })
    if (problems.length === 0) return 'done'
    return refusals.find(([, words]) => problems[0]!.sentence.includes(words.replaceAll('&quot;', '"')))?.[0] ?? problems[0]!.sentence
  },
  async 'command line for a user'({ id, values }) {
    const { records } = await app.servicesFor({ door: 'cli', user: clerk.id })
    const run = id ? records.update(User, id, values as never) : records.create(User, values as never)
    return run.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  },
}
const refusals = [
  ['base.role_not_held', 'allows more than you may do yourself: only an administrator'],
  ['base.stronger_user', 'which you do not have. Only an administrator'],
] as const

let people = 0
const fresh = () => `new.${++people}@example.org`
const deeds: readonly (readonly [deed: string, outcome: string, make: () => Deed, but: readonly string[]])[] = [
  [
    'makes an administrator',
    'base.role_not_held',
    () => ({ values: { name: 'Eve', email: fresh(), roles: [roles.get('administrator')!] } }),
    [],
  ],
  ['makes a manager', 'base.role_not_held', () => ({ values: { name: 'Eve', email: fresh(), roles: [roles.get('manager')!] } }), []],
  ['makes an agent, as he is one himself', 'done', () => ({ values: { name: 'Ann', email: fresh(), roles: [roles.get('agent')!] } }), []],
  [
    'makes himself an administrator',
    'base.role_not_held',
    () => ({ id: clerk.id, values: { roles: [roles.get('clerk')!, roles.get('administrator')!] } }),
    [],
  ],
  ['makes somebody else a manager', 'base.role_not_held', () => ({ id: other, values: { roles: [roles.get('manager')!] } }), []],
  [
    'gives the account of a manager his own address',
    'base.stronger_user',
    () => ({ id: manager, values: { email: 'mine@example.org' } }),
    ['import'],
  ],
  ['takes the role of a manager away', 'base.stronger_user', () => ({ id: manager, values: { roles: [roles.get('agent')!] } }), []],
]

describe.each(Object.entries(doors))('By the door %s', (door, run) => {
  it.each(deeds.filter(([, , , but]) => !but.includes(door)))('somebody who %s: %s', async (_, outcome, make) => {
    const before = await system.records.query(User, {
      fields: ['email', 'roles', 'active'],
      where: { roles: { name: { $in: ['administrator', 'manager'] } } },
    })
    expect(await run(make())).toBe(outcome)
    const after = await system.records.query(User, {
      fields: ['email', 'roles', 'active'],
      where: { roles: { name: { $in: ['administrator', 'manager'] } } },
    })
    expect(after.rows).toEqual(before.rows)
  })
})

describe('Many at once', () => {
  it('deactivates those whom he may, and is refused each of the others', async () => {
    const victim = (await system.identity.createUser({ email: fresh(), name: 'Victim', roles: ['agent'] })).id
    const answer = await fetch(new URL('/api/users/deactivate', await app.listen()), {
      method: 'POST',
      headers: { authorization: `Bearer ${clerk.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [victim, manager] }),
    })
    expect(await answer.json()).toMatchObject({ done: [victim], refused: [{ id: manager, code: 'base.stronger_user' }] })
    expect(await system.records.get(User, manager)).toMatchObject({ active: true })
  })

  it('keeps nothing of a transaction in which one step gives too much', async () => {
    const { records } = await app.servicesFor({ door: 'api', user: clerk.id })
    const email = fresh()
    await expect(
      records.transaction(async () => {
        const { id } = await records.create(User, { name: 'Eve', email, roles: [{ code: 'agent' }] })
        await records.update(User, id, { roles: [{ code: 'manager' }] })
      }),
    ).rejects.toMatchObject({ code: 'base.role_not_held' })
    expect(await system.records.count(User, { where: { email } })).toBe(0)
  })
})

describe('Roles and rules', () => {
  const send = async (path: string, body: object) => {
    const answer = await fetch(new URL(path, await app.listen()), {
      method: 'POST',
      headers: { authorization: `Bearer ${clerk.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return answer.ok ? 'done' : ((await answer.json()) as { code: string }).code
  }

  it.each([
    [
      'a role that includes the administrator',
      () => send('/api/roles', { name: 'eve', label: 'Eve', includes: [roles.get('administrator')] }),
      'base.role_not_held',
    ],
    [
      'a rule that lets his role read the outbox',
      () => send('/api/rule-sets', { role: roles.get('clerk'), model: 'outboxMessage', rules: [{ verbs: ['read'] }] }),
      'base.rule_not_held',
    ],
    [
      'a rule that lets his role read every ticket',
      () => send('/api/rule-sets', { role: roles.get('clerk'), model: 'ticket', rules: [{ verbs: ['read'] }] }),
      'base.rule_not_held',
    ],
    [
      'the right to look as others',
      () => send('/api/rule-sets', { role: roles.get('clerk'), rules: [{ permission: 'view-as' }] }),
      'base.right_not_held',
    ],
  ])('%s is refused', async (_, run, outcome) => expect(await run()).toBe(outcome))
})

describe('Keys', () => {
  const send = async (key: string, method: string, path: string, body?: object) => {
    const answer = await fetch(new URL(path, await app.listen()), {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, string> }
  }

  it('are made by nobody for others, and not at all by the generated route', async () => {
    const services = await app.servicesFor({ door: 'api', user: clerk.id })
    await expect(services.keys.create(manager, 'theirs')).rejects.toMatchObject({ code: 'base.key_of_oneself', status: 403 })
    expect((await send(clerk.key, 'POST', '/api/api-keys', { name: 'x', user: manager })).status).toBe(403)
  })

  it('make keys that may do as much as they may themselves, and no more', async () => {
    const { key } = await system.identity.createKey(clerk.id, 'narrow', { scopes: ['ticket:read', 'partner:*'] })
    const made = await send(key, 'POST', '/api/keys', { name: 'narrower', scopes: ['partner:read'] })
    expect([made.status, made.body.key]).toEqual([200, expect.stringMatching(/^tk_/)])
    for (const scopes of [undefined, ['*:*'], ['ticket:*'], ['*:read'], ['ticket:read', 'user:read'], ['right:view-as']])
      expect((await send(key, 'POST', '/api/keys', { name: 'wider', ...(scopes && { scopes }) })).body.code).toBe(
        'base.key_wider_than_its_maker',
      )
    expect(await system.records.count(ApiKey, { where: { name: 'wider' } })).toBe(0)
  })

  it('open no session and set no password', async () => {
    const { key } = await system.identity.createKey(clerk.id, 'narrow', { scopes: ['*:*'] })
    const moved = await send(key, 'PATCH', `/api/users/${clerk.id}`, { email: 'eve@example.org' })
    expect(moved.body.code).toBe('base.key_gives_nothing')
    const page = await fetch(new URL('/users', await app.listen()), { headers: { authorization: `Bearer ${key}` }, redirect: 'manual' })
    expect(page.headers.get('location')).toMatch(/^\/sign-in/)
  })

  it('have a limit of their own, and no user gives his more than the usual one', async () => {
    const made = await send(clerk.key, 'POST', '/api/keys', { name: 'slow', scopes: ['partner:read'], perMinute: 2 })
    const limits: string[] = []
    for (let at = 0; at < 3; at++) {
      const { status, headers } = await send(String(made.body.key), 'GET', '/api/partners')
      limits.push(`${status} ${headers.get('ratelimit-limit')} ${headers.get('ratelimit-remaining')}`)
    }
    expect(limits).toEqual(['200 2 1', '200 2 0', '429 2 0'])
    expect((await send(clerk.key, 'POST', '/api/keys', { name: 'fast', perMinute: 601 })).body.code).toBe('base.key_too_fast')
  })
})
