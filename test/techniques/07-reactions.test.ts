import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import reactions from '../fixtures/technique-07-reactions.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

interface Reacted {
  readonly replyTo: string | null
  readonly dueWithin: number | null
  readonly addressee: string | null
  readonly urgentText: string | null
}
interface Door {
  create(draft: Readonly<Record<string, unknown>>): Promise<string>
  update(id: string, changes: Readonly<Record<string, unknown>>): Promise<void>
}

let shop: Workshop
let fatou: string
let amara: string
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), reactions)
})
beforeEach(async () => {
  const { records } = shop.services
  fatou = (await records.create(Partner, { name: 'Fatou', email: 'fatou@example.org' })).id
  amara = (await records.create(Partner, { name: 'Amara', email: 'amara@example.org' })).id
})
afterAll(() => shop.app.close())

const api: Door = {
  create: async (draft) => (await shop.ask('POST', '/api/tickets', draft)).body.data.id,
  update: async (id, changes) => expect((await shop.ask('PATCH', `/api/tickets/${id}`, changes)).status).toBe(200),
}
const asImport = () => shop.app.servicesFor({ door: 'import', user: shop.manager.user })
const services: Door = {
  create: async (draft) => (await shop.services.records.create(Ticket, draft as never)).id,
  update: async (id, changes) => void (await shop.services.records.update(Ticket, id, changes)),
}
const imported: Door = {
  create: async (draft) => (await (await asImport()).records.createMany(Ticket, [draft as never]))[0]!,
  update: async (id, changes) => void (await (await asImport()).records.update(Ticket, id, changes)),
}
const reacted = (id: string): Promise<Reacted> => shop.services.records.get(Ticket, id, ['replyTo', 'dueWithin', 'addressee', 'urgentText'])

describe.each([
  ['the API', api],
  ['services', services],
  ['an import', imported],
])('What an addon proposes and computes, written through %s', (_, door) => {
  it('follows from other fields when a ticket is filed', async () => {
    const id = await door.create({ subject: 'No water', partner: fatou, priority: { code: 'urgent' } })
    expect(await reacted(id)).toMatchObject({ replyTo: 'fatou@example.org', dueWithin: 2, addressee: 'Fatou', urgentText: 'urgent' })
  })

  it('follows from what a related record is called', async () => {
    const id = await door.create({ subject: 'No water', partner: fatou })
    expect(await shop.services.records.get(Ticket, id)).toMatchObject({ salutation: 'Dear Fatou' })
    await door.update(id, { partner: amara })
    expect(await shop.services.records.get(Ticket, id)).toMatchObject({ salutation: 'Dear Amara' })
  })

  it('follows from when it was filed', async () => {
    const id = await door.create({ subject: 'No water', partner: fatou })
    const { createdAt, filedOn } = await shop.services.records.get(Ticket, id)
    expect(filedOn).toBe(createdAt.toISOString().slice(0, 10))
  })

  it('follows from what is proposed itself', async () => {
    const id = await door.create({ subject: 'No water', partner: fatou })
    expect(await reacted(id)).toMatchObject({ dueWithin: 6, urgentText: null })
  })

  it('gives way to what the writer wrote in the same write', async () => {
    const id = await door.create({ subject: 'No water', partner: fatou, replyTo: 'desk@example.org', dueWithin: 1 })
    expect(await reacted(id)).toMatchObject({ replyTo: 'desk@example.org', dueWithin: 1, urgentText: 'urgent' })
    await door.update(id, { partner: amara, replyTo: null })
    expect(await reacted(id)).toMatchObject({ replyTo: null, dueWithin: 1, addressee: 'Amara' })
  })

  it('is proposed again when what it needs changes later, and only then', async () => {
    const id = await door.create({ subject: 'No water', partner: fatou, replyTo: 'desk@example.org' })
    await door.update(id, { subject: 'Still no water' })
    expect(await reacted(id)).toMatchObject({ replyTo: 'desk@example.org' })
    await door.update(id, { partner: amara })
    expect(await reacted(id)).toMatchObject({ replyTo: 'amara@example.org', addressee: 'Amara' })
    // The same partner again is no change.
    await door.update(id, { replyTo: 'desk@example.org' })
    await door.update(id, { partner: amara, description: 'Since Monday' })
    expect(await reacted(id)).toMatchObject({ replyTo: 'desk@example.org' })
  })
})

describe('A stored value computed over a relation', () => {
  it('follows when the related record changes, and a relation further on', async () => {
    const { records } = shop.services
    const id = await api.create({ subject: 'No water', partner: fatou })
    const { id: acme } = await records.create(Partner, { name: 'Acme', kind: 'company' })
    await shop.ask('PATCH', `/api/partners/${fatou}`, { name: 'Fatou Camara' })
    expect(await reacted(id)).toMatchObject({ addressee: 'Fatou Camara' })
    await shop.ask('PATCH', `/api/partners/${fatou}`, { company: acme })
    expect(await reacted(id)).toMatchObject({ addressee: 'Fatou Camara, Acme' })
    await shop.ask('PATCH', `/api/partners/${acme}`, { name: 'Acme Ltd' })
    const { body } = await shop.ask('GET', '/api/tickets?filter[addressee][startsWith]=Fatou Camara, Acme Ltd&fields=addressee')
    expect(body.data).toEqual([{ id, addressee: 'Fatou Camara, Acme Ltd' }])
  })

  it('leaves alone what was only proposed', async () => {
    const id = await api.create({ subject: 'No water', partner: fatou })
    await shop.ask('PATCH', `/api/partners/${fatou}`, { name: 'Fatou B.', email: 'new@example.org' })
    expect(await reacted(id)).toMatchObject({ addressee: 'Fatou B.', replyTo: 'fatou@example.org' })
  })

  it('cannot be written by anybody', async () => {
    const refused = await shop.ask('POST', '/api/tickets', { subject: 'No water', partner: fatou, addressee: 'Me' })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'addressee', code: 'field.readonly' }] } })
  })
})
