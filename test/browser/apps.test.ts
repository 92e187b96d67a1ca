/** The Apps page in a real browser, before a real deployment: to everybody's eyes, and with a plan that comes while one waits. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AppsDesk, appsDesk } from '../cli/apps-desk.ts'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'
import { expectSound, expectSoundInEachLook, looks, photographed, rightToLeft } from './looks.ts'

describe.skipIf(!chromiumPath)('The Apps page in a browser', { timeout: 180_000 }, () => {
  let desk: AppsDesk
  let browser: Chromium
  beforeAll(async () => {
    desk = await appsDesk('browser_apps', async () => undefined)
    browser = await openChromium(desk.server.address)
  }, 180_000)
  afterEach(async () => {
    // No policy was broken and no script failed, whatever the story was.
    expect(await browser?.leave()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await desk?.close()
  })

  let session: Awaited<ReturnType<ReturnType<Page['context']>['cookies']>> | undefined
  async function signedIn(options?: BrowserContextOptions): Promise<Page> {
    const page = await browser.page(options)
    page.setDefaultTimeout(60_000)
    if (session) {
      await page.context().addCookies(session)
      return page
    }
    await page.goto(await desk.linkFor('ruth@example.org'))
    await page.locator('.main-form button').first().click()
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    session = (await page.context().cookies()).filter(({ name }) => name === 'tessera')
    return page
  }

  it('is read from right to left in Arabic', async () => {
    const page = await signedIn(rightToLeft)
    await page.goto('/apps/partner/uninstall')
    await page.getByText('لا يمكن إزالة تثبيت "partner" لأن "ticket" تحتاج إليها').waitFor()
    await expectSound(page, 'apps-refused-rtl')
  })

  it('shows at once that it plans, then the plan, then step by step what is done', async () => {
    const page = await signedIn()
    await page.goto('/apps')
    await page.getByRole('searchbox', { name: 'Search modules' }).fill('protection')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Install Social protection…' }).click({ noWaitAfter: true })
    await page.getByText('Working out what would change').waitFor()
    await page.getByRole('button', { name: 'Install 1 module' }).waitFor()
    expect(await page.getByText('Working out what would change').isVisible()).toBe(false)
    await page.getByText('The statements').click()
    expect(await page.locator('.apps-sql').textContent()).toContain('alter table "ticket" add "spp_program_id" uuid null;')
    await page.getByRole('button', { name: 'Install 1 module' }).click()
    await page.waitForURL('**/apps/operations/*')
    await page.getByText('You may leave this page').waitFor()
    await expectSound(page, 'apps-progress')
    await page.getByRole('heading', { name: 'Done', exact: true }).waitFor()
    // When the processes have followed, it leads to what is there now.
    await page.locator('.apps-places').getByRole('link', { name: 'Programs' }).waitFor()
    await page.locator('#side').getByRole('link', { name: 'Programs' }).waitFor()
    await page.getByText(/^\d+ steps$/).click()
    await page.getByText('Create table program', { exact: true }).waitFor()
    await expectSoundInEachLook(page, 'apps-done')
    await page.setViewportSize(looks['light-desk'].viewport)
    await page.locator('.apps-outcome').getByRole('link', { name: 'Social protection' }).click()
    await page.getByRole('link', { name: 'Uninstall…' }).waitFor()
  })

  it('does the same without a script', async () => {
    const page = await signedIn({ javaScriptEnabled: false, ...looks['light-phone'] })
    await page.goto('/apps/spp/disable')
    await page.getByRole('button', { name: 'Disable 1 module' }).click()
    await page.waitForURL('**/apps/operations/*')
    await page.getByRole('heading', { name: 'Done', exact: true }).waitFor()
    await photographed(page, 'apps-done-plain')
    await page.goto('/apps?show=installed')
    await page.getByText('Disabled', { exact: true }).waitFor()
  })
})
