/** A manufacturer that is connected: an addon of a deployment overrides the service. */
import base from '@tessera/base'
import { defineModule } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import partner, { Partner } from '@tessera/partner'
import thread, { Message } from '@tessera/thread'
import ticket, { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import dealership, { dealerType, RecallFinding, type Said } from './index.ts'

let said: Said = { kind: 'none' }
const connected = defineModule({
  name: 'manufacturer',
  depends: [dealership],
  overrides: {
    manufacturer: (Manufacturer) =>
      class Connected extends Manufacturer {
        override ask(): Promise<Said> {
          return Promise.resolve(said)
        }
      },
  },
})

let app: TestApp
let customer: string
const vin = '1M8GDM9AXKP042788'
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, partner, thread, ticket, dealership, connected])
  const { records } = await app.servicesFor({ door: 'system' })
  customer = (await records.create(Partner, { name: 'Layla Hassan', email: 'layla@mail.example' })).id
})
afterAll(() => app?.close())

async function filed() {
  const website = await signedInAs(app, 'intake')
  const answer = await website.fetch('/api/intake/ssc-inquiries', {
    method: 'POST',
    body: JSON.stringify({ name: 'Layla', email: 'layla@mail.example', vin }),
  })
  return { status: answer.status, body: (await answer.json()) as { id?: string; recalls?: unknown } }
}

it('A full list is answered at once, without a ticket', async () => {
  said = { kind: 'list', recalls: [{ code: '21TA04', description: 'Fuel pump', repaired: false }] }
  expect(await filed()).toEqual({ status: 200, body: { vin, authorized: false, recalls: said.recalls } })
})

it('A full list answers and resolves a ticket that staff or the portal filed', async () => {
  said = { kind: 'list', recalls: [{ code: '21TA04', description: 'Fuel pump', repaired: false }] }
  const { records } = await app.servicesFor({ door: 'system' })
  const { id } = await records.create(Ticket, { subject: 'Recall?', partner: customer, type: dealerType.ssc_inquiry, dealerVin: vin })
  expect(await records.get(Ticket, id)).toMatchObject({ status: { code: 'resolved' } })
  expect(await records.find(RecallFinding, { ticket: id })).toMatchObject({ code: '21TA04' })
  expect(await records.find(Message, { ticket: id })).toMatchObject({ sender: 'bot', kind: 'public' })
})

it('Only yes or no makes a ticket, in which staff read what the manufacturer said', async () => {
  const { records } = await app.servicesFor({ door: 'system' })
  for (const concerned of [true, false]) {
    said = { kind: 'whether', concerned }
    const { status, body } = await filed()
    expect(status).toBe(201)
    expect(await records.get(Ticket, body.id!)).toMatchObject({ status: { code: 'new' }, dealerVin: vin })
    const note = await records.find(Message, { ticket: body.id! })
    expect(note).toMatchObject({ kind: 'note', sender: 'bot' })
    // Modules that are given as declarations have no catalogues: the code stands for its text.
    expect(note?.body).toBe(concerned ? 'dealership.ssc_manufacturer_yes' : 'dealership.ssc_manufacturer_no')
  }
})
