/** What surrounds every screen, in a real browser: the palette, the shortcuts, what one chose for oneself. */
import { Partner } from '@tessera/partner'
import { Ticket, type } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('The shell in a browser', { timeout: 150_000 }, () => {
  let agent: string
  let ticket: string
  const desk = openDesk(['access', 'ticket'], async ({ system }) => {
    agent = (await system.identity.createUser({ email: 'ana@example.org', name: 'Ana Kovač', roles: ['agent'] })).id
    const partner = (await system.records.create(Partner, { name: 'Marta Oyelaran', email: 'marta@example.org' })).id
    for (const subject of ['Deep pothole in the left lane', 'Row of potholes by the depot', 'A lamp is out']) {
      ticket = (await system.records.create(Ticket, { subject, partner, type: type.inquiry })).id
    }
  })

  it('finds, opens and acts by the keyboard alone, and gives the focus back', async () => {
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await page.locator('[data-save]').focus()
    await page.keyboard.press('Control+k')
    const input = page.getByRole('combobox', { name: 'Search and commands' })
    await input.waitFor()
    expect(await page.locator('.palette-section').first().textContent()).toBe('On this ticket')
    await page.keyboard.press('Escape')
    await input.waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement.matches("[data-save]")')).toBe(true)

    await page.keyboard.press('Control+k')
    await input.fill('pothole')
    await page.getByRole('option', { name: /Row of potholes/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    const chosen = await input.getAttribute('aria-activedescendant')
    expect(await page.locator(`#${chosen}`).getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Deep pothole in the left lane' }).waitFor()

    await page.keyboard.press('Control+k')
    await input.fill('close')
    await page.getByRole('option', { name: 'Close', exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: /Close/ }).waitFor()
  })

  it('goes to places by letters, tells all shortcuts, and does without when somebody wants none', async () => {
    const page = await desk.signedIn(agent)
    await page.goto('/tickets')
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.waitForURL('**/partners')
    await page.locator('#search').focus()
    await page.keyboard.type('gt?')
    expect(await page.locator('#search').inputValue()).toBe('gt?')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Shortcuts' })
    expect(await sheet.textContent()).toMatch(/Search and commands.*Go to a place.*Tickets/)
    await expectSound(page, 'shell-hotkeys')
    const told = page.waitForResponse('**/preferences')
    await sheet.getByLabel('Single letters are shortcuts').uncheck()
    await told
    await page.keyboard.press('Escape')
    await page.goto('/partners')
    await page.keyboard.press('?')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
    expect(await sheet.count()).toBe(0)
  })

  it('shows the document of the API by a script of this server alone', async () => {
    const page = await desk.signedIn(agent)
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(page.url()).origin) elsewhere.push(request.url())
    })
    await page.goto('/api/docs', { waitUntil: 'networkidle' })
    await page.locator('h1').first().waitFor({ timeout: 40_000 })
    await page.getByRole('link', { name: 'ticket' }).first().waitFor()
    expect(elsewhere.filter((url) => !/^(data|blob):/.test(url))).toEqual([])
  })
})
