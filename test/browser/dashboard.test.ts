/** The dashboard in a real browser: in light and dark, on a phone, from right to left, by mouse and without a script. */
import { Team } from '@tessera/base'
import type { TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, priority, status, Ticket, type } from '@tessera/ticket'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('The dashboard in a browser', { timeout: 60_000 }, () => {
  let agent: string
  let other: string
  const desk = openDesk(['web', 'ticket'], async ({ app }) => {
    ;[agent, other] = await lively(app)
  })
  const titles = (page: Page) => page.locator('.dash-card h2').allTextContents()
  /** With every card there, also those that come by themselves. */
  const whole = (page: Page) => page.locator('.dash-card.as-waiting').first().waitFor({ state: 'detached' })

  it('is pleasant in every look, with all kinds of cards', async () => {
    const page = await desk.signedIn(agent)
    for (const [name, as, width, query] of [
      ['By type and priority', 'pivot', '2', 'view=pivot&filter=&rows=type&across=priority'],
      ['Kinds', 'graph', '2', 'view=graph&filter=&by=type&split=&chart=pie'],
      ['Urgent', 'list', '4', 'filter=urgent'],
      ['Gone', 'number', '1', 'facet.x_gone=1'],
    ] as const) {
      await page.goto(`/dashboard/add?${new URLSearchParams({ back: `/tickets?${query}` })}`)
      await page.getByLabel('Title').fill(name)
      await page.getByLabel('Shown as').selectOption(as)
      await page.getByLabel('Width').selectOption(width)
      await page.getByRole('button', { name: 'Add the card' }).click()
      await page.waitForURL('**/dashboard')
    }
    await page.goto('/dashboard?range=90')
    await whole(page)
    await expectSoundInEachLook(page, 'dashboard')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.locator('#menu-range').click()
    await expectSound(page, 'dashboard-range')
    const arabic = await desk.signedIn(agent, rightToLeft)
    await arabic.goto('/dashboard?range=90')
    await whole(arabic)
    await expectSoundInEachLook(arabic, 'dashboard-rtl')
  })

  it('is arranged with the mouse, and stays so', async () => {
    const page = await desk.signedIn(agent)
    await page.goto('/dashboard')
    await page.locator('.dash-cards.sorts').waitFor()
    const [first, second, third] = await titles(page)
    const head = (title: string) => page.locator('.dash-card', { hasText: title }).locator('header').first()
    const moved = page.waitForResponse((answer) => answer.url().endsWith('/move'))
    await head(third!).dragTo(head(first!), { sourcePosition: { x: 120, y: 10 }, targetPosition: { x: 10, y: 4 } })
    expect((await moved).status()).toBe(204)
    await page.reload()
    expect((await titles(page)).slice(0, 3)).toEqual([third, first, second])
  })

  it('is added to and arranged without a script', async () => {
    const page = await desk.signedIn(other, { javaScriptEnabled: false })
    await page.goto('/tickets?filter=urgent')
    await page.locator('#menu-star').click()
    await page.getByRole('link', { name: 'Add to the dashboard' }).click()
    await page.getByLabel('Title').fill('Burning')
    await page.getByLabel('Shown as').selectOption('number')
    await page.getByRole('button', { name: 'Add the card' }).click()
    await page.waitForURL('**/dashboard')
    expect((await titles(page)).at(-1)).toBe('Burning')
    await page.getByLabel('Card Burning').click()
    await page.getByRole('button', { name: 'Move towards the start' }).and(page.locator('.dash-card:last-child *')).click()
    expect((await titles(page)).at(-2)).toBe('Burning')
  })

  it('shows a card that takes long as soon as it is there', async () => {
    const page = await desk.signedIn(other)
    await page.goto(`/dashboard/add?${new URLSearchParams({ back: '/ticket-tags' })}`)
    await page.getByLabel('Title').fill('Tags')
    await page.getByLabel('Shown as').selectOption('number')
    await page.getByRole('button', { name: 'Add the card' }).click()
    await page.waitForURL('**/dashboard')
    const card = page.locator('.dash-card', { hasText: 'Tags' })
    const holder = await desk.app.connection.pool.connect()
    try {
      await holder.query('begin; lock table ticket_tag in access exclusive mode')
      await page.reload()
      await card.getByText('Still counting…').waitFor()
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    expect(await card.locator('.dash-number b').textContent()).toBe('0')
    expect(await page.locator('.as-waiting').count()).toBe(0)
  })

  it('opens the dialog of a card, and from a number exactly what it counted', async () => {
    const page = await desk.signedIn(other)
    await page.goto('/dashboard')
    await page.getByLabel('Card Open tickets').click()
    await page.getByRole('link', { name: 'Change the card' }).and(page.locator('.dash-card:first-child *')).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByLabel('Title').fill('All that is open')
    await expectSound(page, 'dashboard-dialog')
    await dialog.getByRole('button', { name: 'Save' }).click()
    const card = page.locator('.dash-card', { hasText: 'All that is open' })
    await card.waitFor()
    // Before the first script has run the link is one like any other.
    await page.waitForLoadState()
    await page.getByRole('link', { name: 'Add a card' }).click()
    await dialog.getByLabel('What it shows').selectOption({ label: 'Partners' })
    await dialog.getByRole('button', { name: 'Continue' }).click()
    await dialog.getByLabel('Title').fill('Whom we serve')
    await dialog.getByLabel('Shown as').selectOption('number')
    await dialog.getByRole('button', { name: 'Add the card' }).click()
    expect(await page.locator('.dash-card', { hasText: 'Whom we serve' }).locator('.dash-number b').textContent()).toBe('1')
    const count = await card.locator('.dash-number b').textContent()
    await card.locator('.dash-number a').click()
    await page.waitForURL('**/tickets**')
    expect(await page.getByText(new RegExp(` / ${count}$`)).count()).toBeGreaterThan(0)
  })
})

/** A small desk of some months: of three teams, in several statuses. */
async function lively(app: TestApp): Promise<[string, string]> {
  const { identity, records } = await app.servicesFor({ door: 'system' })
  const agents: string[] = []
  for (const name of ['Amara Diallo', 'Femi Okafor'])
    agents.push((await identity.createUser({ email: `${name.replace(' ', '.')}@example.org`, name, roles: ['agent'] })).id)
  const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  const teams = await records.createMany(Team, [{ name: 'Payments' }, { name: 'Cards' }, { name: 'Data and registration' }])
  const levels = Object.values(priority)
  for (let n = 0; n < 60; n++) {
    const at = records.at(new Date(Date.now() - ((n * 37) % 84) * 86_400_000 - 60_000))
    const { id } = await at.create(Ticket, {
      subject: `Payment ${n} did not arrive`,
      partner,
      team: n % 7 === 0 ? null : teams[n % 3]!,
      assignee: n % 4 === 3 ? null : agents[n % 2]!,
      priority: levels[n % levels.length]!,
      type: n % 3 === 0 ? type.complaint : type.inquiry,
      status: n % 5 === 0 ? status.in_progress : status.new,
    })
    if (n % 3 === 1) await at.act(close, id, {})
  }
  return [agents[0]!, agents[1]!]
}
