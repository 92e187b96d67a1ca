/** The audit log in a real browser: its words, its filters, a record with its personal part, the file. */
import AxeBuilder from '@axe-core/playwright'
import { AuditEntry, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Chromium, chromiumPath, openChromium } from './chromium.ts'

describe.skipIf(!chromiumPath)('The audit log in a browser', { timeout: 60_000 }, () => {
  let app: TestApp
  let browser: Chromium
  let system: Services
  let ada: string
  let bea: string

  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
    system = await app.servicesFor({ door: 'system' })
    ada = (await system.identity.createUser({ email: 'ada@example.org', name: 'Ada Diallo', roles: ['administrator'] })).id
    bea = (await system.identity.createUser({ email: 'bea@example.org', name: 'Bea Roe', roles: ['agent'] })).id
    const own = await app.servicesFor({ door: 'web', user: ada })
    await own.records.update(User, bea, { roles: [{ code: 'manager' }, { code: 'viewer' }] })
    await own.identity.createKey(ada, 'Nightly export')
    await system.identity.signIn('eve@example.org', 'not the password', { ip: '192.0.2.7', agent: 'Firefox' }).catch(() => undefined)
    browser = await openChromium(await app.listen())
  })
  afterEach(async () => {
    expect(await browser.leave()).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.page(options)
    await page.goto(`/sign-in/${await system.identity.createLink(ada, 'sign-in')}`)
    await page.locator('form button').first().click()
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    return page
  }
  const look = async (page: Page, name: string) => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/audit-${name}.png`, fullPage: true })
  }
  const faults = async (page: Page) =>
    (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)

  it('is found in the menu, says who did what, and shows what stands behind an entry', async () => {
    const page = await signedIn()
    await page.goto('/')
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('Ada Diallo changed the roles of Bea Roe.').first().waitFor()
    await page.getByText('A sign-in as an unknown user was refused.').waitFor()
    expect(await faults(page)).toEqual([])
    await look(page, 'list')
    await page.getByRole('link', { name: 'Ada Diallo changed the roles of Bea Roe.' }).first().click()
    await page.getByText('roles: agent → manager, viewer').waitFor()
    await page.getByText('email: bea@example.org').waitFor()
    expect(await faults(page)).toEqual([])
    await look(page, 'entry')
  })

  it('is narrowed to a kind and to a person, and taken out as a file of just that', async () => {
    const page = await signedIn()
    await page.goto(`/audit-entries?facet.kind=user.rights&facet.actor=${ada}`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export as CSV' }).click()])
    expect(download.suggestedFilename()).toMatch(/^audit-entries-.*\.csv$/)
    const parts: string[] = []
    for await (const part of await download.createReadStream()) parts.push(String(part))
    const lines = parts.join('').trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('Ada Diallo changed the roles of Bea Roe.')
  })

  it('says that a personal part was erased', async () => {
    await app.connection.run(`update audit_personal set salt = null, details = null where details ->> 'email' = 'eve@example.org'`)
    const { rows } = await system.records.query(AuditEntry, { fields: [], where: { kind: 'sign-in.refused' } })
    const page = await signedIn()
    await page.goto(`/audit-entries/${rows[0]!.id}`)
    await page.getByText('The personal details of this entry were erased.').waitFor()
    expect(await page.content()).not.toContain('192.0.2.7')
    await look(page, 'erased')
  })

  it('fits a telephone, the dark and a language from right to left', async () => {
    const page = await signedIn({ viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'ar' })
    await page.goto('/audit-entries')
    await page.getByText('تغيير أدوار Bea Roe بواسطة Ada Diallo.').first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await faults(page)).toEqual([])
    await look(page, 'phone')
  })
})
