/** Files of tickets in a real browser: chosen, dropped and pasted, with what is said and without a script, and in the portal. */
import { Attachment } from '@tessera/base'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { reply, Ticket } from '@tessera/ticket'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, rightToLeft } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Files in a browser', { timeout: 60_000 }, () => {
  let agent: string
  let customer: string
  let partner: string
  const desk = openDesk(['web', 'ticket', 'portal'], async ({ app, system }) => {
    partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@mail.example' })).id
    agent = (await system.identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id
    customer = (await system.identity.createUser({ email: 'fatou@example.org', name: 'Fatou Camara', roles: ['customer'] })).id
    const actor = app.composition.models.actor
    if (actor) await system.asSystem('a test prepares a user').update(actor.handle, customer, { partner } as never)
  })

  const newTicket = async (subject: string) => (await desk.system.records.create(Ticket, { subject, partner })).id
  const namesOf = async (where: object) =>
    (await desk.system.records.query(Attachment, { fields: ['name'], where })).rows.map(({ name }) => name)
  const file = (name: string, content = 'Proof of payment') => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })
  const picture = {
    name: 'receipt.png',
    mimeType: 'image/png',
    buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  }
  const files = (page: Page) => page.getByRole('region', { name: 'Attachments' })
  const talk = (page: Page) => page.getByRole('complementary', { name: 'Conversation' })
  /** As the browser itself tells a page of a drop or a paste. */
  const give = (page: Page, how: 'drop' | 'paste', at: string, name: string) =>
    page.evaluate(`{
      const node = document.querySelector(${JSON.stringify(at)})
      const brought = new DataTransfer()
      brought.items.add(new File(['dropped'], ${JSON.stringify(name)}, { type: 'text/plain' }))
      const about = { bubbles: true, cancelable: true, dataTransfer: brought, clipboardData: brought }
      if (${JSON.stringify(how === 'paste')}) node.dispatchEvent(new ClipboardEvent('paste', about))
      else for (const kind of ['dragover', 'drop']) node.dispatchEvent(new DragEvent(kind, about))
    }`)

  it('come to a ticket chosen, dropped and pasted, are listed at once and named in its history', async () => {
    const ticket = await newTicket('Three ways to bring a file')
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await page.getByRole('button', { name: 'Attach files' }).first().waitFor()
    await page.locator('textarea[name="subject"]').fill('Typed meanwhile')
    await page.locator('#files input[type="file"]').setInputFiles([file('chosen.txt'), picture])
    await files(page).getByRole('link', { name: 'receipt.png', exact: true }).waitFor()
    await give(page, 'drop', '#record', 'dropped.txt')
    await files(page).getByRole('link', { name: 'dropped.txt', exact: true }).waitFor()
    await give(page, 'paste', 'body', 'pasted.txt')
    await files(page).getByRole('link', { name: 'pasted.txt', exact: true }).waitFor()
    expect(await namesOf({ ticket })).toEqual(['chosen.txt', 'receipt.png', 'dropped.txt', 'pasted.txt'])
    await talk(page).getByText('pasted.txt').waitFor()
    expect(await page.locator('textarea[name="subject"]').inputValue()).toBe('Typed meanwhile')

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      files(page).getByRole('link', { name: 'chosen.txt', exact: true }).click(),
    ])
    expect(download.suggestedFilename()).toBe('chosen.txt')
  })

  it('are taken away after a question, and the history says so', async () => {
    const ticket = await newTicket('One file too many')
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await page.locator('#files input[type="file"]').setInputFiles(file('wrong.txt'))
    await files(page).getByRole('link', { name: 'Remove wrong.txt' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove file' }).click()
    await files(page).getByText('No files yet.').waitFor()
    expect(await namesOf({ ticket })).toEqual([])
    await talk(page).getByText('wrong.txt').last().waitFor()
  })

  it('that are not taken say why, and the others stay', async () => {
    const ticket = await newTicket('A program among them')
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    await page.locator('#files input[type="file"]').setInputFiles([file('setup.exe'), file('good.txt')])
    await files(page).getByRole('link', { name: 'good.txt', exact: true }).waitFor()
    await files(page).getByRole('alert').getByText('Files that end in ".exe" are not taken').waitFor()
    await expectSound(page, 'files-refused')
    await files(page).getByRole('button', { name: 'Take setup.exe out' }).click()
    expect(await files(page).getByRole('alert').count()).toBe(0)
    expect(await namesOf({ ticket })).toEqual(['good.txt'])
  })

  it('go with a reply, and one that was taken out does not', async () => {
    const ticket = await newTicket('Sent with a reply')
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${ticket}`)
    const form = page.locator('form[data-saying="reply"]')
    await form.locator('textarea').fill('Please sign this.')
    await form.locator('input[type="file"]').setInputFiles([file('form.txt'), file('not this.txt')])
    await form.getByRole('button', { name: 'Take not this.txt out' }).click()
    await form.locator('.sent').getByText('form.txt').waitFor()
    await give(page, 'paste', 'form[data-saying="reply"] textarea', 'pasted.txt')
    await form.locator('.sent').getByText('pasted.txt').waitFor()
    await form.getByRole('button', { name: 'Send', exact: true }).click()
    await talk(page).locator('.reply').getByRole('link', { name: 'form.txt', exact: true }).waitFor()
    const [message] = (await desk.system.records.query(Message, { fields: ['body'], where: { ticket } })).rows
    expect(await namesOf({ message: message!.id })).toEqual(['form.txt', 'pasted.txt'])
  })

  it('come without a script too: to the ticket, and with a note', async () => {
    const ticket = await newTicket('Without a script')
    const page = await desk.signedIn(agent, { javaScriptEnabled: false })
    await page.goto(`/tickets/${ticket}`)
    await files(page)
      .getByLabel('Choose files')
      .setInputFiles([file('one.txt'), file('two.txt')])
    await files(page).getByRole('button', { name: 'Attach', exact: true }).click()
    await page.getByRole('status').getByText('2 files are attached.').waitFor()
    expect(await namesOf({ ticket })).toEqual(['one.txt', 'two.txt'])
    await talk(page).locator('.sayings').getByText('Note').click()
    const form = page.locator('form[data-saying="note"]')
    await form.locator('textarea').fill('For us alone')
    await form.getByLabel('Choose files').setInputFiles(file('internal.txt'))
    await form.getByRole('button', { name: 'Add note' }).click()
    await talk(page).locator('.note').getByRole('link', { name: 'internal.txt', exact: true }).waitFor()
    await files(page).getByRole('link', { name: 'Remove one.txt' }).click()
    await page.getByRole('button', { name: 'Remove file' }).click()
    expect(await namesOf({ ticket })).toEqual(['two.txt'])
  })

  it.each([true, false])('go with what a customer writes, who sees none of a note (script: %s)', async (javaScriptEnabled) => {
    const ticket = await newTicket('From a telephone')
    const asAgent = await desk.app.servicesFor({ door: 'web', user: agent })
    await asAgent.records.act(reply, ticket, { body: 'Do you have a receipt?' })
    const page = await desk.signedIn(customer, { javaScriptEnabled, viewport: { width: 360, height: 780 } })
    await page.goto(`/my/tickets/${ticket}`)
    await page.locator('.p-reply input[type="file"]').setInputFiles(picture)
    if (javaScriptEnabled) await page.locator('.p-reply .sent').getByText('receipt.png').waitFor()
    await page.locator('.p-reply textarea').fill(javaScriptEnabled ? 'Here it is' : '')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.p-message').getByRole('link', { name: 'receipt.png', exact: true }).waitFor()
    const { rows } = await desk.system.records.query(Message, { fields: ['body'], where: { ticket, sender: 'customer' } })
    expect(rows.map(({ body }) => body)).toEqual([javaScriptEnabled ? 'Here it is' : 'receipt.png'])
    if (javaScriptEnabled) await expectSound(page, 'files-portal')
  })

  it.each([
    ['light-1440', { viewport: { width: 1440, height: 900 } }],
    ['dark-768', { viewport: { width: 768, height: 900 }, colorScheme: 'dark' }],
    ['light-360', { viewport: { width: 360, height: 800 } }],
    ['arabic', rightToLeft],
  ] as const)('are open to everybody (%s)', async (look, options) => {
    const ticket = await newTicket('Open to everybody')
    const page = await desk.signedIn(agent, options)
    await page.goto(`/tickets/${ticket}`)
    const long = `${'a very long name of a file that goes on '.repeat(3)}.txt`
    await page.locator('#files input[type="file"]').setInputFiles([picture, file(long), file('سجل الدفع.txt')])
    await page.locator('#files a.cut').nth(2).waitFor()
    const form = page.locator('form[data-saying="reply"]')
    await form.locator('input[type="file"]').setInputFiles([file(long)])
    await form.locator('.sent').waitFor()
    await expectSound(page, `files-${look}`)
  })
})
