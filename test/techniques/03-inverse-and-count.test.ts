import { signedInAs } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import fleet, { Vehicle } from '../fixtures/technique-03-inverse-and-count.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), fleet)
  const owner = shop.partner
  await shop.services.records.createMany(Vehicle, [
    { plate: 'BJL 1', owner },
    { plate: 'BJL 2', owner, scrapped: true },
    { plate: 'BJL 3', owner, secret: true },
  ])
  await shop.services.records.create(Partner, { name: 'Without vehicles' })
})
afterAll(() => shop.app.close())

describe('An addon adds to partners their vehicles and how many there are', () => {
  it('and the API shows, filters and sorts by the count', async () => {
    const { body } = await shop.ask('GET', '/api/partners?fields=vehicleCount,vehiclesInUse&sort=-vehicleCount')
    expect(body.data).toEqual([
      { id: shop.partner, vehicleCount: 3, vehiclesInUse: 2 },
      { id: expect.any(String), vehicleCount: 0, vehiclesInUse: 0 },
    ])
    const some = await shop.ask('GET', '/api/partners?filter[vehicleCount][gte]=1&fields=name&total=true')
    expect(some.body.meta.total).toBe(1)
    const whose = await shop.ask('GET', '/api/partners?filter[vehicles.plate]=BJL 2&fields=name')
    expect(whose.body.data).toMatchObject([{ id: shop.partner }])
  })

  it('and each reader counts the vehicles that he may read', async () => {
    const agent = await signedInAs(shop.app, 'agent')
    const { body } = await shop.ask('GET', `/api/partners/${shop.partner}?fields=vehicleCount,vehicles`, undefined, agent)
    expect(body.data).toMatchObject({ vehicleCount: 2, vehicles: [{ label: 'BJL 1' }, { label: 'BJL 2' }] })
    const { records } = await agent.services()
    expect((await records.get(Partner, shop.partner)).vehicleCount).toBe(2)
    expect(await records.count(Partner, { where: { vehicles: { plate: 'BJL 3' } } })).toBe(0)
    expect(await records.count(Partner, { where: { vehicleCount: 2 } })).toBe(1)
  })

  it('and services see them typed', async () => {
    const { records } = shop.services
    const { rows } = await records.query(Partner, { fields: ['vehicles', 'vehiclesInUse'], where: { vehicles: { scrapped: true } } })
    expect(rows[0]!.vehicles.map(({ label }) => label)).toEqual(['BJL 1', 'BJL 2', 'BJL 3'])
    expect(rows[0]!.vehiclesInUse).toBe(2)
  })

  it('and nobody writes a count or an inverse', async () => {
    const counted = await shop.ask('PATCH', `/api/partners/${shop.partner}`, { vehicleCount: 9 })
    expect(counted.status).toBe(422)
    const inverse = await shop.ask('PATCH', `/api/partners/${shop.partner}`, { vehicles: [] })
    expect(inverse.status).toBe(422)
    expect(await shop.services.records.count(Vehicle)).toBe(3)
  })
})
