/** Visits in the hours of a week in a real browser: side by side, dragged to another time, put back with the sentence, moved by a form. */
import base, { manager } from '@tessera/base'
import { calendar, defineModel, defineModule, type Fields, type Model, p } from '@tessera/core'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { visitorAs } from '../../modules/web/server/visitor.ts'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, looks, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

const fields = { name: p.string(), place: p.string().nullable(), at: p.datetime(), ends: p.datetime().nullable() }
interface Visit extends Fields<typeof fields> {}
const Visit: Model<Visit> = defineModel('visit', fields, { title: 'name', order: { name: 'asc' } })
const visits = defineModule({
  name: 'visits',
  depends: [base],
  models: [Visit],
  permissions: [manager.can(['create', 'read', 'update'], Visit)],
  views: [calendar(Visit, { date: 'at', until: 'ends', card: ['name', 'place'] })],
})

describe.skipIf(!chromiumPath)('The hours of a calendar in a browser', { timeout: 120_000 }, () => {
  let who: string
  const desk = openDesk(['web', visits], async ({ app, system }) => {
    who = (await visitorAs(app, 'manager', { zone: 'Europe/Paris' })).user
    const make = (name: string, at: string, ends?: string) =>
      system.records.create(Visit, { name, place: 'Harbour office', at: new Date(at), ends: ends ? new Date(ends) : null })
    await make('Read the meters', '2026-03-10T08:00:00Z', '2026-03-10T09:30:00Z')
    await make('Look at the pump', '2026-03-10T08:30:00Z', '2026-03-10T10:00:00Z')
    await make('Sign the contract', '2026-03-10T09:00:00Z', '2026-03-10T09:15:00Z')
    await make('Fair of the region', '2026-03-11T07:00:00Z', '2026-03-13T16:00:00Z')
    await make('Night watch', '2026-03-12T21:00:00Z', '2026-03-13T04:00:00Z')
    for (let at = 0; at < 5; at++) await make(`Interview ${at + 1}`, '2026-03-13T13:00:00Z', '2026-03-13T14:00:00Z')
  })
  const week = '/visits?view=calendar&span=week&day=2026-03-10'
  const stored = async (name: string) => (await desk.system.records.find(Visit, { name }))!
  const entry = (page: Page, name: string) => page.locator('.entry', { hasText: name }).first()
  /** Where a time of a day is on the screen. */
  const place = async (page: Page, day: string, quarter: number) => {
    const box = (await page.locator(`[data-day="${day}"] .timed`).boundingBox())!
    return { x: box.x + 40, y: box.y + (quarter / 96) * box.height + 3 }
  }
  const drag = async (page: Page, name: string, day: string, quarter: number) => {
    const from = (await entry(page, name).locator('.entry-title').boundingBox())!
    const top = (await entry(page, name).boundingBox())!
    const to = await place(page, day, quarter)
    await page.mouse.move(from.x + 4, from.y + 4)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y + 20, { steps: 4 })
    await page.mouse.move(to.x, to.y + (from.y + 4 - top.y), { steps: 2 })
    await page.mouse.up()
  }

  it('stand side by side from the morning on, and are moved by a quarter to another time and day', async () => {
    const page = await desk.signedIn(who)
    await page.goto(week)
    await expect
      .poll(() => page.locator('[data-calendar]').evaluate((each) => (each as unknown as { scrollTop: number }).scrollTop))
      .toBeGreaterThan(200)
    const boxes = await Promise.all(
      ['Read the meters', 'Look at the pump', 'Sign the contract'].map((name) => entry(page, name).boundingBox()),
    )
    const [meters, pump, contract] = boxes.map((box) => box!)
    expect([meters!.x + meters!.width <= pump!.x, pump!.x + pump!.width <= contract!.x]).toEqual([true, true])
    expect(Math.round((pump!.y - meters!.y) / 12)).toBe(2)
    expect(await page.locator('[data-day="2026-03-13"]').getByText('+2 more').count()).toBe(1)
    await expectSoundInEachLook(page, 'hours-week')
    await page.setViewportSize(looks['light-desk'].viewport)
    await drag(page, 'Read the meters', '2026-03-12', 57)
    await page.getByText(/Read the meters moved to .*14:15/).waitFor()
    expect(await stored('Read the meters')).toMatchObject({ at: new Date('2026-03-12T13:15:00Z'), ends: new Date('2026-03-12T14:45:00Z') })
    // The others have the room now, and the one that moved can be moved again.
    await page.locator('.lane-1-2', { hasText: 'Look at the pump' }).waitFor()
    await desk.system.records.update(Visit, (await stored('Look at the pump')).id, { place: 'The old harbour' })
    await drag(page, 'Look at the pump', '2026-03-11', 60)
    await page.getByText(/was put back:.*saved this visit first/).waitFor()
    expect([
      (await stored('Look at the pump')).at,
      await page.locator('[data-day="2026-03-10"] .entry', { hasText: 'pump' }).count(),
    ]).toEqual([new Date('2026-03-10T08:30:00Z'), 1])
  })

  it('are moved by keyboard, also over the day on which the clocks change, and stand in one day on a phone', async () => {
    const page = await desk.signedIn(who)
    await page.goto(week)
    await page.getByLabel('Move Sign the contract').focus()
    await page.keyboard.press('Enter')
    await page.locator('.menu.move[open] input[name="to"]').fill('2026-03-29T03:30')
    await page.locator('.menu.move[open] input[name="to"]').press('Enter')
    await expect.poll(async () => (await stored('Sign the contract')).at).toEqual(new Date('2026-03-29T01:30:00Z'))
    expect((await stored('Sign the contract')).ends).toEqual(new Date('2026-03-29T01:45:00Z'))
    await page.goto('/visits?view=calendar&span=day&day=2026-03-13')
    await expectSoundInEachLook(page, 'hours-day')
    await page.setViewportSize(looks['light-phone'].viewport)
    await page.goto('/visits')
    await page.locator('.views-menu summary').click()
    await page.getByRole('link', { name: 'Calendar' }).click()
    await page.waitForURL(/span=agenda/)
  })

  it('are read from right to left, by 12 hours where the language counts so', async () => {
    const page = await desk.signedIn(who, rightToLeft)
    await page.goto(week)
    expect(await page.locator('.day').first().getAttribute('data-day')).toBe('2026-03-07')
    expect(await entry(page, 'Look at the pump').locator('.entry-time').textContent()).toMatch(/ص/)
    await expectSound(page, 'hours-rtl')
  })

  it('are read as an agenda, day below day, from a desk to a telephone, and moved by the menu of an entry', async () => {
    const page = await desk.signedIn(who)
    await page.goto(week)
    await page.keyboard.press('a')
    await page.waitForURL(/span=agenda/)
    await page.goto('/visits?view=calendar&span=agenda&day=2026-02-25')
    await page
      .getByText(/^Nothing until \w+ \d+ March$/)
      .first()
      .waitFor()
    const friday = page.locator('[data-day="2026-03-13"]')
    expect(await friday.locator('.entry').first().innerText()).toMatch(/^Until 17:00\s*Fair of the region\s*day 3 of 3/)
    expect(await page.locator('[data-day="2026-03-12"] .entry').first().innerText()).toMatch(/^All day\s*Fair of the region\s*day 2 of 3/)
    await expectSoundInEachLook(page, 'agenda')
    await page.setViewportSize(looks['light-desk'].viewport)
    await friday.getByLabel('Move Interview 1').focus()
    await page.keyboard.press('Enter')
    await page.locator('.menu.move[open] input[name="to"]').fill('2026-03-20T11:00')
    await page.keyboard.press('Enter')
    await page.locator('[data-day="2026-03-20"] .entry', { hasText: 'Interview 1' }).waitFor()
    await page.getByRole('link', { name: /^From .* on$/ }).click()
    await page.waitForURL(/day=2026-03-27/)
    const arabic = await desk.signedIn(who, rightToLeft)
    await arabic.goto('/visits?view=calendar&span=agenda&day=2026-03-10')
    await expectSound(arabic, 'agenda-rtl')
  })
})
