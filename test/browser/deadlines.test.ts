/** Deadlines in a real browser: a chip says how much is left, and goes on saying so while the page stays open. */
import { Partner } from '@tessera/partner'
import { SlaPolicy } from '@tessera/sla'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A deadline in a browser', { timeout: 150_000 }, () => {
  let agent: string
  let ticket: string
  const desk = openDesk(['web', 'sla'], async ({ system: { identity, records } }) => {
    agent = (await identity.createUser({ email: 'ana@example.org', name: 'Ana', roles: ['agent'] })).id
    const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
    await records.create(SlaPolicy, { name: 'All', firstResponse: 400, resolution: 300, atRisk: 60 })
    ticket = (await records.create(Ticket, { subject: 'Payment is late', partner, assignee: agent })).id
  })

  it('counts on in the list, from running to at risk to overdue, without the page being loaded again', async () => {
    const page = await desk.signedIn(agent)
    await page.clock.install({ time: new Date() })
    await page.goto('/tickets')
    const chip = page.locator('tbody [data-due]')
    await expect.poll(() => chip.textContent()).toMatch(/^(5 h|4 h 59 m) left, due .+ \d\d:\d\d$/)
    await page.locator('body').evaluate((body) => body.setAttribute('data-mark', 'same page'))
    await page.clock.fastForward('04:30:00')
    await expect.poll(() => chip.textContent()).toMatch(/^(30|29|28) m left/)
    expect(await chip.getAttribute('class')).toBe('badge amber')
    expect(await chip.locator('use').getAttribute('href')).toContain('#hourglass')
    await page.clock.fastForward('01:45:00')
    await expect.poll(() => chip.textContent()).toMatch(/^1 h 1[4-7] m over/)
    expect(await chip.getAttribute('class')).toBe('badge red')
    expect(await page.locator('body').getAttribute('data-mark')).toBe('same page')
  })

  it('is said without a script too, with the time by which it is due beside it on the record', async () => {
    const page = await desk.signedIn(agent, { javaScriptEnabled: false })
    await page.goto(`/tickets/${ticket}`)
    const first = page.locator('.field', { hasText: 'First response' }).locator('.badge')
    expect(await first.textContent()).toMatch(/^6 h (40|39) m left, due /)
    expect(await first.getAttribute('title')).toMatch(/^due .+ \d\d:\d\d$/)
    const beside = page.locator('.field', { hasText: 'Resolution' }).locator('.badge + .muted')
    expect(await beside.first().textContent()).toMatch(/^(Today|Tomorrow), \d\d:\d\d$/)
  })
})
