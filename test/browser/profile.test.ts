/** "My profile" in a real browser: a second factor is set up and used, sessions are ended, and what needs it is confirmed first. */
import { Session, User } from '@tessera/base'
import { Secret, TOTP } from 'otpauth'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, expectSoundInEachLook, looks, photographed } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('My profile in a browser', { timeout: 300_000 }, () => {
  let people = 0
  const password = 'kettle of purple fish'
  const desk = openDesk(['access', 'ticket'])
  // The next story is not told within the same minute, or from the same network.
  afterEach(() => desk.app.connection.run('delete from tessera_limit', []))

  async function somebody(role = 'agent'): Promise<{ id: string; email: string }> {
    people += 1
    const email = `person.${people}@example.org`
    return { email, id: (await desk.system.identity.createUser({ email, name: `Zoë Okello ${people}`, roles: [role], password })).id }
  }
  async function signedIn(email: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await desk.page(options)
    await page.goto('/sign-in?next=/profile')
    await page.locator('#email').fill(email)
    await page.locator('#password').fill(password)
    await page.locator('.main-form button.primary').click()
    return page
  }
  const codeOf = (secret: string, later = 0): string =>
    new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp: Date.now() + later * 30_000 })

  it('keeps when somebody works, and says what is wrong with it', async () => {
    const { email, id } = await somebody()
    const page = await signedIn(email)
    await page.waitForURL('**/profile')
    const own = async () => desk.system.records.get(User, id, ['dayBegins', 'dayEnds', 'weekBegins'])
    const save = async (begins: string, ends: string) => {
      await page.getByLabel('Working day begins').fill(begins)
      await page.getByLabel('Working day ends').fill(ends)
      await page.getByRole('button', { name: 'Save working day' }).click()
    }
    await page.getByLabel('First day of a week').selectOption('sunday')
    await save('09:30', '17:00')
    await expect.poll(own).toMatchObject({ dayBegins: '09:30', dayEnds: '17:00', weekBegins: 'sunday' })
    await save('17:30', '17:00')
    await page.getByText(/ends before it begins\. Let it end after/).waitFor()
    expect(await own()).toMatchObject({ dayBegins: '09:30' })
    await save('', '')
    await expect.poll(own).toMatchObject({ dayBegins: null, dayEnds: null, weekBegins: 'sunday' })
  })

  it('is open to everybody, from the profile to the recovery codes and the code page', async () => {
    const { email } = await somebody()
    const page = await signedIn(email)
    const sound = (on: Page, screen: string) => expectSoundInEachLook(on, `profile-${screen}`)
    await page.waitForURL('**/profile')
    await sound(page, 'page')
    await page.getByRole('button', { name: 'Set up a second factor' }).click()
    await page.waitForURL('**/second-factor')
    await page.getByText('I cannot scan it').click()
    await sound(page, 'enrolment')
    const secret = (await page.locator('.profile-secret').textContent()) ?? ''
    await page.locator('#code').fill(codeOf(secret))
    await page.getByRole('button', { name: 'Turn on' }).click()
    await page.locator('.profile-codes').waitFor()
    expect(await page.locator('.profile-codes li').count()).toBe(10)
    await sound(page, 'codes')
    const other = await signedIn(email)
    await other.waitForURL('**/sign-in/code/**')
    await other.getByText('I do not have my app').click()
    await sound(other, 'sign-in')
    await other.locator('#code').fill(codeOf(secret, 1))
    await other.getByRole('button', { name: 'Sign in', exact: true }).click()
    await other.waitForURL('**/profile')
    await sound(other, 'two-sessions')
  })

  it('reads from right to left in Arabic', async () => {
    const { id } = await somebody()
    const { asSystem } = desk.system
    await asSystem('a test prepares a user').update(User, id, { language: 'ar' })
    const page = await desk.signedIn(id)
    await page.goto('/profile')
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    await expectSoundInEachLook(page, 'profile-arabic')
  })

  it('is open to a customer too, as a page of its own', async () => {
    const { id } = await somebody('customer')
    const page = await desk.signedIn(id, looks['light-phone'])
    await page.goto('/profile')
    await expectSound(page, 'profile-customer')
    await page.locator('#name').fill('Zoë Diallo')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your profile was saved.').waitFor()
    expect(await page.locator('#name').inputValue()).toBe('Zoë Diallo')
  })

  it('ends another session at once', async () => {
    const { email, id } = await somebody()
    const [here, there] = [await desk.signedIn(id), await signedIn(email)]
    await there.waitForURL('**/profile')
    await here.goto('/profile')
    await here.getByRole('button', { name: /^End the session on Chrome on Linux/ }).click()
    await here.getByText('The session has ended.').waitFor()
    await there.goto('/profile')
    expect(new URL(there.url()).pathname).toBe('/sign-in')
  })

  for (const javaScriptEnabled of [true, false]) {
    it(`asks who it is before rights change, and keeps what was typed, ${javaScriptEnabled ? 'with' : 'without'} a script`, async () => {
      const root = await somebody('administrator')
      const { email, id } = await somebody()
      const page = await desk.signedIn(root.id, { javaScriptEnabled })
      const { asSystem } = desk.system
      const system = asSystem('a test makes time pass')
      for (const { id: session } of (await system.query(Session, { fields: ['id'], where: { user: root.id } })).rows)
        await system.update(Session, session, { confirmedAt: new Date(Date.now() - 11 * 60_000) })

      await page.goto(`/users/${id}`)
      const address = `moved.${people}.${javaScriptEnabled}@example.org`
      await page.locator('#f-email').fill(address)
      if (javaScriptEnabled) await page.keyboard.press('Control+s')
      else await page.locator('[data-save]').first().click()
      await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
      await photographed(page, `confirm-${javaScriptEnabled}`)
      await page.locator('#password').fill('a wrong one, by mistake')
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByText('This is not right').waitFor()
      if (javaScriptEnabled) await expectSound(page, 'confirm-wrong')
      await page.locator('#password').fill(password)
      await page.getByRole('button', { name: 'Confirm' }).click()
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click()
      await page.waitForURL(`**/users/${id}`)
      await page.locator(`#f-email[value="${address}"]`).waitFor()
      expect(await desk.app.connection.run('select email from "user" where id = $1', [id])).toEqual([{ email: address }])
      expect(address).not.toBe(email)
    })
  }
})
