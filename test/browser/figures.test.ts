/** Charts and pivots in a real browser: legible in light and dark, on a phone and from right to left, and led through by links. */
import { Team } from '@tessera/base'
import type { TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, priority, Ticket, type } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, photographed, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

const views: Readonly<Record<string, string>> = {
  graph: '/tickets?view=graph&filter=',
  lines: '/tickets?view=graph&filter=&chart=line&split=priority',
  pie: '/tickets?view=graph&filter=&by=team&chart=pie',
  lying: '/tickets?view=graph&filter=&by=assignee&split=',
  pivot: '/tickets?view=pivot&filter=',
}

describe.skipIf(!chromiumPath)('Figures in a browser', { timeout: 90_000 }, () => {
  let manager: string
  const desk = openDesk(['web', 'ticket'], async ({ app }) => {
    manager = await lively(app)
  })

  it.each(Object.entries(views))('are legible for everybody: %s', async (name, path) => {
    const page = await desk.signedIn(manager)
    await page.goto(path)
    for (const summary of await page.locator('.numbers summary').all()) await summary.click()
    await expectSoundInEachLook(page, name)
  })

  it('lead from a bar to the tickets that it counts', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/tickets')
    await page.getByRole('link', { name: 'Chart' }).click()
    await page.locator('#menu-category').click()
    await photographed(page, 'graph-menu')
    await page.locator('.menu[open]').getByRole('link', { name: 'Team', exact: true }).click()
    await page.waitForURL(/by=team/)
    const mark = page.locator('.chart a:has(title)').first()
    const count = /: (\d+)$/.exec((await mark.locator('title').textContent()) ?? '')?.[1]
    await mark.dispatchEvent('click')
    await page.waitForURL((url) => !url.searchParams.has('view'))
    await expect.poll(() => page.locator('.bar .pager bdi').textContent()).toBe(`1–${count} / ${count}`)
  })

  it('are opened in place, led through by the keyboard, and swapped, from right to left too', async () => {
    const page = await desk.signedIn(manager, rightToLeft)
    await page.goto('/tickets?view=pivot&filter=&measures=count')
    const rows = page.locator('.pivot tbody tr')
    const closed = await rows.count()
    await page.locator('#row-0').press('Enter')
    await expect.poll(() => rows.count()).toBeGreaterThan(closed)
    expect(await page.evaluate('document.activeElement.id')).toBe('row-0')
    expect(await page.locator('#row-0').getAttribute('aria-expanded')).toBe('true')
    await expectSound(page, 'pivot-rtl')
    await page.goBack()
    await expect.poll(() => rows.count()).toBe(closed)
    await page.goto('/tickets?view=graph&filter=&by=team')
    await expectSound(page, 'lying-rtl')
    await page.goto('/tickets?view=graph&filter=')
    await expectSound(page, 'graph-rtl')
  })

  it('need no script', async () => {
    const page = await desk.signedIn(manager, { javaScriptEnabled: false })
    await page.goto('/tickets?view=pivot&filter=&rows=type,priority&across=')
    const cell = page.locator('.pivot tbody tr').first().locator('td a').first()
    const count = await cell.textContent()
    await page.locator('#row-0').click()
    await page.waitForURL(/row=/)
    await page.locator('.pivot tbody tr').first().locator('td a').first().click()
    await page.waitForURL((url) => !url.searchParams.has('view'))
    expect(await page.locator('.bar .pager bdi').textContent()).toBe(`1–${count} / ${count}`)
  })
})

/** Some months of a small desk. */
async function lively(app: TestApp): Promise<string> {
  const { identity, records } = await app.servicesFor({ door: 'system' })
  const people: string[] = []
  for (const name of ['Amara Diallo', 'Femi Okafor', 'Elif Demir'])
    people.push((await identity.createUser({ email: `${name.replace(' ', '.')}@example.org`, name, roles: ['manager'] })).id)
  const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  const teams = await records.createMany(Team, [{ name: 'Payments' }, { name: 'Cards' }, { name: 'Data and registration' }])
  const hour = 3_600_000
  const now = Date.now()
  for (let n = 0; n < 90; n++) {
    const filed = now - ((n * 37) % 150) * 24 * hour - hour
    const at = (hours: number) => records.at(new Date(Math.min(now - 1000, filed + hours * hour)))
    const { id } = await at(0).create(Ticket, {
      subject: `Payment ${n} did not arrive`,
      partner,
      type: Object.values(type)[n % Object.values(type).length]!,
      team: n % 7 === 0 ? null : teams[n % 3]!,
      assignee: n % 4 === 3 ? null : people[n % 3]!,
      priority: Object.values(priority)[n % 4]!,
    })
    if (n % 3 > 0) await at(8 + (n % 40)).act(close, id, {})
  }
  return people[0]!
}
