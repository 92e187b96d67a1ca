import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { deviceInWords } from './device.ts'
import { type OpenedSession, Session, User } from './index.ts'

let app: TestApp
let people = 0
const password = 'kettle of purple fish'
const start = new Date('2026-03-02T12:00:00Z')
const systemAt = (seconds: number): Promise<Services> =>
  app.servicesFor({ door: 'system', now: new Date(start.getTime() + seconds * 1000) })
const somebody = async (): Promise<string> => {
  people += 1
  const { identity } = await systemAt(0)
  return (await identity.createUser({ email: `person.${people}@example.org`, name: `Person ${people}`, roles: ['agent'], password })).id
}
const open = async (user: string, from = {}): Promise<OpenedSession> => (await systemAt(0)).identity.openSession(user, from)
const asUser = (user: string): Promise<Services> => app.servicesFor({ door: 'web', user, now: start })

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'])
})
afterAll(() => app.close())

describe('Somebody who is signed in', () => {
  it('sees where, in words that he recognises, and ends one of his own', async () => {
    const user = await somebody()
    const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0'
    const { token } = await open(user, { ip: '192.0.2.7', agent: firefox })
    await open(user)
    const { sessions } = await asUser(user)
    const own = await sessions.own()
    expect(own).toHaveLength(2)
    expect(own).toContainEqual(expect.objectContaining({ device: 'Firefox on Windows', ip: '192.0.2.7', since: start, seenAt: start }))
    expect(own).toContainEqual(expect.objectContaining({ device: 'An unknown device', ip: null, isThis: false }))
    const other = await asUser(await somebody())
    const { id } = own.find(({ ip }) => ip === '192.0.2.7')!
    await expect(other.sessions.end(id)).rejects.toMatchObject({ code: 'base.no_session', status: 404 })
    await sessions.end(id)
    expect(await (await systemAt(0)).identity.userOfSession(token)).toBeUndefined()
    expect(await sessions.own()).toHaveLength(1)
  })

  it('sees none that is over', async () => {
    const user = await somebody()
    await open(user)
    const half = await app.servicesFor({ door: 'web', user, now: new Date(start.getTime() + 13 * 3_600_000) })
    expect(await half.sessions.own()).toEqual([])
  })

  it('changes his password by the one he had, which ends his other sessions and his links', async () => {
    const user = await somebody()
    const { token } = await open(user)
    const own = await asUser(user)
    const link = await own.identity.createLink(user, 'sign-in')
    await expect(own.account.changePassword('a wrong one, by mistake', 'kettle of green fish')).rejects.toMatchObject({
      code: 'base.password_wrong',
    })
    await expect(own.account.changePassword(password, 'short')).rejects.toMatchObject({ code: 'base.password_length' })
    await own.account.changePassword(password, 'kettle of green fish')
    const { identity } = await systemAt(0)
    expect(await identity.userOfSession(token)).toBeUndefined()
    await expect(identity.useLink(link)).rejects.toMatchObject({ code: 'base.link_over' })
    expect(await identity.signIn(`person.${people}@example.org`, 'kettle of green fish')).toHaveProperty('token')
  })
})

describe('A session whose user gets other roles', () => {
  it('has a new token from its next page on, and the old one lives for half a minute', async () => {
    const user = await somebody()
    const { token, expires } = await open(user)
    const system = await systemAt(0)
    expect(await system.sessions.renew(token)).toBeUndefined()
    await system.records.update(User, user, { roles: [{ code: 'manager' }] })
    expect(await system.identity.userOfSession(token)).toMatchObject({ user, renew: true })
    const fresh = await system.sessions.renew(token)
    expect(fresh).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/), expires })
    expect(fresh?.token).not.toBe(token)
    expect(await system.identity.userOfSession(fresh!.token)).toMatchObject({ user, renew: false })
    expect(await system.identity.userOfSession(token)).toMatchObject({ user, renew: false })
    expect(await system.sessions.renew(token)).toBeUndefined()
    const later = await systemAt(31)
    expect(await later.identity.userOfSession(token)).toBeUndefined()
    expect(await later.identity.userOfSession(fresh!.token)).toMatchObject({ user })
    expect(await system.records.count(Session, { where: { user } })).toBe(1)
  })

  it('is renewed once by two pages at the same moment', async () => {
    const user = await somebody()
    const { token } = await open(user)
    const all = [await systemAt(0), await systemAt(0)]
    await all[0]!.records.update(User, user, { roles: [{ code: 'viewer' }] })
    const renewed = await Promise.all(all.map(({ sessions }) => sessions.renew(token)))
    expect(renewed.filter((each) => each !== undefined)).toHaveLength(1)
  })
})

describe('A device', () => {
  const text = (code: string, values?: Readonly<Record<string, unknown>>) =>
    code === 'base.device' ? `${values?.browser} on ${values?.system}` : code
  it.each([
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 'Safari on macOS'],
    ['curl/8.5.0', 'curl'],
    ['<script>', 'base.device_unknown'],
    [null, 'base.device_unknown'],
  ])('is told by what its browser says: %s', (agent, words) => {
    expect(deviceInWords(agent, text)).toBe(words)
  })
})
