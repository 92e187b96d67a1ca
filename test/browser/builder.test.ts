/** Conditions are put together in a real browser: by keyboard, on a phone, in a dialog; for everybody to use. */
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { photographed } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('The builder of conditions in a browser', { timeout: 120_000 }, () => {
  let manager: string
  const desk = openDesk(['web', 'assignment-rules'], async ({ system: { identity, records } }) => {
    manager = (await identity.createUser({ email: 'ella@example.org', name: 'Ella Winter', roles: ['manager'] })).id
    const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
    for (const subject of ['Late payment', 'Lost card', 'Card broken']) await records.create(Ticket, { subject, partner })
  })

  it('adds a row by the keyboard, keeps the focus and what was typed, and counts', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/assignment-rules/new')
    await page.getByRole('button', { name: 'Condition', exact: true }).focus()
    await page.keyboard.press('Enter')
    const field = page.getByRole('combobox', { name: 'Field of condition 1' })
    await expect.poll(() => field.evaluate((node) => node.matches(':focus'))).toBe(true)
    await field.selectOption('subject')
    const value = page.getByRole('textbox', { name: 'Value of Subject' })
    await value.fill('card')
    await expect.poll(() => page.locator('[data-builder-count]').textContent()).toContain('2 of 3 tickets match')
    await page.getByRole('button', { name: 'Group', exact: true }).click()
    await page.getByRole('combobox', { name: 'Field of condition 1' }).nth(1).waitFor()
    expect(await value.inputValue()).toBe('card')
    expect(page.url()).toContain('/assignment-rules/new')
    await page.getByRole('button', { name: 'Remove group' }).click()
    await expect.poll(() => page.locator('.builder-row').count()).toBe(1)
    await photographed(page, 'builder-new')
    page.on('dialog', (dialog) => dialog.accept())
  })

  it('narrows a list in a dialog', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/tickets?filter=')
    await page.locator('#menu-filter').click()
    await page.getByRole('link', { name: 'Custom filter' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Condition', exact: true }).click()
    await dialog.getByRole('combobox', { name: 'Field of condition 1' }).selectOption('subject')
    await dialog.getByRole('textbox', { name: 'Value of Subject' }).fill('card')
    await photographed(page, 'builder-dialog')
    await dialog.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByText('Subject contains card').waitFor()
    expect((await page.locator('.chip-edit').boundingBox())?.width).toBeGreaterThan(100)
    await photographed(page, 'builder-chip')
  })
})
