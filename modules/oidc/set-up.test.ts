import { AuditEntry, Role, RuleSet, Session } from '@tessera/base'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { CityDesk, deskUrl } from '../../test/fixtures/oidc/city-desk.ts'
import { clientSecret } from '../../test/fixtures/oidc/provider.ts'
import { linkOf, Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { IdentityProvider, IdentityRole, setSecret } from './identity-provider.model.ts'
import { SignInAttempt } from './sign-in-attempt.model.ts'
import { UserIdentity } from './user-identity.model.ts'

let desk: CityDesk<Visitor>
beforeAll(async () => {
  desk = await CityDesk.open(inject('postgresUrl'), (address) => new Visitor(address))
})
afterAll(() => desk?.close())
beforeEach(() => desk.reset())

describe('Whoever is signed in', () => {
  async function begin(visitor: Visitor): Promise<string> {
    await visitor.get('/profile/connections')
    const page = await visitor.post('/profile/connections/city')
    return linkOf(page, /Go to City account/)
  }

  it('connects his account himself, an administrator too, and ends it again', async () => {
    const visitor = await visitorAs(desk.app, 'administrator')
    desk.come('uwe', { email: 'somebody.else@city.example' })
    const back = await desk.answer(await begin(visitor))
    expect((await visitor.get(back)).location).toBe('/profile/connections')
    expect(wordsOf((await visitor.get('/profile/connections')).html)).toContain('Connected since')
    expect(await desk.system.records.find(UserIdentity, { subject: 'uwe' })).toMatchObject({ user: { id: visitor.user } })
    expect((await desk.signIn()).location).toBe('/')
    expect(await desk.userBy('somebody.else@city.example')).toBeNull()
    await visitor.get('/profile/connections')
    await visitor.post('/profile/connections/city/remove')
    expect(await desk.system.records.count(UserIdentity, { where: { subject: 'uwe' } })).toBe(0)
  })

  it('does not connect what belongs to somebody else', async () => {
    desk.come('vera')
    await desk.signIn()
    const visitor = await visitorAs(desk.app, 'agent')
    const seen = await visitor.get(await desk.answer(await begin(visitor)))
    expect([seen.status, wordsOf(seen.html)]).toEqual([409, expect.stringContaining('is connected with another user here')])
  })

  it('is not made to connect a stranger’s account by a link that the stranger sends', async () => {
    const [stranger, victim] = [await visitorAs(desk.app, 'agent'), await visitorAs(desk.app, 'agent')]
    desk.come('wolf')
    const back = await desk.answer(await begin(stranger))
    await victim.get(back)
    await victim.get(back, { cookie: `tessera=${victim.cookie('tessera')}; tessera-way=${stranger.cookie('tessera-way')}` })
    expect(await desk.system.records.count(UserIdentity, { where: { user: victim.user } })).toBe(0)
  })

  it('ends his session here by signing out, and no more', async () => {
    desk.come('xenia')
    const visitor = desk.visitor()
    await desk.signIn(visitor)
    await visitor.get('/profile/connections')
    expect((await visitor.post('/sign-out')).location).toBe('/sign-in')
    expect((await desk.signIn(visitor)).location).toBe('/')
  })
})

describe('Setting a provider up', () => {
  async function api(user: string, path: string, body?: object): Promise<Response> {
    const { key } = await desk.system.identity.createKey(user, 'test')
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    return fetch(new URL(path, desk.address), { ...sent, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } })
  }

  it('is for administrators, whatever a local rule says', async () => {
    const { id: manager } = (await desk.system.records.find(Role, { name: 'manager' }))!
    const verbs = ['create', 'read', 'update', 'delete']
    await desk.system.records.create(RuleSet, { role: manager, model: 'identityProvider', rules: [{ verbs: [...verbs, 'setSecret'] }] })
    await desk.system.records.create(RuleSet, { role: manager, model: 'identityRole', rules: [{ verbs }] })
    const services = await desk.app.servicesFor({ door: 'api', user: (await visitorAs(desk.app, 'manager')).user })
    await expect(
      services.records.create(IdentityProvider, { name: 'evil', label: 'Evil', issuer: 'https://evil.example', clientId: 'x' }),
    ).rejects.toMatchObject({ code: 'oidc.administrators_only' })
    await expect(services.records.update(IdentityProvider, desk.cityId, { linkByEmail: true })).rejects.toMatchObject({ status: 403 })
    await expect(services.records.act(setSecret, desk.cityId, { secret: 'x' })).rejects.toMatchObject({ status: 403 })
    const { id: role } = (await desk.system.records.find(Role, { name: 'administrator' }))!
    await expect(services.records.create(IdentityRole, { provider: desk.cityId, value: '*', role })).rejects.toMatchObject({ status: 403 })
  })

  it('tells its secret at no door, and keeps it sealed', async () => {
    const visitor = await visitorAs(desk.app, 'administrator')
    const seen = await (await api(visitor.user, `/api/identity-providers/${desk.cityId}`)).text()
    expect(seen).toContain(desk.city.issuer)
    const page = (await visitor.get(`/identity-providers/${desk.cityId}`)).html
    const stored = (await desk.system.asSystem('a test looks').get(IdentityProvider, desk.cityId)).clientSecret!
    for (const text of [seen, page]) {
      expect(text).not.toContain(stored)
      expect(text).not.toContain(clientSecret)
    }
    expect(stored).not.toContain(clientSecret)
    const filtered = await api(visitor.user, '/api/identity-providers?filter[clientSecret][$startsWith]=v1')
    expect(filtered.status).toBe(400)
    const history = JSON.stringify(await desk.system.records.history(IdentityProvider, desk.cityId))
    expect(history).not.toContain(stored)
    const { rows } = await desk.system.records.query(AuditEntry, { fields: ['details'], where: { kind: 'settings' }, limit: 200 })
    expect(JSON.stringify(rows)).not.toContain(stored)
  })

  it('is tested by a button that says what fits and what does not', async () => {
    const visitor = await visitorAs(desk.app, 'administrator')
    const words = async (id: string) => wordsOf((await visitor.get(`/identity-providers/${id}/test`)).html)
    const fine = await words(desk.cityId)
    expect(fine).toContain('People can sign in with it')
    expect(fine).toContain(`The provider answers as ${desk.city.issuer}.`)
    expect(fine).toContain(`${deskUrl}/sign-in/with/city/return`)
    expect(await words(await desk.provider('gone', 'Gone', 'http://127.0.0.1:9'))).toMatch(
      /Nobody can sign in with it like this.*ECONNREFUSED/,
    )
    const twin = await desk.provider('twin', 'Twin', desk.city.issuer.replace('127.0.0.1', 'localhost'))
    expect(await words(twin)).toContain('does not match the expected issuer')
    expect((await (await visitorAs(desk.app, 'manager')).get(`/identity-providers/${desk.cityId}/test`)).status).toBe(403)
  })

  it('does not turn a provider with people into another one', async () => {
    await expect(desk.set({ issuer: 'https://login.example.org' })).rejects.toMatchObject({ code: 'oidc.issuer_stays' })
  })

  it('asks whoever sat down at an open browser to confirm that it is he', async () => {
    const visitor = await visitorAs(desk.app, 'administrator')
    const records = desk.system.asSystem('a test lets time pass')
    const { rows } = await records.query(Session, { fields: ['id'], where: { user: visitor.user } })
    for (const { id } of rows) await records.update(Session, id, { confirmedAt: new Date(Date.now() - 11 * 60_000) })
    const stored = await records.get(IdentityProvider, desk.cityId)
    await visitor.post(`/identity-providers/${desk.cityId}/actions/setSecret`, { secret: 'of the thief' })
    await visitor.post('/profile/connections/city')
    expect((await records.get(IdentityProvider, desk.cityId)).clientSecret).toBe(stored.clientSecret)
    expect(await records.count(SignInAttempt, { where: { connecting: visitor.user } })).toBe(0)
  })

  it('takes its map along when it is removed, and stays while accounts are connected', async () => {
    const { records } = desk.system
    await desk.map('*', 'customer')
    desk.come('yara')
    await desk.signIn()
    await expect(records.remove(IdentityProvider, desk.cityId)).rejects.toMatchObject({ code: 'record.in_use' })
    expect(await records.count(IdentityRole, { where: { provider: desk.cityId } })).toBe(1)
    const province = (await records.find(IdentityProvider, { name: 'province' }))!
    await desk.depart(desk.visitor(), '/sign-in/with/province')
    await records.remove(IdentityProvider, province.id)
    expect(await records.find(IdentityProvider, { name: 'province' })).toBeNull()
  })

  it('opens a connection for nobody by hand', async () => {
    const { user } = await visitorAs(desk.app, 'administrator')
    const made = await api(user, '/api/user-identities', { provider: desk.cityId, subject: 'evil', user })
    expect(made.status).toBe(403)
  })
})
