import { signedInAs } from '@tessera/core/testing'
import ticket from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import readings, { Reading } from '../fixtures/append-only.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
let id: string
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), ticket, readings)
  id = (await shop.ask('POST', '/api/readings', { meter: 'M-1', value: 7 })).body.data.id
})
afterAll(() => shop.app.close())

describe('A record of a model that is only added to', () => {
  it('is changed and removed by nobody through the API, whatever the rules say', async () => {
    for (const who of [shop.manager, await signedInAs(shop.app, 'administrator')]) {
      expect((await shop.ask('PATCH', `/api/readings/${id}`, { value: 8 }, who)).status).toBeGreaterThanOrEqual(400)
      expect((await shop.ask('DELETE', `/api/readings/${id}`, undefined, who)).status).toBeGreaterThanOrEqual(400)
    }
    expect((await shop.ask('GET', `/api/readings/${id}`)).body.data).toMatchObject({ value: 7, version: 1 })
  })

  it('is changed and removed by no service, the system’s included', async () => {
    const { records, asSystem } = shop.services
    for (const trying of [records, asSystem('The test tries what nobody may.')]) {
      await expect(trying.update(Reading, id, { value: 8 })).rejects.toMatchObject({ code: 'record.append_only', status: 403 })
      await expect(trying.remove(Reading, id)).rejects.toMatchObject({ status: 403 })
    }
  })

  it('has no routes for it in the document of the API', async () => {
    const { body } = await shop.ask('GET', '/api/openapi.json')
    expect(Object.keys(body.paths['/api/readings/{id}'])).toEqual(['get'])
  })
})
