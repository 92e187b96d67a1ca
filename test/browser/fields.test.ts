/** Own fields in a real browser: one is added, read as a plan and confirmed, and then filled in; for everybody to use. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type OwnDesk, openOwnDesk } from '../fixtures/own-fields.ts'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'
import { expectSound, expectSoundInEachLook, photographed, rightToLeft } from './looks.ts'
import { signIn } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Own fields in a browser', { timeout: 180_000 }, () => {
  let desk: OwnDesk
  let browser: Chromium
  const signedIn = async (options?: BrowserContextOptions): Promise<Page> =>
    signIn(await browser.page(options), await desk.app.servicesFor({ door: 'system' }), desk.admin.user)
  beforeAll(async () => {
    desk = await openOwnDesk(inject('postgresUrl'))
    await desk.add('partner', 'x_vat', { type: 'text', label: { en: 'VAT number' }, search: true })
    browser = await openChromium(await desk.app.listen())
  }, 120_000)
  afterEach(async () => {
    expect(await browser?.leave()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await desk?.close()
  })

  it('are added: the label makes the name, the type asks for what it needs, the plan says what comes', async () => {
    const page = await signedIn()
    await page.goto('/custom')
    await page.getByRole('link', { name: 'Add a field' }).click()
    await page.getByLabel('Add to').selectOption('ticket')
    await page.getByLabel('Label').fill('Roof type')
    // By the rule of the plan, before it is read.
    await page.getByPlaceholder('x_roof_type').waitFor()
    expect(await page.getByLabel('Choices').isVisible()).toBe(false)
    await page.getByLabel('Type').selectOption('choice')
    await page.getByLabel('Choices').fill('Tiles\nFlat roof')
    await page.getByLabel('Shown in the list').check()
    await page.getByRole('button', { name: 'Read the plan' }).click()
    await page.getByText('ticket.x_roof_type').waitFor()
    await photographed(page, 'fields-plan-story')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.waitForURL('**/custom/progress/*')
    await page.getByText('The field is as you wanted it').waitFor({ timeout: 90_000 })
    await browser.leave()
    await browser.close()
    await desk.restart()
    browser = await openChromium(await desk.app.listen())
    const after = await signedIn()
    await after.goto('/tickets/new')
    await after.getByText('Roof type').first().waitFor()
    await photographed(after, 'fields-ticket-story')
  })

  const screens = {
    list: '/custom',
    new: '/custom/new?model=ticket',
    change: '/custom/change/partner/x_vat',
    plan: '/custom/plan?model=ticket&label=Floors&type=integer&filter=yes&list=yes',
    wrong: '/custom/plan?model=ticket&label=Colour&type=choice',
    remove: '/custom/remove/partner/x_vat',
  }
  it('are open to everybody, in light and dark, on a desk and a phone', async () => {
    const page = await signedIn()
    for (const [name, path] of Object.entries(screens)) {
      await page.goto(path, { timeout: 60_000 })
      await expectSoundInEachLook(page, `fields-${name}`)
    }
  })

  it('are open to everybody from right to left, in Arabic', async () => {
    const page = await signedIn(rightToLeft)
    for (const [name, path] of Object.entries(screens)) {
      await page.goto(path, { timeout: 60_000 })
      await expectSound(page, `fields-${name}-rtl`)
    }
  })
})
