/** A day at the desk in a real browser: with a script, without one, with the keyboard, on a phone. */
import { Partner } from '@tessera/partner'
import { Program } from '@tessera/spp'
import { priority, Ticket } from '@tessera/ticket'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { expectSound } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('The desk in a browser', { timeout: 60_000 }, () => {
  let agent: string
  let partner: string
  const desk = openDesk(['web', 'spp'], async ({ system }) => {
    agent = (await system.identity.createUser({ email: 'amara@example.org', name: 'Amara Diallo', roles: ['agent'] })).id
    partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@mail.example' })).id
    await system.records.create(Program, { code: 'child_grant', name: 'Child Grant' })
    await system.records.createMany(
      Ticket,
      Array.from({ length: 60 }, (_, at) => ({
        subject: at === 30 ? 'Deep pothole in the left lane' : `Lamp ${at} is out`,
        partner,
        priority: at % 9 === 0 ? priority.urgent : priority.medium,
      })),
    )
  })

  /** Amara, or somebody else, at the list of tickets. */
  async function signedIn(options: BrowserContextOptions = {}, user = agent): Promise<Page> {
    const page = await desk.signedIn(user, options)
    await page.goto('/tickets')
    return page
  }
  /** What drags its cards is there, and what lifts them by keys with it. */
  const boardIsLively = (page: Page) => expect.poll(() => page.evaluate('window.Sortable !== undefined')).toBe(true)
  const newTicket = async (subject: string) => (await desk.system.records.create(Ticket, { subject, partner })).id

  it('finds, opens, edits, assigns, closes and reopens a ticket', async () => {
    const page = await signedIn()
    await page.keyboard.press('/')
    await page.keyboard.type('pothole')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=pothole/)
    await page.getByRole('link', { name: 'Deep pothole in the left lane' }).click()
    await page.getByLabel('Subject').fill('Deep pothole in the right lane')
    await page.getByText('Unsaved').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Saved', { exact: true }).waitFor()

    const dialog = page.getByRole('dialog')
    await page.getByRole('link', { name: 'Assign', exact: true }).click()
    await dialog.getByLabel('Assignee').selectOption({ label: 'Amara Diallo' })
    await dialog.getByRole('button', { name: 'Assign' }).click()
    await page.getByRole('complementary', { name: 'Conversation' }).getByText('Assignee').waitFor()

    await page.getByRole('link', { name: 'Close' }).click()
    await dialog.getByLabel('Reason').fill('Filled in')
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
    await expect.poll(() => page.locator('[aria-current="step"]').textContent()).toContain('Resolved')
    await page.getByRole('link', { name: 'Reopen' }).click()
    await dialog.getByRole('button', { name: 'Reopen' }).click()
    await expect.poll(() => page.locator('[aria-current="step"]').textContent()).toContain('New')
    const { rows } = await desk.system.records.query(Ticket, { fields: ['subject', 'assignee', 'closedAt'], q: 'pothole' })
    expect(rows).toMatchObject([{ subject: 'Deep pothole in the right lane', assignee: { id: agent }, closedAt: null }])
  })

  it('comes back to the same list, page and search', async () => {
    const page = await signedIn()
    await page.getByRole('link', { name: 'Next page' }).first().click()
    await page.waitForURL(/from=51/)
    const before = await page.locator('tr.row').first().textContent()
    await page.locator('tr.row a.open').first().click()
    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'Tickets' }).click()
    await page.waitForURL(/from=51/)
    expect(await page.locator('tr.row').first().textContent()).toBe(before)
    await page.goBack()
    await page.goBack()
    await page.waitForURL(/from=51/)
    expect(await page.locator('tr.row').first().textContent()).toBe(before)
  })

  it('drags a card to another column, and brings it home when a rule refuses', async () => {
    const fine = await newTicket('Card that moves')
    const program = (await desk.system.records.create(Ticket, { subject: 'Card that stays', partner, sppProgram: { code: 'child_grant' } }))
      .id
    const page = await signedIn({ viewport: { width: 2000, height: 900 } })
    await page.goto('/tickets?view=kanban&q=card')
    await boardIsLively(page)
    const lane = (name: string) => page.locator('.lane', { has: page.getByRole('heading', { name }) })
    const drag = (subject: string, to: string) =>
      page
        .locator('.card', { hasText: subject })
        .dragTo(lane(to).locator('.cards'), { sourcePosition: { x: 100, y: 12 }, targetPosition: { x: 60, y: 20 } })
    await drag('Card that moves', 'In progress')
    await expect.poll(async () => (await desk.system.records.get(Ticket, fine)).status.code).toBe('in_progress')
    await drag('Card that stays', 'Resolved')
    await page.getByText('Link a registrant', { exact: false }).first().waitFor()
    await expect.poll(() => lane('New').locator('.card', { hasText: 'Card that stays' }).count()).toBe(1)
    expect((await desk.system.records.get(Ticket, program)).status.code).toBe('new')
  })

  it('moves a card by the keyboard alone', async () => {
    const id = await newTicket('Keyboard card')
    const page = await signedIn()
    await page.goto('/tickets?view=kanban&q=keyboard')
    await boardIsLively(page)
    await page.getByRole('link', { name: 'Keyboard card' }).focus()
    await page.keyboard.press('Space')
    await page.getByText('lifted', { exact: false }).first().waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await expect.poll(async () => (await desk.system.records.get(Ticket, id)).status.code).toBe('in_progress')
    await page.getByText('Keyboard card moved to In progress').waitFor({ state: 'attached' })
  })

  it('closes several tickets from the list at once', async () => {
    const ids = [await newTicket('Several one'), await newTicket('Several two')]
    const page = await signedIn()
    await page.goto('/tickets?q=several')
    await page.getByLabel('Select the whole page').check()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('dialog').getByText('2 tickets').waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByText('Close: 2 done, 0 refused').waitFor()
    for (const id of ids) expect((await desk.system.records.get(Ticket, id)).closedAt).toBeInstanceOf(Date)
  })

  it('says in the dialog which of several a rule refused, and closes the others', async () => {
    const fine = await newTicket('Refusal fine')
    const held = (await desk.system.records.create(Ticket, { subject: 'Refusal held', partner, sppProgram: { code: 'child_grant' } })).id
    const page = await signedIn()
    await page.goto('/tickets?q=refusal')
    await page.getByLabel('Select the whole page').check()
    await page.keyboard.press('l')
    await page.getByRole('dialog').getByText('2 tickets').waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByRole('dialog').getByText('1 done, 1 refused').waitFor()
    await page.getByRole('dialog').getByText('Link a registrant', { exact: false }).waitFor()
    expect((await desk.system.records.get(Ticket, fine)).closedAt).toBeInstanceOf(Date)
    expect((await desk.system.records.get(Ticket, held)).closedAt).toBeNull()
  })

  it('asks over the record, keeps it below, and gives the focus back', async () => {
    const id = (await desk.system.records.create(Ticket, { subject: 'Asked about', partner, sppProgram: { code: 'child_grant' } })).id
    const page = await signedIn()
    await page.goto(`/tickets/${id}`)
    await page.keyboard.press('l')
    const dialog = page.getByRole('dialog', { name: 'Close' })
    await dialog.getByLabel('Reason').fill('Because')
    await page.keyboard.press('Control+Enter')
    await dialog.getByRole('alert').getByText('Link a registrant', { exact: false }).waitFor()
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('Because')
    await expectSound(page, 'desk-dialog')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(page.url()).toContain(`/tickets/${id}`)
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Close')
  })

  it('opens a group in place, keeps where one was, and comes back to it', async () => {
    const page = await signedIn()
    await page.goto('/tickets?filter=&group=priority')
    await page.getByRole('link', { name: 'Medium' }).click()
    await page.waitForURL(/open=/)
    expect(await page.locator('tr.row').count()).toBe(10)
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Medium')
    await page.locator('tr.row a.open').nth(3).click()
    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'Tickets' }).click()
    await page.waitForURL(/open=/)
    expect(await page.locator('tr.row').count()).toBe(10)
    await page.getByRole('link', { name: /Show all/ }).click()
    await page.waitForURL(/facet\.priority/)
    await page.goBack()
    await expect.poll(() => page.locator('tr.group a[aria-expanded="true"]').count()).toBe(1)
  })

  it('keeps the menu of filters open while one chooses', async () => {
    const page = await signedIn()
    await page.locator('#menu-filter').click()
    await page.getByRole('link', { name: 'Inquiry' }).click()
    await page.waitForURL(/facet\.type/)
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Inquiry')
    await page.getByRole('group', { name: 'Priority' }).getByRole('link', { name: 'Urgent' }).click()
    await page.waitForURL(/facet\.type.*facet\.priority/)
    expect(await page.locator('.chip').count()).toBe(3)
  })

  it('names what is not saved, and loses nothing when the session has ended meanwhile', async () => {
    const id = await newTicket('Ended meanwhile')
    await desk.system.identity.setPassword(agent, 'quiet tiles by the door')
    const page = await signedIn()
    await page.goto(`/tickets/${id}`)
    await page.getByLabel('Subject').fill('Typed and kept')
    await page.getByLabel('Priority').selectOption({ label: 'High' })
    await page.getByText('Unsaved: Subject, Priority').waitFor()
    await page.context().clearCookies()
    await page.keyboard.press('Control+s')
    await page.waitForURL('**/sign-in?next=**')
    await page.getByLabel('Email').fill('amara@example.org')
    await page.getByLabel('Password', { exact: true }).fill('quiet tiles by the door')
    await page.keyboard.press('Enter')
    await page.getByText('What you typed before you signed in again is back.', { exact: false }).waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Saved', { exact: true }).waitFor()
    expect((await desk.system.records.get(Ticket, id)).subject).toBe('Typed and kept')
  })

  it('stays where it is, with everything typed, while the server cannot be reached', async () => {
    const id = await newTicket('Nobody answers')
    const page = await signedIn()
    await page.goto(`/tickets/${id}`)
    await page.getByLabel('Subject').fill('Typed in a tunnel')
    await page.context().setOffline(true)
    await page.keyboard.press('Control+s')
    await page.getByText('The server could not be reached. Nothing was changed.').waitFor()
    expect(await page.getByLabel('Subject').inputValue()).toBe('Typed in a tunnel')
    await page.context().setOffline(false)
    await page.keyboard.press('Control+s')
    await page.getByText('Saved', { exact: true }).waitFor()
    expect((await desk.system.records.get(Ticket, id)).subject).toBe('Typed in a tunnel')
  })

  it('keeps a part of the sidebar folded', async () => {
    const manager = await desk.system.identity.createUser({ email: 'ana@example.org', name: 'Ana Kovač', roles: ['manager'] })
    const page = await signedIn({}, manager.id)
    const places = page.getByRole('navigation', { name: 'Main menu' })
    const told = page.waitForResponse('**/preferences')
    await places.getByText('Configuration', { exact: true }).click()
    await told
    await page.goto('/partners')
    expect(await places.getByRole('link', { name: 'Teams' }).isVisible()).toBe(false)
    await page.goto('/teams')
    expect(await places.getByRole('link', { name: 'Teams' }).isVisible()).toBe(true)
  })

  it('shows long names without a space within the window, in rows of one height', async () => {
    const subject = `${'Abandonedvehiclewithoutanyspaces'.repeat(7)} and more`
    const long = (await desk.system.records.create(Partner, { name: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(3) })).id
    const { id } = await desk.system.records.create(Ticket, { subject, partner: long, sppProgram: { code: 'child_grant' } })
    for (const width of [360, 768, 1440]) {
      const page = await signedIn({ viewport: { width, height: 800 } })
      for (const path of [
        `/tickets/${id}`,
        `/tickets/${id}/actions/close`,
        '/tickets?q=abandoned',
        '/tickets?view=kanban&q=abandoned',
        '/tickets?group=partner',
      ]) {
        await page.goto(path)
        const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
        expect([width, path, Math.max(wider, 0)]).toEqual([width, path, 0])
      }
      await page.goto(`/tickets/${id}`)
      const heights = await page.evaluate<number[]>(
        `[...document.querySelectorAll('.quiet-form .groups .field:not(.above)')].map((field) => field.getBoundingClientRect().height).filter(Boolean)`,
      )
      expect(new Set(heights).size).toBe(1)
      const box = await page.evaluate<number>(
        `(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(document.querySelector('.record-title'))`,
      )
      expect(box).toBeLessThanOrEqual(0)
    }
  })

  it('works without any script', async () => {
    const page = await signedIn({ javaScriptEnabled: false })
    await page.getByRole('searchbox', { name: 'Search tickets…' }).fill('lamp 7 ')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Lamp 7 is out' }).click()
    await page.getByLabel('Subject').fill('Lamp 7 is broken')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Lamp 7 is broken')
    await page.getByRole('button', { name: 'In progress' }).click()
    expect(await page.locator('[aria-current="step"]').textContent()).toContain('In progress')
    await page.goto('/tickets?view=kanban&q=broken')
    await page.locator('.card summary').click()
    await page.getByRole('button', { name: 'Resolved' }).click()
    const { rows } = await desk.system.records.query(Ticket, { fields: ['status.code'], q: 'Lamp 7 is broken' })
    expect(rows[0]?.status.code).toBe('resolved')
    await page.goto('/tickets?filter=&group=priority')
    await page.getByRole('link', { name: 'Medium' }).click()
    await page.getByRole('link', { name: /Show all/ }).waitFor()
    expect(await page.locator('tr.row').count()).toBe(10)
    await page.goto('/tickets/new')
    await page.getByLabel('Subject').fill('Filed without a script')
    await page.getByLabel('Partner').selectOption({ label: 'Fatou Camara' })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.waitForURL(/\/tickets\/[0-9a-f-]{36}/)
  })
})
