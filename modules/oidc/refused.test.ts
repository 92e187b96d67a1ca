import { generateKeyPairSync } from 'node:crypto'
import { AuditEntry, Role, User } from '@tessera/base'
import { bootTest } from '@tessera/core/testing'
import { ClientError } from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { CityDesk, deskUrl, environment, refusalOf } from '../../test/fixtures/oidc/city-desk.ts'
import { cityProvider, clientId, clientSecret, throughProvider } from '../../test/fixtures/oidc/provider.ts'
import { Visitor } from '../web/server/visitor.ts'
import { IdentityProvider, setSecret } from './identity-provider.model.ts'
import { inWords } from './refusals.ts'
import { SignInAttempt } from './sign-in-attempt.model.ts'
import { UserIdentity } from './user-identity.model.ts'

let desk: CityDesk<Visitor>
beforeAll(async () => {
  desk = await CityDesk.open(inject('postgresUrl'), (address) => new Visitor(address))
})
afterAll(() => desk?.close())
beforeEach(() => desk.reset())

describe('An account is taken over by nobody', () => {
  const existing = async (email: string, role: string) => {
    const { id } = await desk.system.identity.createUser({ email, name: 'Jan', roles: [role] })
    return id
  }

  it('through an address that the city has not verified', async () => {
    await desk.set({ linkByEmail: true })
    const user = await existing('jan@city.example', 'agent')
    for (const email_verified of [false, undefined, 'true', 1]) {
      desk.come('jan', { email_verified })
      expect(await desk.refused()).toContain('did not tell an email address of yours that it has verified')
    }
    expect(await desk.system.records.count(UserIdentity, { where: { user } })).toBe(0)
    desk.come('jan')
    expect((await desk.signIn()).location).toBe('/')
    expect(await desk.system.records.find(UserIdentity, { subject: 'jan' })).toMatchObject({ user: { id: user } })
  })

  it('through an address that only looks like it, or is it only once it is cleaned', async () => {
    await desk.set({ linkByEmail: true })
    await existing('kirk@city.example', 'agent')
    for (const email of [
      '\u212airk@city.example',
      'kirk\u0000@city.example',
      ' kirk@city.example',
      'kirk@city.example\u200b',
      ['kirk@city.example'],
    ]) {
      desk.come('kirk', { email })
      expect(await desk.refused()).toContain('did not tell an email address of yours')
    }
  })

  it('through an address that somebody else there has by now', async () => {
    await desk.set({ linkByEmail: true })
    desk.come('second-jan', { email: 'jan@city.example' })
    expect(await desk.refused()).toContain('is not connected with City account')
  })

  it('through an address at all, where that is not switched on', async () => {
    await existing('kim@city.example', 'agent')
    desk.come('kim')
    expect(await desk.refused()).toContain('is not connected with City account')
  })

  it('when it is an administrator’s, by whatever role that may do everything', async () => {
    await desk.set({ linkByEmail: true })
    await existing('lea@city.example', 'administrator')
    const { id: administrator } = (await desk.system.records.find(Role, { name: 'administrator' }))!
    await desk.system.records.create(Role, { name: 'deputy', label: 'Deputy', includes: [administrator] })
    await existing('lou@city.example', 'deputy')
    for (const subject of ['lea', 'lou']) {
      desk.come(subject)
      expect(await desk.refused()).toContain('is not connected with City account')
    }
  })

  it('when it has a second factor', async () => {
    await desk.set({ linkByEmail: true })
    const user = await existing('mia@city.example', 'agent')
    await desk.system.asSystem('a test prepares a user').update(User, user, { secondFactor: true })
    desk.come('mia')
    expect(await desk.refused()).toContain('is not connected with City account')
  })

  it('and none is opened in advance with an address that is not verified', async () => {
    desk.come('ned', { email_verified: false })
    expect(await desk.refused()).toContain('Verify it there')
    expect(await desk.userBy('ned@city.example')).toBeNull()
  })

  it('and none is opened where that is switched off', async () => {
    await desk.set({ createUsers: false })
    desk.come('olga')
    expect(await desk.refused()).toContain('City account knows you, but no account here is connected')
    const entry = await desk.system.records.find(AuditEntry, { kind: 'sign-in.refused', record: desk.cityId })
    expect(entry).toMatchObject({ details: { provider: 'city' } })
  })

  it('by counting unknown addresses as verified where the city says that they are not', async () => {
    await desk.set({ trustEmails: true })
    desk.come('paul', { email_verified: false })
    expect(await desk.refused()).toContain('Verify it there')
    desk.come('paul', { email_verified: undefined })
    expect((await desk.signIn()).location).toBe('/')
  })
})

describe('Nobody is signed in', () => {
  beforeEach(() => desk.come('quentin'))

  it('by an answer that was used already', async () => {
    const visitor = desk.visitor()
    const back = await desk.answer(await desk.depart(visitor))
    const way = visitor.cookie('tessera-way')!
    expect((await visitor.get(back)).location).toBe('/')
    const again = desk.visitor()
    expect(refusalOf(await again.get(back, { cookie: `tessera-way=${way}` }), again)).toContain('has expired or was used already')
  })

  it('twice by one answer that comes twice at the same moment', async () => {
    const visitor = desk.visitor()
    const back = await desk.answer(await desk.depart(visitor))
    const cookie = `tessera-way=${visitor.cookie('tessera-way')}`
    const answers = await Promise.all([1, 2, 3, 4].map(() => desk.visitor().get(back, { cookie })))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401, 401, 401])
  })

  it('by a state that nobody was given', async () => {
    expect(await desk.tampered((answer) => answer.searchParams.set('state', 'x'.repeat(43)))).toContain('has expired or was used already')
    expect(await desk.tampered((answer) => answer.searchParams.delete('state'))).toContain('has expired or was used already')
  })

  it('with the answer that another browser waits for', async () => {
    const theirs = desk.visitor()
    const back = await desk.answer(await desk.depart(theirs))
    const victim = desk.visitor()
    expect(refusalOf(await victim.get(back), victim)).toContain('was begun in another browser')
    await desk.depart(victim)
    expect(refusalOf(await victim.get(back), victim)).toContain('was begun in another browser')
    // It was not used up by whoever had no right to it.
    expect((await theirs.get(back)).location).toBe('/')
  })

  it('by an answer that is too late', async () => {
    const visitor = desk.visitor()
    const back = await desk.answer(await desk.depart(visitor))
    const { rows } = await desk.system.records.query(SignInAttempt, { fields: ['expiresAt'], limit: 200 })
    const records = desk.system.asSystem('a test lets time pass')
    for (const { id } of rows) await records.update(SignInAttempt, id, { expiresAt: new Date(0) })
    expect(refusalOf(await visitor.get(back), visitor)).toContain('has expired or was used already')
  })

  it('with a token for another question: another nonce, another proof', async () => {
    for (const name of ['nonce', 'code_challenge']) {
      const visitor = desk.visitor()
      const question = new URL(await desk.depart(visitor))
      question.searchParams.set(name, 'A'.repeat(43))
      const back = await desk.answer(question.href)
      expect(refusalOf(await visitor.get(back), visitor), name).toContain('The answer of City account does not hold')
    }
  })

  it('by an answer that names another issuer, or none', async () => {
    expect(await desk.tampered((answer) => answer.searchParams.set('iss', desk.province.issuer))).toContain('does not hold')
    expect(await desk.tampered((answer) => answer.searchParams.delete('iss'))).toContain('does not hold')
  })

  it('by a code that is made up, or given twice', async () => {
    expect(await desk.tampered((answer) => answer.searchParams.set('code', 'made-up'))).toContain('does not hold')
    expect(await desk.tampered((answer) => answer.searchParams.append('code', 'second'))).toContain('does not hold')
  })

  it('with a token that others have signed', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { keys } = (await (await fetch(`${desk.city.issuer}/jwks`)).json()) as { keys: readonly object[] }
    desk.city.keys = { keys: keys.map((key) => ({ ...key, ...publicKey.export({ format: 'jwk' }) })) }
    // What is kept of the provider is for what it was set up as.
    await desk.set({ scopes: 'openid profile email' })
    expect(await desk.refused()).toContain('The answer of City account does not hold')
    desk.city.keys = undefined
    await desk.set({ scopes: 'openid email profile' })
    expect((await desk.signIn()).location).toBe('/')
  })

  it('with a token that is out of date, and is told that a clock goes wrong', async () => {
    const cause = Object.assign(new Error('unexpected JWT "exp" claim value'), { code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED' })
    const { message, status } = inWords(new ClientError('JWT timestamp claim value failed validation', { cause }), 'City account')
    expect([status, message]).toEqual([502, expect.stringContaining('its clock and the one here differ')])
  })

  it('when the answer of one provider comes back as that of another', async () => {
    expect(await desk.tampered((answer) => (answer.pathname = '/sign-in/with/province/return'))).toContain('came from another provider')
  })

  it('when the city refuses, and what it wrote about it is not shown', async () => {
    desk.city.who = undefined
    const said = await desk.refused()
    expect(said).toContain('City account did not let you in')
    expect(said).not.toContain('<b>')
    const odd = await desk.tampered((answer) => {
      answer.searchParams.set('error', '<script>alert(1)</script>')
    })
    expect(odd).toContain('&quot;unknown&quot;')
  })

  it('whose account is deactivated, though the city knows him', async () => {
    desk.come('rosa')
    await desk.signIn()
    const { id } = (await desk.userBy('rosa@city.example'))!
    await desk.system.records.update(User, id, { active: false })
    expect(await desk.refused()).toContain('Your account here is deactivated')
  })

  it('once the provider is switched off, not even who is on his way', async () => {
    const visitor = desk.visitor()
    const back = await desk.answer(await desk.depart(visitor))
    await desk.set({ active: false })
    expect(refusalOf(await visitor.get(back), visitor)).toContain('switched off')
    const seen = await visitor.get('/sign-in/with/city')
    expect(seen.status).toBe(404)
    expect(refusalOf(seen, visitor)).toContain('switched off')
    expect((await visitor.get('/sign-in')).html).not.toContain('City account')
  })

  it('when the client secret is wrong, or was sealed for another provider', async () => {
    await desk.system.records.act(setSecret, desk.cityId, { secret: 'wrong' })
    expect(await desk.refused()).toContain('City account does not know this application')
    const { clientSecret: other } = (await desk.system.asSystem('a test looks').find(IdentityProvider, { name: 'province' }))!
    await desk.system.asSystem('a test moves a secret').update(IdentityProvider, desk.cityId, { clientSecret: other })
    const visitor = desk.visitor()
    expect(refusalOf(await visitor.get('/sign-in/with/city'), visitor)).toContain('The client secret cannot be read')
    await desk.system.records.act(setSecret, desk.cityId, { secret: clientSecret })
    expect((await desk.signIn()).location).toBe('/')
  })
})

describe('An ID token that is signed with the client secret', () => {
  it('is refused with the reason, whether the provider announces it or not', async () => {
    for (const announced of [['RS256', 'HS256'], ['HS256']]) {
      const name = `hmac${announced.length}`
      const redirects = [`${deskUrl}/sign-in/with/${name}/return`]
      const about = { client_id: clientId, client_secret: clientSecret, redirect_uris: redirects, response_types: ['code' as const] }
      const hmac = await cityProvider(redirects, {
        clients: [{ ...about, id_token_signed_response_alg: 'HS256' }],
        enabledJWA: { idTokenSigningAlgValues: announced as ['HS256'] },
      })
      await desk.provider(name, 'Hmac', hmac.issuer)
      hmac.people.set('ina', { email: 'ina@city.example', email_verified: true })
      hmac.who = 'ina'
      const visitor = desk.visitor()
      const question = (await visitor.get(`/sign-in/with/${name}`)).location
      const answer = await throughProvider(hmac, question, new Visitor(hmac.issuer))
      const seen = await visitor.get(answer.replace(deskUrl, ''))
      expect([seen.status, refusalOf(seen, visitor)]).toEqual([502, expect.stringContaining('it must use a key pair (RS256, PS256')])
      await hmac.close()
    }
  })
})

describe('A provider that is not there', () => {
  it('is a sentence, and not an error of ours', async () => {
    const gone = await cityProvider([`${deskUrl}/sign-in/with/gone/return`])
    await desk.provider('gone', 'Gone', gone.issuer)
    await gone.close()
    const visitor = desk.visitor()
    const seen = await visitor.get('/sign-in/with/gone')
    expect(seen.status).toBe(502)
    expect(refusalOf(seen, visitor)).toContain('Gone is not reached at this moment')
    expect(seen.html).not.toContain('ECONNREFUSED')
  })

  it('is found again as soon as it is back', async () => {
    desk.come('sven')
    const visitor = desk.visitor()
    const back = await desk.answer(await desk.depart(visitor))
    desk.city.isDown = true
    expect(refusalOf(await visitor.get(back), visitor)).toContain('City account is not reached at this moment')
    desk.city.isDown = false
    expect((await desk.signIn()).location).toBe('/')
  })

  it('is refused as an address when it is not on the public internet, unless the deployment says so', async () => {
    const closed = await bootTest(inject('postgresUrl'), ['oidc'], { TESSERA_SECRET: environment.TESSERA_SECRET })
    const { records } = await closed.servicesFor({ door: 'system' })
    await records.create(IdentityProvider, { name: 'city', label: 'City', issuer: desk.city.issuer, clientId, active: true })
    const visitor = new Visitor(await closed.listen())
    const seen = await visitor.get('/sign-in/with/city')
    expect([seen.status, refusalOf(seen, visitor)]).toEqual([502, expect.stringContaining('City is not reached')])
    await closed.close()
  })

  it('may not call itself otherwise than it is set up', async () => {
    await desk.provider('twin', 'Twin', desk.city.issuer.replace('127.0.0.1', 'localhost'))
    const visitor = desk.visitor()
    expect(refusalOf(await visitor.get('/sign-in/with/twin'), visitor)).toContain('does not hold')
  })
})

describe('The way back', () => {
  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/%09/evil.example/..//evil.example', 'javascript:alert(1)'])(
    'never leads out of the application: %s',
    async (next) => {
      desk.come('tom')
      const { location } = await desk.signIn(desk.visitor(), `/sign-in/with/city?${new URLSearchParams({ next })}`)
      expect(new URL(location, deskUrl).origin).toBe(deskUrl)
      expect(location.startsWith('//')).toBe(false)
    },
  )

  it('is that of the address that the deployment is reached at, whatever host a request names', async () => {
    const { location } = await desk.visitor().get('/sign-in/with/city', { host: 'evil.example', 'x-forwarded-host': 'evil.example' })
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${deskUrl}/sign-in/with/city/return`)
  })
})
