import { testDatabase } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import ticket, { close, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import strict from '../fixtures/technique-04-changed-attributes.ts'
import { openOn, openWorkshop, saidOf, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), strict)
})
afterAll(() => shop.app.close())

describe('An addon changes attributes of fields that it does not own', () => {
  it('the label, in sentences, in the document of the API and on screens', async () => {
    const { ask, partner, services } = shop
    expect(saidOf(await ask('POST', '/api/tickets', { partner }))).toEqual({ subject: 'Concern is missing.' })
    const { body } = await ask('GET', '/api/openapi.json')
    expect(body.components.schemas.Ticket.properties.subject).toMatchObject({ title: 'Concern', description: expect.any(String) })
    expect(services.text('ticket.field.subject')).toBe('Concern')
  })

  it('and keeps those that it does not name', async () => {
    const short = await shop.ask('POST', '/api/tickets', { subject: 'Hm', partner: shop.partner })
    expect(short).toMatchObject({ status: 422, body: { errors: [{ field: 'subject', code: 'field.invalid' }] } })
  })

  it('required: what is left out is suggested, what is taken away is refused', async () => {
    const { ask, partner } = shop
    const { body } = await ask('POST', '/api/tickets', { subject: 'Meter', partner })
    expect(body.data.description).toBe('About: Meter')
    const emptied = await ask('PATCH', `/api/tickets/${body.data.id}`, { description: null })
    expect(saidOf(emptied)).toEqual({ description: 'Description is missing.' })
    const person = await ask('POST', '/api/partners', { name: 'Modou' })
    expect(person.body.data.country).toBe('GM')
    expect(saidOf(await ask('POST', '/api/partners', { name: 'Awa', country: '' }))).toEqual({ country: 'Country is missing.' })
  })

  it('required under a condition, at the action too', async () => {
    const { services, partner } = shop
    const { id } = await services.records.create(Ticket, { subject: 'Meter', partner })
    const refused = { errors: [{ field: 'closeReason', code: 'field.required' }] }
    await expect(services.records.act(close, id, {})).rejects.toMatchObject(refused)
    await expect(services.records.update(Ticket, id, { status: { code: 'closed' } })).rejects.toMatchObject(refused)
    expect(await services.records.act(close, id, { reason: 'Paid' })).toMatchObject({ closeReason: 'Paid' })
  })

  it('and adds indexes to their columns', async () => {
    const indexes = await shop.indexes('ticket')
    expect(indexes).toContainEqual(expect.stringContaining('(partner_id, closed_at)'))
    expect(indexes).toContainEqual(expect.stringMatching(/\(external_id\) WHERE \(closed_at IS NULL\)$/))
  })
})

it('Records that were there before stay readable, and what nobody touches is not demanded of them', async () => {
  const database = await testDatabase(inject('postgresUrl'))
  try {
    const before = await openOn(database.url, ticket)
    await before.install()
    const { records } = await before.servicesFor({ door: 'system' })
    const { id: partner } = await records.create(Partner, { name: 'Fatou Camara' })
    const { id } = await records.create(Ticket, { subject: 'An old one', partner })
    await before.close()

    const after = await openOn(database.url, strict)
    await after.install()
    const now = (await after.servicesFor({ door: 'system' })).records
    expect(await now.get(Ticket, id)).toMatchObject({ description: null, partner: { country: null } })
    expect(await now.update(Ticket, id, { externalId: 'old-1' })).toMatchObject({ externalId: 'old-1', description: null })
    expect(await now.update(Ticket, id, { subject: 'A new one' })).toMatchObject({ description: 'About: A new one' })
    await expect(now.update(Ticket, id, { description: '' })).rejects.toMatchObject({ errors: [{ field: 'description' }] })
    await after.close()
  } finally {
    await database.drop()
  }
})
