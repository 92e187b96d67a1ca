/** Whoever has no sidebar finds the way to his connected accounts all the same. */
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { IdentityProvider } from './identity-provider.model.ts'

let app: TestApp
let customer: Visitor
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['oidc', 'access', 'portal'])
  const { records } = await app.servicesFor({ door: 'system' })
  const { id: partner } = await records.create(Partner, { name: 'Fatou Camara' })
  customer = await visitorAs(app, 'customer', { partner })
})
afterAll(() => app?.close())

const link = 'href="/profile/connections"'

describe('A customer', () => {
  it('is not led to connected accounts where there is no provider', async () => {
    for (const place of ['/my', '/profile']) expect((await customer.get(place)).html, place).not.toContain(link)
  })

  it('is led there by the head of the portal and by the profile, as long as there is one', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const about = { name: 'city', label: 'City account', issuer: 'https://city.example.org', clientId: 'desk', active: true }
    const { id } = await records.create(IdentityProvider, about)
    for (const place of ['/my', '/my/tickets/new', '/profile']) expect((await customer.get(place)).html, place).toContain(link)
    const page = await customer.get('/profile/connections')
    expect(page.status).toBe(200)
    expect(wordsOf(page.html)).toContain('City account')
    await records.update(IdentityProvider, id, { active: false })
    expect((await customer.get('/my')).html).not.toContain(link)
  })
})
