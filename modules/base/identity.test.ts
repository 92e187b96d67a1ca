import type { Identity, Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ApiKey, type HalfOpen, type OpenedSession, Session, Team, User } from './index.ts'

let app: TestApp
let ada: string
const password = 'kettle of purple fish'
const start = new Date('2026-03-02T12:00:00Z')
const later = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000)
const at = (minutes: number): Promise<Services> => app.servicesFor({ door: 'cli', now: later(minutes) })
const opened = (signedIn: OpenedSession | HalfOpen): OpenedSession => {
  if ('token' in signedIn) return signedIn
  throw new Error('A code was asked for.')
}
const identityAt = async (minutes: number): Promise<Identity> => (await at(minutes)).identity

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'])
  ada = (await (await identityAt(0)).createUser({ email: 'Ada@Example.org', name: 'Ada', roles: ['agent'], password })).id
})
afterAll(() => app.close())

describe('Signing in', () => {
  it('opens a session for the right password, however the address is typed', async () => {
    const identity = await identityAt(0)
    const { token, expires } = opened(await identity.signIn(' ADA@example.org ', password, { ip: '192.0.2.7' }))
    expect(expires).toEqual(later(14 * 24 * 60))
    expect(await identity.userOfSession(token)).toMatchObject({ user: ada })
    expect(await identity.userOfSession(`${token}x`)).toBeUndefined()
  })

  it('says the same to a wrong password, an unknown address and somebody who may no longer come in', async () => {
    const { identity, records } = await at(0)
    const gone = await identity.createUser({ email: 'gone@example.org', name: 'Gone', roles: [], password })
    await records.update(User, gone.id, { active: false })
    const refused = { code: 'base.sign_in_refused', status: 401, values: {} }
    await expect(identity.signIn('ada@example.org', 'kettle of yellow fish')).rejects.toMatchObject(refused)
    await expect(identity.signIn('nobody@example.org', password)).rejects.toMatchObject(refused)
    await expect(identity.signIn('gone@example.org', password)).rejects.toMatchObject(refused)
  })
})

describe('A session', () => {
  it('ends after twelve hours without a request', async () => {
    const { token } = await (await identityAt(0)).openSession(ada)
    expect(await (await identityAt(11 * 60)).userOfSession(token)).toMatchObject({ user: ada })
    expect(await (await identityAt(22 * 60)).userOfSession(token)).toMatchObject({ user: ada })
    expect(await (await identityAt(34 * 60 + 1)).userOfSession(token)).toBeUndefined()
  })

  it('ends after fourteen days at the latest', async () => {
    const { token } = await (await identityAt(0)).openSession(ada)
    for (let hour = 10; hour < 14 * 24; hour += 10)
      expect(await (await identityAt(hour * 60)).userOfSession(token)).toMatchObject({ user: ada })
    expect(await (await identityAt(14 * 24 * 60)).userOfSession(token)).toBeUndefined()
  })

  it('is kept as a hash, and written at most once a minute', async () => {
    const { identity, asSystem } = await at(0)
    const { token } = await identity.openSession(ada)
    const sessions = asSystem('The test looks at what is stored.')
    const stored = async () =>
      (
        await sessions.query(Session, {
          fields: ['seenAt', 'version'],
          where: { user: ada },
          order: { createdAt: 'desc', id: 'desc' },
          limit: 1,
        })
      ).rows[0]!
    await (await identityAt(0.5)).userOfSession(token)
    expect(await stored()).toMatchObject({ seenAt: start, version: 1 })
    await (await identityAt(1.5)).userOfSession(token)
    expect(await stored()).toMatchObject({ seenAt: later(1.5), version: 2 })
    const [row] = await app.connection.run('select count(*)::int as many from session s where s::text like $1', [`%${token}%`])
    expect(row).toEqual({ many: 0 })
  })

  it('ends at sign-out, with a new password, and when its user is deactivated', async () => {
    const { identity, records } = await at(0)
    const { id } = await identity.createUser({ email: 'bo@example.org', name: 'Bo', roles: [], password })
    const one = await identity.openSession(id)
    const two = await identity.openSession(id)
    expect(await identity.userOfSession(one.token)).toMatchObject({ user: id })
    await identity.signOut(one.token)
    expect(await identity.userOfSession(one.token)).toBeUndefined()
    expect(await identity.userOfSession(two.token)).toMatchObject({ user: id })
    await identity.setPassword(id, 'kettle of green fish')
    expect(await identity.userOfSession(two.token)).toBeUndefined()
    const three = await identity.openSession(id)
    expect(await identity.userOfSession(three.token)).toMatchObject({ user: id })
    await records.update(User, id, { active: false })
    expect(await identity.userOfSession(three.token)).toBeUndefined()
  })
})

describe('A sign-in link', () => {
  const over = { code: 'base.link_over' }

  it('signs in once', async () => {
    const identity = await identityAt(0)
    const link = await identity.createLink(ada, 'sign-in')
    const { token } = opened(await identity.useLink(link))
    expect(await identity.userOfSession(token)).toMatchObject({ user: ada })
    await expect(identity.useLink(link)).rejects.toMatchObject(over)
    await expect(identity.useLink('')).rejects.toMatchObject(over)
  })

  it('signs one of ten in who use it at the same moment', async () => {
    const link = await (await identityAt(0)).createLink(ada, 'sign-in')
    const all = await Promise.all(Array.from({ length: 10 }, () => identityAt(0)))
    const outcomes = await Promise.allSettled(all.map((identity) => identity.useLink(link)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(over)
  })

  it('lasts fifteen minutes, the first administrator’s a day', async () => {
    const early = await identityAt(0)
    const [short, long] = [await early.createLink(ada, 'sign-in'), await early.createLink(ada, 'first-run')]
    await expect((await identityAt(15)).useLink(short)).rejects.toMatchObject(over)
    await expect((await identityAt(24 * 60)).useLink(long)).rejects.toMatchObject(over)
    await (await identityAt(24 * 60 - 1)).useLink(long)
  })
})

describe('An API key', () => {
  it('stands for its user until it expires or is revoked', async () => {
    const identity = await identityAt(0)
    const { id, key } = await identity.createKey(ada, 'import', { expiresAt: later(60) })
    expect(key).toMatch(/^tk_[A-Za-z0-9_-]{43}$/)
    expect(await identity.userOfKey(key)).toMatchObject({ user: ada, key: id, origins: [] })
    expect(await (await identityAt(60)).userOfKey(key)).toBeUndefined()
    await identity.revokeKey(id)
    expect(await identity.userOfKey(key)).toBeUndefined()
  })

  it('is not for others to make, nor its hash for anybody to read', async () => {
    const { identity } = await at(0)
    const { id } = await identity.createUser({ email: 'eve@example.org', name: 'Eve', roles: ['administrator'] })
    const eve = await app.servicesFor({ door: 'web', user: id })
    await expect(eve.identity.createKey(ada, 'mine')).rejects.toMatchObject({ code: 'base.key_of_oneself', status: 403 })
    await expect(eve.identity.setPassword(ada, 'kettle of brown fish')).rejects.toMatchObject({ code: 'base.only_oneself' })
    await expect(eve.records.query(ApiKey, { fields: ['tokenHash'] })).rejects.toMatchObject({ status: 400 })
    await expect(eve.records.query(User, { fields: ['id'], where: { passwordHash: { $startsWith: '$' } } })).rejects.toMatchObject({
      status: 400,
    })
  })
})

describe('A user', () => {
  it('is one, however the address is typed', async () => {
    const { identity } = await at(0)
    await expect(identity.createUser({ email: 'ADA@EXAMPLE.ORG', name: 'Another', roles: [] })).rejects.toMatchObject({
      code: 'record.invalid',
      errors: [{ field: 'email', code: 'user.email' }],
    })
  })

  it('changes his own name and nothing of his rights', async () => {
    const { records } = await app.servicesFor({ door: 'web', user: ada })
    expect(await records.update(User, ada, { name: 'Ada L.' })).toMatchObject({ name: 'Ada L.' })
    await expect(records.update(User, ada, { roles: [{ code: 'administrator' }] })).rejects.toMatchObject({ status: 403 })
    await expect(records.update(User, ada, { email: 'else@example.org' })).rejects.toMatchObject({ status: 403 })
    await expect(records.create(Team, { name: 'Mine' })).rejects.toMatchObject({ status: 403 })
  })
})
