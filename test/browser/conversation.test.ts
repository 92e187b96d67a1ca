/** What is said about a ticket, in a real browser: replies, notes, and who sees neither. */
import { OutboxMessage } from '@tessera/base'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { reply, Ticket } from '@tessera/ticket'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A conversation in a browser', { timeout: 60_000 }, () => {
  let agent: string
  let customer: string
  let partner: string
  const desk = openDesk(['web', 'ticket'], async ({ app, system }) => {
    partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@mail.example' })).id
    agent = (await system.identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id
    customer = (await system.identity.createUser({ email: 'fatou@example.org', name: 'Fatou Camara', roles: ['customer'] })).id
    const actor = app.composition.models.actor
    if (actor) await system.asSystem('a test prepares a user').update(actor.handle, customer, { partner } as never)
  })

  const newTicket = async (subject: string) => (await desk.system.records.create(Ticket, { subject, partner })).id
  const said = async (ticket: string) => {
    const { rows } = await desk.system.records.query(Message, {
      fields: ['kind', 'body', 'sender', 'author'],
      where: { ticket },
      order: { createdAt: 'asc' },
    })
    return rows.map(({ kind, body, sender, author }) => ({ kind, body, sender, author: author?.id }))
  }
  const talk = (page: Page) => page.getByRole('complementary', { name: 'Conversation' })

  it('shows what the customer said, the reply, the note and the changes in one stream, newest last', async () => {
    const ticket = await newTicket('The transfer did not arrive')
    const { records } = await desk.app.servicesFor({ door: 'web', user: customer })
    await records.act(reply, ticket, { body: 'Nothing arrived for October.' })
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await page.keyboard.press('r')
    await page.keyboard.type('I am asking the provider why.')
    await page.keyboard.press('Control+Enter')
    await talk(page).getByText('I am asking the provider why.').waitFor()
    await page.keyboard.press('n')
    await page.keyboard.type('The number was registered again.')
    await page.keyboard.press('Control+Enter')
    await talk(page).locator('.note').waitFor()

    const entries = talk(page).locator('.day > ol > li')
    await expect.poll(() => entries.count()).toBeGreaterThan(3)
    expect(await entries.evaluateAll((all) => all.map(({ className }) => className))).toEqual(
      expect.arrayContaining(['is-created', 'is-message', 'is-reply', 'is-note']),
    )
    expect(await entries.last().getAttribute('class')).toBe('is-note')
    expect(await talk(page).locator('.note').textContent()).toContain('Internal note, staff only')
    expect(await entries.last().isVisible()).toBe(true)
    expect(await said(ticket)).toEqual([
      { kind: 'public', body: 'Nothing arrived for October.', sender: 'customer', author: customer },
      { kind: 'public', body: 'I am asking the provider why.', sender: 'staff', author: agent },
      { kind: 'note', body: 'The number was registered again.', sender: 'staff', author: agent },
    ])

    await talk(page).getByText('Notes', { exact: true }).click()
    expect(await entries.filter({ visible: true }).count()).toBe(1)
    await talk(page).getByText('Changes', { exact: true }).click()
    await entries.filter({ hasText: 'Created' }).waitFor()
    expect(await entries.filter({ visible: true, has: page.locator('.message') }).count()).toBe(0)
  })

  it('sends what somebody typed and sent by keys before the rest of the script came', async () => {
    const ticket = await newTicket('A reply by somebody quick')
    const page = await desk.signedIn(agent)
    await page.route('**/composer.js', () => {})
    await page.goto(`/tickets/${ticket}`)
    await page.keyboard.press('r')
    await page.keyboard.type('It is on its way.')
    await page.keyboard.press('Control+Enter')
    await talk(page).locator('.is-reply').getByText('It is on its way.').waitFor()
    await page.unroute('**/composer.js')
  })

  it('sends a reply and sets the status with one button', async () => {
    const ticket = await newTicket('A reply that waits')
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await talk(page).getByRole('textbox', { name: 'Reply' }).fill('Which month do you mean?')
    await talk(page).getByLabel('Send and set the status').click()
    await talk(page).getByRole('button', { name: 'Send, set Pending' }).click()
    await expect.poll(() => page.locator('[aria-current="step"]').textContent()).toContain('Pending')
    expect((await desk.system.records.get(Ticket, ticket)).status.code).toBe('pending')
    expect(await said(ticket)).toMatchObject([{ kind: 'public', body: 'Which month do you mean?' }])
  })

  it('keeps what is being written while something else on the ticket is done', async () => {
    const ticket = await newTicket('Half a sentence')
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await page.keyboard.press('n')
    await page.keyboard.type('Not sent yet')
    await page.getByRole('button', { name: 'In progress' }).click()
    await expect.poll(() => page.locator('[aria-current="step"]').textContent()).toContain('In progress')
    expect(await talk(page).getByRole('textbox', { name: 'Note' }).inputValue()).toBe('Not sent yet')
    await talk(page).getByRole('button', { name: 'Add note' }).click()
    await talk(page).locator('.note').getByText('Not sent yet').waitFor()
    await page.reload()
    expect(await talk(page).getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('')
  })

  it('loses nothing of a reply that was refused', async () => {
    const ticket = await newTicket('Refused meanwhile')
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await talk(page).getByRole('textbox', { name: 'Reply' }).fill('Typed with care')
    // The script that keeps it comes with the page, and nobody types so fast.
    await expect.poll(() => page.evaluate(() => Object.values(sessionStorage).join())).toContain('Typed with care')
    await page.route('**/actions/reply', (route) => route.fulfill({ status: 429, contentType: 'text/html', body: 'Busy' }))
    await talk(page).getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('Busy').waitFor()
    await page.unroute('**/actions/reply')
    await page.goto(`/tickets/${ticket}`)
    await expect.poll(() => talk(page).getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('Typed with care')
    expect(await said(ticket)).toEqual([])
  })

  it('works without a script', async () => {
    const ticket = await newTicket('Said without a script')
    const page = await desk.signedIn(agent, { javaScriptEnabled: false })
    await page.goto(`/tickets/${ticket}`)
    await talk(page).getByRole('textbox', { name: 'Reply' }).fill('We are looking into it.')
    await talk(page).getByLabel('Send and set the status').click()
    await talk(page).getByRole('button', { name: 'Send, set In progress' }).click()
    await talk(page).getByText('We are looking into it.').waitFor()
    await talk(page).locator('.sayings').getByText('Note').click()
    await talk(page).getByRole('textbox', { name: 'Note' }).fill('Only for us.')
    await talk(page).getByRole('button', { name: 'Add note' }).click()
    await talk(page).locator('.note').getByText('Only for us.').waitFor()
    expect((await said(ticket)).map(({ kind }) => kind)).toEqual(['public', 'note'])
    expect((await desk.system.records.get(Ticket, ticket)).status.code).toBe('in_progress')
  })

  it('offers a viewer nothing to write, and shows him everything', async () => {
    const ticket = await newTicket('Read by a viewer')
    const { records } = await desk.app.servicesFor({ door: 'web', user: agent })
    await records.act(reply, ticket, { body: 'To be read' })
    const viewer = await desk.system.identity.createUser({ email: 'vera@example.org', name: 'Vera', roles: ['viewer'] })
    const page = await desk.signedIn(viewer.id)
    await page.goto(`/tickets/${ticket}`)
    await talk(page).getByText('To be read').waitFor()
    expect(await page.locator('.composer').count()).toBe(0)
  })

  it('is no place for a customer: the screens of the staff are closed to him', async () => {
    const ticket = await newTicket('Not on this screen')
    const page = await desk.signedIn(customer)
    for (const path of ['/tickets', `/tickets/${ticket}`, '/partners']) {
      expect([path, (await page.goto(path))?.status()]).toEqual([path, 403])
      await page.getByText('This page is for staff.', { exact: false }).waitFor()
      expect(await page.locator('.side').count()).toBe(0)
    }
  })

  it.each([true, false])('begins with a link by mail, whatever address one gives (script: %s)', async (javaScriptEnabled) => {
    const page = await desk.page({ javaScriptEnabled })
    for (const email of ['amara@example.org', 'nobody@example.org']) {
      await page.goto('/sign-in')
      await page.getByLabel('Email').fill(email)
      await page.getByRole('button', { name: 'Email me a sign-in link' }).click()
      await page.getByRole('status').getByText(`If there is an account for ${email}, a link is on its way.`).waitFor()
    }
    await desk.app.queue.drain()
    const { rows } = await desk.system.records.query(OutboxMessage, {
      fields: ['to'],
      where: { to: { $in: ['amara@example.org', 'nobody@example.org'] } },
    })
    expect(new Set(rows.map(({ to }) => to))).toEqual(new Set(['amara@example.org']))
    if (!javaScriptEnabled) return
    await expectSound(page, 'link-sent')
  })

  it.each([
    ['light', 1440, 'en'],
    ['dark', 1440, 'en'],
    ['light', 360, 'en'],
    ['light', 360, 'ar'],
  ] as const)('is open to everybody in %s at %i pixels (%s)', async (colorScheme, width, locale) => {
    const ticket = await newTicket('Open to everybody')
    const { records } = await desk.app.servicesFor({ door: 'web', user: customer })
    await records.act(reply, ticket, { body: `Longwordwithoutspaces${'x'.repeat(90)}\nand a second line` })
    const page = await desk.signedIn(agent, { colorScheme, locale, viewport: { width, height: 800 } })
    await page.goto(`/tickets/${ticket}`)
    expect(await page.locator('html').getAttribute('dir')).toBe(locale === 'ar' ? 'rtl' : 'ltr')
    for (const tab of locale === 'ar' ? ['رد', 'ملاحظة'] : ['Reply', 'Note']) {
      await page.locator('.sayings').getByText(tab).first().click()
      await expectSound(page, `conversation-${tab}-${colorScheme}-${width}-${locale}`)
    }
  })
})
