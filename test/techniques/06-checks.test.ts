import { signedInAs } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import visits from '../fixtures/technique-06-checks.ts'
import { openWorkshop, saidOf, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), visits)
})
afterAll(() => shop.app.close())

const first = '2026-03-02T09:00:00.000Z'
const second = '2026-03-02T11:00:00.000Z'

describe('An addon checks tickets', () => {
  it('by one field, with a code and a sentence', async () => {
    const { ask, partner } = shop
    const refused = await ask('POST', '/api/tickets', { subject: 'Test', partner })
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'record.invalid',
        errors: [{ field: 'subject', code: 'ticket.no_test', detail: 'File no tickets for testing. Say what "Test" is about.' }],
      },
    })
  })

  it('by several fields, whichever of them changes', async () => {
    const { ask, partner } = shop
    const { body } = await ask('POST', '/api/tickets', { subject: 'Meter', partner, visitFrom: first, visitUntil: second })
    const path = `/api/tickets/${body.data.id}`
    const detail = 'The visit for "Meter" ends before it begins.'
    for (const [field, value] of [
      ['visitFrom', second],
      ['visitUntil', first],
    ] as const) {
      const refused = await ask('PATCH', path, { [field]: value })
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ field, code: 'ticket.visit_ends_first', detail }] } })
    }
    expect((await ask('PATCH', path, { visitUntil: null, visitFrom: second })).status).toBe(200)
    expect((await ask('PATCH', path, { subject: 'Meter again' })).status).toBe(200)
  })

  it('for services too, and for those the system itself runs', async () => {
    const { services, app, partner } = shop
    const draft = { subject: 'Meter', partner, visitFrom: new Date(second), visitUntil: new Date(first) }
    const refused = { errors: [{ code: 'ticket.visit_ends_first' }] }
    await expect(services.records.create(Ticket, draft)).rejects.toMatchObject(refused)
    await expect(services.records.createMany(Ticket, [draft])).rejects.toMatchObject(refused)
    const system = await app.servicesFor({ door: 'system' })
    await expect(system.records.create(Ticket, draft)).rejects.toMatchObject(refused)
    expect(await services.records.count(Ticket, { where: { visitUntil: new Date(first) } })).toBe(0)
  })
})

it('An addon replaces a check of the owner by its name', async () => {
  const { records } = shop.services
  const { id } = await records.create(Partner, { name: 'Acme', kind: 'company' })
  const refused = { errors: [{ field: 'company', code: 'partner.own_company', values: { name: 'Acme' } }] }
  await expect(records.update(Partner, id, { company: id })).rejects.toMatchObject(refused)
  expect(await records.update(Partner, id, { company: id, name: 'Ourselves' })).toMatchObject({ company: { id } })
})

describe('The sentence of a check', () => {
  it('names a text of several languages in one of them', async () => {
    const { app } = shop
    const admin = await signedInAs(app, 'administrator')
    const draft = { code: 'odd', name: { en: 'Odd', fr: 'Bizarre' }, category: 'open', outcome: 'success' }
    const { body } = await shop.ask('POST', '/api/ticket-statuses', draft, admin)
    expect(body.errors[0].detail).toContain('Leave the outcome of "Odd" empty')
  })

  it('that two records share a value names the value', async () => {
    const { ask } = shop
    await ask('POST', '/api/ticket-tags', { name: 'Roads' })
    const again = await ask('POST', '/api/ticket-tags', { name: 'Roads' })
    expect(again).toMatchObject({ status: 422, body: { errors: [{ field: 'name', detail: 'There is already a tag "Roads".' }] } })
    const other = await ask('POST', '/api/ticket-tags', { name: 'Water' })
    const renamed = await ask('PATCH', `/api/ticket-tags/${other.body.data.id}`, { name: 'Roads' })
    expect(saidOf(renamed)).toEqual({ name: 'There is already a tag "Roads".' })
  })
})
