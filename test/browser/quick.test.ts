/** Somebody who is quicker than the line: what is typed and pressed before a script or an answer has come is neither lost nor a shortcut. */
import { Attachment, Team } from '@tessera/base'
import { Partner } from '@tessera/partner'
import { note, Ticket } from '@tessera/ticket'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { chromiumPath } from './chromium.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('Somebody quicker than the line', { timeout: 120_000 }, () => {
  let manager: string
  let partner: string
  let company: string
  let team: string
  const desk = openDesk(['ticket', 'web'], async ({ system: { identity, records } }) => {
    manager = (await identity.createUser({ email: 'mara@example.org', name: 'Mara Lund', roles: ['manager'] })).id
    for (let at = 0; at < 9; at++) await identity.createUser({ email: `a${at}@example.org`, name: `Agent ${at}`, roles: ['agent'] })
    partner = (await records.create(Partner, { name: 'Fatou Camara', email: 'fatou@mail.example' })).id
    company = (await records.create(Partner, { name: 'Harbour Freight', kind: 'company' })).id
    await records.create(Partner, { name: 'Ada Lovelace', company })
    team = (await records.create(Team, { name: 'Payments' })).id
  })
  const newTicket = async (subject: string) => (await desk.system.records.create(Ticket, { subject, partner })).id
  const subjectOf = async (id: string) => (await desk.system.records.get(Ticket, id)).subject

  /** What is asked for there comes when the story says so. */
  async function held(page: Page, at: string | RegExp): Promise<{ readonly asked: Promise<unknown>; come(): void }> {
    let come = () => {}
    const gate = new Promise<void>((resolve) => {
      come = resolve
    })
    const asked = page.waitForRequest(at)
    await page.route(at, async (route) => {
      await gate
      await route.continue()
    })
    return { asked, come: () => come() }
  }

  it('types into the palette, a dialog and a cell before they are there, and presses no shortcut by that', async () => {
    const id = await newTicket('Deep pothole')
    const page = await desk.signedIn(manager)
    await page.goto(`/tickets/${id}`)
    const palette = await held(page, '**/palette.js')
    await page.keyboard.press('Control+k')
    await palette.asked
    await page.keyboard.type('lopot')
    for (let at = 0; at < 3; at++) await page.keyboard.press('Backspace')
    await page.keyboard.type('st')
    palette.come()
    const input = page.getByRole('combobox', { name: 'Search and commands' })
    await expect.poll(() => input.inputValue()).toBe('lost')
    await page.keyboard.press('Escape')
    await input.waitFor({ state: 'detached' })

    await page.goto('/tickets?filter=open')
    const dialog = await held(page, '**/views/save*')
    await page.locator('#menu-star').click()
    await page.getByRole('link', { name: 'Save this view' }).click()
    await dialog.asked
    await page.keyboard.type('Open ones')
    dialog.come()
    await expect.poll(() => page.getByRole('dialog').getByLabel('Name of the view').inputValue()).toBe('Open ones')
    expect(new URL(page.url()).pathname).toBe('/tickets')

    await page.goto('/tickets?q=pothole')
    await page.keyboard.press('j')
    const cell = await held(page, '**/cell?*')
    await page.keyboard.press('e')
    await cell.asked
    await page.keyboard.type('A lamp')
    cell.come()
    const control = page.locator('.cell-edit [name="subject"]')
    await expect.poll(() => control.inputValue()).toBe('A lamp')
    await control.press('Enter')
    await page.locator('tr.row .open', { hasText: 'A lamp' }).waitFor()
    expect(await subjectOf(id)).toBe('A lamp')
  })

  it('saves before the rest of the script is there, and loses nothing though nobody answers', async () => {
    const id = await newTicket('Quickly saved')
    const page = await desk.signedIn(manager)
    const forms = await held(page, '**/forms.js')
    await page.goto(`/tickets/${id}`, { waitUntil: 'commit' })
    await forms.asked
    await page.getByLabel('Subject').fill('Typed in a tunnel')
    await page.context().setOffline(true)
    await page.keyboard.press('Control+s')
    await page.getByText('The server could not be reached. Nothing was changed.').waitFor()
    expect(await page.getByLabel('Subject').inputValue()).toBe('Typed in a tunnel')
    await page.context().setOffline(false)
    // A title is one line from the first key on.
    await page.getByLabel('Subject').press('Enter')
    await page.getByText('Saved', { exact: true }).waitFor()
    expect(await subjectOf(id)).toBe('Typed in a tunnel')
    forms.come()
  })

  it('goes on where he is when a box and a summary of mistakes come late', async () => {
    const page = await desk.signedIn(manager)
    await page.goto('/tickets/new')
    const forms = await held(page, '**/forms.js')
    const relation = await held(page, '**/relation.js')
    await page.getByRole('button', { name: 'Save' }).click()
    await Promise.all([forms.asked, relation.asked])
    await page.locator('select[name="partner"]').focus()
    relation.come()
    const box = page.getByRole('combobox', { name: 'Partner' })
    await box.waitFor()
    expect(await box.evaluate((each) => each.matches(':focus'))).toBe(true)
    await page.getByLabel('Subject').focus()
    forms.come()
    // It has looked at the form.
    await page.locator('[data-save][data-firm]').waitFor()
    await page.keyboard.type('Still here')
    expect(await page.getByLabel('Subject').inputValue()).toBe('Still here')
  })

  it('writes on below what was kept of a reply, and has a file sent that was chosen too early', async () => {
    const id = await newTicket('Two texts')
    const page = await desk.signedIn(manager)
    await page.goto(`/tickets/${id}`)
    await page.keyboard.press('r')
    await page.keyboard.type('Begun yesterday.')
    await expect.poll(() => page.evaluate('Object.values(sessionStorage).join()')).toContain('Begun yesterday.')
    const composer = await held(page, '**/composer.js')
    const files = await held(page, '**/files.js')
    await page.goto(`/tickets/${id}`, { waitUntil: 'commit' })
    await Promise.all([composer.asked, files.asked])
    await page.keyboard.press('r')
    await page.keyboard.type('Begun anew.')
    await page
      .locator('#files input[type="file"]')
      .setInputFiles({ name: 'early.txt', mimeType: 'text/plain', buffer: Buffer.from('Early') })
    composer.come()
    files.come()
    await expect.poll(() => page.locator('[data-saying] textarea:focus').inputValue()).toBe('Begun yesterday.\nBegun anew.')
    await page.getByRole('region', { name: 'Attachments' }).getByRole('link', { name: 'early.txt', exact: true }).waitFor()
    expect(await desk.system.records.count(Attachment, { where: { ticket: id } as never })).toBe(1)
  })

  it('opens a long list of people that gets its box to search in all the same', async () => {
    const page = await desk.signedIn(manager)
    const tags = await held(page, '**/tags.js')
    await page.goto(`/teams/${team}`, { waitUntil: 'commit' })
    await tags.asked
    await page.locator('details.choices summary').first().click()
    tags.come()
    await page.locator('details.choices[open] input[type="search"]').waitFor()
  })

  it('asks for a condition and a line more before their scripts are there, and goes on typing in them', async () => {
    const page = await desk.signedIn(manager)
    const lines = await held(page, '**/lines.js')
    await page.goto(`/partners/${company}`, { waitUntil: 'commit' })
    await lines.asked
    await page.getByLabel('City').fill('Porto')
    await page.getByRole('button', { name: 'Add a line' }).press('Enter')
    await page.keyboard.type('Mary Shelley')
    lines.come()
    await expect.poll(() => page.locator('[data-lines] tbody tr input:focus').inputValue()).toBe('Mary Shelley')
    expect(await page.getByLabel('City').inputValue()).toBe('Porto')
    // By a key, and with the button that was pressed, also when the form itself is sent.
    await page.keyboard.press('Control+s')
    await page.getByText('Saved', { exact: true }).waitFor()
    expect(await desk.system.records.count(Partner, { where: { company, name: 'Mary Shelley' } })).toBe(1)

    const builder = await held(page, '**/builder.js')
    await page.goto('/tickets/filter?back=%2Ftickets%3Ffilter%3D', { waitUntil: 'commit' })
    await builder.asked
    await page.getByRole('button', { name: 'Condition', exact: true }).press('Enter')
    builder.come()
    const field = page.getByRole('combobox', { name: 'Field of condition 1' })
    await expect.poll(() => field.evaluate((each) => each.matches(':focus'))).toBe(true)
  })

  it('hears in a tab that came late what was said after its page was made', async () => {
    const id = await newTicket('Heard late')
    const page = await desk.signedIn(manager)
    await page.goto(`/tickets/${id}`)
    const late = await page.context().newPage()
    const live = await held(late, '**/live.js')
    await late.goto(`/tickets/${id}`, { waitUntil: 'commit' })
    await live.asked
    await desk.system.records.act(note, id, { body: 'Said in between' })
    await page.getByText('Said in between').waitFor()
    live.come()
    await late.getByText('Said in between').waitFor()
  })

  it('sees his own reply on the page that comes, not on the one that goes, where he would write on', async () => {
    const id = await newTicket('Seen twice')
    const page = await desk.signedIn(manager)
    await page.goto(`/tickets/${id}`)
    const other = await page.context().newPage()
    await other.goto(`/tickets/${id}`)
    // The server takes it, and the page that would come is lost on its way.
    await page.route(/\/reply$/, async (route) => {
      await route.fetch({ maxRedirects: 0 })
      await route.fulfill({ status: 204 })
    })
    await page.keyboard.press('r')
    await page.keyboard.type('Said once.')
    await page.keyboard.press('Control+Enter')
    // Every tab was told.
    await other.locator('.is-reply').getByText('Said once.').waitFor()
    expect(await page.locator('.is-reply').count()).toBe(0)
    await page.reload()
    await page.locator('.is-reply').getByText('Said once.').waitFor()
  })
})
