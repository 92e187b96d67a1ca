/** The figures in a real browser: to be read, narrowed and opened, in light and dark, on a phone, with the keyboard and without a script. */
import { Team } from '@tessera/base'
import type { TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, priority, rate, reopen, reply, Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSoundInEachLook } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('The reports in a browser', { timeout: 60_000 }, () => {
  let agent: string
  const desk = openDesk(['reporting'], async ({ app }) => {
    agent = (await lively(app)).agent
  })

  it('is open to everybody', async () => {
    const page = await desk.signedIn(agent)
    for (const [name, path] of Object.entries({ reports: '/reports?range=30', report: '/reports/volume?range=30&by=team,week' })) {
      await page.goto(path)
      for (const summary of await page.locator('.numbers summary').all()) await summary.click()
      await expectSoundInEachLook(page, name)
    }
  })

  it('opens from a figure, a bar and a point the tickets that these count', async () => {
    const page = await desk.signedIn(agent)
    for (const mark of [
      '.figure .covering',
      '.figures-panel:not(.wide) .chart a',
      '.wide .chart a:has(title:text-matches(": [1-9]"))',
      'tbody td a:text-matches("^[1-9]")',
    ]) {
      await page.goto('/reports?range=30')
      const link = page.locator(mark).first()
      const count = /(\d+)\D*$/.exec((await link.textContent()) ?? '')?.[1]
      await link.dispatchEvent('click')
      await page.waitForURL('**/tickets?**')
      expect([mark, (await page.getByText(new RegExp(` / ${count}$`)).count()) > 0]).toEqual([mark, true])
    }
  })

  it('is narrowed to a team at once, and without a script by a button', async () => {
    const page = await desk.signedIn(agent)
    await page.goto('/reports')
    await page.locator('select[name=team]').selectOption({ label: 'Payments' })
    await page.waitForURL(/team=/)
    expect(await page.getByRole('rowheader').allTextContents()).not.toContain('Cards')
    const plain = await desk.signedIn(agent, { javaScriptEnabled: false })
    await plain.goto('/reports')
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
