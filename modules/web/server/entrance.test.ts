import { OutboxMessage } from '@tessera/base'
import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Visitor, visitorAs, wordsOf } from './visitor.ts'

houseRules('web')

let app: TestApp
const password = 'harbour lamps at dusk 7'

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  const { identity } = await app.servicesFor({ door: 'system' })
  await identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'], password })
})
afterAll(() => app.close())

const stranger = async () => new Visitor(await app.listen())

describe('Somebody who is not signed in', () => {
  it('is asked to sign in, and then comes to where he wanted to go', async () => {
    const visitor = await stranger()
    const asked = await visitor.get('/tickets?q=pothole')
    expect(asked).toMatchObject({ status: 303, location: '/sign-in?next=%2Ftickets%3Fq%3Dpothole' })
    expect(wordsOf((await visitor.get(asked.location)).html)).toContain('Sign in to Tessera')
    const signedIn = await visitor.post('/sign-in', { email: ' Amara@example.org', password, next: '/tickets?q=pothole' })
    expect(signedIn).toMatchObject({ status: 303, location: '/tickets?q=pothole' })
    expect((await visitor.get(signedIn.location)).status).toBe(200)
  })

  it('is told in one sentence that the password is wrong, and may try again', async () => {
    const refused = await (await stranger()).post('/sign-in', { email: 'amara@example.org', password: 'wrong', next: '/tickets' })
    expect(refused.status).toBe(401)
    expect(refused.html).toContain('do not belong together')
    expect(refused.html).toContain('value="amara@example.org"')
    expect(refused.html).not.toContain('value="wrong"')
  })

  it('is never sent to another site', async () => {
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/\t/evil.example']) {
      expect(await (await stranger()).post('/sign-in', { email: 'amara@example.org', password, next })).toMatchObject({
        status: 303,
        location: '/',
      })
    }
  })

  it('gets the whole sign-in page when a part of a page was asked for', async () => {
    const answer = await (await stranger()).get('/sign-in?next=/tickets', { 'hx-request': 'true' })
    expect(answer.headers.get('hx-redirect')).toBe('/sign-in?next=%2Ftickets')
  })

  it('learns nothing about what is there', async () => {
    expect(await (await stranger()).get('/no-such-model')).toMatchObject({ status: 303 })
    expect((await (await stranger()).get('/api/no-such-model')).status).toBe(404)
  })
})

describe('A one-time link', () => {
  it('signs in by its button only, and once', async () => {
    const { identity, records } = await app.servicesFor({ door: 'system' })
    const { User } = await import('@tessera/base')
    const amara = await records.find(User, { email: 'amara@example.org' })
    const token = await identity.createLink(amara!.id, 'sign-in')
    const visitor = await stranger()
    expect(wordsOf((await visitor.get(`/sign-in/${token}`)).html)).toContain('Amara Diallo')
    expect((await visitor.get('/tickets')).status).toBe(303)
    expect(await visitor.post(`/sign-in/${token}`)).toMatchObject({ status: 303, location: '/' })
    expect((await visitor.get('/tickets')).status).toBe(200)
    const again = await (await stranger()).post(`/sign-in/${token}`)
    expect(again.status).toBe(422)
    expect(again.html).toContain('used already or has expired')
  })
})

describe('A link by mail', () => {
  it('is promised in the same words whether or not there is such an account', async () => {
    const words = async (email: string) => {
      const { status, html } = await (await stranger()).post('/sign-in/link', { email })
      return `${status} ${wordsOf(html)}`.replaceAll(email, 'ADDRESS').replace(/\s+/g, ' ')
    }
    const known = await words('amara@example.org')
    expect(known).toContain('If there is an account for ADDRESS, a link is on its way.')
    expect(await words('nobody@example.org')).toBe(known)
  })

  it('waits in the outbox, and signs in the one to whom it was sent', async () => {
    const visitor = await stranger()
    await visitor.get('/sign-in')
    expect((await visitor.post('/sign-in/link', { email: ' Amara@example.org ' })).status).toBe(200)
    await app.queue.drain()
    const { records } = await app.servicesFor({ door: 'system' })
    const { rows } = await records.query(OutboxMessage, { fields: ['to', 'subject'], where: { to: 'amara@example.org' } })
    expect(rows.length).toBeGreaterThan(0)
  })

  it('is not sent to what is no address, and not too often', async () => {
    const visitor = await stranger()
    const wrong = await visitor.post('/sign-in/link', { email: 'amara' })
    expect([wrong.status, wordsOf(wrong.html)]).toEqual([422, expect.stringContaining('This is no email address')])
    for (let at = 0; at < 3; at++) expect((await visitor.post('/sign-in/link', { email: 'often@example.org' })).status).toBe(200)
    const refused = await visitor.post('/sign-in/link', { email: 'often@example.org' })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('The first administrator', () => {
  it('says who he is, chooses a password, and is signed in', async () => {
    const { identity } = await app.servicesFor({ door: 'system' })
    const { id } = await identity.createUser({ email: 'admin@localhost.example', name: 'Administrator', roles: ['administrator'] })
    const token = await identity.createLink(id, 'first-run')
    const visitor = await stranger()
    const page = await visitor.get(`/first-run/${token}`)
    expect(page.html).not.toMatch(/value="(admin@localhost.example|Administrator)"/)
    const about = { name: 'Ana Kovač', email: 'ana@example.org' }
    const differing = await visitor.post(`/first-run/${token}`, { ...about, password, repeat: 'another one altogether' })
    expect(differing.status).toBe(422)
    expect(differing.html).toContain('The two passwords differ')
    const weak = await visitor.post(`/first-run/${token}`, { ...about, password: 'short', repeat: 'short' })
    expect(weak.status).toBe(422)
    expect(weak.html).toContain('12 to 128 characters')
    expect(weak.html).toContain('value="ana@example.org"')
    expect(await visitor.post(`/first-run/${token}`, { ...about, password, repeat: password })).toMatchObject({
      status: 303,
      location: '/',
    })
    expect((await visitor.get('/users')).html).toContain('Ana Kovač')
    expect((await visitor.get(`/first-run/${token}`)).status).toBe(422)
    expect(await (await stranger()).post('/sign-in', { email: 'ana@example.org', password })).toMatchObject({ status: 303 })
  })

  it('cannot be claimed by a link that is for signing in', async () => {
    const { identity } = await app.servicesFor({ door: 'system' })
    const { id } = await identity.createUser({ email: 'victim@example.org', name: 'Victim', roles: ['agent'] })
    const token = await identity.createLink(id, 'sign-in')
    const claimed = await (await stranger()).post(`/first-run/${token}`, { name: 'x', email: 'x@example.org', password, repeat: password })
    expect(claimed.status).toBe(422)
  })
})

describe('Somebody who is signed in', () => {
  it('signs out, and the session is over', async () => {
    const visitor = await visitorAs(app, 'agent')
    expect((await visitor.get('/tickets')).headers.get('cache-control')).toBe('no-store')
    expect(await visitor.post('/sign-out')).toMatchObject({ status: 303, location: '/sign-in' })
    expect((await visitor.get('/tickets')).status).toBe(303)
  })

  it('chooses theme and row height, which the next page remembers', async () => {
    const visitor = await visitorAs(app, 'agent')
    expect(await visitor.post('/preferences', { theme: 'dark', back: '/tickets?q=x' })).toMatchObject({
      status: 303,
      location: '/tickets?q=x',
    })
    expect((await visitor.post('/preferences', { density: 'compact' }, { accept: 'application/json' })).status).toBe(204)
    const { html } = await visitor.get('/tickets')
    expect(html).toContain('data-theme="dark"')
    expect(html).toContain('data-density="compact"')
  })

  it('is refused without the token of his own session', async () => {
    const visitor = await visitorAs(app, 'agent')
    const refused = await visitor.post('/tickets/new', { _csrf: 'guessed', subject: 'Forged' })
    expect(refused.status).toBe(403)
    expect(wordsOf(refused.html)).toContain('no longer valid')
  })

  it('comes from / to his dashboard, where something is shipped for it', async () => {
    expect(await (await visitorAs(app, 'agent')).get('/')).toMatchObject({ status: 303, location: '/dashboard' })
  })
})

describe('A file for browsers', () => {
  it('comes compressed and is kept for ever, also for those who are signed in', async () => {
    const visitor = await visitorAs(app, 'agent')
    const { html, headers } = await visitor.get('/tickets')
    expect(headers.get('vary')).toBe('Accept-Encoding, HX-Request')
    const path = /href="(\/assets\/[^"]+\.css)"/.exec(html)?.[1] ?? ''
    const file = await visitor.get(path, { 'accept-encoding': 'br' })
    expect(file.status).toBe(200)
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(file.headers.get('content-encoding')).toBe('br')
    expect(file.headers.get('vary')).toBe('Accept-Encoding')
    expect(file.headers.get('content-security-policy')).toMatch(/^default-src 'none';/)
    expect((await visitor.get('/assets/00000000/app.css')).status).toBe(404)
  })
})
