import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import tidy from '../fixtures/technique-05-default-order.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), tidy)
  const { records } = shop.services
  await records.createMany(Partner, [
    { name: 'Binta', city: 'Banjul' },
    { name: 'Awa', city: 'Serekunda' },
    { name: 'Aminata', city: 'Banjul' },
  ])
  const awa = (await records.find(Partner, { name: 'Awa' }))!.id
  await records.createMany(Ticket, [
    { subject: 'Early letter', partner: shop.partner },
    { subject: 'Late letter', partner: shop.partner },
    { subject: 'Middle letter', partner: awa },
  ])
})
afterAll(() => shop.app.close())

describe('An addon changes the default order of a model', () => {
  it('and API and services list by it as a whole, empty values last', async () => {
    const { body } = await shop.ask('GET', '/api/partners?fields=name')
    const names = ['Awa', 'Aminata', 'Binta', 'Fatou Camara']
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(names)
    const { rows } = await shop.services.records.query(Partner, { fields: ['name'] })
    expect(rows.map(({ name }) => name)).toEqual(names)
  })

  it('through a relation too, page after page', async () => {
    const subjects: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const { body } = await shop.ask('GET', `/api/tickets?fields=subject&limit=1${next && `&cursor=${next}`}`)
      subjects.push(body.data[0].subject)
      next = body.meta.next
    }
    expect(subjects).toEqual(['Middle letter', 'Late letter', 'Early letter'])
  })

  it('and an index follows it', async () => {
    expect(await shop.indexes('partner')).toContainEqual(expect.stringContaining('(city DESC NULLS LAST, name, id)'))
  })
})
