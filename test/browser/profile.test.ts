/** "My profile" in a real browser: a second factor is set up and used, sessions are ended, and what needs it is confirmed first. */
import AxeBuilder from '@axe-core/playwright'
import { Session, User } from '@tessera/base'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Secret, TOTP } from 'otpauth'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'

describe.skipIf(!chromiumPath)('My profile in a browser', { timeout: 60_000 }, () => {
  let app: TestApp
  let browser: Chromium
  let people = 0
  const password = 'kettle of purple fish'

  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['access', 'ticket'])
    browser = await openChromium(await app.listen())
  }, 60_000)
  afterEach(async () => {
    // No policy was broken and no script failed, whatever the story was.
    expect(await browser.leave()).toEqual([])
    // The next story is not told within the same minute, or from the same network.
    await app.connection.run('delete from tessera_limit', [])
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  async function somebody(role = 'agent'): Promise<{ id: string; email: string }> {
    people += 1
    const email = `person.${people}@example.org`
    const { identity } = await app.servicesFor({ door: 'system' })
    return { email, id: (await identity.createUser({ email, name: `Zoë Okello ${people}`, roles: [role], password })).id }
  }
  async function signedIn(email: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.page(options)
    await page.goto('/sign-in?next=/profile')
    await page.locator('#email').fill(email)
    await page.locator('#password').fill(password)
    await page.locator('.main-form button.primary').click()
    return page
  }
  const photographed = async (page: Page, name: string): Promise<void> => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true })
  }
  const isFine = async (page: Page): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
  }
  const codeOf = (secret: string, later = 0): string =>
    new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp: Date.now() + later * 30_000 })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } })) {
      it(`is open to everybody in ${colorScheme} on a ${device}, from the profile to the recovery codes and the code page`, async () => {
        const { email } = await somebody()
        const page = await signedIn(email, { colorScheme, viewport })
        const name = (screen: string) => `profile-${screen}-${colorScheme}-${device}`
        await page.waitForURL('**/profile')
        await photographed(page, name('page'))
        await isFine(page)
        await page.getByRole('button', { name: 'Set up a second factor' }).click()
        await page.waitForURL('**/second-factor')
        await page.getByText('I cannot scan it').click()
        await photographed(page, name('enrolment'))
        await isFine(page)
        const secret = (await page.locator('.profile-secret').textContent()) ?? ''
        await page.locator('#code').fill(codeOf(secret))
        await page.getByRole('button', { name: 'Turn on' }).click()
        await page.locator('.profile-codes').waitFor()
        expect(await page.locator('.profile-codes li').count()).toBe(10)
        await photographed(page, name('codes'))
        await isFine(page)
        const other = await signedIn(email, { colorScheme, viewport })
        await other.waitForURL('**/sign-in/code/**')
        await other.getByText('I do not have my app').click()
        await photographed(other, name('sign-in'))
        await isFine(other)
        await other.locator('#code').fill(codeOf(secret, 1))
        await other.getByRole('button', { name: 'Sign in', exact: true }).click()
        await other.waitForURL('**/profile')
        await photographed(other, name('two-sessions'))
        await isFine(other)
      })
    }
  }

  it('reads from right to left in Arabic', async () => {
    const { email, id } = await somebody()
    const { asSystem } = await app.servicesFor({ door: 'system' })
    await asSystem('a test prepares a user').update(User, id, { language: 'ar' })
    for (const [device, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } })) {
      const page = await signedIn(email, { viewport })
      await page.waitForURL('**/profile')
      expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
      await photographed(page, `profile-arabic-${device}`)
      await isFine(page)
    }
  })

  it('is open to a customer too, as a page of its own', async () => {
    const { email } = await somebody('customer')
    const page = await signedIn(email, { viewport: { width: 360, height: 740 } })
    await page.waitForURL('**/profile')
    await photographed(page, 'profile-customer')
    await isFine(page)
    await page.locator('#name').fill('Zoë Diallo')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your profile was saved.').waitFor()
    expect(await page.locator('#name').inputValue()).toBe('Zoë Diallo')
  })

  it('ends another session at once', async () => {
    const { email } = await somebody()
    const [here, there] = [await signedIn(email), await signedIn(email)]
    await there.waitForURL('**/profile')
    await here.goto('/profile')
    await here.getByRole('button', { name: /^End the session on Chrome on Linux/ }).click()
    await here.getByText('The session has ended.').waitFor()
    await there.goto('/profile')
    expect(new URL(there.url()).pathname).toBe('/sign-in')
  })

  for (const javaScriptEnabled of [true, false]) {
    it(`asks who it is before rights change, and keeps what was typed, ${javaScriptEnabled ? 'with' : 'without'} a script`, async () => {
      const root = await somebody('administrator')
      const { email, id } = await somebody()
      const page = await signedIn(root.email, { javaScriptEnabled })
      await page.waitForURL('**/profile')
      const { asSystem } = await app.servicesFor({ door: 'system' })
      const system = asSystem('a test makes time pass')
      for (const { id: session } of (await system.query(Session, { fields: ['id'], where: { user: root.id } })).rows)
        await system.update(Session, session, { confirmedAt: new Date(Date.now() - 11 * 60_000) })

      await page.goto(`/users/${id}`)
      const address = `moved.${people}.${javaScriptEnabled}@example.org`
      await page.locator('#f-email').fill(address)
      if (javaScriptEnabled) await page.keyboard.press('Control+s')
      else await page.locator('[data-save]').first().click()
      await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
      await photographed(page, `confirm-${javaScriptEnabled}`)
      await page.locator('#password').fill('a wrong one, by mistake')
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByText('This is not right').waitFor()
      if (javaScriptEnabled) await isFine(page)
      await page.locator('#password').fill(password)
      await page.getByRole('button', { name: 'Confirm' }).click()
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click()
      await page.waitForURL(`**/users/${id}`)
      await page.locator(`#f-email[value="${address}"]`).waitFor()
      expect(await app.connection.run('select email from "user" where id = $1', [id])).toEqual([{ email: address }])
      expect(address).not.toBe(email)
    })
  }
})
