/** Who was let in once stays in only as long as he should: links, sessions and keys after a change of password or rights. */
import { ApiKey, Session, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp, testConfig } from '@tessera/core/testing'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { type App, createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { Visitor } from '../../modules/web/server/visitor.ts'

let app: TestApp
let address: string
let system: Services
/** Another process on the same database. */
let other: App
const password = 'kettle of purple fish'
let people = 0
const somebody = async (role = 'agent'): Promise<string> => {
  people += 1
  return (await system.identity.createUser({ email: `somebody.${people}@example.org`, name: 'Somebody', roles: [role] })).id
}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  address = await app.listen()
  system = await app.servicesFor({ door: 'system' })
  other = await createApp(await loadModules(await discover(process.cwd(), []), ['web', 'ticket']), {
    url: String(app.connection.pool.options.connectionString),
    config: testConfig({ DATABASE_POOL: '2' }),
    log: pino({ level: 'silent' }),
    version: 'test',
  })
})
afterAll(async () => {
  await other?.close()
  await app?.close()
})

describe('A first-run link', () => {
  it('of an earlier start is worth nothing once the desk has an administrator', async () => {
    const id = await somebody('administrator')
    const [earlier, latest] = [await system.identity.createLink(id, 'first-run'), await system.identity.createLink(id, 'first-run')]
    const form = (email: string) => ({ name: 'Ana', email, password, repeat: password })
    expect(await new Visitor(address).post(`/first-run/${latest}`, form('ana@example.org'))).toMatchObject({ status: 303 })

    const thief = new Visitor(address)
    expect((await thief.get(`/first-run/${earlier}`)).status).toBe(422)
    expect((await thief.post(`/first-run/${earlier}`, form('thief@example.org'))).status).toBe(422)
    expect((await thief.post(`/sign-in/${earlier}`)).status).toBe(422)
    expect((await thief.get('/tickets')).status).toBe(303)
    expect(await system.records.get(User, id)).toMatchObject({ email: 'ana@example.org' })
  })
})

describe('A new password', () => {
  it('ends the sign-in links that were asked for before it', async () => {
    const id = await somebody()
    const link = await system.identity.createLink(id, 'sign-in')
    await system.identity.setPassword(id, password)
    await expect(system.identity.useLink(link)).rejects.toMatchObject({ code: 'base.link_over' })
  })
})

describe('Somebody who was deactivated', () => {
  it('comes back without the sessions and links of before', async () => {
    const id = await somebody()
    const { token } = await system.identity.openSession(id)
    const link = await system.identity.createLink(id, 'sign-in')
    await system.records.update(User, id, { active: false })
    await system.records.update(User, id, { active: true })
    expect(await system.identity.userOfSession(token)).toBeUndefined()
    await expect(system.identity.useLink(link)).rejects.toMatchObject({ code: 'base.link_over' })
  })

  it('is out in every process as soon as it hears of it, with session and key alike', async () => {
    const { user, key } = await signedInAs(app, 'agent')
    const { token } = await system.identity.openSession(user)
    const there = await other.servicesFor({ door: 'system' })
    const isKnown = async () => (await other.callers.profileOf(user)) !== undefined
    expect([await there.identity.userOfSession(token), await there.identity.userOfKey(key), await isKnown()]).toMatchObject([
      { user },
      { user },
      true,
    ])
    await system.records.update(User, user, { active: false })
    await vi.waitFor(
      async () =>
        expect([await there.identity.userOfSession(token), await there.identity.userOfKey(key), await isKnown()]).toEqual([
          undefined,
          undefined,
          false,
        ]),
      heard,
    )
  })
})

describe('A role that is taken away', () => {
  it('is gone in every process as soon as it hears of it', async () => {
    const id = await somebody('manager')
    const roles = async () => [...((await other.callers.profileOf(id))?.caller.ability.roles ?? [])]
    expect(await roles()).toContain('manager')
    await system.records.update(User, id, { roles: [{ code: 'viewer' }] })
    await vi.waitFor(async () => expect(await roles()).toEqual(['staff', 'viewer']), heard)
  })
})

describe('A look-up that began before something changed', () => {
  it('is not what a process remembers after it', async () => {
    const id = await somebody()
    const { token } = await system.identity.openSession(id)
    const { key } = await system.identity.createKey(id, 'test')
    const begun = [system.identity.userOfSession(token), system.identity.userOfKey(key)]
    system.identity.forget()
    expect(await Promise.all(begun)).toMatchObject([{ user: id }, { user: id }])
    // Behind the application's back, so that nothing is announced: only what was remembered would still know them.
    await app.connection.run('delete from "session" where "user_id" = $1', [id])
    await app.connection.run('delete from "api_key" where "user_id" = $1', [id])
    expect([await system.identity.userOfSession(token), await system.identity.userOfKey(key)]).toEqual([undefined, undefined])
    expect(await system.records.count(Session, { where: { user: id } })).toBe(0)
    expect(await system.records.count(ApiKey, { where: { user: id } })).toBe(0)
  })
})

describe('Signing in', () => {
  it('never continues the session that a browser came with', async () => {
    const victim = await somebody()
    const attacker = new Visitor(address)
    await attacker.post(`/sign-in/${await system.identity.createLink(await somebody(), 'sign-in')}`)
    await attacker.get('/tickets')
    const before = attacker.cookie('tessera')
    expect((await attacker.post(`/sign-in/${await system.identity.createLink(victim, 'sign-in')}`)).status).toBe(303)
    expect(attacker.cookie('tessera')).not.toBe(before)
    expect(await system.identity.userOfSession(before ?? '')).not.toEqual({ user: victim })
  })
})

describe('A change of rights', () => {
  it('gives the browser another token with its next page, and the one before is soon worth nothing', async () => {
    const id = await somebody()
    const visitor = new Visitor(address)
    await visitor.post(`/sign-in/${await system.identity.createLink(id, 'sign-in')}`)
    await visitor.get('/tickets')
    const before = visitor.cookie('tessera')
    await system.records.update(User, id, { roles: [{ code: 'manager' }] })
    // A part of a page keeps the forms around it, so that it brings no token.
    await visitor.get('/tickets', { 'hx-request': 'true' })
    expect(visitor.cookie('tessera')).toBe(before)
    await visitor.get('/tickets')
    const after = visitor.cookie('tessera')
    expect(after).toMatch(/^[\w-]{43}$/)
    expect(after).not.toBe(before)
    expect((await visitor.post('/preferences', { density: 'compact' })).status).toBe(303)
    expect(await system.identity.userOfSession(String(before))).toMatchObject({ user: id })
    const later = await app.servicesFor({ door: 'system', now: new Date(Date.now() + 31_000) })
    expect(await later.identity.userOfSession(String(before))).toBeUndefined()
    expect(await later.identity.userOfSession(String(after))).toMatchObject({ user: id })
  })
})

/** Nothing but the announcement drops what a process remembers, so a busy machine may take its time. */
const heard = { timeout: 15_000, interval: 20 }
