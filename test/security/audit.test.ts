/** What matters to security leaves an entry, in the transaction of the deed; nobody but administrators reads it, and it holds no secret. */
import { AuditEntry, AuditPersonal, Role, RuleSet, User } from '@tessera/base'
import { type Services, settings } from '@tessera/core'
import { bootTest, type TestApp, unique } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Visitor, visitorAs } from '../../modules/web/server/visitor.ts'

let app: TestApp
let system: Services
let admin: Visitor & { readonly user: string }
const password = 'kettle of purple fish'
const secrets: string[] = [password, 'another kettle of fish']

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['portal', 'reporting', 'dealership'])
  system = await app.servicesFor({ door: 'system' })
  admin = await visitorAs(app, 'administrator')
})
afterAll(() => app?.close())

/** What is noted while something is done, oldest first. */
async function noted(deed: () => Promise<unknown>) {
  const { rows: last } = await system.records.query(AuditEntry, { fields: [], order: { id: 'desc' }, limit: 1 })
  await deed()
  const { rows } = await system.records.query(AuditEntry, {
    fields: ['kind', 'actor', 'subject', 'door', 'model', 'record', 'details'],
    where: last[0] ? { id: { $gt: last[0].id } } : {},
    order: { id: 'asc' },
    limit: 200,
  })
  return rows
}
const newUser = (roles: readonly string[]) =>
  system.identity.createUser({ email: `${unique('u')}@example.org`, name: 'Bea Roe', roles, password })
const as = (user: string) => app.servicesFor({ door: 'web', user })

describe('An entry is left by', () => {
  it('a sign-in, its refusal and a sign-out, each with whom it concerns, and the address and device apart', async () => {
    const user = await newUser(['agent'])
    const visitor = new Visitor(await app.listen())
    const entries = await noted(async () => {
      await visitor.get('/sign-in')
      await visitor.post('/sign-in', { email: user.email, password: 'another kettle of fish' })
      await visitor.post('/sign-in', { email: user.email, password })
      await visitor.get('/tickets')
      await visitor.post('/sign-out')
    })
    expect(entries.map(({ kind }) => kind)).toEqual(['sign-in.refused', 'sign-in', 'sign-out'])
    expect(entries.map(({ actor, subject }) => [actor?.id, subject?.id])).toEqual([
      [undefined, user.id],
      [user.id, user.id],
      [user.id, user.id],
    ])
    const part = await system.records.find(AuditPersonal, { entry: entries[0]!.id })
    expect(part?.details).toMatchObject({ email: user.email, ip: '127.0.0.1' })
    secrets.push(visitor.cookie('tessera') ?? 'no cookie')
  })

  it('a refused sign-in as nobody we know, which says no more than any other', async () => {
    const entries = await noted(() => system.identity.signIn('nobody@example.org', password).catch(() => undefined))
    expect(entries).toMatchObject([{ kind: 'sign-in.refused', subject: null, record: null, details: {} }])
  })

  it('a new password', async () => {
    const user = await newUser(['agent'])
    const entries = await noted(async () => (await as(user.id)).identity.setPassword(user.id, 'another kettle of fish'))
    expect(entries.map(({ kind, actor }) => [kind, actor?.id])).toContainEqual(['password.changed', user.id])
  })

  it('roles given and taken, with their names before and after', async () => {
    const user = await newUser(['agent'])
    const { records } = await as(admin.user)
    const entries = await noted(() => records.update(User, user.id, { roles: [{ code: 'manager' }, { code: 'viewer' }] }))
    expect(entries).toMatchObject([
      {
        kind: 'user.rights',
        actor: { id: admin.user },
        subject: { id: user.id },
        details: { roles: { before: ['agent'], after: ['manager', 'viewer'] } },
      },
    ])
    expect(await noted(() => records.update(User, user.id, { name: 'Bea Doe', roles: [{ code: 'viewer' }, { code: 'manager' }] }))).toEqual(
      [],
    )
  })

  it('a user who is deactivated, activated, or gets another address', async () => {
    const user = await newUser([])
    const { records } = await as(admin.user)
    const entries = await noted(async () => {
      await records.update(User, user.id, { active: false })
      await records.update(User, user.id, { active: true, email: `${unique('new')}@example.org` })
    })
    expect(entries.map(({ kind, details }) => [kind, (details as { change: string }).change])).toEqual([
      ['user.deactivated', 'deactivated'],
      ['user.rights', 'activated'],
      ['user.rights', 'email'],
    ])
  })

  it('a key that is made, changed or revoked', async () => {
    const user = await newUser(['agent'])
    const own = await as(user.id)
    const entries = await noted(async () => {
      const { id, key } = await own.identity.createKey(user.id, 'CI')
      secrets.push(key)
      await fetch(`${await app.listen()}/api/tickets`, { headers: { authorization: `Bearer ${key}` } })
      await own.identity.revokeKey(id)
    })
    expect(entries).toMatchObject([
      { kind: 'key.created', actor: { id: user.id }, subject: { id: user.id }, details: { name: 'CI', scopes: null } },
      { kind: 'key.revoked', actor: { id: user.id }, details: { name: 'CI' } },
    ])
  })

  it('a role and its rules, created, changed and removed, with the rules before and after', async () => {
    const { records } = await as(admin.user)
    const rules = [{ verbs: ['read'] }]
    const entries = await noted(async () => {
      const role = await records.create(Role, { name: 'auditor', label: 'Auditor' })
      await records.update(Role, role.id, { includes: [{ code: 'viewer' }] })
      const set = await records.create(RuleSet, { role: role.id, model: 'ticket', rules })
      await records.update(RuleSet, set.id, { rules: [] })
      await records.remove(RuleSet, set.id)
      await records.remove(Role, role.id)
    })
    expect(entries.map(({ kind, details }) => [kind, (details as { change: string }).change])).toEqual([
      ['role', 'created'],
      ['role', 'changed'],
      ['rule', 'created'],
      ['rule', 'changed'],
      ['rule', 'removed'],
      ['role', 'removed'],
    ])
    expect(entries[1]!.details).toMatchObject({ role: 'auditor', includes: { before: [], after: ['viewer'] } })
    expect(entries[3]!.details).toMatchObject({ role: 'auditor', model: 'ticket', rules: { before: rules, after: [] } })
  })

  it('settings, by their names alone', async () => {
    const declared = app.composition.settings[0]!
    const own = settings(declared.label, declared.schema)
    const values = await system.settings.get(own)
    const entries = await noted(async () => (await as(admin.user)).settings.set(own, values))
    expect(entries).toMatchObject([{ kind: 'settings', actor: { id: admin.user }, record: `${declared.module}.${declared.label}` }])
    expect(Object.keys(entries[0]!.details as object)).toEqual(['fields'])
  })

  it('a list and a report that are taken out', async () => {
    const entries = await noted(async () => {
      await admin.get('/users/export')
      await admin.get('/reports/volume.csv')
    })
    expect(entries).toMatchObject([
      { kind: 'export', actor: { id: admin.user }, door: 'web', details: { model: 'user' } },
      { kind: 'export', actor: { id: admin.user }, details: { change: 'report', report: 'volume' } },
    ])
  })

  it('nothing that failed', async () => {
    const { records } = await as(admin.user)
    const failing = () => records.create(Role, { name: 'agent', label: 'Again' }).catch(() => undefined)
    expect(await noted(failing)).toEqual([])
  })
})

describe('The audit log', () => {
  it('holds no password, token or key', async () => {
    const rows = await app.connection.run(
      'select (select string_agg(e::text, $1) from audit_entry e) as entries, (select string_agg(p::text, $1) from audit_personal p) as personal',
      ['\n'],
    )
    const text = JSON.stringify(rows)
    expect(text.length).toBeGreaterThan(1_000)
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(text).not.toMatch(/\$argon2|tk_[\w-]{20}|otpauth/)
  })

  it.each(['customer', 'viewer', 'agent', 'manager'])('is hidden from everybody with the role %s, at every door', async (role) => {
    const visitor = await visitorAs(app, role)
    const { rows } = await system.records.query(AuditEntry, { fields: ['record'], limit: 1 })
    const id = rows[0]!.id
    const { records, identity } = await as(visitor.user)
    const { key } = await identity.createKey(visitor.user, 'snooping')
    const address = await app.listen()
    for (const path of ['', `/${id}`, '?group=kind', `/${id}/history`, '?q=a', '/aggregate?by=kind']) {
      const answer = await fetch(`${address}/api/audit-entries${path}`, { headers: { authorization: `Bearer ${key}` } })
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(await answer.text()).not.toContain(id.slice(0, 8) === id ? id : 'sign-in.refused')
    }
    for (const path of ['audit-entries', `audit-entries/${id}`, 'audit-entries/export', 'audit-entries/options?field=actor']) {
      const page = await visitor.get(`/${path}`)
      expect(page.status, path).toBeGreaterThanOrEqual(400)
    }
    await expect(records.query(AuditEntry, { fields: ['kind'] })).rejects.toThrow()
    await expect(records.query(AuditPersonal, { fields: ['details'] })).rejects.toThrow()
    expect((await visitor.get('/users')).html).not.toContain('Audit log')
  })

  it('takes no entry from anybody, an administrator among them', async () => {
    const { identity, records } = await as(admin.user)
    const { key } = await identity.createKey(admin.user, 'writing')
    const address = await app.listen()
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const draft = { at: new Date().toISOString(), kind: 'settings', door: 'web', details: {} }
    const created = await fetch(`${address}/api/audit-entries`, { method: 'POST', headers, body: JSON.stringify(draft) })
    expect(created.status).toBe(403)
    await expect(records.create(AuditEntry, { at: new Date(), kind: 'settings', door: 'web', details: {} })).rejects.toThrow('not allow')
    expect((await admin.get('/audit-entries/new')).status).toBe(403)
    const { rows } = await system.records.query(AuditEntry, { fields: ['record'], limit: 1 })
    for (const method of ['PATCH', 'DELETE']) {
      const answer = await fetch(`${address}/api/audit-entries/${rows[0]!.id}`, {
        method,
        headers,
        ...(method === 'PATCH' && { body: '{"door":"cli"}' }),
      })
      expect([403, 405], method).toContain(answer.status)
    }
  })

  it('is read by administrators in words, filtered and taken out', async () => {
    const { name } = await system.records.get(User, admin.user)
    const page = await admin.get('/audit-entries?facet.kind=user.rights')
    expect(page.status).toBe(200)
    expect(page.html).toContain(`${name} changed the roles of Bea Doe.`)
    const file = await admin.get('/audit-entries/export?facet.kind=user.rights')
    expect(file.html).toContain(`${name} changed the roles of Bea Doe.`)
  })
})
