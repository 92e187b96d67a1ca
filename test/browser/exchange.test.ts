/** Taking records out as a file, in a browser. */
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('An export in a browser', { timeout: 60_000 }, () => {
  let manager: string
  const desk = openDesk(['web', 'ticket'], async ({ system }) => {
    manager = (await system.identity.createUser({ email: 'mona@example.org', name: 'Mona', roles: ['manager'] })).id
    const partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@mail.example' })).id
    await system.records.create(Ticket, { subject: 'The lamp is out', partner })
  })

  it.each([true, false])('chooses fields of the record and of its customer, and loads the file (script: %s)', async (javaScriptEnabled) => {
    const page = await desk.signedIn(manager, { javaScriptEnabled })
    await page.goto('/tickets')
    await page.getByRole('link', { name: 'Export' }).click()
    await page.getByRole('radio', { name: 'CSV' }).check()
    await page.locator('summary', { hasText: 'Partner' }).first().click()
    await page.locator('input[value="partner.email"]').check()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()])
    expect(file.suggestedFilename()).toMatch(/^tickets-.*\.csv$/)
    const text = await new Response((await file.createReadStream()) as unknown as ReadableStream).text()
    expect(text).toContain('Partner / Email')
    expect(text).toContain('fatou@mail.example')
  })
})
