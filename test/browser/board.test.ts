/** A board in a real browser: cards are put where they belong, by hand and by keys. */
import { Partner } from '@tessera/partner'
import { priority, Ticket } from '@tessera/ticket'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, looks, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A board in a browser', { timeout: 60_000 }, () => {
  let agent: string
  let partner: string
  const desk = openDesk(['web', 'ticket'], async ({ system }) => {
    agent = (await system.identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id
    partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@mail.example' })).id
  })
  /** The newest stands first. */
  const newTickets = (...subjects: readonly string[]) =>
    desk.system.records.createMany(
      Ticket,
      subjects.toReversed().map((subject) => ({ subject, partner })),
    )
  /** Its script has come. */
  const ready = (page: Page) => expect.poll(() => page.evaluate<boolean>('window.Sortable !== undefined')).toBe(true)
  const lane = (page: Page, name: string) => page.locator('.lane', { has: page.getByRole('heading', { name, exact: true }) })
  const titlesIn = (page: Page, name: string) => lane(page, name).locator('.card > h3').allTextContents()

  it('keeps the order in which cards are dragged', async () => {
    await newTickets('Drag one', 'Drag two', 'Drag three')
    const page = await desk.signedIn(agent, { viewport: { width: 2000, height: 900 } })
    await page.goto('/tickets?view=kanban&q=drag')
    await ready(page)
    const card = (title: string) => page.locator('.card', { hasText: title })
    const moved = page.waitForResponse(/\/move/)
    await card('Drag three').dragTo(card('Drag one'), { sourcePosition: { x: 100, y: 12 }, targetPosition: { x: 100, y: 8 } })
    expect((await moved).status()).toBe(200)
    await page.getByText('Drag three is now at position 1 of 3').waitFor({ state: 'attached' })
    await page.reload()
    expect(await titlesIn(page, 'New')).toEqual(['Drag three', 'Drag one', 'Drag two'])
  })

  it('keeps the order in which cards are put by keys, and puts one back', async () => {
    await newTickets('Key one', 'Key two', 'Key three')
    const page = await desk.signedIn(agent)
    await page.goto('/tickets?view=kanban&q=key')
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    await ready(page)
    await page.getByRole('link', { name: 'Key one' }).focus()
    await press('Space', 'ArrowDown', 'ArrowDown')
    await page.getByText('New, position 3 of 3').waitFor({ state: 'attached' })
    await press('Escape')
    expect(await titlesIn(page, 'New')).toEqual(['Key one', 'Key two', 'Key three'])
    const moved = page.waitForResponse(/\/move/)
    await press('Space', 'ArrowDown', 'Space')
    await moved
    await page.getByText('Key one is now at position 2 of 3').waitFor({ state: 'attached' })
    await page.reload()
    expect(await titlesIn(page, 'New')).toEqual(['Key two', 'Key one', 'Key three'])
  })

  it('takes a new ticket where its card stands, one after the other, and gives what was typed to the whole form', async () => {
    const page = await desk.signedIn(agent)
    await page.goto('/tickets?view=kanban')
    await ready(page)
    const column = lane(page, 'On hold')
    await column.getByRole('link', { name: 'New in On hold' }).click()
    const form = column.locator('form.quick')
    await form.getByLabel('Subject').waitFor()
    await page.keyboard.type('Typed first')
    await page.keyboard.press('Enter')
    await form.getByText('Partner is missing', { exact: false }).waitFor()
    expect(await form.getByLabel('Subject').inputValue()).toBe('Typed first')
    await form.getByLabel('Partner').selectOption({ label: 'Fatou Camara' })
    await expectSound(page, 'board-quick-light-desk')
    await form.getByLabel('Subject').press('Enter')
    await page.getByText('Added to On hold').waitFor({ state: 'attached' })
    expect(await titlesIn(page, 'On hold')).toEqual(['Typed first'])
    expect(await column.locator('.count').textContent()).toBe('1')
    // The next one can be typed at once.
    await page.keyboard.type('Typed second')
    await page.setViewportSize({ width: 360, height: 740 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await form.scrollIntoViewIfNeeded()
    await expectSound(page, 'board-quick-dark-phone')
    await form.getByRole('link', { name: 'Whole form' }).click()
    await page.waitForURL(/\/tickets\/new\?status=.*subject=Typed/)
    expect(await page.getByLabel('Subject').inputValue()).toBe('Typed second')
  })

  it('closes the form of a new ticket by Escape', async () => {
    const page = await desk.signedIn(agent)
    await page.goto('/tickets?view=kanban')
    await ready(page)
    const plus = page.getByRole('link', { name: 'New in New' })
    await plus.click()
    await page.locator('form.quick').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('form.quick').waitFor({ state: 'detached' })
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('New in New')
  })

  it('says under the head of a column how it divides, and shows one part of it alone', async () => {
    await desk.system.records.createMany(
      Ticket,
      [priority.urgent, priority.high, priority.low, priority.low].map((priority, at) => ({ subject: `Part ${at}`, partner, priority })),
    )
    const page = await desk.signedIn(agent, { viewport: { width: 2000, height: 900 } })
    await page.goto('/tickets?view=kanban&q=part')
    await ready(page)
    const words = (name: string) => lane(page, name).locator('.progress .meta').textContent()
    expect(await words('New')).toBe('1 Urgent, 1 High, 2 Low')
    expect(await lane(page, 'New').locator('.share rect').count()).toBe(3)
    // It follows what is dragged away.
    const card = page.locator('.card', { hasText: 'Part 0' })
    await card.dragTo(lane(page, 'In progress').locator('.cards'), { sourcePosition: { x: 100, y: 12 }, targetPosition: { x: 60, y: 20 } })
    await expect.poll(() => words('New')).toBe('1 High, 2 Low')
    expect(await words('In progress')).toBe('1 Urgent')
    await lane(page, 'New').getByRole('link', { name: '2 Low' }).click()
    await page.waitForURL(/facet\.priority=/)
    expect((await titlesIn(page, 'New')).toSorted()).toEqual(['Part 2', 'Part 3'])
  })

  it('looks well, with the menu of a card open, for everybody', async () => {
    await newTickets('Look one', 'Look two, which has a longer subject than the others have')
    await desk.system.records.create(Ticket, { subject: 'Look three', partner, priority: priority.urgent })
    const page = await desk.signedIn(agent, looks['light-desk'])
    await page.goto('/tickets?view=kanban')
    await page.locator('.card').nth(1).hover()
    await page.locator('.card').nth(1).locator('summary').click()
    await expectSound(page, 'board-light-desk')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 360, height: 740 })
    await expectSound(page, 'board-dark-phone')
    await page.setViewportSize({ width: 768, height: 1024 })
    await page.getByRole('link', { name: 'Fold In progress' }).click()
    await page.waitForURL(/fold=/)
    await expectSound(page, 'board-folded-dark-tablet')
    const arabic = await desk.signedIn(agent, rightToLeft)
    await arabic.goto('/tickets?view=kanban')
    await arabic.locator('.card').first().hover()
    await arabic.locator('.card').first().locator('summary').click()
    await expectSound(arabic, 'board-arabic')
  })
})
