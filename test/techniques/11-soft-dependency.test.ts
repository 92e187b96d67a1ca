import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import recalls, { Dealer, dealership } from '../fixtures/technique-11-soft-dependency.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

describe('An addon with a soft dependency, where the other module is absent', () => {
  let shop: Workshop
  beforeAll(async () => {
    shop = await openWorkshop(inject('postgresUrl'), recalls)
  })
  afterAll(() => shop.app.close())

  it('does what it does alone, and has nothing of the rest', async () => {
    const { ask, partner } = shop
    const { body } = await ask('POST', '/api/tickets', { subject: 'Airbag', partner, recallCode: 'R-17' })
    expect(body.data.recallCode).toBe('R-17')
    expect(body.data).not.toHaveProperty('recallDealer')
    const refused = await ask('PATCH', `/api/tickets/${body.data.id}`, { recallDealer: null })
    expect(refused).toMatchObject({ status: 400, body: { code: 'request.unknown_field' } })
    const closed = await ask('POST', `/api/tickets/${body.data.id}/close`, { reason: 'Repaired' })
    expect(closed.body.data.closeReason).toBe('Repaired')
    expect((await ask('GET', '/api/dealers')).status).toBe(404)
  })
})

describe('An addon with a soft dependency, where the other module is installed', () => {
  let shop: Workshop
  beforeAll(async () => {
    shop = await openWorkshop(inject('postgresUrl'), recalls, dealership)
  })
  afterAll(() => shop.app.close())

  it('has its field, its view and its override for it', async () => {
    const { app, ask, services, partner } = shop
    const system = await app.servicesFor({ door: 'system' })
    const { id: dealer } = await system.records.create(Dealer, { name: 'Kombo Motors' })
    const { id } = await system.records.create(Ticket, { subject: 'Airbag', partner, recallCode: 'R-17', recallDealer: dealer })
    const closed = await ask('POST', `/api/tickets/${id}/close`, { reason: 'Repaired' })
    expect(closed.body.data).toMatchObject({ recallCode: 'R-17', closeReason: 'By the dealer' })
    expect(JSON.stringify(services.app.screens(services.app.models.of(Ticket)).form.of)).toContain('recallDealer')
  })
})
