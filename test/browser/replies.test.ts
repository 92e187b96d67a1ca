/** Saved replies while somebody writes, in a real browser: by keyboard, by the button, on a slow line, in Arabic and without a script. */
import { User } from '@tessera/base'
import { Partner } from '@tessera/partner'
import { Message, SavedReply } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import type { Page, Route } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Saved replies in a browser', { timeout: 120_000 }, () => {
  let agent: string
  let partner: string
  const desk = openDesk(['web', 'ticket'], async ({ system: { identity, records } }) => {
    agent = (await identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id
    partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
    await records.createMany(SavedReply, [
      { name: 'Asked for more', body: 'Dear {{partner.name}},\n\nplease tell us more.\n{{me.name}}' },
      { name: 'Éligibilité', body: 'Is {{partner.name}} eligible?' },
      { name: 'Who has it', kind: 'note', body: 'It is with {{assignee.name}}.' },
      { name: 'شكر', body: 'شكرًا {{partner.name}}.' },
    ])
  })
  const newTicket = async () => (await desk.system.records.create(Ticket, { subject: 'The transfer did not arrive', partner })).id
  const replyBox = (page: Page) => page.locator('form.saying:not(.internal) textarea')
  const offers = (page: Page) => page.getByRole('listbox', { name: 'Saved replies' })
  const more = 'Dear Fatou Camara,\n\nplease tell us more.\nAmara Diallo'

  it('are chosen by keyboard where the caret stands, and taken back by one press', async () => {
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${await newTicket()}`)
    await page.keyboard.press('r')
    await page.keyboard.type('Hello! Bye.')
    for (let at = 0; at < 5; at++) await page.keyboard.press('ArrowLeft')
    await page.keyboard.type(' /')
    await offers(page).getByRole('option').nth(1).waitFor()
    expect(await offers(page).getByRole('option').allTextContents()).toHaveLength(3)
    const active = await replyBox(page).getAttribute('aria-activedescendant')
    expect(await page.locator(`#${active}`).textContent()).toContain('Asked for more')
    await expectSound(page, 'replies')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    const written = `Hello! ${more} Bye.`
    expect(await replyBox(page).inputValue()).toBe(written)
    await page.keyboard.press('Control+z')
    await expect.poll(() => replyBox(page).inputValue()).toBe('Hello! / Bye.')
    await page.keyboard.press('Control+Shift+z')
    await expect.poll(() => replyBox(page).inputValue()).toBe(written)
    await page.keyboard.type('!')
    expect(await replyBox(page).inputValue()).toBe(`Hello! ${more}! Bye.`)
  })

  it('are narrowed by what is typed, whatever accents, and a slash that means nothing stays one', async () => {
    const page = await desk.signedIn(agent)
    const ticket = await newTicket()
    await page.goto(`/tickets/${ticket}`)
    await page.keyboard.press('r')
    await page.keyboard.type('/eligi')
    await expect.poll(() => offers(page).getByRole('option').count()).toBe(1)
    await page.keyboard.press('Tab')
    await expect.poll(() => replyBox(page).inputValue()).toBe('Is Fatou Camara eligible?')
    await page.keyboard.type(' yes/no /')
    await offers(page).waitFor()
    await page.keyboard.press('Escape')
    await offers(page).waitFor({ state: 'detached' })
    await page.keyboard.type('ask')
    await page.keyboard.press('Enter')
    expect(await replyBox(page).inputValue()).toBe('Is Fatou Camara eligible? yes/no /ask\n')
    expect(await offers(page).count()).toBe(0)
    await page.keyboard.press('Control+Enter')
    await page.locator('.message').getByText('yes/no /ask').waitFor()
    expect(await desk.system.records.count(Message, { where: { ticket } })).toBe(1)
  })

  it('are what was typed, also where Enter is pressed before they are offered', async () => {
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${await newTicket()}`)
    await page.keyboard.press('r')
    await page.keyboard.type('/')
    await offers(page).getByText('Asked for more').waitFor()
    await page.keyboard.type('eligi')
    await page.keyboard.press('Enter')
    await page.keyboard.type(' Thanks.')
    await expect.poll(() => replyBox(page).inputValue()).toBe('Is Fatou Camara eligible? Thanks.')
    await page.keyboard.press('Enter')
    await page.keyboard.type('See /etc')
    await page.keyboard.press('Enter')
    await page.keyboard.type('there')
    await expect.poll(() => replyBox(page).inputValue()).toBe('Is Fatou Camara eligible? Thanks.\nSee /etc\nthere')
  })

  it('are others for a note, and what was empty is told', async () => {
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${await newTicket()}`)
    await page.keyboard.press('n')
    await page.keyboard.type('/who')
    await offers(page).getByText('Who has it').click()
    expect(await page.locator('form.saying.internal textarea').inputValue()).toBe('It is with .')
    await page.getByText('There was nothing to put in for: Assignee › Name.').waitFor()
    expect(await page.evaluate('document.activeElement.form.dataset.saying')).toBe('note')
  })

  it('are asked for by the button, and what is typed before the script came narrows them', async () => {
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${await newTicket()}`)
    await page.locator('[data-composer] label').first().click()
    await replyBox(page).fill('Well,')
    let come = () => {}
    const gate = new Promise<void>((resolve) => {
      come = resolve
    })
    await page.route('**/replies.js', async (route) => {
      await gate
      await route.continue()
    })
    const asked = page.waitForRequest('**/replies.js')
    await page.getByRole('button', { name: 'for saved replies' }).first().click()
    await asked
    await page.keyboard.type('more')
    come()
    await expect.poll(() => offers(page).getByRole('option').count()).toBe(1)
    expect(await replyBox(page).inputValue()).toBe('Well, /more')
    await page.keyboard.press('Enter')
    expect(await replyBox(page).inputValue()).toBe(`Well, ${more}`)
  })

  it('leave the text as it was where the button finds none, or where they do not come', async () => {
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${await newTicket()}`)
    await page.locator('[data-composer] label').first().click()
    await replyBox(page).fill('Please tell us more.')
    const button = page.getByRole('button', { name: 'for saved replies' }).first()
    const select = (from: number, to: number) => replyBox(page).evaluate(`(box) => box.setSelectionRange(${from}, ${to})`)
    const answers: readonly (readonly [string, (route: Route) => Promise<void>])[] = [
      ['There is no saved reply for this yet.', (route) => route.fulfill({ json: { data: [] } })],
      ['The server could not be reached.', (route) => route.abort('internetdisconnected')],
    ]
    for (const [said, answer] of answers) {
      const told = page.getByText(said)
      await page.route('**/replies?**', answer)
      for (const [from, to] of [
        [7, 11],
        [20, 20],
      ] as const) {
        await select(from, to)
        await button.click()
        await told.waitFor()
        await expect.poll(() => replyBox(page).inputValue()).toBe('Please tell us more.')
        await told.evaluate((toast) => toast.remove())
      }
      await page.unroute('**/replies?**')
    }
    await page.keyboard.type(' Thanks.')
    expect(await replyBox(page).inputValue()).toBe('Please tell us more. Thanks.')
  })

  it('stand from right to left for whoever reads so', async () => {
    await desk.system.records.update(User, agent, { language: 'ar' })
    const page = await desk.signedIn(agent)
    await page.goto(`/tickets/${await newTicket()}`)
    await replyBox(page).click()
    await page.keyboard.type('/شك')
    await page.getByRole('listbox', { name: 'الردود المحفوظة' }).getByText('شكر', { exact: true }).waitFor()
    await expectSound(page, 'replies-ar')
    await page.keyboard.press('Enter')
    expect(await replyBox(page).inputValue()).toBe('شكرًا Fatou Camara.')
    await desk.system.records.update(User, agent, { language: null })
  })

  it('are chosen from a list without a script, and nothing that was typed is lost', async () => {
    const page = await desk.signedIn(agent)
    const still = await (await desk.page({ javaScriptEnabled: false, storageState: await page.context().storageState() }))
      .context()
      .newPage()
    await still.goto(`/tickets/${await newTicket()}`)
    await replyBox(still).fill('One moment.')
    await still.getByRole('button', { name: 'for saved replies' }).first().click()
    await still.getByRole('button', { name: /Asked for more/ }).click()
    expect(await replyBox(still).inputValue()).toBe(`One moment.\n\n${more}`)
    await still.getByRole('button', { name: 'Send', exact: true }).click()
    await still.locator('.message').getByText('please tell us more.').waitFor()
  })
})
