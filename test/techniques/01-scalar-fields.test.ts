import { testDatabase } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import ticket, { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import severity from '../fixtures/technique-01-scalar-fields.ts'
import { openOn, openWorkshop, saidOf, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), severity)
})
afterAll(() => shop.app.close())

describe('An addon adds scalar fields with a default and an index to tickets', () => {
  it('which the API reads, writes, filters and sorts by like the owner’s', async () => {
    const { ask, partner } = shop
    const plain = await ask('POST', '/api/tickets', { subject: 'Broken meter', partner })
    expect(plain.body.data).toMatchObject({ severity: 3, escalated: false, callBackAt: null })
    const given = await ask('POST', '/api/tickets', { subject: 'Fire', partner, severity: 1, callBackAt: '2026-03-02T12:00:00Z' })
    expect(given.body.data).toMatchObject({ severity: 1, callBackAt: '2026-03-02T12:00:00.000Z' })
    const found = await ask('GET', '/api/tickets?filter[severity][lt]=3&sort=severity&fields=subject,severity')
    expect(found.body.data).toEqual([{ id: given.body.data.id, subject: 'Fire', severity: 1 }])
    const wrong = await ask('PATCH', `/api/tickets/${given.body.data.id}`, { severity: 'high' })
    expect(wrong.status).toBe(422)
    expect(Object.keys(saidOf(wrong))).toEqual(['severity'])
    const { body: document } = await ask('GET', '/api/openapi.json')
    expect(document.components.schemas.TicketDraft.properties.severity).toMatchObject({ type: 'integer', title: 'Severity' })
    expect(document.components.schemas.TicketDraft.required).not.toContain('severity')
  })

  it('which services see typed', async () => {
    const { services, partner } = shop
    const { id, severity, escalated } = await services.records.create(Ticket, { subject: 'Leak', partner, escalated: true })
    expect([severity, escalated]).toEqual([3, true])
    const changed = await services.records.update(Ticket, id, { severity: severity + 1 })
    expect(changed.severity).toBe(4)
    const { rows } = await services.records.query(Ticket, { fields: ['severity'], where: { severity: { $gt: 3 }, escalated: true } })
    expect(rows).toEqual([{ id, severity: 4 }])
  })

  it('whose index PostgreSQL has', async () => {
    expect(await shop.indexes('ticket')).toContainEqual(expect.stringMatching(/USING btree \(severity\)$/))
  })
})

it('Tickets that were there before the addon have the default of its fields', async () => {
  const database = await testDatabase(inject('postgresUrl'))
  try {
    const before = await openOn(database.url, ticket)
    await before.install()
    const { records } = await before.servicesFor({ door: 'system' })
    const { id: partner } = await records.create(Partner, { name: 'Fatou Camara' })
    const { id } = await records.create(Ticket, { subject: 'An old one', partner })
    await before.close()

    const after = await openOn(database.url, severity)
    const done = await after.install()
    expect(done?.schema.flatMap(({ sql }) => sql)).toContainEqual('alter table "ticket" add "severity" integer not null default 3')
    expect(await after.install()).toBeUndefined()
    const services = await after.servicesFor({ door: 'system' })
    expect(await services.records.get(Ticket, id)).toMatchObject({ subject: 'An old one', severity: 3, escalated: false, callBackAt: null })
    await after.close()
  } finally {
    await database.drop()
  }
})
