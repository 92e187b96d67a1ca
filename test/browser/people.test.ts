/** An administrator invites, looks after how people sign in, and looks as one of them. */
import AxeBuilder from '@axe-core/playwright'
import { ApiKey, AuditEntry, Session, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'

const phone = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true } as const

describe.skipIf(!chromiumPath)('People in a browser', { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Chromium
  let system: Services
  let root: string
  let ada: string

  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['access', 'portal'])
    const address = await app.listen()
    system = await app.servicesFor({ door: 'system' })
    const { identity } = system
    root = (await identity.createUser({ email: 'ruth@example.org', name: 'Ruth Okello', roles: ['administrator'] })).id
    ada = (await identity.createUser({ email: 'ada@example.org', name: 'Ada Diallo', roles: ['agent'] })).id
    browser = await openChromium(address)
  })
  afterEach(async () => {
    expect(await browser.leave()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  async function signedIn(user: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.page({ locale: 'en-GB', ...options })
    await page.goto(`/sign-in/${await system.identity.createLink(user, 'sign-in')}`)
    await page.locator('form.main-form button').click()
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    return page
  }

  it.each([true, false])('invites somebody, who chooses a password and is in, with a script: %s', async (javaScriptEnabled) => {
    const email = `bo.${javaScriptEnabled}@example.org`
    const page = await signedIn(root, { javaScriptEnabled })
    await page.goto('/users')
    await page.getByRole('link', { name: 'New' }).click()
    await page.getByLabel('Email address').fill(email)
    await page.getByRole('textbox', { name: 'Name' }).fill('Bo Jensen')
    await page.getByLabel('Agent').check()
    await page.getByRole('button', { name: 'Invite' }).click()
    // Without a mail server the link is shown at once.
    const link = await page.getByLabel(`Link for ${email}`).inputValue()
    await page.getByText('No mail server is set up.').waitFor()
    await page.getByText('Ruth Okello invites you').waitFor()

    const invited = await browser.page({ locale: 'en-GB', javaScriptEnabled })
    await invited.goto(new URL(link).pathname)
    await invited.getByLabel('Name').fill('Bo Jensen-Holm')
    await invited.getByLabel('Password', { exact: true }).fill('four words in a row')
    await invited.getByLabel('Password again').fill('four words in a row')
    await invited.getByRole('button', { name: 'Set the password and sign in' }).click()
    await invited.waitForURL((url) => !url.pathname.startsWith('/invitation'))
    expect(await system.records.find(User, { email })).toMatchObject({
      name: 'Bo Jensen-Holm',
      lastSignInAt: expect.any(Date),
      roles: [{ label: 'Agent' }],
    })
    const again = await invited.goto(new URL(link).pathname)
    expect(again?.status()).toBe(422)
  })

  it('ends a session of somebody, shows a link again, and revokes a key', async () => {
    await system.identity.openSession(ada, { agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', ip: '192.0.2.7' })
    await system.identity.createKey(ada, 'Reports', { scopes: ['ticket:read'], perMinute: 100 })
    const page = await signedIn(root)
    await page.goto(`/users/${ada}`)
    await page.getByRole('link', { name: 'Sign-in and sessions' }).first().click()
    await page.getByText('Firefox').waitFor()
    await page.getByText('ticket:read').waitFor()
    await page.getByRole('button', { name: /^End the session/ }).click()
    await page.getByText('Not signed in anywhere.').waitFor()
    expect(await system.records.count(Session, { where: { user: ada } })).toBe(0)
    await page.getByRole('button', { name: 'Revoke the key Reports' }).click()
    await page.getByText('No API keys.').waitFor()
    expect(await system.records.count(ApiKey, { where: { user: ada } })).toBe(0)
  })

  it('looks as somebody and stops, and the audit log says so', async () => {
    const page = await signedIn(root)
    await page.goto(`/users/${ada}/sign-in`)
    await page.getByRole('button', { name: 'Look as this user' }).click()
    await page.getByText('You are looking as Ada Diallo.').waitFor()
    await page.goto('/tickets/new')
    await page.getByText('Nothing you do here changes anything.').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.waitForURL(`**/users/${ada}`)
    expect(await page.getByText('You are looking as').count()).toBe(0)
    const noted = await system.records.query(AuditEntry, {
      fields: ['kind', 'actor'],
      where: { kind: { $in: ['view-as.begun', 'view-as.ended'] } },
    })
    expect(noted.rows.map(({ kind, actor }) => [kind, actor?.id]).sort()).toEqual([
      ['view-as.begun', root],
      ['view-as.ended', root],
    ])
  })

  it.each(['light', 'dark'] as const)('has in its %s theme no flaw that axe finds, and fits a phone', async (colorScheme) => {
    await system.identity.openSession(ada, { agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', ip: '192.0.2.7' })
    const waiting = await system.invitations.invite({ email: `wait.${colorScheme}@example.org`, name: 'Wanda Wait', roles: [] })
    const paths = ['/users', '/users/new', `/users/${ada}`, `/users/${ada}/sign-in`, `/users/${waiting.user}/sign-in`, '/api-keys/new']
    for (const size of [{}, phone]) {
      const page = await signedIn(root, { colorScheme, ...size })
      for (const path of paths) await expectSound(page, path, `${colorScheme}${'isMobile' in size ? '-phone' : ''}`)
      await page.goto(`/users/${ada}/sign-in`)
      await page.getByRole('button', { name: 'Look as this user' }).click()
      await page.getByText('You are looking as Ada Diallo.').waitFor()
      await expectSound(page, '/tickets', `${colorScheme}${'isMobile' in size ? '-phone' : ''}-looking`)
    }
    const guest = await browser.page({ colorScheme, ...phone })
    await expectSound(guest, new URL(waiting.link).pathname, `${colorScheme}-phone`)
  })

  it('is read from right to left in Arabic', async () => {
    await system.records.update(User, root, { language: 'ar' })
    const page = await signedIn(root, phone)
    for (const path of ['/users/new', `/users/${ada}/sign-in`]) {
      await expectSound(page, path, 'ar')
      expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    }
    await system.records.update(User, root, { language: null })
  })

  async function expectSound(page: Page, path: string, as: string): Promise<void> {
    await page.goto(path)
    if (process.env.SHOTS)
      await page.screenshot({
        path: `${process.env.SHOTS}/${as}${path.replace(/[0-9a-f-]{36}|\/invitation\/.*/g, '_').replaceAll('/', '-')}.png`,
      })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html}`)).toEqual([])
    const [wide, width] = [await page.evaluate('document.documentElement.scrollWidth'), page.viewportSize()?.width]
    expect(wide, path).toBeLessThanOrEqual(width ?? 0)
  }
})
