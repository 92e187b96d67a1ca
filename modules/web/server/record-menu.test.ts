import { Role, RuleSet, Team } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner, PartnerTag } from '@tessera/partner'
import { Activity, Follower } from '@tessera/thread'
import { Ticket, TicketTag } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { idIn, linkOf, plain, rowsOf, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let system: Services
let manager: Visitor & { readonly user: string }
let viewer: Visitor
let clerk: Visitor
let partner: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket', 'web'])
  system = await app.servicesFor({ door: 'system' })
  manager = await visitorAs(app, 'manager')
  viewer = await visitorAs(app, 'viewer')
  // Sees, makes and deletes partners that are not nowhere, without their telephone.
  const { id: role } = await system.records.create(Role, { name: 'clerk', label: 'Clerk', includes: [{ code: 'staff' }] })
  const fields = ['name', 'kind', 'city', 'company', 'active']
  const rule = { verbs: ['create', 'read', 'delete'], where: { city: { $ne: 'Nowhere' } }, fields }
  await system.records.create(RuleSet, { role, model: 'partner', rules: [rule] })
  clerk = await visitorAs(app, 'clerk')
  partner = (await system.records.create(Partner, { name: 'Fatou Camara', city: 'Dakar' })).id
})
afterAll(() => app?.close())

/** The values that a form's controls hold, by name. */
const chosen = (html: string, name: string) => {
  const [, select = ''] = new RegExp(`<select[^>]* name="${name}"[^>]*>(.*?)</select>`, 's').exec(html) ?? []
  return plain(/value="([^"]*)" selected/.exec(select)?.[1] ?? '')
}
const held = (html: string, name: string) => plain(new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1] ?? '')

describe('A duplicate', () => {
  it('is a new form with what can be true of two records; nothing is stored before it is saved', async () => {
    const tag = (await system.records.create(TicketTag, { name: 'urgent matter' })).id
    const { id } = await system.records.create(Ticket, {
      subject: 'Card is lost',
      partner,
      description: 'Since Monday',
      tags: [tag],
      externalId: 'X-1',
    })
    const record = await manager.get(`/tickets/${id}`)
    const form = await manager.get(linkOf(record, /Duplicate/))
    expect(form.status).toBe(200)
    expect([held(form.html, 'subject'), chosen(form.html, 'partner'), held(form.html, 'externalId')]).toEqual(['Card is lost', partner, ''])
    expect(form.html).toContain('Since Monday')
    expect(form.html).toMatch(new RegExp(`value="${tag}" checked`))
    expect(wordsOf(form.html)).toMatch(/copied from T-\d{4}-\d{5} Card is lost/)
    const before = await system.records.count(Ticket)
    const made = await manager.post(`/tickets/new?copy=${id}`, { subject: 'Card is lost again', partner, tags: ['', tag] })
    expect(made.status).toBe(303)
    expect(await system.records.count(Ticket)).toBe(before + 1)
    const copy = await system.records.get(Ticket, idIn(made.location))
    expect(copy).toMatchObject({ subject: 'Card is lost again', externalId: null, version: 1, status: { label: 'New' } })
  })

  it('stands at the beginning, whatever actions did to its model, and is none of what was put away', async () => {
    const { id } = await system.records.create(Partner, { name: 'Old friend', active: false, invented: true })
    const form = await manager.get(`/partners/new?copy=${id}`)
    expect(held(form.html, 'name')).toBe('Old friend')
    expect(form.html).toMatch(/name="active"[^>]*value="true" checked/)
  })

  it('is offered to nobody who may not create, and shows nothing that its maker may not read', async () => {
    const { id } = await system.records.create(Partner, { name: 'Known to few', phone: '555-0199' })
    expect(wordsOf((await viewer.get(`/partners/${id}`)).html)).not.toContain('Duplicate')
    expect((await viewer.get(`/partners/new?copy=${id}`)).status).toBe(403)
    const form = await clerk.get(`/partners/new?copy=${id}`)
    expect([form.status, held(form.html, 'name')]).toEqual([200, 'Known to few'])
    expect(form.html).not.toContain('555-0199')
    const { id: hidden } = await system.records.create(Partner, { name: 'Elsewhere', city: 'Nowhere' })
    expect((await clerk.get(`/partners/new?copy=${hidden}`)).status).toBe(404)
  })
})

describe('A record that is put away', () => {
  it('leaves the list at first, says so itself, and comes back', async () => {
    const { id } = await system.records.create(Partner, { name: 'Retired partner' })
    await manager.get(`/partners/${id}`)
    const put = await manager.post(`/partners/${id}/archive`, { _version: '1' })
    expect(put).toMatchObject({ status: 303, location: `/partners/${id}` })
    const record = await manager.get(put.location)
    expect(wordsOf(record.html)).toContain('Archived: Retired partner')
    expect(record.html).toMatch(/<span class="badge[^>]*>.*?Archived/s)
    expect(rowsOf(await manager.get('/partners?q=Retired'))).toEqual([])
    expect(rowsOf(await manager.get('/partners?q=Retired&filter=archived'))[0]).toContain(id)
    expect((await system.records.history(Partner, id, 1))[0]).toMatchObject({ field: 'active', new: false })
    await manager.post(`/partners/${id}/archive?active=true`, { _version: '2' })
    expect(await system.records.get(Partner, id)).toMatchObject({ active: true, version: 3 })
  })

  it('is put back by one press, and not put away over what somebody else saved meanwhile', async () => {
    const { id } = await system.records.create(Partner, { name: 'Busy partner' })
    await manager.post(`/partners/${id}/archive`, { _version: '1' })
    const undo = plain(/action="([^"]*\/undo)"/.exec((await manager.get(`/partners/${id}`)).html)?.[1] ?? '')
    expect(undo).toMatch(/^\/partners\/runs\//)
    await manager.post(undo, { back: `/partners/${id}` })
    expect((await system.records.get(Partner, id)).active).toBe(true)
    const late = await manager.post(`/partners/${id}/archive`, { _version: '1' })
    expect([late.status, wordsOf(late.html)]).toEqual([412, expect.stringContaining('saved this partner first')])
    expect((await system.records.get(Partner, id)).active).toBe(true)
    expect((await viewer.post(`/partners/${id}/archive`)).status).toBe(404)
    expect((await manager.post(`/tickets/${id}/archive`)).status).toBe(404)
  })

  it('is told from the others by every search', () => {
    const filters = (model: typeof Team) => [...app.composition.screens(app.composition.models.of(model)).search.filters.keys()]
    expect(filters(Team)).toEqual(expect.arrayContaining(['active', 'archived']))
  })
})

describe('What hangs on a record', () => {
  it('is said before it is deleted: what keeps it, what goes along, what loses it', async () => {
    const { id } = await system.records.create(Ticket, { subject: 'Goes with company', partner })
    await system.records.create(Follower, { ticket: id, user: manager.user })
    for (const summary of ['Call back', 'Write'])
      await system.records.create(Activity, { ticket: id, user: manager.user, summary, due: '2026-03-04' })
    const question = wordsOf((await manager.get(`/tickets/${id}/delete`)).html)
    expect(question).toMatch(/2 activities are deleted with it/)
    expect(question).toContain('cannot be undone')
    const gone = await manager.post(`/tickets/${id}/delete`, { _version: '1' })
    expect(gone.status).toBe(303)
    expect(await system.records.count(Activity, { where: { ticket: id } })).toBe(0)

    const tag = (await system.records.create(PartnerTag, { name: 'guest' })).id
    await system.records.create(Partner, { name: 'Tagged', tags: [tag] })
    expect(wordsOf((await manager.get(`/partner-tags/${tag}/delete`)).html)).toMatch(/1 partner loses it from Tags/)
  })

  it('counts those that one may not see as others, and only where they keep it', async () => {
    const company = (await system.records.create(Partner, { name: 'Holding', kind: 'company', city: 'Dakar' })).id
    await system.records.create(Partner, { name: 'Seen', company, city: 'Dakar' })
    for (const name of ['Unseen one', 'Unseen two']) await system.records.create(Partner, { name, company, city: 'Nowhere' })
    const { html } = await clerk.get(`/partners/${company}/delete`)
    const question = wordsOf(html)
    expect(question).toMatch(/1 partner needs it as Company/)
    expect(question).toMatch(/2 more that you cannot see/)
    expect(question).toContain('it cannot be deleted')
    // What would be refused is not offered.
    expect(html).not.toContain('data-confirm')
    const refused = await clerk.post(`/partners/${company}/delete`)
    expect([refused.status, await system.records.count(Partner, { where: { id: company } })]).toEqual([409, 1])
  })
})
