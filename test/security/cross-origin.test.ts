/** A web form on another site calls the API with a key that names the site; every other site is turned away. */
import { ApiKey } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

const shop = 'https://shop.example.org'
const stranger = 'https://stranger.example.org'
let app: TestApp
let address: string
let system: Services
let user: string
/** Of the shop's web form. */
let key: string
let keyId: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['base'])
  address = await app.listen()
  system = await app.servicesFor({ door: 'cli' })
  ;({ user } = await signedInAs(app, 'manager'))
  ;({ id: keyId, key } = await system.identity.createKey(user, 'shop', { origins: [shop] }))
})
afterAll(() => app?.close())

const ask = (origin: string, token: string, init: RequestInit = {}) =>
  fetch(`${address}/api/teams`, { ...init, headers: { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json' } })
const preflight = (origin: string, path = '/api/teams') =>
  fetch(address + path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
const said = async (answer: Response) => (await answer.json()) as { readonly code: string; readonly detail: string }
const allowed = ({ headers }: Response) => headers.get('access-control-allow-origin')

describe('A page of a site that a key names', () => {
  it('may use the key, and read the headers that it needs', async () => {
    const made = await ask(shop, key, { method: 'POST', body: JSON.stringify({ name: 'Night shift' }) })
    expect([made.status, allowed(made)]).toEqual([201, shop])
    expect(made.headers.get('vary')).toContain('Origin')
    expect(made.headers.get('access-control-expose-headers')).toMatch(/Location, ETag, RateLimit-.*Idempotency-Replayed/)
    expect(made.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('may read why something was refused, so that it can tell its visitor', async () => {
    const twice = await ask(shop, key, { method: 'POST', body: JSON.stringify({ name: 'Night shift' }) })
    expect([twice.status, allowed(twice)]).toEqual([422, shop])
    expect((await said(twice)).detail).toContain('The team was not saved')
    const unknown = await ask(shop, 'tk_unknown')
    expect([unknown.status, allowed(unknown)]).toEqual([401, shop])
  })

  it('is told before its first request what it may send', async () => {
    const answer = await preflight(shop)
    expect([answer.status, allowed(answer), await answer.text()]).toEqual([204, shop, ''])
    expect(answer.headers.get('vary')).toContain('Origin')
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST, PUT, PATCH, DELETE')
    expect(answer.headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['Authorization', 'Content-Type', 'Accept-Language', 'Idempotency-Key', 'If-Match', 'Brand']),
    )
    expect(answer.headers.get('access-control-max-age')).toBe('600')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('A page of any other site', () => {
  it('may not use a key that does not name it, not even to read', async () => {
    const { key: unnamed } = await system.identity.createKey(user, 'program')
    for (const [origin, token] of [
      [stranger, key],
      [shop, unnamed],
      ['null', key],
      [`${shop}.evil.example`, key],
    ] as const) {
      const answer = await ask(origin, token)
      expect([answer.status, allowed(answer), (await said(answer)).code], origin).toEqual([403, null, 'http.foreign_origin'])
    }
  })

  it('is refused before its first request, and on pages for people always', async () => {
    const answer = await preflight(stranger)
    expect([answer.status, allowed(answer)]).toEqual([403, null])
    expect((await said(answer)).detail).toContain(`Pages of ${stranger} may not use this API.`)
    expect(allowed(await preflight(shop, '/sign-in'))).toBeNull()
  })
})

describe('A program', () => {
  it('sends no origin, or that of the desk itself, and needs none in its key', async () => {
    const { key: unnamed } = await system.identity.createKey(user, 'another program')
    const program = await fetch(`${address}/api/teams`, { headers: { authorization: `Bearer ${unnamed}` } })
    expect([program.status, allowed(program)]).toEqual([200, null])
    expect((await ask(address, unnamed)).status).toBe(200)
  })
})

describe('A key', () => {
  it('takes web addresses without a path as origins, and nothing else', async () => {
    for (const origin of ['shop.example.org', `${shop}/`, `${shop}/form`, 'https://*.example.org/', 'ftp://example.org', 'null', '*'])
      await expect(system.identity.createKey(user, 'wrong', { origins: [origin] }), origin).rejects.toMatchObject({ status: 422 })
  })

  it('that expires or is revoked takes its sites with it', async () => {
    const soon = 'https://soon.example.org'
    await system.identity.createKey(user, 'short', { expiresAt: new Date(Date.now() + 60_000), origins: [soon] })
    expect((await preflight(soon)).status).toBe(204)
    const later = await app.servicesFor({ door: 'system', now: new Date(Date.now() + 120_000) })
    expect(await later.identity.servesOrigin(soon)).toBe(false)
    await system.records.remove(ApiKey, keyId)
    expect((await preflight(shop)).status).toBe(403)
  })
})
