import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import contacts from '../fixtures/technique-02-relation-with-choices.ts'
import { openWorkshop, saidOf, type Workshop } from './workshop.ts'

let shop: Workshop
let acme: string
let employee: string
let stranger: string
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), contacts)
  const { records } = shop.services
  acme = (await records.create(Partner, { name: 'Acme', kind: 'company' })).id
  employee = (await records.create(Partner, { name: 'Amara Diallo', company: acme })).id
  stranger = (await records.create(Partner, { name: 'Modou Jallow' })).id
})
afterAll(() => shop.app.close())

const notOffered = (label: string) => `${label} does not take this partner: choose one that it offers.`

describe('An addon adds relations that offer some partners only', () => {
  it('and the API takes a choice that is offered', async () => {
    const filed = await shop.ask('POST', '/api/tickets', { subject: 'Invoice', partner: acme, supplier: acme, contact: employee })
    expect(filed.status).toBe(201)
    expect(filed.body.data).toMatchObject({ supplier: { label: 'Acme' }, contact: { label: 'Amara Diallo' } })
    const { body } = await shop.ask('GET', '/api/tickets?filter[contact.name]=Amara Diallo&fields=contact.email')
    expect(body.data).toEqual([{ id: filed.body.data.id, contact: { id: employee, label: 'Amara Diallo', email: null } }])
  })

  it('and the API refuses one that is not, in a sentence at its field', async () => {
    const refused = await shop.ask('POST', '/api/tickets', { subject: 'Invoice', partner: acme, supplier: employee, contact: stranger })
    expect(refused.status).toBe(422)
    expect(saidOf(refused)).toEqual({ supplier: notOffered('Supplier'), contact: notOffered('Contact') })
    const { id } = await shop.services.records.create(Ticket, { subject: 'Invoice', partner: acme })
    const changed = await shop.ask('PATCH', `/api/tickets/${id}`, { contact: stranger })
    expect(saidOf(changed)).toEqual({ contact: notOffered('Contact') })
  })

  it('and services refuse it as well, for many records at once too', async () => {
    const { records } = shop.services
    const before = await records.count(Ticket)
    const forbidden = { code: 'record.invalid', errors: [{ field: 'contact', code: 'field.not_offered' }] }
    await expect(records.create(Ticket, { subject: 'Invoice', partner: acme, contact: stranger })).rejects.toMatchObject(forbidden)
    const many = records.createMany(Ticket, [
      { subject: 'Good one', partner: acme, contact: employee },
      { subject: 'Bad one', partner: acme, contact: stranger },
    ])
    await expect(many).rejects.toMatchObject(forbidden)
    expect(await records.count(Ticket)).toBe(before)
  })

  it('and what is offered may follow over two relations', async () => {
    const { records } = shop.services
    const { id: other } = await records.create(Partner, { name: 'Binta Sowe', company: acme })
    expect(await records.create(Ticket, { subject: 'Invoice', partner: employee, colleague: other })).toMatchObject({
      colleague: { name: 'Binta Sowe' },
    })
    for (const [partner, colleague] of [
      [employee, stranger],
      [stranger, other],
    ] as const) {
      const refused = await shop.ask('POST', '/api/tickets', { subject: 'Invoice', partner, colleague })
      expect(saidOf(refused)).toEqual({ colleague: notOffered('Colleague') })
    }
  })

  it('and what is offered follows from the same write', async () => {
    const { records } = shop.services
    const { id } = await records.create(Ticket, { subject: 'Invoice', partner: stranger })
    await expect(records.update(Ticket, id, { contact: employee })).rejects.toMatchObject({ status: 422 })
    expect(await records.update(Ticket, id, { partner: acme, contact: employee })).toMatchObject({ contact: { name: 'Amara Diallo' } })
  })
})
