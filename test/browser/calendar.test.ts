/** Activities on a calendar in a real browser: dragged to another day, refused with the sentence, moved by the form of an entry. */
import { Partner } from '@tessera/partner'
import { Activity } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { visitorAs } from '../../modules/web/server/visitor.ts'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A calendar in a browser', { timeout: 120_000 }, () => {
  let manager: string
  let call: string
  const desk = openDesk(['ticket', 'web'], async ({ app, system }) => {
    manager = (await visitorAs(app, 'manager')).user
    const partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
    const ticket = (await system.records.create(Ticket, { subject: 'Card reader refuses the card', partner })).id
    const plan = async (summary: string, due: string) => (await system.records.create(Activity, { summary, due, user: manager, ticket })).id
    call = await plan('Call about the card', '2026-03-10')
    for (const [at, summary] of ['Visit the branch', 'Write to the bank', 'Check the reader', 'Order a new one', 'Thank them'].entries())
      await plan(summary, at < 4 ? '2026-03-18' : '2026-03-05')
  })
  const march = '/activities?view=calendar&day=2026-03-01'
  const due = async (id: string) => (await desk.system.records.get(Activity, id, ['due'])).due

  it('takes what is dragged to another day, puts back what is refused, and leads everywhere by keyboard', async () => {
    const page = await desk.signedIn(manager)
    await page.goto(march)
    const entry = page.locator('.entry', { hasText: 'Call about the card' })
    await page.locator('[data-calendar] .entries').first().waitFor()
    await expect.poll(() => page.evaluate('window.Sortable !== undefined')).toBe(true)
    await drag(page, entry.locator('.entry-title'), page.locator('[data-day="2026-03-12"]'))
    await page.getByText(/Call about the card moved to/).waitFor()
    expect(await due(call)).toBe('2026-03-12')
    // Somebody else changes it meanwhile: the next move is refused, and the entry comes home.
    await desk.system.records.update(Activity, call, { summary: 'Call about the old card' })
    await drag(page, entry.locator('.entry-title'), page.locator('[data-day="2026-03-16"]'))
    await page.getByText(/was put back:.*saved this activity first/).waitFor()
    expect([await due(call), await page.locator('[data-day="2026-03-12"] .entry').count()]).toEqual(['2026-03-12', 1])
    await expectSoundInEachLook(page, 'calendar-month')
    await page.setViewportSize({ width: 1440, height: 900 })
    // By keyboard: the menu of an entry asks for the day.
    await page.goto(march)
    await page.getByLabel('Move Call about the old card').focus()
    await page.keyboard.press('Enter')
    await page.locator('.menu.move[open] input[name="to"]').fill('2026-03-20')
    await page.keyboard.press('Enter')
    await page.locator('[data-day="2026-03-20"] .entry').waitFor()
    expect(await due(call)).toBe('2026-03-20')
    await page.getByRole('link', { name: '+1 more' }).click()
    await page.getByText('Order a new one').waitFor()
    await expectSound(page, 'calendar-day')
    await page.keyboard.press('w')
    await page.waitForURL(/span=week/)
    await expectSoundInEachLook(page, 'calendar-week')
  })

  it('is read from right to left in Arabic, with weeks that begin on Saturday', async () => {
    const page = await desk.signedIn(manager, rightToLeft)
    await page.goto(march)
    expect(await page.locator('.day').first().getAttribute('data-day')).toBe('2026-02-28')
    await expectSound(page, 'calendar-rtl')
  })
})

/** As slowly as a hand: a page that is busy does not hear of a pointer that is at its end before the drag has begun. */
async function drag(page: Page, what: Locator, day: Locator): Promise<void> {
  await what.hover()
  await page.mouse.down()
  await day.locator('h3').hover()
  await page.locator('.sortable-ghost').waitFor()
  await day.locator('.entries').hover()
  await day.locator('.sortable-ghost').waitFor()
  await page.mouse.up()
}
