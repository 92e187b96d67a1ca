/** Conditions are put together in a real browser: by keyboard, on a phone, in a dialog; for everybody to use. */
import AxeBuilder from '@axe-core/playwright'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'

describe.skipIf(!chromiumPath)('The builder of conditions in a browser', { timeout: 120_000 }, () => {
  let app: TestApp
  let browser: Chromium
  let manager: string

  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['web', 'assignment-rules'])
    const { identity, records } = await app.servicesFor({ door: 'system' })
    manager = (await identity.createUser({ email: 'ella@example.org', name: 'Ella Winter', roles: ['manager'] })).id
    const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
    for (const subject of ['Late payment', 'Lost card', 'Card broken']) await records.create(Ticket, { subject, partner })
    browser = await openChromium(await app.listen())
  }, 120_000)
  afterEach(async () => {
    expect(await browser.leave()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.page(options)
    const { identity } = await app.servicesFor({ door: 'system' })
    await page.goto(`/sign-in/${await identity.createLink(manager, 'sign-in')}`)
    await page.getByRole('button', { name: /Sign in as|Se connecter|تسجيل/ }).click()
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    return page
  }
  const photographed = async (page: Page, name: string): Promise<void> => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true })
  }
  const where = { status: { category: 'open' }, $or: [{ assignee: null }, { subject: { $contains: 'card' } }, { tags: { name: 'vip' } }] }

  it('adds a row by the keyboard, keeps the focus and what was typed, and counts', async () => {
    const page = await signedIn()
    await page.goto('/assignment-rules/new')
    await page.getByRole('button', { name: 'Condition', exact: true }).focus()
    await page.keyboard.press('Enter')
    const field = page.getByRole('combobox', { name: 'Field of condition 1' })
    await expect.poll(() => field.evaluate((node) => node.matches(':focus'))).toBe(true)
    await field.selectOption('subject')
    const value = page.getByRole('textbox', { name: 'Value of Subject' })
    await value.fill('card')
    await expect.poll(() => page.locator('[data-builder-count]').textContent()).toContain('2 of 3 tickets match')
    await page.getByRole('button', { name: 'Group', exact: true }).click()
    await page.getByRole('combobox', { name: 'Field of condition 1' }).nth(1).waitFor()
    expect(await value.inputValue()).toBe('card')
    expect(page.url()).toContain('/assignment-rules/new')
    await page.getByRole('button', { name: 'Remove group' }).click()
    await expect.poll(() => page.locator('.builder-row').count()).toBe(1)
    await photographed(page, 'builder-new')
    page.on('dialog', (dialog) => dialog.accept())
  })

  it('narrows a list in a dialog', async () => {
    const page = await signedIn()
    await page.goto('/tickets?filter=')
    await page.getByText('Filters', { exact: true }).first().click()
    await page.getByRole('link', { name: 'Custom filter' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Condition', exact: true }).click()
    await dialog.getByRole('combobox', { name: 'Field of condition 1' }).selectOption('subject')
    await dialog.getByRole('textbox', { name: 'Value of Subject' }).fill('card')
    await photographed(page, 'builder-dialog')
    await dialog.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByText('Subject contains card').waitFor()
    expect((await page.locator('.chip-edit').boundingBox())?.width).toBeGreaterThan(100)
    await photographed(page, 'builder-chip')
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 360, height: 740 } }],
    ['arabic', { locale: 'ar' }],
  ] as const)('has no flaw that axe finds: %s', async (name, options) => {
    const page = await signedIn(options)
    await page.goto(
      `/tickets/filter?${new URLSearchParams({ back: `/tickets?${new URLSearchParams({ filter: '', where: JSON.stringify(where) })}` })}`,
    )
    await page.locator('.builder .builder-row').first().waitFor()
    await photographed(page, `builder-${name}`)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })
})
