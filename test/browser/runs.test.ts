/** What somebody did to many, in a browser: followed to its end, put back, and found again. */
import { Partner } from '@tessera/partner'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A deed to many in a browser', { timeout: 90_000 }, () => {
  let manager: string
  const desk = openDesk(['web', 'ticket'], async ({ system }) => {
    manager = (await system.identity.createUser({ email: 'lucia@example.org', name: 'Lucia Rossi', roles: ['manager'] })).id
    await system.records.createMany(
      Partner,
      Array.from({ length: 204 }, (_, at) => ({ name: `Lamp ${at}`, city: 'Harbour' })),
    )
  })
  const inTown = () => desk.system.records.count(Partner, { where: { city: 'Old Town' } })

  it('goes on while one looks, is put back by a press, and stands among one’s own runs', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/partners')
    await page.getByLabel('Select the whole page').check()
    await page.getByRole('link', { name: /Select all/ }).click()
    await page.getByRole('button', { name: 'Change a field…' }).click()
    await page.getByLabel('Field', { exact: true }).selectOption('city')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.locator('dialog').getByLabel('City').fill('Old Town')
    await page.getByRole('button', { name: 'Change them all' }).click()
    await page.getByText('20 of 204 done').waitFor()
    await expectSound(page, 'run-going')
    await desk.app.queue.drain()
    await page.getByText('204 done, 0 refused').waitFor()
    expect(await inTown()).toBe(204)
    await desk.system.records.update(Partner, (await desk.system.records.find(Partner, { name: 'Lamp 3' }))!.id, { city: 'Elsewhere' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await desk.app.queue.drain()
    await page.getByText('203 done, 1 refused').waitFor()
    await expectSoundInEachLook(page, 'run-undone')
    expect(await inTown()).toBe(0)
    await page.getByRole('link', { name: 'My runs' }).last().click()
    await page.getByRole('heading', { name: 'My runs' }).waitFor()
    await expectSoundInEachLook(page, 'own-runs')
    await page.getByRole('link', { name: 'City: 204 partners', exact: true }).click()
    await page.getByText('This change was put back.').waitFor()
  })
})
