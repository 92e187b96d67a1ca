import { AuditEntry, User } from '@tessera/base'
import { houseRules } from '@tessera/core/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { CityDesk, deskUrl } from '../../test/fixtures/oidc/city-desk.ts'
import { clientId } from '../../test/fixtures/oidc/provider.ts'
import { linkOf, Visitor } from '../web/server/visitor.ts'
import { forgetOld } from './attempts.ts'
import { IdentityRole } from './identity-provider.model.ts'
import { SignInAttempt } from './sign-in-attempt.model.ts'
import { UserIdentity } from './user-identity.model.ts'

houseRules('oidc')

let desk: CityDesk<Visitor>
beforeAll(async () => {
  desk = await CityDesk.open(inject('postgresUrl'), (address) => new Visitor(address))
})
afterAll(() => desk?.close())
beforeEach(() => desk.reset())

describe('Somebody signs in with the city', () => {
  it('by a link on the sign-in page, and comes to where he wanted to go', async () => {
    desk.come('ada')
    const visitor = desk.visitor()
    const href = linkOf(await visitor.get('/sign-in?next=/users'), /Continue with City account/)
    expect(href).toBe('/sign-in/with/city?next=%2Fusers')
    const seen = await desk.signIn(visitor, href)
    expect([seen.status, seen.location]).toEqual([303, '/users'])
    expect(await desk.userBy('ada@city.example')).toMatchObject({ name: 'Person ada', active: true, passwordHash: null })
    expect(await desk.system.records.find(UserIdentity, { subject: 'ada' })).toMatchObject({ provider: { id: desk.cityId } })
    expect(visitor.cookie('tessera-way')).toBeUndefined()
    expect((await visitor.get('/sign-in')).location).toBe('/')
  })

  it('asking for a code with a proof, a state and a nonce, and telling no page where he comes from', async () => {
    const { headers, location } = await desk.visitor().get('/sign-in/with/city')
    const asked = Object.fromEntries(new URL(location).searchParams)
    expect(asked).toMatchObject({
      response_type: 'code',
      client_id: clientId,
      scope: 'openid email profile',
      redirect_uri: `${deskUrl}/sign-in/with/city/return`,
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect([headers.get('referrer-policy'), headers.get('cache-control')]).toEqual(['no-referrer', 'no-store'])
    const cookie = headers.getSetCookie().find((each) => each.startsWith('tessera-way='))!
    expect(cookie).toMatch(/httponly/i)
    expect(cookie).toMatch(/samesite=lax/i)
    const minutes = (Date.parse(/expires=([^;]+)/i.exec(cookie)![1]!) - Date.now()) / 60_000
    expect(Math.round(minutes)).toBe(10)
  })

  it('and is the same user when name and address have changed there', async () => {
    desk.come('berta')
    await desk.signIn()
    const { id } = (await desk.userBy('berta@city.example'))!
    desk.come('berta', { name: 'Berta B.', email: 'b@city.example' })
    expect((await desk.signIn()).location).toBe('/')
    expect(await desk.userBy('b@city.example')).toBeNull()
    expect(await desk.system.records.find(UserIdentity, { subject: 'berta' })).toMatchObject({ user: { id } })
  })

  it('in two tabs at once', async () => {
    desk.come('carl')
    const visitor = desk.visitor()
    const [first, second] = [await desk.depart(visitor), await desk.depart(visitor)]
    const back = await desk.answer(first)
    expect((await visitor.get(back)).location).toBe('/')
    expect(new URL(second).searchParams.get('state')).not.toBe(new URL(first).searchParams.get('state'))
  })

  it('and leaves an entry in the audit log for the account, the connection and the session', async () => {
    desk.come('dora')
    await desk.signIn()
    const { id } = (await desk.userBy('dora@city.example'))!
    const { rows } = await desk.system.records.query(AuditEntry, { fields: ['kind', 'details'], where: { subject: id }, limit: 50 })
    expect(rows.map(({ kind }) => kind).sort()).toEqual(['identity.linked', 'sign-in'])
  })
})

describe('What the city says of a person', () => {
  beforeAll(async () => {
    await desk.map('desk-agents', 'agent')
    await desk.map('desk-managers', 'manager')
  })

  it('gives roles, and takes them at the next sign-in', async () => {
    desk.come('eva', { groups: ['desk-agents', 'gardeners'] })
    await desk.signIn()
    expect(await desk.rolesOf('eva@city.example')).toEqual(['Agent'])
    desk.come('eva', { groups: ['desk-managers'] })
    await desk.signIn()
    expect(await desk.rolesOf('eva@city.example')).toEqual(['Manager'])
    desk.come('eva', { groups: undefined })
    await desk.signIn()
    expect(await desk.rolesOf('eva@city.example')).toEqual([])
  })

  it('leaves roles alone that it does not speak of', async () => {
    desk.come('fred', { groups: ['desk-agents'] })
    await desk.signIn()
    const { id } = (await desk.userBy('fred@city.example'))!
    await desk.system.records.update(User, id, { roles: [{ code: 'agent' }, { code: 'viewer' }] })
    desk.come('fred', { groups: [] })
    await desk.signIn()
    expect(await desk.rolesOf('fred@city.example')).toEqual(['Viewer'])
  })

  it('may stand deep in its claims, be one text, or mean everybody', async () => {
    await desk.set({ rolesClaim: 'realm_access.roles' })
    desk.come('gina', { realm_access: { roles: 'desk-agents' } })
    await desk.signIn()
    expect(await desk.rolesOf('gina@city.example')).toEqual(['Agent'])
    for (const wrong of ['__proto__.constructor', 'groups.length', 'realm_access.roles.0']) {
      await desk.set({ rolesClaim: wrong })
      await desk.signIn()
      expect(await desk.rolesOf('gina@city.example')).toEqual([])
    }
    await desk.map('*', 'customer')
    await desk.signIn()
    expect(await desk.rolesOf('gina@city.example')).toEqual(['Customer'])
    await desk.system.records.remove(IdentityRole, (await desk.system.records.find(IdentityRole, { value: '*' }))!.id)
  })

  it('does not take the last administrator away', async () => {
    await desk.map('desk-admins', 'administrator')
    desk.come('hugo', { groups: ['desk-admins'] })
    await desk.signIn()
    expect(await desk.rolesOf('hugo@city.example')).toEqual(['Administrator'])
    desk.come('hugo', { groups: ['desk-agents'] })
    await desk.signIn()
    expect(await desk.rolesOf('hugo@city.example')).toEqual(['Administrator', 'Agent'])
    await desk.system.identity.createUser({ email: 'other@desk.example', name: 'Other', roles: ['administrator'] })
    await desk.signIn()
    expect(await desk.rolesOf('hugo@city.example')).toEqual(['Agent'])
  })

  it('is written into no page as it came', async () => {
    desk.come('ines', { name: `<img src=x onerror=alert(1)>\n\u202eevil`, groups: ['desk-agents'] })
    const visitor = desk.visitor()
    expect((await desk.signIn(visitor)).location).toBe('/')
    expect((await desk.userBy('ines@city.example'))!.name).toBe('<img src=x onerror=alert(1)> evil')
    expect((await visitor.get('/profile/connections')).html).not.toContain('<img src=x')
  })
})

describe('What anybody can open', () => {
  it('is listed with whom it lets in', () => {
    const mine = desk.app.http.routes().filter(({ path }) => /sign-in\/with|profile\/connections|identity-providers\/:id\/test/.test(path))
    expect(mine.map(({ method, path, may }) => `${method} ${path} ${may}`).sort()).toEqual([
      'GET /identity-providers/:id/test role administrator',
      'GET /profile/connections signed-in',
      'GET /sign-in/with/:provider anybody',
      'GET /sign-in/with/:provider/return anybody',
      'POST /profile/connections/:provider signed-in',
      'POST /profile/connections/:provider/remove signed-in',
    ])
  })
})

describe('Attempts that nobody came back from', () => {
  it('are forgotten', async () => {
    await desk.depart(desk.visitor())
    const records = desk.system.asSystem('a test lets time pass')
    const { rows } = await records.query(SignInAttempt, { fields: ['expiresAt'], limit: 200 })
    for (const { id } of rows) await records.update(SignInAttempt, id, { expiresAt: new Date(0) })
    await forgetOld(desk.system)
    expect(await records.count(SignInAttempt)).toBe(0)
  })

  it('cannot be made without end from one network', async () => {
    const visitor = desk.visitor()
    const statuses = new Set<number>()
    for (let i = 0; i < 62; i++) statuses.add((await visitor.get('/sign-in/with/city')).status)
    expect([...statuses]).toEqual([303, 429])
  })
})
