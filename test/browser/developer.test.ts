/** Developer mode in a real browser: what it says, in every look, and that it is on. */
import { Partner } from '@tessera/partner'
import { Ticket, type } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Developer mode in a browser', { timeout: 150_000 }, () => {
  let administrator: string
  const desk = openDesk(['ticket', 'spp'], async ({ system }) => {
    administrator = (await system.identity.createUser({ email: 'root@example.org', name: 'Noor Bakker', roles: ['administrator'] })).id
    const partner = (await system.records.create(Partner, { name: 'Marta Oyelaran', email: 'marta@example.org' })).id
    await system.records.create(Ticket, { subject: 'A lamp is out', partner, type: type.inquiry })
  })

  it('is turned on in the user menu, says what is under the pointer, and opens below the page', async () => {
    const page = await desk.signedIn(administrator)
    await page.goto('/tickets')
    await page.locator('.side-user summary').click()
    await page.getByRole('button', { name: 'Developer mode' }).click()
    await page.getByRole('link', { name: 'Developer mode' }).waitFor()
    await page.locator('[data-column="sppProgram"]').hover()
    await expect.poll(() => page.locator('[data-told]').textContent()).toContain('ticket.sppProgram · → program · spp · put here by spp')
    await page.getByRole('link', { name: 'Developer mode' }).click()
    await page.getByRole('heading', { name: 'Statements' }).waitFor()
    await expectSoundInEachLook(page, 'developer-list')
    await page.goto('/partners/new')
    await page.locator('#f-name').focus()
    await expect.poll(() => page.locator('[data-told]').textContent()).toContain('partner.name · string · partner')
    const arabic = await desk.signedIn(administrator, rightToLeft)
    await arabic.goto('/tickets')
    await arabic.locator('.developer summary').click()
    await expectSound(arabic, 'developer-arabic')
  })

  it('is there without a script', async () => {
    const page = await desk.signedIn(administrator, { javaScriptEnabled: false })
    await page.goto('/tickets')
    await page.locator('.developer > summary').click()
    expect(await page.locator('.developer-statements li').count()).toBeGreaterThanOrEqual(3)
  })
})
