/** "Explain access" in a real browser: asked and answered, in light and dark, on a phone, from right to left, and without a script. */
import { Team, User } from '@tessera/base'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Explain access in a browser', { timeout: 300_000 }, () => {
  let ruth: string
  let amara: string
  let number: string
  const desk = openDesk(['ticket', 'access'], async ({ system: { identity, records } }) => {
    const user = async (name: string, role: string, email = `${name.split(' ')[0]!.toLowerCase()}@example.org`) =>
      (await identity.createUser({ email, name, roles: [role] })).id
    ruth = await user('Ruth Okello', 'administrator')
    amara = await user('Amara Diallo', 'agent')
    await user('Amara Keita', 'viewer', 'keita@example.org')
    await user('Moussa Sarr', 'manager')
    await records.create(Team, { name: 'Payments, North', members: [amara] })
    const east = await records.create(Team, { name: 'Payments, Eastern' })
    const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
    number = String((await records.create(Ticket, { subject: 'Payment did not arrive', partner, team: east.id })).number)
    await records.create(Ticket, { subject: 'Payment came twice', partner })
  })
  const no = () => `/access/explain?user=amara@example.org&action=update&model=ticket&id=${number}`

  it('is open to everybody', async () => {
    const page = await desk.signedIn(ruth)
    for (const [name, path] of Object.entries({
      no: `${no()}&who=1`,
      yes: '/access/explain?user=amara@example.org&action=close&model=ticket',
      right: '/access/explain?user=ruth@example.org&action=view-as',
      start: '/access/explain',
    })) {
      await page.goto(path)
      await expectSoundInEachLook(page, `explain-${name}`)
    }
  })

  it('tells which role gives a named right, and asks for the records where there are some', async () => {
    const page = await desk.signedIn(ruth)
    await page.goto('/access/explain')
    await page.getByLabel('May', { exact: true }).fill('amara@example.org')
    await page.getByRole('button', { name: 'Explain', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: 'Choose with which records.' }).waitFor()
    await page.getByLabel('do', { exact: true }).selectOption({ label: 'See roles and rules' })
    await page.getByRole('button', { name: 'Explain', exact: true }).click()
    await page.waitForURL(/action=access\.roles/)
    expect(await page.locator('.explain-verdict.no').textContent()).toContain('No. None of the roles of Amara Diallo')
    expect(await page.getByRole('heading', { name: 'Fields' }).count()).toBe(0)
    await page.getByRole('link', { name: 'List them' }).click()
    expect(await page.locator('.explain-may li').allTextContents()).toEqual([expect.stringContaining('Ruth Okello')])
  })

  it('reads from right to left in Arabic', async () => {
    const { asSystem } = desk.system
    await asSystem('a test prepares').update(User, ruth, { language: 'ar' })
    try {
      const page = await desk.signedIn(ruth)
      await page.goto(no())
      expect(await page.getAttribute('html', 'dir')).toBe('rtl')
      expect(await page.locator('#explain-verdict').textContent()).toContain('لا.')
      await expectSound(page, 'explain-no-arabic')
    } finally {
      await asSystem('a test tidies up').update(User, ruth, { language: null })
    }
  })

  it('is asked by the form, chooses among people of one name, and says what does not hold', async () => {
    const page = await desk.signedIn(ruth)
    await page.goto('/access/explain')
    await page.getByLabel('May', { exact: true }).fill('Amara')
    await page.getByLabel('do', { exact: true }).selectOption('update')
    await page.getByLabel('on this record').fill(number)
    await page.getByLabel('with', { exact: true }).selectOption('ticket')
    await page.waitForURL(/model=ticket/)
    await page.getByRole('link', { name: 'Amara Diallo' }).click()
    await page.waitForURL(/amara%40example/)
    const verdict = page.getByRole('status').filter({ hasText: 'No.' })
    expect(await verdict.textContent()).toContain('No. The one rule of Amara Diallo that could allow it does not hold.')
    expect(await verdict.textContent()).toContain('Team is one of the user’s teams')
    const clause = page.locator('.explain-clause.no').filter({ hasText: 'Team is one of the user’s teams' }).last()
    expect(await clause.textContent()).toContain('Payments, Eastern')
    await page.getByRole('link', { name: 'List them' }).click()
    expect(await page.locator('.explain-may li').allTextContents()).toEqual([
      expect.stringContaining('Moussa Sarr'),
      expect.stringContaining('Ruth Okello'),
    ])
    await page.getByRole('link', { name: 'Moussa Sarr' }).click()
    await page.waitForURL(/moussa/)
    expect(await page.locator('.explain-verdict.yes').textContent()).toContain('Yes.')
    expect(await page.getByRole('link', { name: 'Open the record' }).getAttribute('href')).toMatch(/^\/tickets\//)
  })

  it('finds a record by words, and offers those that are meant', async () => {
    const page = await desk.signedIn(ruth)
    await page.goto('/access/explain?user=amara@example.org&action=read&model=ticket&id=payment')
    expect(await page.locator('.explain-choose li').count()).toBe(2)
    await page.goto('/access/explain?user=amara@example.org&action=read&model=ticket&id=twice')
    expect(await page.locator('.explain-verdict').textContent()).toContain('Yes.')
    await page.goto('/access/explain?user=amara@example.org&action=clsoe&model=ticket')
    expect(await page.getByRole('alert').textContent()).toContain('Did you mean "close"?')
  })

  it('works without a script, and can be copied as text then too', async () => {
    const page = await desk.signedIn(ruth, { javaScriptEnabled: false })
    await page.goto('/access/explain')
    await page.getByLabel('May', { exact: true }).fill('amara@example.org')
    await page.getByLabel('do', { exact: true }).selectOption('update')
    await page.getByLabel('with', { exact: true }).selectOption('ticket')
    await page.getByLabel('on this record').fill(number)
    await page.getByRole('button', { name: 'Explain', exact: true }).click()
    expect(await page.locator('.explain-verdict.no').textContent()).toContain('No.')
    await page.getByRole('link', { name: 'Copy as text' }).click()
    await page.waitForURL(/as=text/)
    const text = await page.locator('body').textContent()
    expect(text).toContain('✗ Team is one of the user’s teams  (Payments, Eastern)')
    expect(text).toContain('Rule 1  Agent, allows Update, ticket')
  })

  it('with a script copies the same text', async () => {
    const page = await desk.signedIn(ruth, { permissions: ['clipboard-read', 'clipboard-write'] })
    await page.goto(no())
    await page.getByRole('link', { name: 'Copy as text' }).click()
    await page.getByText('Copied', { exact: true }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain('✗ Team is one of the user’s teams  (Payments, Eastern)')
  })

  it('is one step from the menu of a record’s form, for whom it is', async () => {
    const { records } = desk.system
    const ticket = await records.find(Ticket, { number })
    const page = await desk.signedIn(ruth)
    await page.goto(`/tickets/${ticket!.id}`)
    await page.getByLabel('More', { exact: true }).click()
    await page.getByRole('link', { name: 'Explain access' }).last().click()
    await page.waitForURL(/access\/explain/)
    expect(await page.getByLabel('on this record').inputValue()).toBe(number)
    const plain = await desk.signedIn(amara)
    await plain.goto(`/tickets/${(await records.find(Ticket, { subject: 'Payment came twice' }))!.id}`)
    expect(await plain.getByRole('link', { name: 'Explain access' }).count()).toBe(0)
  })

  it('is for administrators alone', async () => {
    const page = await desk.signedIn(amara)
    expect((await page.goto(no()))?.status()).toBe(403)
  })
})
