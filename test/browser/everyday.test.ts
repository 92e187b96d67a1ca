/** What somebody does all day in the staff client, by the keys and back and forth: small things that must not stand in his way. */
import { Partner } from '@tessera/partner'
import { Ticket, TicketTag } from '@tessera/ticket'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { visitorAs } from '../../modules/web/server/visitor.ts'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A working day in a browser', { timeout: 120_000 }, () => {
  let manager: string
  const desk = openDesk(['ticket', 'web'], async ({ app, system }) => {
    manager = (await visitorAs(app, 'manager')).user
    const partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
    for (const name of ['water', 'waste', 'road', 'light', 'noise', 'park', 'school', 'bridge', 'wall'])
      await system.records.create(TicketTag, { name })
    await system.records.createMany(
      Ticket,
      Array.from({ length: 60 }, (_, at) => ({ subject: `Lamp ${String(at).padStart(2, '0')} is out`, partner })),
    )
  })
  const scrolled = (page: Page) => page.locator('.list-body').evaluate((body) => (body as unknown as { scrollTop: number }).scrollTop)

  it('leads back by the breadcrumb to the place in the list where one was', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/tickets?sort=subject')
    await page.getByRole('link', { name: 'Lamp 38 is out' }).scrollIntoViewIfNeeded()
    await expect.poll(() => scrolled(page)).toBeGreaterThan(200)
    const place = await scrolled(page)
    await page.getByRole('link', { name: 'Lamp 38 is out' }).click()
    await page.waitForURL(/\/tickets\/[\da-f-]{36}/)
    await page.locator('.crumbs a').first().click()
    await page.waitForURL('**/tickets?sort=subject')
    await expect.poll(() => scrolled(page)).toBe(place)
    // Whoever comes by the menu begins at the top.
    await page.goto('/tickets?sort=subject')
    expect(await scrolled(page)).toBe(0)
  })

  it('answers, assigns and sets the status by the same keys in every language', async () => {
    const page = await desk.signedIn(manager, rightToLeft)
    await page.goto('/tickets?sort=subject')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('s')
    await page.getByRole('dialog', { name: 'نقل' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Lamp 00 is out' }).click()
    await page.waitForURL(/\/tickets\/[\da-f-]{36}/)
    await page.keyboard.press('a')
    await page.getByRole('dialog', { name: 'إسناد' }).waitFor()
    await page.keyboard.press('Escape')
    // A closed one has no role any more, and the focus for a moment still.
    await page.locator('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('n')
    await expect
      .poll(() => page.locator('form.saying.internal textarea').evaluate((box) => box === box.ownerDocument.activeElement))
      .toBe(true)
  })

  it('looks after the jobs on a page that is open to everybody', async () => {
    const administrator = (await visitorAs(desk.app, 'administrator')).user
    const page = await desk.signedIn(administrator)
    await page.goto('/jobs')
    await expectSoundInEachLook(page, 'jobs')
    const arabic = await desk.signedIn(administrator, rightToLeft)
    await arabic.goto('/jobs')
    await expectSound(arabic, 'jobs-rtl')
  })

  it('shows that all which match are chosen, and lets go of them', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/tickets?q=lamp')
    await page.getByLabel('Select the whole page').check()
    await page.getByRole('link', { name: /Select all/ }).click()
    await page.getByText('All 60 selected').waitFor()
    const ticked = () => page.locator('.pick:checked').count()
    await expect.poll(ticked).toBe(50)
    expect(await page.locator('.pick').first().isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Clear the selection' }).click()
    await expect.poll(ticked).toBe(0)
    expect(await page.getByText('All 60 selected').count()).toBe(0)
  })

  it('ticks tags by the keys: what is typed finds them, Enter takes the first, the arrows go on', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/tickets/new')
    await page.getByLabel('Tags').first().focus()
    await page.keyboard.press('Enter')
    await page.locator('.choices[open] [type="search"]').waitFor()
    await page.keyboard.type('wa')
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const chosen = () => page.locator('.choices summary .tag').allTextContents()
    await expect.poll(async () => (await chosen()).toSorted()).toEqual(['wall', 'waste'])
    expect(new URL(page.url()).pathname).toBe('/tickets/new')
  })
})
