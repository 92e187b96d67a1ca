/** A customer with a phone: files, follows, answers, closes and rates; with a script and without, in every language. */
import { User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { close, move, reply, Ticket, TicketStatus } from '@tessera/ticket'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound, telephone } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('The portal in a browser', { timeout: 120_000 }, () => {
  let agent: Services
  let partner: string
  let marta: string
  const desk = openDesk(['portal'], async ({ app, system: { identity, records } }) => {
    agent = await app.servicesFor({
      door: 'web',
      user: (await identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id,
    })
    partner = (await records.create(Partner, { name: 'Marta Oyelaran', email: 'marta@mail.example' })).id
    marta = (await identity.createUser({ email: 'marta@mail.example', name: 'Marta Oyelaran', roles: ['customer'] })).id
    await records.update(User, marta, { partner })
  })

  const visitor = (options: BrowserContextOptions = {}): Promise<Page> => desk.page({ ...telephone, ...options })
  /** Marta. */
  const signedIn = (options: BrowserContextOptions = {}): Promise<Page> => desk.signedIn(marta, { ...telephone, ...options })
  const newTicket = async (subject: string) =>
    (await desk.system.records.create(Ticket, { subject, partner, description: 'It began on Monday.' })).id
  const statusId = async (code: string) => (await desk.system.records.find(TicketStatus, { code }))!.id

  it.each([true, false])('files, answers, closes and rates with a script: %s', async (javaScriptEnabled) => {
    const page = await signedIn({ javaScriptEnabled })
    await page.getByLabel('What is it about?').fill('Deep pothole in the left lane')
    await page.getByRole('button', { name: 'Start a request' }).click()
    await page.getByRole('link', { name: 'Complaint' }).click()
    expect(await page.getByLabel('What is it about?').inputValue()).toBe('Deep pothole in the left lane')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('link', { name: 'Tell us more is missing.' }).click()
    await page.getByLabel('Tell us more').fill('Harbour Road at 114.')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.waitForURL(/\/my\/tickets\/[0-9a-f-]{36}$/)
    const id = page.url().split('/').at(-1)!
    await page.getByRole('heading', { name: 'We have received it' }).waitFor()

    await agent.records.act(reply, id, { body: 'Front or rear?', status: await statusId('pending') })
    await page.goto('/my')
    await page.getByRole('listitem').filter({ hasText: 'We need your answer' }).getByRole('link', { name: 'Answer' }).first().click()
    await page.getByText('Front or rear?').waitFor()
    await page.getByLabel('Write a reply').fill('Front left.')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('Front left.').waitFor()
    expect(await desk.system.records.count(Message, { where: { ticket: id, sender: 'customer' } })).toBe(1)

    await page.getByRole('button', { name: 'It is solved' }).click()
    await page.getByText('Very good').click()
    await page.getByLabel('What should we know?').fill('Quick')
    await page.getByRole('button', { name: 'Send the rating' }).click()
    await page.getByText('You gave 5 of 5.').waitFor()
    expect(await desk.system.records.get(Ticket, id)).toMatchObject({ rating: 5, ratingComment: 'Quick', status: { category: 'closed' } })
  })

  it('takes a request of anybody, without a script too', async () => {
    const page = await visitor({ javaScriptEnabled: false })
    await page.goto('/contact')
    await page.getByLabel('Your name').fill('Ana Kovač')
    await page.getByLabel('Your email address').fill('ana@mail.example')
    await page.getByLabel('Kind').selectOption({ label: 'Request' })
    await page.getByLabel('What is it about?').fill('Opening hours')
    await page.getByLabel('Tell us more').fill('When are you open?')
    // A program would be as fast as this test: what was typed stays, and the same button sends it once the time is up.
    await expect
      .poll(
        async () => {
          if (/sent\?number/.test(page.url())) return true
          await page.getByRole('button', { name: 'Send' }).click()
          return /sent\?number/.test(page.url())
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(true)
    const ticket = (await desk.system.records.find(Ticket, { partner: { email: 'ana@mail.example' } }))!
    await page.getByText(ticket.number).waitFor()
  })

  it.each(['light', 'dark'] as const)('has in its %s theme no flaw that axe finds and no page wider than a phone', async (colorScheme) => {
    const [asking, done] = [await newTicket('Which form do I need'), await newTicket('Letter was lost')]
    await agent.records.act(reply, asking, { body: 'Which year?', status: await statusId('pending') })
    await agent.records.act(close, done, {})
    const moved = await newTicket('A subject so long that it takes more than the line of a phone to say what it is about')
    await agent.records.act(move, moved, { status: await statusId('in_progress') })
    const page = await signedIn({ colorScheme })
    const form = '/my/tickets/new?type=inquiry'
    for (const path of ['/my', '/my/tickets/new', form, `/my/tickets/${asking}`, `/my/tickets/${done}`, `/my/tickets/${done}/rate`]) {
      await page.goto(path)
      await expectSound(page, `portal${path}-${colorScheme}`)
    }
    const anybody = await visitor({ colorScheme })
    for (const path of ['/contact', '/contact/sent?number=T-2026-00001']) {
      await anybody.goto(path)
      await expectSound(anybody, `portal${path}-${colorScheme}`)
    }
  })

  it('is read from right to left in Arabic, without an account and with one', async () => {
    const page = await visitor({ locale: 'ar' })
    await page.goto('/contact')
    await expectSound(page, 'portal-contact-arabic')
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    await page.getByRole('link', { name: 'تسجيل الدخول' }).waitFor()
    const own = await signedIn()
    await own.locator('.p-language summary').click()
    await own.getByRole('button', { name: 'العربية' }).first().click()
    await own.getByRole('heading', { name: 'طلباتك' }).waitFor()
    await own.goto('/my')
    await expectSound(own, 'portal-my-arabic')
    await desk.system.records.update(User, marta, { language: null })
  })
})
