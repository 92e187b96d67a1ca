/** Where people are notified and figures are kept, deadlines are told and counted. */
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Notice } from '@tessera/notifications'
import { Partner } from '@tessera/partner'
import { close, merge, Ticket } from '@tessera/ticket'
import { periodOf } from '@tessera/web'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { SlaPolicy } from './index.ts'

let app: TestApp
let system: Services
let partner: string
let ana: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'sla', 'notifications', 'reporting'])
  system = await app.servicesFor({ door: 'system' })
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  ana = (await system.identity.createUser({ email: 'ana@example.org', name: 'Ana', roles: ['agent'] })).id
  await system.records.create(SlaPolicy, { name: 'All', firstResponse: null, resolution: 240, atRisk: 60 })
})
afterAll(() => app?.close())

const nine = new Date('2041-01-14T09:00:00Z')
const later = (minutes: number) => new Date(nine.getTime() + minutes * 60_000)
const file = (at = nine) => system.records.at(at).create(Ticket, { subject: 'Payment is late', partner, assignee: ana })

describe('Whoever has a ticket', () => {
  const warn = async (minutes: number) => (await app.servicesFor({ door: 'job', now: later(minutes) })).serviceLevels.warnAll()
  const told = async (ticket: string) => {
    const { rows } = await system.records.query(Notice, {
      fields: ['event', 'user'],
      where: { record: ticket, event: { $in: ['atRisk', 'overdue'] } },
      order: { id: 'asc' },
    })
    return rows.map(({ event, user }) => `${user.label} ${event}`)
  }

  it('is told once when it is at risk and once when it is overdue, at the minute', async () => {
    const { id } = await file()
    await warn(179)
    expect(await told(id)).toEqual([])
    await Promise.all([warn(180), warn(180)])
    expect(await told(id)).toEqual(['Ana atRisk'])
    await warn(239)
    expect(await told(id)).toEqual(['Ana atRisk'])
    await warn(241)
    await warn(300)
    expect(await told(id)).toEqual(['Ana atRisk', 'Ana overdue'])
    expect((await system.records.get(Ticket, id)).version).toBe(2)
  })

  it('is told nothing of what was closed in time, nor of what was due long ago', async () => {
    const [closed, old] = [await file(), await file(later(-10_000))]
    await system.records.at(later(100)).act(close, closed.id, {})
    await warn(200)
    await warn(241)
    expect([await told(closed.id), await told(old.id)]).toEqual([[], []])
    expect((await system.records.get(Ticket, old.id)).resolutionWarning).toBeNull()
  })
})

describe('SLA attainment', () => {
  it('is the share of what was due in the period that was resolved in time, and leads to just these tickets', async () => {
    const then = new Date('2040-06-01T08:00:00Z')
    const at = (minutes: number) => new Date(then.getTime() + minutes * 60_000)
    const some = await Promise.all([0, 1, 2, 3, 4].map((minute) => file(at(minute))))
    await system.records.at(at(100)).act(close, some[0]!.id, {})
    await system.records.at(at(200)).act(close, some[1]!.id, {})
    await system.records.at(at(500)).act(close, some[2]!.id, {})
    // What goes on in another one is owed there.
    await system.records.at(at(10)).act(merge, (await file(at(0))).id, { into: some[3]!.id })
    const reader = await app.servicesFor({ door: 'system', now: at(243.5) })
    const figure = reader.figures.all().find(({ name }) => name === 'sla-resolution')!
    const look = { period: periodOf('2040-06-01', '2040-06-01', reader.context) }
    // The fourth is overdue by now, the fifth is due in a minute.
    const total = await reader.figures.total(figure, look)
    expect(total).toMatchObject({ value: 2 / 4, count: 4, part: { count: 2 } })
    expect(await reader.records.count(Ticket, { where: total.tickets })).toBe(4)
    const [day] = await reader.figures.cells(figure, { ...look, grain: 'day' })
    expect(day).toMatchObject({ value: 2 / 4, count: 4 })
  })
})
