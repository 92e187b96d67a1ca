/** The figures in a real browser: to be read, narrowed and opened, in light and dark, on a phone, with the keyboard and without a script. */
import AxeBuilder from '@axe-core/playwright'
import { Team } from '@tessera/base'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, priority, rate, reopen, reply, Ticket } from '@tessera/ticket'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'

describe.skipIf(!chromiumPath)('The dashboard in a browser', { timeout: 60_000 }, () => {
  let app: TestApp
  let browser: Chromium
  let address: string
  let agent: string

  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['reporting'])
    address = await app.listen()
    agent = (await lively(app)).agent
    browser = await openChromium(address)
  }, 60_000)
  afterEach(async () => {
    // No policy was broken and no script failed, whatever the story was.
    expect(await browser.leave()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.page(options)
    const { identity } = await app.servicesFor({ door: 'system' })
    await page.goto(`/sign-in/${await identity.createLink(agent, 'sign-in')}`)
    await page.getByRole('button', { name: 'Sign in as' }).click()
    await page.waitForURL('**/dashboard')
    return page
  }
  const photographed = async (page: Page, name: string): Promise<void> => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true })
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [device, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } })) {
      it(`is open to everybody in ${colorScheme} on a ${device}, and wider than no screen`, async () => {
        const page = await signedIn({ colorScheme, viewport })
        for (const [name, path] of Object.entries({ dashboard: '/dashboard?range=30', report: '/reports/volume?range=30&by=team,week' })) {
          await page.goto(path)
          await photographed(page, `${name}-${colorScheme}-${device}`)
          for (const summary of await page.locator('.numbers summary').all()) await summary.click()
          const { violations } = await new AxeBuilder({ page }).analyze()
          expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
          expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
        }
      })
    }
  }

  it('opens from a figure, a bar and a point the tickets that these count', async () => {
    const page = await signedIn()
    for (const mark of [
      '.figure .covering',
      '.figures-panel:not(.wide) .chart a',
      '.wide .chart a:has(title:text-matches(": [1-9]"))',
      'tbody td a:text-matches("^[1-9]")',
    ]) {
      await page.goto('/dashboard?range=30')
      const link = page.locator(mark).first()
      const count = /(\d+)\D*$/.exec((await link.textContent()) ?? '')?.[1]
      await link.dispatchEvent('click')
      await page.waitForURL('**/tickets?**')
      expect([mark, (await page.getByText(new RegExp(` / ${count}$`)).count()) > 0]).toEqual([mark, true])
    }
  })

  it('is narrowed to a team at once, and without a script by a button', async () => {
    const page = await signedIn()
    await page.locator('select[name=team]').selectOption({ label: 'Payments' })
    await page.waitForURL(/team=/)
    expect(await page.getByRole('rowheader').allTextContents()).not.toContain('Cards')
    const plain = await signedIn({ javaScriptEnabled: false })
    await plain.locator('select[name=team]').selectOption({ label: 'Payments' })
    await plain.getByRole('button', { name: 'Apply' }).click()
    await plain.waitForURL(/team=/)
    await plain.getByRole('link', { name: '7 days' }).click()
    await plain.waitForURL(/range=7/)
    expect(plain.url()).toContain('team=')
  })
})

/** Some weeks of a small desk: tickets of three teams, answered, closed, reopened and rated at various speed. */
async function lively(app: TestApp): Promise<{ agent: string }> {
  const { identity, records } = await app.servicesFor({ door: 'system' })
  const agents: string[] = []
  for (const name of ['Amara Diallo', 'Femi Okafor', 'Elif Demir'])
    agents.push((await identity.createUser({ email: `${name.replace(' ', '.')}@example.org`, name, roles: ['agent'] })).id)
  const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  const teams = await records.createMany(Team, [{ name: 'Payments' }, { name: 'Cards' }, { name: 'Data and registration' }])
  const levels = Object.values(priority)
  const hour = 3_600_000
  const now = Date.now()
  for (let n = 0; n < 120; n++) {
    // Spread by a fixed stride, so that every run shows the same.
    const filed = now - ((n * 37) % 56) * 24 * hour - ((n * 7) % 23) * hour - hour
    const at = (hours: number) => records.at(new Date(Math.min(now - 1000, filed + hours * hour)))
    const { id } = await at(0).create(Ticket, {
      subject: `Payment ${n} did not arrive`,
      partner,
      team: n % 7 === 0 ? null : teams[n % 3]!,
      assignee: n % 4 === 3 ? null : agents[n % 3]!,
      priority: levels[n % levels.length]!,
    })
    if (n % 5 > 0) await at(0.3 + (n % 6)).act(reply, id, { body: 'We are looking into it.' })
    if (n % 3 === 0) continue
    await at(8 + (n % 40)).act(close, id, {})
    if (n % 2 === 0) await at(50).act(rate, id, { rating: 1 + ((n * 3) % 5) })
    if (n % 11 === 0) await at(60).act(reopen, id, {})
  }
  return { agent: agents[0]! }
}
