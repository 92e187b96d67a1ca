import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Model } from '../model/types.ts'
import type { Services } from '../service/services.ts'
import { bootTest, type TestApp } from '../testing/index.ts'

let app: TestApp
let services: Services
let Ticket: Model
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  services = await app.servicesFor({ door: 'system' })
  const handleOf = (name: string): Model => app.composition.models.byName(name)!.handle
  Ticket = handleOf('ticket')
  const { records } = services
  const noon = new Date('2026-03-02T12:00:00Z')
  for (const [name, city, hours] of [
    ['Ada', 'Bronx', [1, 2, 6]],
    ['Ben', 'Bronx', [11]],
    ['Cleo', 'Queens', []],
  ] as const) {
    const partner = (await records.create(handleOf('partner'), { name, city })).id
    for (const late of hours) {
      const { id } = await records.at(noon).create(Ticket, { subject: 'Lamp is out', partner })
      await records.at(new Date(noon.getTime() + late * 3_600_000)).update(Ticket, id, { status: { code: 'closed' } })
    }
    await records.create(Ticket, { subject: 'Lamp is out', partner })
  }
})
afterAll(() => app?.close())

describe('Groups', () => {
  test('by a field of related records hold all that have the same value, however many records it comes from', async () => {
    expect(await services.records.group(Ticket, { by: ['partner.city'], measures: ['count', 'partner:distinct'] })).toEqual([
      { 'partner.city': 'Bronx', count: 6, 'partner:distinct': 2 },
      { 'partner.city': 'Queens', count: 1, 'partner:distinct': 1 },
    ])
  })
  test('measure the middle of a number, leaving empty ones out', async () => {
    expect(await services.records.group(Ticket, { by: ['partner.city'], measures: ['hoursToClose:median', 'hoursToClose:avg'] })).toEqual([
      { 'partner.city': 'Bronx', 'hoursToClose:median': 4, 'hoursToClose:avg': 5 },
      { 'partner.city': 'Queens', 'hoursToClose:median': null, 'hoursToClose:avg': null },
    ])
  })
  test('stand in the order of what they are grouped by, an instant before what comes after it', async () => {
    const groups = await services.records.group(Ticket, { by: ['createdAt', 'partner'], where: { status: { category: 'open' } } })
    const at = (group: (typeof groups)[number]) => Number(group.createdAt)
    expect(groups.length).toBeGreaterThan(1)
    expect(groups.map(at)).toEqual(groups.map(at).toSorted((a, b) => a - b))
    const turned = await services.records.group(Ticket, { by: ['closedAt', 'partner'] })
    expect(turned.map(({ closedAt }) => closedAt)).toEqual(
      turned.map(({ closedAt }) => closedAt).toSorted((a, b) => Number(a === null) - Number(b === null) || Number(a) - Number(b)),
    )
  })
  test('by nothing are one row of all together, also of none', async () => {
    const measures = ['count', 'hoursToClose:median']
    expect(await services.records.group(Ticket, { by: [], measures })).toEqual([{ count: 7, 'hoursToClose:median': 4 }])
    const none = await services.records.group(Ticket, { by: [], measures, where: { subject: 'No such' } })
    expect(none).toEqual([{ count: 0, 'hoursToClose:median': null }])
    await expect(services.records.group(Ticket, { by: [] })).rejects.toMatchObject({ code: 'request.group_by' })
  })
})
