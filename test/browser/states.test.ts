/** What stands where nothing can be shown, in a real browser: pages that went wrong, and screens that are empty. */
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Where nothing can be shown', { timeout: 150_000 }, () => {
  let manager: string
  const desk = openDesk(['access', 'assignment-rules', 'notifications', 'portal', 'reporting', 'ticket'], async ({ system }) => {
    manager = (await system.identity.createUser({ email: 'ana@example.org', name: 'Ana Kovač', roles: ['manager'] })).id
  })

  it.each([
    ['/nothing-here', 'There is nothing here', 'Go to the start'],
    ['/tickets/00000000-0000-7000-8000-000000000000', 'There is nothing here', 'Back to the list'],
    ['/access/roles', 'You may not see this', 'Go to the start'],
    ['/tickets?filter=', 'No tickets yet', 'Create the first ticket'],
    ['/tickets?q=zzz', 'No tickets match', 'Clear filters'],
    ['/tickets?view=kanban', 'No tickets yet', 'Create the first ticket'],
    ['/tickets?view=kanban&q=zzz', 'No tickets match', 'Clear filters'],
    ['/notifications', 'No notifications yet', 'Go to the start'],
    ['/my-activities', 'Nothing to do', 'Go to the start'],
  ])('%s says so, and what to do next', async (path, title, next) => {
    const page = await desk.signedIn(manager, { viewport: { width: 768, height: 800 } })
    await page.goto(path)
    await page.getByRole('heading', { name: title }).waitFor()
    await page.locator('main').getByRole('link', { name: next }).waitFor()
    await expectSound(page, `states${path.replaceAll(/[?&=]/g, '-')}`)
  })

  it.each([
    ['/assignment-rules/try', 'No rule holds'],
    ['/reports/volume', 'All'],
  ])('%s shows what it counts although there is nothing yet', async (path, row) => {
    const page = await desk.signedIn(manager, { viewport: { width: 768, height: 800 } })
    await page.goto(path)
    await page.getByRole('rowheader', { name: row, exact: true }).waitFor()
    await expectSound(page, `states${path}`)
  })

  it('a session that has ended is told on the page that asks to sign in again, also from right to left', async () => {
    const page = await desk.signedIn(manager, { ...rightToLeft, viewport: { width: 360, height: 740 } })
    await page.goto('/tickets?q=zzz')
    await page.context().clearCookies()
    await page.context().addCookies([{ name: 'tessera', value: 'ended', url: page.url(), httpOnly: true, sameSite: 'Lax' }])
    await page.reload()
    await page.getByText('انتهت جلستك').waitFor()
    expect(await page.locator('input[name=next]').getAttribute('value')).toBe('/tickets?q=zzz')
    await expectSound(page, 'states-ended-arabic')
  })
})
