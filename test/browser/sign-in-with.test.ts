/** Signing in with a provider of another site, in a real browser: its cookies, its policies, and no script needed. */
import { createServer, request as forward, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Role } from '@tessera/base'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { IdentityProvider, IdentityRole, setSecret } from '@tessera/oidc'
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CityProvider, cityProvider, clientId, clientSecret } from '../fixtures/oidc/provider.ts'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'
import { expectSound, expectSoundInEachLook, looks, photographed, rightToLeft } from './looks.ts'
import { signIn } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Signing in with a provider in a browser', { timeout: 300_000 }, () => {
  let app: TestApp
  let front: Server
  let city: CityProvider
  let browser: Chromium
  let provider: string
  let administrator: string

  beforeAll(async () => {
    // Known before the application is: its own address is what the provider sends people back to.
    front = createServer((incoming, outgoing) => {
      const { url = '/', method, headers } = incoming
      void app.listen().then((address) => {
        const sent = forward(new URL(url, address), { method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(outgoing)
        })
        sent.on('error', () => outgoing.destroy())
        incoming.pipe(sent)
      })
    })
    await new Promise<void>((ready) => front.listen(0, '127.0.0.1', ready))
    // "localhost" and "127.0.0.1" are two sites to a browser.
    const desk = `http://localhost:${(front.address() as AddressInfo).port}`
    city = await cityProvider([`${desk}/sign-in/with/city/return`])
    app = await bootTest(inject('postgresUrl'), ['oidc'], {
      BASE_URL: desk,
      OIDC_ALLOW_PRIVATE: '1',
      TESSERA_SECRET: 'a secret for tests only, long enough to be one',
    })
    const { identity, records } = await app.servicesFor({ door: 'system' })
    administrator = (await identity.createUser({ email: 'ruth@example.org', name: 'Ruth Okello', roles: ['administrator'] })).id
    const about = {
      name: 'city',
      label: 'Larkfield account',
      issuer: city.issuer,
      clientId,
      createUsers: true,
      rolesClaim: 'groups',
      active: true,
    }
    provider = (await records.create(IdentityProvider, about)).id
    await records.act(setSecret, provider, { secret: clientSecret })
    const manager = (await records.find(Role, { name: 'manager' }))!.id
    await records.create(IdentityRole, { provider, value: 'desk-managers', role: manager })
    browser = await openChromium(desk)
  }, 60_000)
  afterEach(async () => {
    expect(await browser.leave()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
    await city?.close()
    front?.closeAllConnections()
    front?.close()
  })

  const signedIn = async (options?: BrowserContextOptions) =>
    signIn(await browser.page(options), await app.servicesFor({ door: 'system' }), administrator)

  it('is set up, tested and switched on by an administrator', async () => {
    const page = await signedIn(looks['light-desk'])
    await page.goto('/identity-providers/new')
    for (const [name, value] of Object.entries({ label: 'Second', name: 'second', issuer: city.issuer, clientId }))
      await page.locator(`[name="${name}"]`).fill(value)
    await page
      .getByRole('button', { name: /^(Save|Create)/ })
      .first()
      .click()
    await page.waitForURL(/identity-providers\/[0-9a-f-]{36}/)
    await photographed(page, 'oidc-form')
    await page
      .getByRole('link', { name: 'Set the client secret' })
      .or(page.getByRole('button', { name: 'Set the client secret' }))
      .click()
    await page.locator('input[type=password][name=secret]').fill(clientSecret)
    await photographed(page, 'oidc-secret')
    await page.locator('dialog button.primary, main button.primary').last().click()
    await page.waitForLoadState('networkidle')
    expect(await page.content()).not.toContain(clientSecret)
    await page
      .getByRole('link', { name: 'Test' })
      .or(page.getByRole('button', { name: 'Test' }))
      .click()
    await page.getByText('People can sign in with it').waitFor()
    await photographed(page, 'oidc-test')
    await page.getByRole('link', { name: 'Back to the provider' }).click()
    await page.getByLabel('Active').check()
    await page.getByRole('button', { name: 'Save' }).click()
    // The page that says so has come: whoever leaves before is asked whether he means it.
    await page.getByText('Saved', { exact: true }).waitFor()
    const { records } = await app.servicesFor({ door: 'system' })
    await expect
      .poll(() => records.find(IdentityProvider, { name: 'second' }), { timeout: 30_000 })
      .toMatchObject({ active: true, issuer: city.issuer })
    await page.goto('/identity-providers')
    await photographed(page, 'oidc-list')
    const visitor = await browser.page()
    await visitor.goto('/sign-in')
    await visitor.getByRole('link', { name: 'Continue with Second' }).waitFor()
    await photographed(visitor, 'oidc-two')
    await records.update(IdentityProvider, (await records.find(IdentityProvider, { name: 'second' }))!.id, { active: false })
  })

  for (const javaScriptEnabled of [true, false]) {
    it(`is a link, and brings back to where one wanted to go, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      city.people.set('ana', { name: 'Ana Kovač', email: 'ana@larkfield.example', email_verified: true, groups: ['desk-managers'] })
      city.who = 'ana'
      const page = await browser.page({ javaScriptEnabled })
      await page.goto('/teams')
      await photographed(page, `oidc-sign-in-${javaScriptEnabled}`)
      await page.getByRole('link', { name: 'Continue with Larkfield account' }).click()
      await page.waitForURL('**/teams')
      expect(await page.getByText('Ana Kovač').count()).toBeGreaterThan(0)
    })
  }

  it('says why somebody did not get in', async () => {
    city.who = undefined
    const page = await browser.page()
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Continue with Larkfield account' }).click()
    await page.getByRole('alert').filter({ hasText: 'Larkfield account did not let you in' }).waitFor()
    await photographed(page, 'oidc-denied')
  })

  it('is connected by whoever is signed in', async () => {
    city.people.set('ruth', { name: 'Ruth', email: 'r@larkfield.example' })
    city.who = 'ruth'
    const page = await signedIn()
    await page.goto('/profile/connections')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await photographed(page, 'oidc-connect')
    await page.getByRole('link', { name: 'Go to Larkfield account' }).click()
    await page.getByText('Connected since').waitFor()
    await photographed(page, 'oidc-connected')
  })

  const screens = () => ({
    list: '/identity-providers',
    form: `/identity-providers/${provider}`,
    test: `/identity-providers/${provider}/test`,
    connections: '/profile/connections',
    confirm: '/confirm?next=/teams',
  })

  it('is open to everybody', async () => {
    const visitor = await browser.page()
    await visitor.goto('/sign-in')
    await expectSoundInEachLook(visitor, 'oidc-sign-in')
    const page = await signedIn()
    for (const [name, path] of Object.entries(screens())) {
      await page.goto(path)
      await expectSoundInEachLook(page, `oidc-${name}`)
    }
  })

  it('reads from right to left', async () => {
    const visitor = await browser.page(rightToLeft)
    await visitor.goto('/sign-in')
    await expectSound(visitor, 'oidc-sign-in-rtl')
    const page = await signedIn(rightToLeft)
    for (const [name, path] of Object.entries(screens())) {
      await page.goto(path)
      await expectSound(page, `oidc-${name}-rtl`)
    }
  })
})
