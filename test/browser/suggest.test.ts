/** A search that suggests, in a real browser: chosen by keyboard; without a choice Enter searches. */
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { visitorAs } from '../../modules/web/server/visitor.ts'
import { chromiumPath } from './chromium.ts'
import { expectSoundInEachLook } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A search that suggests', { timeout: 120_000 }, () => {
  let agent: string
  const desk = openDesk(['ticket', 'web'], async ({ app, system }) => {
    agent = (await visitorAs(app, 'agent')).user
    const partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
    await system.records.create(Ticket, { subject: 'Urgent: card is lost', partner })
  })

  it('is worked by keyboard, keeps out of the way of Enter, and loads no page', async () => {
    const page = await desk.signedIn(agent)
    await page.goto('/tickets')
    await page.keyboard.press('/')
    await page.keyboard.type('urgent')
    await page.getByRole('option', { name: 'Search Subject for: urgent' }).waitFor()
    await expectSoundInEachLook(page, 'suggest')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.keyboard.press('Escape')
    expect(await page.getByRole('listbox').isVisible()).toBe(false)
    await page.keyboard.type(' ')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('[aria-selected="true"]').textContent()).toBe('Search Subject for: urgent')
    await page.evaluate('window.stays = true')
    await page.keyboard.press('Enter')
    await page.waitForURL(/where=/)
    await page.locator('.chip', { hasText: 'Subject contains' }).waitFor()
    expect(await page.evaluate('window.stays')).toBe(true)
    await page.locator('#search').fill('card')
    await page.getByRole('option').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=card/)
    expect(await page.locator('.suggestions:visible').count()).toBe(0)
  })
})
