/** The people of a company in a real browser: lines that come and go without the page being loaded, and are saved with it. */
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { visitorAs } from '../../modules/web/server/visitor.ts'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, photographed, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Lines of a form in a browser', { timeout: 120_000 }, () => {
  let company: string
  let manager: string
  const desk = openDesk(['ticket', 'web'], async ({ app, system }) => {
    manager = (await visitorAs(app, 'manager')).user
    company = (await system.records.create(Partner, { name: 'Harbour Freight', kind: 'company', city: 'Lisbon' })).id
    for (const [name, email] of [
      ['Ada Lovelace', 'ada@harbour.example'],
      ['Grace Hopper', 'grace@harbour.example'],
    ])
      await system.records.create(Partner, { name: name!, email: email!, company })
    await system.records.create(Ticket, { subject: 'Container is late', partner: company })
  })

  it('come and go by keyboard, keep what was typed, and are saved with the record', async () => {
    const page = await desk.signedIn(manager)
    await page.goto(`/partners/${company}`)
    await page.getByLabel('City').fill('Porto')
    const add = page.getByRole('button', { name: 'Add a line' })
    await add.focus()
    await page.keyboard.press('Enter')
    const lines = page.locator('[data-lines] tbody tr')
    await expect.poll(() => lines.count()).toBe(3)
    // The new line has the focus.
    await page.keyboard.type('Mary Shelley')
    await page.keyboard.press('Tab')
    await page.keyboard.type('no address')
    await page.getByRole('button', { name: 'Remove Grace Hopper' }).click()
    await page.getByText('is deleted when you save').waitFor()
    expect(await page.getByLabel('City').inputValue()).toBe('Porto')
    await photographed(page, 'lines-story')
    await page.keyboard.press('Control+s')
    await page.getByText('Nothing was saved: some lines need you').waitFor()
    await expectSoundInEachLook(page, 'lines-refused')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByLabel('Email', { exact: true }).last().fill('mary@harbour.example')
    await page.keyboard.press('Control+s')
    await page.getByText('Saved', { exact: true }).waitFor()
    const { rows } = await desk.system.records.query(Partner, { fields: ['name'], where: { company } })
    expect(rows.map(({ name }) => name)).toEqual(['Ada Lovelace', 'Mary Shelley'])
    await expectSoundInEachLook(page, 'lines-form')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.locator('summary[aria-label="More"]').click()
    await photographed(page, 'record-menu')
    await page.getByRole('link', { name: 'Delete…' }).click()
    await page.getByText('need it as Company').waitFor()
    await expectSound(page, 'delete-question')
  })

  it('are read from right to left in Arabic', async () => {
    const page = await desk.signedIn(manager, rightToLeft)
    await page.goto(`/partners/${company}`)
    await expectSound(page, 'lines-rtl')
  })
})
