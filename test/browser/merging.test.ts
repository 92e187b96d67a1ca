/** Merging tickets, in a browser: by mouse, by keyboard, and without script. */
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Merging in a browser', { timeout: 90_000 }, () => {
  let manager: string
  let partner: string
  const desk = openDesk(['ticket'], async ({ system }) => {
    manager = (await system.identity.createUser({ email: 'lucia@example.org', name: 'Lucia Rossi', roles: ['manager'] })).id
    partner = (await system.records.create(Partner, { name: 'Marta Oyelaran' })).id
  })
  const file = async (subject: string) => (await desk.system.records.create(Ticket, { subject, partner })).id
  const intoOf = async (id: string) => (await desk.system.records.get(Ticket, id, ['mergedInto'])).mergedInto?.id ?? null

  it('by mouse: the list shows what was chosen, one remains, and one press undoes it', async () => {
    const [one, two] = [await file('Lamp flickers'), await file('Lamp is dark')]
    const page = await desk.signedIn(manager)
    await page.goto('/tickets?q=Lamp')
    await page.getByLabel('Select the whole page').check()
    await page.locator('.selection-bar').getByRole('button', { name: 'Merge' }).click()
    const dialog = page.locator('dialog')
    await dialog.getByRole('radio', { name: /Lamp is dark/ }).check()
    await dialog.getByRole('button', { name: 'Merge' }).click()
    await page.getByText('Merge: 1 done, 0 refused').waitFor()
    expect([await intoOf(one), await intoOf(two)]).toEqual([two, null])
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Put back: 1 done, 0 refused').waitFor()
    expect(await intoOf(one)).toBeNull()
  })

  it('by keyboard, and the merged ticket leads to the one that remains', async () => {
    const [one, two] = [await file('Tap drips'), await file('Tap runs')]
    const page = await desk.signedIn(manager)
    await page.goto('/tickets?q=Tap')
    for (const key of ['j', 'x', 'j', 'x', 'm']) await page.keyboard.press(key)
    await page.locator('dialog .one-of').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Merge: 1 done, 0 refused').waitFor()
    expect([await intoOf(one), await intoOf(two)]).toEqual([null, one])
    await page.goto(`/tickets/${two}`)
    await page.getByRole('link', { name: 'Say it there' }).click()
    await page.waitForURL(`**/tickets/${one}`)
    await page.getByRole('link', { name: /1 ?Merged/ }).waitFor()
  })

  it('without script, from the form and back', async () => {
    const [one, two] = [await file('Roof leaks'), await file('Water in the attic')]
    const page = await desk.signedIn(manager, { javaScriptEnabled: false })
    await page.goto(`/tickets/${one}/actions/merge`)
    await page.getByLabel('The one that remains').selectOption(two)
    await page.getByRole('button', { name: 'Merge' }).click()
    await page.getByText('It goes on there').waitFor()
    expect(await intoOf(one)).toBe(two)
    await page.getByRole('button', { name: 'Take apart' }).click()
    await page.getByRole('button', { name: 'Close' }).first().waitFor()
    expect(await intoOf(one)).toBeNull()
  })
})
