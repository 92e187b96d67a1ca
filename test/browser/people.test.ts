/** An administrator invites, looks after how people sign in, and looks as one of them. */
import { ApiKey, AuditEntry, Session, User } from '@tessera/base'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, telephone } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('People in a browser', { timeout: 300_000 }, () => {
  let root: string
  let ada: string
  const desk = openDesk(['access', 'portal'], async ({ system: { identity } }) => {
    root = (await identity.createUser({ email: 'ruth@example.org', name: 'Ruth Okello', roles: ['administrator'] })).id
    ada = (await identity.createUser({ email: 'ada@example.org', name: 'Ada Diallo', roles: ['agent'] })).id
  })

  it.each([true, false])('invites somebody, who chooses a password and is in, with a script: %s', async (javaScriptEnabled) => {
    const email = `bo.${javaScriptEnabled}@example.org`
    const page = await desk.signedIn(root, { javaScriptEnabled })
    await page.goto('/users')
    await page.getByRole('link', { name: 'New' }).click()
    await page.getByLabel('Email address').fill(email)
    await page.getByRole('textbox', { name: 'Name' }).fill('Bo Jensen')
    await page.getByLabel('Agent').check()
    await page.getByRole('button', { name: 'Invite' }).click()
    // Without a mail server the link is shown at once.
    const link = await page.getByLabel(`Link for ${email}`).inputValue()
    await page.getByText('No mail server is set up.').waitFor()
    await page.getByText('Ruth Okello invites you').waitFor()

    const invited = await desk.page({ javaScriptEnabled })
    await invited.goto(new URL(link).pathname)
    await invited.getByLabel('Name').fill('Bo Jensen-Holm')
    await invited.getByLabel('Password', { exact: true }).fill('four words in a row')
    await invited.getByLabel('Password again').fill('four words in a row')
    await invited.getByRole('button', { name: 'Set the password and sign in' }).click()
    await invited.waitForURL((url) => !url.pathname.startsWith('/invitation'))
    expect(await desk.system.records.find(User, { email })).toMatchObject({
      name: 'Bo Jensen-Holm',
      lastSignInAt: expect.any(Date),
      roles: [{ label: 'Agent' }],
    })
    const again = await invited.goto(new URL(link).pathname)
    expect(again?.status()).toBe(422)
  })

  it('ends a session of somebody, shows a link again, and revokes a key', async () => {
    await desk.system.identity.openSession(ada, { agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', ip: '192.0.2.7' })
    await desk.system.identity.createKey(ada, 'Reports', { scopes: ['ticket:read'], perMinute: 100 })
    const page = await desk.signedIn(root)
    await page.goto(`/users/${ada}`)
    await page.getByRole('link', { name: 'Sign-in and sessions' }).first().click()
    await page.getByText('Firefox').waitFor()
    await page.getByText('ticket:read').waitFor()
    await page.getByRole('button', { name: /^End the session/ }).click()
    await page.getByText('Not signed in anywhere.').waitFor()
    expect(await desk.system.records.count(Session, { where: { user: ada } })).toBe(0)
    await page.getByRole('button', { name: 'Revoke the key Reports' }).click()
    await page.getByText('No API keys.').waitFor()
    expect(await desk.system.records.count(ApiKey, { where: { user: ada } })).toBe(0)
  })

  it('looks as somebody and stops, and the audit log says so', async () => {
    const page = await desk.signedIn(root)
    await page.goto(`/users/${ada}/sign-in`)
    await page.getByRole('button', { name: 'Look as this user' }).click()
    await page.getByText('You are looking as Ada Diallo.').waitFor()
    await page.goto('/tickets/new')
    await page.getByText('Nothing you do here changes anything.').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.waitForURL(`**/users/${ada}`)
    expect(await page.getByText('You are looking as').count()).toBe(0)
    const noted = await desk.system.records.query(AuditEntry, {
      fields: ['kind', 'actor'],
      where: { kind: { $in: ['view-as.begun', 'view-as.ended'] } },
    })
    expect(noted.rows.map(({ kind, actor }) => [kind, actor?.id]).sort()).toEqual([
      ['view-as.begun', root],
      ['view-as.ended', root],
    ])
  })

  it.each(Object.entries({ desk: {}, phone: telephone }))('has no flaw that axe finds, and fits: %s', async (size, options) => {
    await desk.system.identity.openSession(ada, { agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', ip: '192.0.2.7' })
    const waiting = await desk.system.invitations.invite({ email: `wait.${size}@example.org`, name: 'Wanda Wait', roles: [] })
    const page = await desk.signedIn(root, options)
    const sound = async (path: string, state = '', its = page) => {
      await its.goto(path)
      for (const colorScheme of ['light', 'dark'] as const) {
        await its.emulateMedia({ colorScheme })
        await expectSound(its, `people${path}-${colorScheme}-${size}${state}`)
      }
    }
    const paths = ['/users', '/users/new', `/users/${ada}`, `/users/${ada}/sign-in`, `/users/${waiting.user}/sign-in`, '/api-keys/new']
    for (const path of paths) await sound(path)
    await page.goto(`/users/${ada}/sign-in`)
    await page.getByRole('button', { name: 'Look as this user' }).click()
    await page.getByText('You are looking as Ada Diallo.').waitFor()
    await sound('/tickets', '-looking')
    await sound(new URL(waiting.link).pathname, '-invitation', await desk.page(options))
  })

  it('is read from right to left in Arabic', async () => {
    await desk.system.records.update(User, root, { language: 'ar' })
    const page = await desk.signedIn(root, telephone)
    for (const path of ['/users/new', `/users/${ada}/sign-in`]) {
      await page.goto(path)
      await expectSound(page, `people${path}-arabic`)
      expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    }
    await desk.system.records.update(User, root, { language: null })
  })
})
