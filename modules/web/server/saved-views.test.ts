import { Role } from '@tessera/base'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { priority, Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { SavedView } from '../saved-view.model.ts'
import { linkOf, plain, rowsOf, type Seen, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let ada: Visitor & { readonly user: string }
let ben: Visitor & { readonly user: string }
let chief: Visitor & { readonly user: string }

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  ;[ada, ben, chief] = [await visitorAs(app, 'agent'), await visitorAs(app, 'agent'), await visitorAs(app, 'manager')]
  const { records } = await app.servicesFor({ door: 'system' })
  const partner = (await records.create(Partner, { name: 'Lucia Rossi' })).id
  const drafts = Array.from({ length: 9 }, (_, at) => ({
    subject: `Lamp ${at}`,
    partner,
    type: at % 3 === 0 ? type.complaint : type.inquiry,
    priority: at % 2 === 0 ? priority.urgent : priority.medium,
  }))
  await records.createMany(Ticket, drafts)
})
afterAll(() => app.close())

/** Fills in the dialog to which a link leads, and follows where that leads. */
async function saved(visitor: Visitor, list: Seen, fields: Record<string, string>): Promise<Seen> {
  const dialog = await visitor.get(linkOf(list, /Save this view/))
  const back = plain(/id="record"[\s\S]*?name="back" value="([^"]*)"/.exec(dialog.html)?.[1] ?? '')
  const answer = await visitor.post('/tickets/views/save', { back, counted: 'false', start: 'false', ...fields })
  return answer.status === 303 ? visitor.get(answer.location) : answer
}
const side = ({ html }: Seen) => wordsOf(/<nav class="side"[\s\S]*?<\/nav>/.exec(html)?.[0] ?? '')

describe('A saved view', () => {
  it('is the list as it was left, found again in the menu and at the left with its count', async () => {
    const list = await ada.get('/tickets?filter=urgent&group=type&sort=-subject')
    const after = await saved(ada, list, { name: 'Burning', counted: 'true' })
    expect(wordsOf(after.html)).toContain('View “Burning” saved')
    expect(side(after)).toMatch(/Saved views My tickets Unassigned \d+ Followed by me Burning 5 /)
    expect(after.html).toMatch(/aria-current="page"[^>]*title="Burning"/)
    const partners = await ada.get('/partners')
    const again = await ada.get(linkOf(partners, /title="Burning"/))
    expect(wordsOf(again.html)).toMatch(/Inquiry 3 .*Complaint 2|Complaint 2 .*Inquiry 3/)
    expect(side(await ben.get('/tickets'))).not.toContain('Burning')
  })

  it('has a name of its own, which its maker changes, as he changes what it shows', async () => {
    const twice = await saved(ada, await ada.get('/tickets?filter=urgent'), { name: 'Burning' })
    expect([twice.status, wordsOf(twice.html)]).toEqual([422, expect.stringContaining('You have a view named “Burning” here already.')])
    expect((await saved(ada, await ada.get('/tickets?filter=urgent'), { name: ' ' })).html).toContain('Give the view a name.')
    const list = await ada.get('/tickets?filter=mine')
    const edit = linkOf(list, /aria-label="Change Burning"/)
    const back = '/tickets?filter=mine'
    await ada.post(edit.split('?')[0]!, { name: 'Mine', counted: 'false', start: 'false', renew: 'true', back })
    const renamed = await ada.get('/tickets')
    expect(linkOf(renamed, /<span class="cut">Mine<\/span>/)).toBe('/tickets?filter=mine')
    expect(side(renamed)).not.toContain('Mine')
    const gone = await ada.post(linkOf(renamed, /aria-label="Remove Mine"/).split('?')[0]!, { back: '/tickets' })
    expect(wordsOf((await ada.get(gone.location)).html)).toContain('View “Mine” removed')
    expect((await ada.get('/tickets')).html).not.toContain('Remove Mine')
  })

  it('opens from the menu for whoever wants it so, and the list as declared stays where it was', async () => {
    await saved(ben, await ben.get('/tickets?filter=closed'), { name: 'Done', start: 'true' })
    const page = await ben.get('/partners')
    expect(linkOf(page, /class="place"[^>]*title="Tickets"/)).toBe('/tickets?filter=closed')
    expect(wordsOf((await ben.get('/tickets')).html)).toContain('1–9 / 9')
    expect(linkOf(await ada.get('/partners'), /class="place"[^>]*title="Tickets"/)).toBe('/tickets')
    await ben.post(linkOf(await ben.get('/tickets'), /aria-label="Remove Done"/).split('?')[0]!, { back: '/tickets' })
    expect(linkOf(await ben.get('/partners'), /class="place"[^>]*title="Tickets"/)).toBe('/tickets')
  })

  it('is shared with a role by whoever may, also with those who have the role through another', async () => {
    const dialog = await ada.get(linkOf(await ada.get('/tickets'), /Save this view/))
    expect(dialog.html).not.toContain('Who sees it')
    const asked = await chief.get(linkOf(await chief.get('/tickets?filter=urgent'), /Save this view/))
    const viewer = /<option value="([^"]+)"[^>]*>Everybody with the role Viewer/.exec(asked.html)?.[1] ?? ''
    // Nobody shares by accident: what is chosen at first says whose it is.
    expect(asked.html).toMatch(/<option value="" selected>Only me</)
    await saved(chief, await chief.get('/tickets?filter=urgent'), { name: 'For all', role: viewer, counted: 'true' })
    const seen = await ada.get('/tickets')
    expect(side(seen)).toContain('For all 5')
    expect(seen.html).not.toContain('aria-label="Remove For all"')
    const { records } = await app.servicesFor({ door: 'system' })
    const view = (await records.find(SavedView, { name: 'For all' }))!
    expect((await ada.post(`/tickets/views/${view.id}/remove`)).status).toBe(404)
    // An agent who sends a role all the same keeps the view for himself.
    await saved(ada, await ada.get('/tickets?filter=mine'), { name: 'Quiet', role: viewer })
    expect((await records.find(SavedView, { name: 'Quiet' }))?.role).toBeNull()
  })

  it('is not lost among however many that are shared with others', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const role = (await records.find(Role, { name: 'administrator' }))!.id
    const others = Array.from({ length: 210 }, (_, at) => ({ name: `Audit ${at}`, model: 'ticket', address: 'filter=closed', role }))
    await records.createMany(SavedView, others)
    const list = await saved(ben, await ben.get('/tickets?filter=urgent'), { name: 'Zürich', counted: 'true' })
    expect(side(list)).toContain('Zürich 5')
    expect(wordsOf(list.html)).not.toContain('Audit 1')
  })

  it('says what it names that is there no longer, and shows everything else', async () => {
    const { records } = await app.servicesFor({ door: 'web', user: ada.user })
    const address = 'filter=urgent&group=oldField,type&sort=gone&facet.lost=1'
    await records.create(SavedView, { name: 'Old', model: 'ticket', address, counted: true })
    const list = await ada.get('/tickets')
    const opened = await ada.get(linkOf(list, /title="Old"/))
    expect(opened.location).toBe('/tickets?filter=urgent&group=type')
    const shown = await ada.get(opened.location)
    expect(wordsOf(shown.html)).toContain('“Old” also asks for lost, oldField, gone')
    expect(rowsOf(shown)).toHaveLength(0)
    expect(wordsOf(shown.html)).toContain('Inquiry 3')
  })
})
