import { close, status, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { politeness, reasons } from '../fixtures/technique-09-service-override.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), politeness, reasons)
})
afterAll(() => shop.app.close())

const file = async (): Promise<string> => (await shop.services.records.create(Ticket, { subject: 'Lost key', partner: shop.partner })).id

describe('Two addons override how tickets are closed, one around the other', () => {
  it('through the action of the API', async () => {
    const { body } = await shop.ask('POST', `/api/tickets/${await file()}/close`, { reason: 'Found' })
    expect(body.data).toMatchObject({ closeReason: 'Thank you. Found (checked)', status: { label: 'Resolved' } })
  })

  it('through a field that the action owns', async () => {
    const { body } = await shop.ask('PATCH', `/api/tickets/${await file()}`, { status: { code: 'closed' } })
    expect(body.data).toMatchObject({ closeReason: 'Thank you. (checked)', status: { label: 'Closed' } })
    expect(await shop.services.records.update(Ticket, await file(), { status: status.resolved })).toMatchObject({
      closeReason: 'Thank you. (checked)',
    })
  })

  it('and for code that does the action', async () => {
    const { records, tickets } = await shop.manager.services()
    expect(await records.act(close, await file(), { reason: 'Found' })).toMatchObject({ closeReason: 'Thank you. Found (checked)' })
    expect(Object.getPrototypeOf(tickets).constructor.name).toBe('Polite')
  })

  it('and the outer one may refuse before anything is done', async () => {
    const id = await file()
    const refused = await shop.ask('POST', `/api/tickets/${id}/close`, { reason: 'Whatever' })
    expect(refused).toMatchObject({ status: 422, body: { code: 'politeness.say_more', detail: 'Say why ticket "Lost key" is closed.' } })
    expect(await shop.services.records.get(Ticket, id)).toMatchObject({ closedAt: null, version: 1 })
  })
})
