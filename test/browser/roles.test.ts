/** Roles and rules in a real browser: a role is made, given a rule and a member, and the member sees just that; for everybody to use. */
import { Team } from '@tessera/base'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, photographed, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Roles and rules in a browser', { timeout: 300_000 }, () => {
  let administrator: string
  const desk = openDesk(['access', 'assignment-rules', 'reporting'], async ({ app, system: { identity, records } }) => {
    administrator = (await identity.createUser({ email: 'ruth@example.org', name: 'Ruth Okello', roles: ['administrator'] })).id
    const amara = await identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })
    await identity.createUser({ email: 'femi@example.org', name: 'Femi Okafor', roles: ['viewer'] })
    const [payments, cards] = await records.createMany(Team, [{ name: 'Payments', members: [amara.id] }, { name: 'Cards' }])
    const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
    for (const team of [payments, cards, null])
      await records.create(Ticket, {
        subject: `Of ${team === payments ? 'payments' : team ? 'cards' : 'nobody'}`,
        partner,
        team: team ?? null,
      })
    const { rules } = await app.servicesFor({ door: 'api', user: administrator })
    await rules.change('viewer', 'user', 'base', [{ verbs: ['read'], fields: ['name'] }])
    await rules.change('manager', 'team', 'base', [{ verbs: ['create', 'update'], where: { active: true } }])
    await rules.change('customer', 'team', '', [{ verbs: ['read'], where: { active: true } }])
    // As an upgrade leaves them: one whose module shipped something else then, one that names a field which is gone.
    await app.connection.pool.query(`update rule_set set basis = '[{"verbs": ["create"]}]' where module = 'base' and model = 'team'`)
    await app.connection.pool.query(`update rule_set set rules = replace(rules::text, '"active"', '"gone"')::jsonb where module = ''`)
  })
  const screens = {
    role: '/access/roles/agent',
    cell: '/access/roles/agent?model=ticket&action=update#rules',
    fields: '/access/roles/customer?model=user&action=read#rules',
    new: '/access/roles/new',
    compare: '/access/roles/compare?left=agent&right=manager',
    drift: '/access/drift',
  }

  it('are open to everybody', async () => {
    const page = await desk.signedIn(administrator)
    for (const [name, path] of Object.entries(screens)) {
      await page.goto(path)
      await expectSoundInEachLook(page, `roles-${name}`)
    }
  })

  it('read from right to left', async () => {
    const page = await desk.signedIn(administrator, rightToLeft)
    for (const [name, path] of Object.entries(screens)) {
      await page.goto(path)
      await expectSound(page, `roles-${name}-rtl`)
    }
  })

  it('are made, given a rule and a member, who from then on sees exactly those tickets', async () => {
    const page = await desk.signedIn(administrator)
    await page.goto('/access/roles/agent')
    await page.getByRole('link', { name: 'New role' }).click()
    await page.getByLabel('Label').fill('Payments clerk')
    await page.getByRole('textbox', { name: 'Name' }).fill('paymentsClerk')
    await page.getByLabel('Start from').selectOption({ label: 'all that Staff may, included' })
    await page.getByRole('button', { name: 'Create the role' }).click()
    await page.waitForURL('**/access/roles/paymentsClerk')
    await page.goto('/access/roles/paymentsClerk?model=ticket&action=read')
    await page.getByRole('link', { name: 'Add a rule' }).click()
    await page.locator('button[name="where.change"][value="add:"]').click()
    await page.locator('select[name="where.0.field"]').selectOption('team')
    const chosen = page.locator('[name="where.0.value"]:is([value], select)').first()
    await chosen.waitFor({ state: 'attached' })
    await page.locator('.builder-value summary').click()
    await page.locator('.builder-value label', { hasText: 'Payments' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page
      .getByText(/^Team is (one of )?Payments$/)
      .first()
      .waitFor()
    await page.getByText('1 of 3 match').waitFor()
    await photographed(page, 'roles-story')
    const { id } = await desk.system.identity.createUser({ email: 'binta@example.org', name: 'Binta Jallow', roles: [] })
    await page.getByLabel('Email address of a user').fill('binta@example.org')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('link', { name: 'Binta Jallow' }).waitFor()
    const binta = await desk.signedIn(id)
    await binta.goto('/tickets?filter=')
    expect(await binta.locator('main tbody a.open').allTextContents()).toEqual(['Of payments'])
  })
})
