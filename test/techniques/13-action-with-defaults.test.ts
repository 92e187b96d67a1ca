import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import complaints, { complain } from '../fixtures/technique-13-action-with-defaults.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), complaints)
})
afterAll(() => shop.app.close())

describe('An addon adds an action to partners that opens a ticket filled with values of the partner', () => {
  it('which stands among the partner’s actions', () => {
    const { app } = shop.services
    expect(app.actions(app.models.of(Partner)).map(({ name }) => name)).toEqual(['newTicket', 'complain'])
  })

  it('which leads to values that the API takes', async () => {
    const { services, ask } = shop
    const { id: acme } = await services.records.create(Partner, { name: 'Acme', kind: 'company' })
    const { id } = await services.records.create(Partner, { name: 'Amara', company: acme })
    const record = await services.records.get(Partner, id, ['id', 'name', 'company.name'])
    const opened = complain.opens!.code(record as never, { now: new Date(), isNew: false })
    if (typeof opened === 'string') throw new Error('It leads to a page.')
    expect(opened.model).toBe(Ticket)
    expect(opened.create).toMatchObject({ partner: id, subject: 'Complaint of Acme' })
    const filed = await services.records.create(Ticket, opened.create as never)
    const { body } = await ask('GET', `/api/tickets/${filed.id}`)
    expect(body.data).toMatchObject({ subject: 'Complaint of Acme', partner: { label: 'Amara' }, priority: { label: 'High' } })
  })

  it('which is no verb of the API, and says so to services', async () => {
    expect((await shop.ask('POST', `/api/partners/${shop.partner}/complain`, {})).status).toBe(404)
    await expect(shop.services.records.act(complain, shop.partner, {})).rejects.toMatchObject({
      code: 'action.opens',
      message: '"New complaint" opens a screen and cannot be done to a record.',
    })
  })
})
