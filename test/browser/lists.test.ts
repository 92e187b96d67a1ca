/** Lists in a real browser: groups, saved views, columns, values changed in place; and a model of every type that declares no view. */

import type { Services } from '@tessera/core'
import { type TestApp, testConfig, testDatabase } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { priority, Ticket } from '@tessera/ticket'
import pino from 'pino'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { fromDeclarations, loadModules } from '../../core/module/load.ts'
import { listening } from '../../core/testing/listening.ts'
import { ListLayout } from '../../modules/web/list-layout.model.ts'
import books, { Book } from '../fixtures/field-types.ts'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'
import { expectSound, looks, rightToLeft } from './looks.ts'
import { signIn } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A list in a browser', { timeout: 120_000 }, () => {
  let app: TestApp
  let system: Services
  let browser: Chromium
  let manager: string

  beforeAll(async () => {
    const database = await testDatabase(inject('postgresUrl'))
    const modules = await loadModules(await discover(process.cwd(), []), ['web', 'ticket'])
    const loaded = [...modules, ...fromDeclarations([books]).filter(({ declaration }) => declaration === books)]
    const made = await createApp(loaded, { url: database.url, config: testConfig(), log: pino({ level: 'silent' }), version: 'test' })
    await made.install()
    app = listening(made, () => database.drop())
    system = await app.servicesFor({ door: 'system' })
    browser = await openChromium(await app.listen())
    manager = (await system.identity.createUser({ email: 'mara@example.org', name: 'Mara Lund', roles: ['manager'] })).id
    const partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@mail.example' })).id
    const drafts = Array.from({ length: 24 }, (_, at) => ({
      subject: `Lamp ${String(at).padStart(2, '0')} is out`,
      partner,
      priority: at % 4 === 0 ? priority.urgent : priority.medium,
    }))
    await system.records.createMany(Ticket, drafts)
  }, 120_000)
  afterEach(async () => expect(await browser?.leave()).toEqual([]))
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  const signedIn = async (options: BrowserContextOptions = looks['light-desk']): Promise<Page> =>
    signIn(await browser.page(options), system, manager)

  it('is sorted by two columns, grouped, saved as a view and opened again from the left', async () => {
    const page = await signedIn()
    await page.goto('/tickets?sort=-priority')
    await page.locator('#sort-subject').click({ modifiers: ['Shift'] })
    await page.waitForURL(/sort=-priority%2Csubject/)
    await page.locator('#menu-stack-2').click()
    await page.locator('.popup a.item', { hasText: /^Priority$/ }).click()
    await page.waitForURL(/group=priority/)
    await page.getByRole('link', { name: 'Urgent' }).first().click()
    await page.locator('tr.row').first().waitFor()
    await page.locator('#menu-star').click()
    await page.getByRole('link', { name: 'Save this view' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name of the view').fill('By urgency')
    await dialog.getByLabel('At the left, with its count').check()
    await expectSound(page, 'list-save-view')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('View “By urgency” saved').waitFor()
    expect(await page.locator('.side .place', { hasText: 'By urgency' }).textContent()).toContain('24')
    await expectSound(page, 'list-groups')
    await page.goto('/partners')
    await page.locator('.side .place', { hasText: 'By urgency' }).click()
    await page.waitForURL(/group=priority&.*sort=-priority%2Csubject/)
  })

  it('has its values changed where they stand, refused ones with their reason, and its columns drawn wider', async () => {
    const page = await signedIn()
    await page.goto('/tickets?sort=subject')
    await page.keyboard.press('j')
    await page.keyboard.press('e')
    const control = page.locator('.cell-edit [name="subject"]')
    await control.fill('')
    await page.keyboard.press('Enter')
    await page.locator('.cell-edit .wrong').waitFor()
    await expectSound(page, 'list-cell-refused')
    await control.fill('AA Lamp is on again')
    await page.keyboard.press('Enter')
    await page.locator('tr.row .open', { hasText: 'AA Lamp is on again' }).waitFor()
    expect(await system.records.count(Ticket, { where: { subject: 'AA Lamp is on again' } })).toBe(1)

    const head = page.locator('th[data-column="status"]')
    const box = (await head.boundingBox())!
    await head.hover()
    await page.mouse.move(box.x + box.width - 3, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width + 57, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    const widthKept = async () => {
      const layout = await system.records.find(ListLayout, { model: 'ticket' })
      return layout?.columns?.find(({ field }) => field === 'status')?.width
    }
    await expect.poll(widthKept).toBe(Math.round((box.width + 60) / 20) * 20)
    await page.locator('.columns-menu summary').click()
    await expectSound(page, 'list-columns')
    await page.getByRole('button', { name: 'Move Status up' }).click()
    await page.locator('th[data-column="status"] ~ th[data-column="partner"]').waitFor()
  })

  it('reads from right to left, and on a phone', async () => {
    const arabic = await signIn(await browser.page(rightToLeft), system, manager)
    await arabic.goto('/tickets?group=priority,createdAt:quarter')
    await arabic.locator('tr.group a').first().click()
    await arabic.locator('tr.depth-1').first().waitFor()
    await arabic.locator('#menu-stack-2').click()
    await expectSound(arabic, 'list-groups-arabic')
    const phone = await signIn(await browser.page(looks['dark-phone']), system, manager)
    await phone.goto('/tickets')
    await phone.locator('#menu-star').click()
    await expectSound(phone, 'list-phone')
  })

  it('of a model with a field of every type that declares no view can be filled, found, grouped and opened', async () => {
    const page = await signedIn()
    await page.goto('/books/new')
    const typed = {
      name: 'Sea stories',
      story: 'Long ago',
      pages: '320',
      weight: '0.5',
      price: '12.5',
      printed: '2001-02-03',
      words: 'sea, wind',
    }
    for (const [name, value] of Object.entries(typed)) await page.locator(`#f-${name}`).fill(value)
    await page.locator('#f-readAt').fill('2024-02-29T12:30')
    await page.locator('#f-state').selectOption('used')
    await page.locator('#f-lent').check()
    await page.locator('#f-scan').fill('01a1ffab-5fb8-74ab-9897-4731d1476071')
    await page.locator('#f-extra').fill('{"deep": [1]}')
    await page.keyboard.press('Control+s')
    await page.waitForURL(/books\/[0-9a-f-]{36}/)
    await expectSound(page, 'books-form')
    const kept = await system.records.find(Book, { name: 'Sea stories' })
    expect(kept).toMatchObject({
      pages: 320,
      weight: 0.5,
      price: 12.5,
      lent: true,
      state: 'used',
      printed: '2001-02-03',
      words: ['sea', 'wind'],
    })
    await page.goto('/books')
    await page.keyboard.press('/')
    await page.keyboard.type('sea')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=sea/)
    await page.locator('tr.row .open', { hasText: 'Sea stories' }).waitFor()
    await expectSound(page, 'books-list')
    for (const group of ['lent', 'state', 'pages', 'price', 'scan', 'printed:quarter', 'readAt:week']) {
      await page.goto(`/books?group=${group}`)
      await page.locator('tr.group a').first().click()
      await page.locator('tr.row .open', { hasText: 'Sea stories' }).waitFor()
    }
  })
})
