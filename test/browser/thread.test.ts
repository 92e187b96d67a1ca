/** Followers, colleagues named while typing, activities, the bell and what others do meanwhile, in a real browser. */
import { Partner } from '@tessera/partner'
import { Activity, Follower, Message } from '@tessera/thread'
import { assign, note, Ticket } from '@tessera/ticket'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { streamsOf } from '../../modules/web/server/events.ts'
import { chromiumPath } from './chromium.ts'
import { expectSound } from './looks.ts'
import { openDesk } from './open-desk.ts'

describe.skipIf(!chromiumPath)('A thread in a browser', { timeout: 120_000 }, () => {
  const ids: Record<string, string> = {}
  let partner: string
  const desk = openDesk(['web', 'ticket', 'notifications'], async ({ system }) => {
    partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
    for (const [key, name] of Object.entries({ amara: 'Amara Diallo', moussa: 'Moussa Sarr' }))
      ids[key] = (await system.identity.createUser({ email: `${key}@example.org`, name, roles: ['agent'] })).id
  })
  const newTicket = async (subject: string) => (await desk.system.records.create(Ticket, { subject, partner })).id
  const talk = (page: Page) => page.getByRole('complementary', { name: 'Conversation' })

  it('names a colleague by keyboard, plans an activity, shows the bell to whom it concerns, and what a colleague does meanwhile', async () => {
    const ticket = await newTicket('The transfer did not arrive')
    const amara = await desk.signedIn(ids.amara!)
    await amara.goto(`/tickets/${ticket}`)
    await amara.keyboard.press('n')
    await amara.keyboard.type('Please ask the bank, @mou')
    await amara.getByRole('listbox', { name: 'Colleagues' }).getByText('Moussa Sarr').waitFor()
    await amara.keyboard.press('Enter')
    await amara.keyboard.type('before noon')
    expect(await amara.locator('form.saying.internal textarea').inputValue()).toBe('Please ask the bank, @Moussa Sarr before noon')
    await amara.keyboard.press('Control+Enter')
    await talk(amara).locator('.note .named').waitFor()
    const { rows } = await desk.system.records.query(Message, { fields: ['mentions'], where: { ticket } })
    expect(rows[0]?.mentions).toEqual([{ user: ids.moussa, as: 'Moussa Sarr' }])

    await talk(amara).getByText('Activity', { exact: true }).click()
    await amara.getByLabel('What is to be done').fill('Call the provider')
    await amara.getByRole('button', { name: 'Schedule' }).click()
    await talk(amara).getByText('Call the provider').first().waitFor()
    expect(await desk.system.records.count(Activity, { where: { ticket, user: ids.amara! } })).toBe(1)
    expect(await desk.system.records.count(Follower, { where: { ticket } })).toBe(2)
    await expectSound(amara, 'thread')

    const moussa = await desk.signedIn(ids.moussa!)
    await moussa.goto('/tickets')
    await moussa.getByRole('link', { name: 'Notifications, 1 unread' }).click()
    await moussa.getByRole('button', { name: /Amara Diallo named you/ }).waitFor()
    await expectSound(moussa, 'bell')
    await moussa.getByRole('button', { name: /Amara Diallo named you/ }).click()
    await moussa.waitForURL(`**/tickets/${ticket}`)
    await moussa.getByRole('link', { name: 'Notifications', exact: true }).waitFor()

    await talk(amara).getByText('Moussa Sarr is viewing this').waitFor()
    await moussa.keyboard.press('n')
    await moussa.keyboard.type('They call back')
    await talk(amara).getByText('Moussa Sarr is writing a reply').waitFor()
    await moussa.keyboard.press('Control+Enter')
    await talk(amara).locator('.note').getByText('They call back').waitFor()
    await amara.getByRole('link', { name: /Notifications/ }).waitFor()

    await amara.goto('/my-activities')
    await amara.locator('.activity-done summary').click()
    await amara.getByLabel('What came of it (optional)').fill('They pay tomorrow.')
    await amara.getByRole('button', { name: 'Mark as done' }).click()
    await amara.getByRole('heading', { name: 'Nothing to do' }).waitFor()
    await expectSound(amara, 'my-activities')
    await talk(moussa).getByText('They pay tomorrow.').waitFor()
  })

  it('shows a change of a colleague without taking what is being written', async () => {
    const ticket = await newTicket('A card is lost')
    const page = await desk.signedIn(ids.amara!)
    await page.goto(`/tickets/${ticket}`)
    await page.keyboard.press('r')
    await page.keyboard.type('Dear Fatou')
    const { records } = await desk.app.servicesFor({ door: 'web', user: ids.moussa! })
    await records.act(assign, ticket, { assignee: ids.moussa! })
    await page.getByRole('link', { name: 'Somebody changed this. Show it as it is now.' }).waitFor()
    expect(await page.locator('form.saying textarea').first().inputValue()).toBe('Dear Fatou')
  })

  it('opens one connection for ten tabs, all of which hear', async () => {
    const ticket = await newTicket('Ten tabs')
    const first = await desk.signedIn(ids.amara!)
    const tabs = [first, ...(await Promise.all(Array.from({ length: 9 }, () => first.context().newPage())))]
    for (const tab of tabs) await tab.goto(`/tickets/${ticket}`)
    await expect.poll(() => streamsOf(ids.amara!)).toBe(1)
    await desk.system.records.act(note, ticket, { body: 'For all tabs' })
    for (const tab of tabs) await talk(tab).getByText('For all tabs').waitFor()
    expect(streamsOf(ids.amara!)).toBe(1)
  })
})
