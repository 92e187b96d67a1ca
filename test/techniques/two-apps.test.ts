import { Partner } from '@tessera/partner'
import ticket, { close, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import derived from '../fixtures/derived-fields.ts'
import severity from '../fixtures/technique-01-scalar-fields.ts'
import tidy from '../fixtures/technique-05-default-order.ts'
import { reasons } from '../fixtures/technique-09-service-override.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let plain: Workshop
let rich: Workshop
let other: Workshop
beforeAll(async () => {
  const url = inject('postgresUrl')
  ;[plain, rich, other] = await Promise.all([
    openWorkshop(url, ticket),
    openWorkshop(url, derived, reasons),
    openWorkshop(url, severity, tidy),
  ])
})
afterAll(() => Promise.all([plain, rich, other].map(({ app }) => app.close())))

const fieldsOf = ({ app }: Workshop): readonly string[] => [...app.composition.models.of(Ticket).fields.keys()]
const file = (shop: Workshop) => shop.services.records.create(Ticket, { subject: 'Bridge', partner: shop.partner })

describe('Applications with different modules in one process', () => {
  it('have the fields of their own modules and no others', async () => {
    expect(fieldsOf(plain)).not.toEqual(expect.arrayContaining(['weight']))
    expect(fieldsOf(plain)).not.toContain('severity')
    expect(fieldsOf(rich)).toEqual(expect.arrayContaining(['weight', 'score', 'heading']))
    expect(fieldsOf(rich)).not.toContain('severity')
    expect(fieldsOf(other)).toContain('severity')
    expect(fieldsOf(other)).not.toContain('weight')
    const [a, b, c] = await Promise.all([plain, rich, other].map(file))
    expect(a).not.toHaveProperty('heading')
    expect(b).toMatchObject({ heading: `${b!.number} of Fatou Camara`, weight: 2 })
    expect(c).toMatchObject({ severity: 3 })
    expect(c).not.toHaveProperty('score')
  })

  it('refuse each other’s fields over HTTP', async () => {
    for (const [shop, field] of [
      [plain, 'weight'],
      [rich, 'severity'],
      [other, 'weight'],
    ] as const) {
      const refused = await shop.ask('POST', '/api/tickets', { subject: 'Bridge', partner: shop.partner, [field]: 1 })
      expect(refused).toMatchObject({ status: 400, body: { code: 'request.unknown_field' } })
      expect((await shop.ask('GET', '/api/openapi.json')).body.components.schemas.Ticket.properties).not.toHaveProperty(field)
    }
  })

  it('have their own overrides, orders and columns', async () => {
    const reasonIn = async (shop: Workshop) =>
      (await shop.services.records.act(close, (await file(shop)).id, { reason: 'Done' })).closeReason
    expect([await reasonIn(plain), await reasonIn(rich), await reasonIn(other)]).toEqual(['Done', 'Done (checked)', 'Done'])
    expect(plain.app.composition.models.of(Partner).order).toEqual([{ path: 'name', direction: 'asc' }])
    expect(other.app.composition.models.of(Partner).order[0]).toEqual({ path: 'city', direction: 'desc' })
    expect((await plain.indexes('ticket')).some((index) => index.includes('severity'))).toBe(false)
  })

  it('go on when one of them is closed', async () => {
    const short = await openWorkshop(inject('postgresUrl'), severity)
    await short.app.close()
    expect(await file(other)).toMatchObject({ severity: 3 })
    expect(await file(plain)).not.toHaveProperty('severity')
  })
})
