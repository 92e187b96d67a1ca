import { Team } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Ticket } from '../index.ts'
import { loadDemo } from './load.ts'
import { readServiceRequests } from './service-requests.ts'

let app: TestApp
let services: Services
let added: Awaited<ReturnType<typeof loadDemo>>

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  services = await app.servicesFor({ door: 'cli' })
  added = await loadDemo(services)
}, 120_000)
afterAll(() => app.close())

const ticketOf = (key: string) => services.records.find(Ticket, { externalId: key })

describe('Loading the demonstration', () => {
  it('files each request once, and nothing when it is loaded again', async () => {
    expect(added.tickets).toBe(1000)
    expect(await services.records.count(Ticket)).toBe(1000)
    expect(await services.records.count(Partner, { where: { invented: true } })).toBe(added.partners)
    expect(await loadDemo(services)).toEqual({ tickets: 0, partners: 0 })
    expect(await services.records.count(Ticket)).toBe(1000)
  })

  // Counted with Python's csv module.
  it('keeps the states, agencies and channels of the file', async () => {
    const countedBy = async (by: 'status' | 'source' | 'team') => {
      const rows = await services.records.group(Ticket, { by: [by] })
      const labelOf = (value: unknown) => (typeof value === 'object' && value && 'label' in value ? String(value.label) : 'none')
      return Object.fromEntries(rows.map((row) => [labelOf(row[by]), row.count]))
    }
    expect(await countedBy('status')).toEqual({ New: 424, 'In progress': 283, Closed: 293 })
    expect(await countedBy('source')).toEqual({ Web: 418, Phone: 349, 'Mobile app': 186, none: 47 })
    expect(await countedBy('team')).toMatchObject({ 'New York City Police Department': 500, 'Economic Development Corporation': 6 })
    expect(await services.records.count(Team)).toBe(11)
  })

  it('happens at the times of the file, with history', async () => {
    const closed = await ticketOf('60873407')
    const at = new Date('2024-04-16T05:44:30.000Z')
    expect(closed).toMatchObject({ createdAt: at, updatedAt: at, closedAt: at, hoursToClose: 0, status: { code: 'closed' } })
    expect((await services.records.history(Ticket, closed!.id)).map((entry) => entry.at)).toSatisfy((times: Date[]) =>
      times.every((time) => time.getTime() === at.getTime()),
    )
    for (const { key, createdAt, became } of await readServiceRequests()) {
      const ticket = await ticketOf(key)
      expect([key, ticket?.createdAt, ticket?.closedAt]).toEqual([key, createdAt, became?.status === 'closed' ? became.at : null])
    }
  })

  it('numbers the tickets in the order of their filing', async () => {
    const { rows } = await services.records.query(Ticket, { fields: ['number', 'createdAt'], order: { number: 'asc' }, limit: 200 })
    expect(rows[0]?.number).toBe('T-2024-00001')
    const times = rows.map(({ createdAt }) => createdAt.getTime())
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })
})
