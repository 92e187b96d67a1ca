import type { Door, Services } from '@tessera/core'
import { type SignedIn, signedInAs } from '@tessera/core/testing'
import ticket from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import loans, { approve, Loan } from '../fixtures/owned-by-actions.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
let agent: SignedIn
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), ticket, loans)
  agent = await signedInAs(shop.app, 'agent')
})
afterAll(() => shop.app.close())

const asked = async (amount = 100): Promise<string> => (await shop.services.records.create(Loan, { title: 'Roof', amount })).id
const through = (door: Door): Promise<Services> => shop.app.servicesFor({ door, user: shop.manager.user })
const stored = (id: string) => shop.services.records.get(Loan, id)

describe.each<Door>(['web', 'api', 'cli', 'import', 'job'])('A field that actions own, written through the door "%s"', (door) => {
  it('goes through the action that takes the value', async () => {
    const id = await asked()
    const { records, context } = await through(door)
    expect(await records.update(Loan, id, { state: 'approved', title: 'New roof' })).toMatchObject({
      title: 'New roof',
      state: 'approved',
      approvedAt: context.now,
    })
    const created = await records.create(Loan, { title: 'Door', amount: 5, state: 'approved' })
    expect(created).toMatchObject({ state: 'approved', approvedAt: context.now })
    const [many] = await records.createMany(Loan, [{ title: 'Door', amount: 5, state: 'approved' }])
    expect(await stored(many!)).toMatchObject({ approvedAt: context.now })
  })

  it('is refused with everything else in the write where the action refuses', async () => {
    const id = await asked(2000)
    const { records } = await through(door)
    const refused = { code: 'loan.too_much', message: 'Loan "New roof" is over 1000 and needs the board.' }
    await expect(records.update(Loan, id, { state: 'approved', title: 'New roof' })).rejects.toMatchObject(refused)
    expect(await stored(id)).toMatchObject({ title: 'Roof', state: 'asked', version: 1 })
    const before = await records.count(Loan)
    await expect(records.create(Loan, { title: 'New roof', amount: 2000, state: 'approved' })).rejects.toMatchObject(refused)
    expect(await records.count(Loan)).toBe(before)
  })

  it('is refused where no action takes the value', async () => {
    const id = await asked()
    const { records } = await through(door)
    const nobody = { code: 'record.invalid', errors: [{ field: 'state', code: 'field.through' }] }
    await expect(records.update(Loan, id, { state: 'paid' })).rejects.toMatchObject(nobody)
    await expect(records.create(Loan, { title: 'Roof', amount: 1, state: 'paid' })).rejects.toMatchObject(nobody)
    await expect(records.update(Loan, id, { approvedAt: new Date() })).rejects.toMatchObject({ errors: [{ field: 'approvedAt' }] })
    expect(await stored(id)).toMatchObject({ state: 'asked', approvedAt: null })
  })

  it('may be written again as it is', async () => {
    const { records } = await through(door)
    expect(await records.update(Loan, await asked(), { state: 'asked', amount: 7 })).toMatchObject({ state: 'asked', amount: 7 })
  })
})

describe('A field that actions own, over HTTP', () => {
  it('goes through the action, and says in a sentence where none leads to the value', async () => {
    const id = await asked()
    expect((await shop.ask('PATCH', `/api/loans/${id}`, { state: 'approved' })).body.data.approvedAt).not.toBeNull()
    const refused = await shop.ask('PATCH', `/api/loans/${id}`, { state: 'paid' })
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'state', detail: 'State is changed by Approve; none of them leads to this value from here.' }] },
    })
    const rejected = await shop.ask('PATCH', `/api/loans/${await asked(2000)}`, { state: 'approved' })
    expect(rejected).toMatchObject({ status: 422, body: { code: 'loan.too_much' } })
  })

  it('is for those who may do the action, who may change nothing else by it', async () => {
    const id = await asked()
    const refused = await shop.ask('PATCH', `/api/loans/${id}`, { state: 'approved' }, agent)
    expect(refused.status).toBe(403)
    expect((await shop.ask('POST', `/api/loans/${id}/approve`, {}, agent)).status).toBe(403)
    expect((await shop.ask('POST', '/api/loans', { title: 'Roof', amount: 1, state: 'approved' }, agent)).status).toBe(403)
    expect(await stored(id)).toMatchObject({ state: 'asked', version: 1 })
  })

  it('can be changed on many records at once', async () => {
    const ids = [await asked(), await asked()]
    expect((await shop.ask('POST', '/api/loans/approve', { ids })).status).toBe(200)
    for (const id of ids) expect(await stored(id)).toMatchObject({ state: 'approved' })
  })
})

it('The system itself may write it', async () => {
  const id = await asked()
  const records = shop.services.asSystem('The test takes an approval back.')
  expect(await records.update(Loan, id, { state: 'paid' })).toMatchObject({ state: 'paid' })
  expect(await shop.services.records.act(approve, await asked(), {})).toMatchObject({ state: 'approved' })
})
