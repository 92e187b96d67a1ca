import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import derived from '../fixtures/derived-fields.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
let light: string
let heavy: string
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), derived)
  const { records } = shop.services
  const { id: acme } = await records.create(Partner, { name: 'Acme', kind: 'company' })
  const { id: amara } = await records.create(Partner, { name: 'Amara', email: 'amara@example.org', company: acme })
  light = (await records.create(Ticket, { subject: 'Street lamp', partner: shop.partner })).id
  heavy = (await records.create(Ticket, { subject: 'Bridge', partner: amara, weight: 5, fee: 10.5 })).id
})
afterAll(() => shop.app.close())

const idsOf = async (query: string): Promise<readonly string[]> => {
  const { body } = await shop.ask('GET', `/api/tickets?${query}`)
  return body.data.map(({ id }: { id: string }) => id)
}

describe('A formula', () => {
  it('is read, filtered and sorted by, and follows its columns', async () => {
    expect((await shop.ask('GET', `/api/tickets/${light}`)).body.data.score).toBe(20)
    expect(await idsOf('filter[score][gt]=20')).toEqual([heavy])
    expect(await idsOf('sort=-score')).toEqual([heavy, light])
    expect(await shop.services.records.update(Ticket, light, { weight: 3 })).toMatchObject({ score: 30 })
    expect((await shop.ask('GET', '/api/tickets/groups?by=partner&measures=score:sum')).body.data).toMatchObject([
      { 'score:sum': 50 },
      { 'score:sum': 30 },
    ])
  })

  it('has no column', async () => {
    const columns = await shop.app.connection.run(`select column_name from information_schema.columns where table_name = 'ticket'`)
    expect(columns.map(({ column_name }) => column_name)).not.toContain('score')
  })
})

describe('A generated column', () => {
  it('is kept by PostgreSQL and returned by the write that made it', async () => {
    const { body } = await shop.ask('POST', '/api/tickets', { subject: 'canal', partner: shop.partner })
    expect(body.data.shortSubject).toBe('CANA')
    const { body: changed } = await shop.ask('PATCH', `/api/tickets/${body.data.id}`, { subject: 'dam and lock' })
    expect(changed.data.shortSubject).toBe('DAM ')
    expect(await idsOf('filter[shortSubject]=BRID')).toEqual([heavy])
    const [row] = await shop.app.connection.run(
      `select is_generated from information_schema.columns where table_name = 'ticket' and column_name = 'short_subject'`,
    )
    expect(row).toEqual({ is_generated: 'ALWAYS' })
    await shop.ask('DELETE', `/api/tickets/${body.data.id}`)
  })
})

describe('A field of a related record', () => {
  it('is read over one relation or two, and empty where there is none', async () => {
    const { rows } = await shop.services.records.query(Ticket, { fields: ['partnerEmail', 'partnerCompany'], order: { subject: 'asc' } })
    expect(rows).toEqual([
      { id: heavy, partnerEmail: 'amara@example.org', partnerCompany: 'Acme' },
      { id: light, partnerEmail: null, partnerCompany: null },
    ])
  })

  it('can be filtered and sorted by, empty values last', async () => {
    expect(await idsOf('filter[partnerCompany]=Acme')).toEqual([heavy])
    expect(await idsOf('sort=partnerEmail')).toEqual([heavy, light])
    expect(await idsOf('sort=-partnerEmail')).toEqual([heavy, light])
  })
})

it('A count counts the related records that match its condition', async () => {
  const { rows } = await shop.services.records.query(Partner, {
    fields: ['allTickets', 'heavyTickets'],
    where: { allTickets: { $gt: 0 } },
    order: { heavyTickets: 'desc' },
  })
  expect(rows).toMatchObject([
    { allTickets: 1, heavyTickets: 1 },
    { allTickets: 1, heavyTickets: 0 },
  ])
})

it('An extreme is the least or greatest value of related records, filtered and sorted by like any other', async () => {
  const { rows } = await shop.services.records.query(Partner, {
    fields: ['name', 'leastWeight', 'lastSubject'],
    where: { leastWeight: { $gte: 1 } },
    order: { leastWeight: 'desc' },
  })
  expect(rows).toMatchObject([
    { name: 'Amara', leastWeight: 5, lastSubject: 'Bridge' },
    { leastWeight: 3, lastSubject: null },
  ])
})

it('A value computed when it is read is shown, and refuses to be sorted by in a sentence', async () => {
  const { body } = await shop.ask('GET', `/api/tickets/${heavy}?fields=number,heading`)
  expect(body.data.heading).toBe(`${body.data.number} of Amara`)
  expect((await shop.services.records.get(Ticket, heavy)).heading).toBe(body.data.heading)
  const refused = await shop.ask('GET', '/api/tickets?sort=heading')
  expect(refused).toMatchObject({
    status: 400,
    body: { detail: 'The records cannot be sorted by "heading".' },
  })
})

it('A decimal keeps its digits', async () => {
  expect((await shop.ask('GET', `/api/tickets/${heavy}`)).body.data.fee).toBe(10.5)
})
