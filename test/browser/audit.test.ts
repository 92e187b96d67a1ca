/** The audit log in a real browser: its words, its filters, a record with its personal part, the file. */
import { AuditEntry, User } from '@tessera/base'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, photographed } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('The audit log in a browser', { timeout: 60_000 }, () => {
  let ada: string
  let bea: string
  const desk = openDesk(['web', 'ticket'], async ({ app, system }) => {
    ada = (await system.identity.createUser({ email: 'ada@example.org', name: 'Ada Diallo', roles: ['administrator'] })).id
    bea = (await system.identity.createUser({ email: 'bea@example.org', name: 'Bea Roe', roles: ['agent'] })).id
    const own = await app.servicesFor({ door: 'web', user: ada })
    await own.records.update(User, bea, { roles: [{ code: 'manager' }, { code: 'viewer' }] })
    await own.identity.createKey(ada, 'Nightly export')
    await system.identity.signIn('eve@example.org', 'not the password', { ip: '192.0.2.7', agent: 'Firefox' }).catch(() => undefined)
  })

  it('is found in the menu, says who did what, and shows what stands behind an entry', async () => {
    const page = await desk.signedIn(ada)
    await page.goto('/')
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('Ada Diallo changed the roles of Bea Roe.').first().waitFor()
    await page.getByText('A sign-in as an unknown user was refused.').waitFor()
    await expectSound(page, 'audit-list')
    await page.getByRole('link', { name: 'Ada Diallo changed the roles of Bea Roe.' }).first().click()
    await page.getByText('Roles: agent → manager, viewer').waitFor()
    await page.getByText('Email address: bea@example.org').waitFor()
    await expectSound(page, 'audit-entry')
  })

  it('is narrowed to a kind and to a person, and taken out as a file of just that', async () => {
    const page = await desk.signedIn(ada)
    await page.goto(`/audit-entries?facet.kind=user.rights&facet.actor=${ada}`)
    await page.getByRole('link', { name: 'Export' }).click()
    await page.getByRole('radio', { name: 'CSV' }).check()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()])
    expect(download.suggestedFilename()).toMatch(/^audit-entries-.*\.csv$/)
    const parts: string[] = []
    for await (const part of await download.createReadStream()) parts.push(String(part))
    const lines = parts.join('').trim().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain('Ada Diallo changed the roles of Bea Roe.')
  })

  it('says that a personal part was erased', async () => {
    await desk.app.connection.run(`update audit_personal set salt = null, details = null where details ->> 'email' = 'eve@example.org'`)
    const { rows } = await desk.system.records.query(AuditEntry, { fields: [], where: { kind: 'sign-in.refused' } })
    const page = await desk.signedIn(ada)
    await page.goto(`/audit-entries/${rows[0]!.id}`)
    await page.getByText('The personal details of this entry were erased.').waitFor()
    expect(await page.content()).not.toContain('192.0.2.7')
    await photographed(page, 'audit-erased')
  })

  it('fits a telephone, the dark and a language from right to left', async () => {
    const page = await desk.signedIn(ada, { viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'ar' })
    await page.goto('/audit-entries')
    await page.getByText('تغيير أدوار Bea Roe بواسطة Ada Diallo.').first().waitFor()
    await expectSound(page, 'audit-phone')
    await page.getByRole('link', { name: 'تغيير أدوار Bea Roe بواسطة Ada Diallo.' }).first().click()
    await page.getByText('الأدوار: agent ← manager، viewer').waitFor()
    await page.getByText('التغيير: أدوار أخرى').waitFor()
    await page.getByText('البريد الإلكتروني: bea@example.org').waitFor()
  })
})
