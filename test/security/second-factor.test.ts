/** A second factor cannot be got round, guessed or taken over, and what an open browser alone may not do is asked for twice. */
import { ApiKey, Session, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Secret, TOTP } from 'otpauth'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { plain, Visitor, wordsOf } from '../../modules/web/server/visitor.ts'

let app: TestApp
let address: string
let system: Services
let people = 0
const password = 'kettle of purple fish'

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['access'])
  address = await app.listen()
  system = await app.servicesFor({ door: 'system' })
})
// The next story is not told within the same minute, or from the same network.
afterEach(() => app.connection.run('delete from tessera_limit', []))
afterAll(() => app?.close())

async function somebody(role = 'agent', more: { password?: string } = { password }): Promise<{ id: string; email: string; name: string }> {
  people += 1
  const [email, name] = [`person.${people}@example.org`, `Person ${people}`]
  return { email, name, id: (await system.identity.createUser({ email, name, roles: [role], ...more })).id }
}
async function signedIn(user: string): Promise<Visitor> {
  const visitor = new Visitor(address)
  const { identity } = await app.servicesFor({ door: 'system' })
  await visitor.post(`/sign-in/${await identity.createLink(user, 'sign-in')}`)
  await visitor.get('/nothing-here')
  return visitor
}
const codeAt = (secret: string, later = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + later * 30_000 })

/** Sets it up through the pages, as everybody does. */
async function enrol(visitor: Visitor): Promise<{ secret: string; codes: readonly string[] }> {
  expect((await visitor.post('/profile/second-factor')).location).toBe('/profile/second-factor')
  const { html } = await visitor.get('/profile/second-factor')
  const secret = (/profile-secret">([A-Z2-7 ]+)</.exec(html)?.[1] ?? '').replaceAll(' ', '')
  const shown = await visitor.post('/profile/second-factor/confirm', { code: codeAt(secret, -1) })
  return { secret, codes: [...shown.html.matchAll(/<li><code>([^<]+)/g)].map(([, code = '']) => code) }
}
async function age(user: string, minutes: number): Promise<void> {
  const records = system.asSystem('a test makes time pass')
  const { rows } = await records.query(Session, { fields: ['id'], where: { user } })
  for (const { id } of rows) await records.update(Session, id, { confirmedAt: new Date(Date.now() - minutes * 60_000) })
}

describe('Signing in with a second factor', () => {
  it('gives no session for the password, and no other page for the half of one', async () => {
    const { id, email } = await somebody()
    const { secret } = await enrol(await signedIn(id))
    const visitor = new Visitor(address)
    const half = await visitor.post('/sign-in', { email, password, next: '/profile' })
    expect(half.location).toMatch(/^\/sign-in\/code\/[\w-]{43}\?next=%2Fprofile$/)
    expect(half.headers.getSetCookie()).toEqual([])
    expect(visitor.cookie('tessera')).toBeUndefined()
    const token = /code\/([\w-]+)/.exec(half.location)?.[1] ?? ''
    const asSession = await fetch(new URL('/profile', address), { redirect: 'manual', headers: { cookie: `tessera=${token}` } })
    expect(asSession.headers.get('location')).toBe('/sign-in?next=%2Fprofile&ended=1')
    expect((await visitor.post(`/sign-in/${token}`)).status).toBe(422)
    expect((await visitor.get(`/first-run/${token}`)).status).toBe(422)

    const page = await visitor.get(half.location)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.html).not.toContain(email)
    const done = await visitor.post(`/sign-in/code/${token}`, { code: codeAt(secret), next: '/profile' })
    expect(done.location).toBe('/profile')
    expect((await visitor.get('/profile')).status).toBe(200)
    expect((await new Visitor(address).post(`/sign-in/code/${token}`, { code: codeAt(secret, 1) })).status).toBe(401)
  })

  it('asks for a code after a mailed link too, and after one that an administrator shows', async () => {
    const { id } = await somebody()
    await enrol(await signedIn(id))
    const visitor = new Visitor(address)
    const half = await visitor.post(`/sign-in/${await system.identity.createLink(id, 'sign-in')}`)
    expect(half.location).toMatch(/^\/sign-in\/code\//)
    expect(visitor.cookie('tessera')).toBeUndefined()
  })

  it('leads nowhere but here, whatever "next" says', async () => {
    const { id, email } = await somebody()
    const { secret } = await enrol(await signedIn(id))
    const visitor = new Visitor(address)
    const half = await visitor.post('/sign-in', { email, password, next: '//evil.example' })
    expect(half.location).toMatch(/^\/sign-in\/code\/[\w-]+$/)
    expect((await visitor.post(half.location, { code: codeAt(secret), next: 'https://evil.example/' })).location).toBe('/')
  })

  it('says the same of a wrong code, of none and of a wrong recovery code, and slows down who tries', async () => {
    const { id, email } = await somebody()
    const { codes } = await enrol(await signedIn(id))
    const visitor = new Visitor(address)
    const { location } = await visitor.post('/sign-in', { email, password })
    const said: string[] = []
    for (const typed of [{ code: '000000' }, { code: '' }, { recovery: 'aaaaa-aaaaa' }]) {
      const answer = await visitor.post(location, typed)
      expect(answer.status).toBe(401)
      said.push(/role="alert">(.*?)<\/div>/s.exec(answer.html)?.[1] ?? '')
    }
    expect(new Set(said).size).toBe(1)
    const began = performance.now()
    expect((await visitor.post(location, { recovery: codes[0]! })).status).toBe(303)
    expect(performance.now() - began).toBeGreaterThan(500)
  })

  it('does not tell before the password whether there is a second factor', async () => {
    const [plainly, guarded] = [await somebody(), await somebody()]
    await enrol(await signedIn(guarded.id))
    const wrong = async (email: string) => {
      const { status, html, location } = await new Visitor(address).post('/sign-in', { email, password: 'a wrong one, by mistake' })
      return { status, location, said: wordsOf(html).replaceAll(email, '') }
    }
    expect(await wrong(plainly.email)).toEqual(await wrong(guarded.email))
  })

  it('shows the secret to nobody once it is on, and to no other at all', async () => {
    const { id } = await somebody()
    const visitor = await signedIn(id)
    const { secret } = await enrol(visitor)
    expect((await visitor.get('/profile/second-factor')).location).toBe('/profile')
    const root = await signedIn((await somebody('administrator')).id)
    for (const path of ['/profile', `/users/${id}`, `/users/${id}/sign-in`]) {
      expect((await root.get(path)).html).not.toContain(secret)
      expect((await visitor.get(path)).html).not.toContain(secret)
    }
    const { key } = await system.identity.createKey((await somebody('administrator')).id, 'test')
    const answer = await fetch(new URL(`/api/users/${id}`, address), { headers: { authorization: `Bearer ${key}` } })
    const user = (await answer.json()) as Record<string, unknown>
    expect(JSON.stringify(user)).not.toContain(secret)
    expect((await fetch(new URL('/api/second-factors', address), { headers: { authorization: `Bearer ${key}` } })).status).toBe(404)
  })

  it('is reset by an administrator with a new confirmation, which is written down', async () => {
    const { id, email } = await somebody()
    await enrol(await signedIn(id))
    const root = await somebody('administrator')
    const visitor = await signedIn(root.id)
    await age(root.id, 11)
    const asked = await visitor.post(`/users/${id}/actions/resetSecondFactor`)
    expect(asked.status).toBe(403)
    expect(wordsOf(asked.html)).toContain('Confirm that it is you')
    expect((await system.records.get(User, id)).secondFactor).toBe(true)
    await age(root.id, 0)
    expect((await visitor.post(`/users/${id}/actions/resetSecondFactor`)).status).toBe(303)
    expect((await new Visitor(address).post('/sign-in', { email, password })).location).toBe('/')
    const kinds = await app.connection.run('select kind, actor_id as actor from audit_entry where subject_id = $1 order by at, id', [id])
    expect(kinds).toContainEqual({ kind: 'second-factor.on', actor: id })
    expect(kinds).toContainEqual({ kind: 'second-factor.reset', actor: root.id })
  })
})

describe('What an open browser alone may not do', () => {
  it.each([
    ['roles', (id: string) => [`/api/users/${id}`, 'PATCH', { roles: [{ code: 'administrator' }] }] as const],
    ['an address', (id: string) => [`/api/users/${id}`, 'PATCH', { email: 'other@example.org' }] as const],
    ['a new role', () => ['/api/roles', 'POST', { name: 'newRole', label: 'New' }] as const],
    ['a user with roles', () => ['/api/users', 'POST', { name: 'Eve', email: 'eve@example.org', roles: [{ code: 'agent' }] }] as const],
  ])('is to write %s: it is refused through the API, with the code "access.confirm"', async (_, request) => {
    const root = await somebody('administrator')
    const visitor = await signedIn(root.id)
    const { html } = await visitor.get('/profile')
    const csrf = /<meta name="csrf" content="([^"]*)"/.exec(html)?.[1] ?? ''
    await age(root.id, 11)
    const [path, method, body] = request((await somebody()).id)
    const answer = await fetch(new URL(path, address), {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie: `tessera=${visitor.cookie('tessera')}`, 'x-csrf-token': csrf },
    })
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'access.confirm'])
  })

  it('is asked of no program: a key shows who it is each time', async () => {
    const root = await somebody('administrator')
    const { key } = await system.identity.createKey(root.id, 'test')
    const { id } = await somebody()
    const answer = await fetch(new URL(`/api/users/${id}`, address), {
      method: 'PATCH',
      body: JSON.stringify({ email: `moved.${people}@example.org` }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    })
    expect(answer.status).toBe(200)
  })

  it('is to make a key, to turn a second factor off, or to see new recovery codes', async () => {
    const { id } = await somebody()
    const visitor = await signedIn(id)
    await enrol(visitor)
    await age(id, 11)
    for (const [path, fields] of Object.entries({
      '/api-keys/new': { name: 'mine' },
      '/profile/second-factor/off': {},
      '/profile/second-factor/codes': {},
    })) {
      const asked = await visitor.post(path, fields)
      expect([path, asked.status, wordsOf(asked.html).includes('Confirm that it is you')]).toEqual([path, 403, true])
      expect(plain(asked.html)).toContain(`name="_to" value="${path}"`)
    }
    expect(await system.records.count(ApiKey, { where: { user: id } })).toBe(0)
    expect((await system.records.get(User, id)).secondFactor).toBe(true)
  })

  it('goes on with what was withheld, and only to a page of this application', async () => {
    const { id } = await somebody()
    const visitor = await signedIn(id)
    await age(id, 11)
    const fields = { _to: 'https://evil.example/steal', _method: 'POST', 'held.name': 'kept', password }
    const answer = await visitor.post('/confirm', fields)
    expect(answer.html).toMatch(/<form class="page-card" method="post" action="\/" data-resume>/)
    expect(answer.html).toContain('name="name" value="kept"')
    expect(answer.html).not.toContain(password)
    expect((await visitor.post('/confirm', { _to: '//evil.example', _method: 'GET', password })).location).toBe('/')
  })

  it('is confirmed by a mailed link where there is no password, in the browser of its owner alone', async () => {
    const { id, email } = await somebody('agent', {})
    const visitor = await signedIn(id)
    await age(id, 11)
    const asked = await visitor.post('/api-keys/new', { name: 'mine' })
    expect(wordsOf(asked.html)).toContain(email)
    await visitor.post('/confirm/link', { _to: '/api-keys/new', _method: 'POST', 'held.name': 'mine' })
    await app.queue.drain()
    const [mail] = await app.connection.run('select text from outbox_message where "to" = $1 order by created_at desc limit 1', [email])
    const token = /\/confirm\/([\w-]{43})\n/.exec(String(mail?.text))?.[1] ?? ''
    const stranger = await signedIn((await somebody()).id)
    expect((await stranger.post(`/confirm/${token}`)).status).toBe(422)
    expect((await new Visitor(address).post(`/sign-in/${token}`)).status).toBe(422)
    expect((await visitor.post(`/confirm/${token}`)).status).toBe(303)
    const resumed = await visitor.post('/confirm', { _to: '/api-keys/new', _method: 'POST', 'held.name': 'mine' })
    expect(resumed.html).toContain('action="/api-keys/new"')
  })
})
