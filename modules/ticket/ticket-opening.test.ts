import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { close, move, reopen, status, Ticket, TicketOpening } from './index.ts'

let app: TestApp
let services: Services
let partner: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  services = await app.servicesFor({ door: 'system' })
  partner = (await services.records.create(Partner, { name: 'Fatou Camara' })).id
})
afterAll(() => app.close())

const day = (number: number): Date => new Date(Date.UTC(2026, 2, number, 9))
const at = (number: number) => services.records.at(day(number))
const fileTicket = (number: number, more = {}): Promise<Ticket> =>
  at(number).create(Ticket, { subject: 'Payment did not arrive', partner, ...more })
const openingsOf = async (ticket: string) =>
  (
    await services.records.query(TicketOpening, {
      fields: ['openedAt', 'closedAt', 'reopened'],
      where: { ticket },
      order: { openedAt: 'asc' },
    })
  ).rows.map(({ openedAt, closedAt, reopened }) => [openedAt, closedAt, reopened])

describe('The times when a ticket was open', () => {
  it('begin with its filing, end with each closing and begin anew with each reopening', async () => {
    const { id } = await fileTicket(1)
    expect(await openingsOf(id)).toEqual([[day(1), null, false]])
    await at(2).act(close, id, {})
    expect(await openingsOf(id)).toEqual([[day(1), day(2), false]])
    await at(4).act(reopen, id, {})
    await at(5).act(move, id, { status: (await services.records.get(Ticket, id)).status.id })
    await at(6).update(Ticket, id, { status: status.closed })
    expect(await openingsOf(id)).toEqual([
      [day(1), day(2), true],
      [day(4), day(6), false],
    ])
  })

  it('are over at once for a ticket that is filed as closed', async () => {
    const { id } = await fileTicket(1, { status: status.resolved })
    expect(await openingsOf(id)).toEqual([[day(1), day(1), false]])
  })

  it('go with the ticket when it is removed', async () => {
    const { id } = await fileTicket(1)
    await services.records.remove(Ticket, id)
    expect(await openingsOf(id)).toEqual([])
  })

  it('tell what was open at an instant', async () => {
    const { id } = await fileTicket(1)
    await at(3).act(close, id, {})
    await at(5).act(reopen, id, {})
    const isOpenAt = async (instant: Date) =>
      (await services.records.count(Ticket, {
        where: { id, openings: { openedAt: { $lte: instant }, $or: [{ closedAt: null }, { closedAt: { $gt: instant } }] } },
      })) === 1
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map((number) => isOpenAt(day(number))))).toEqual([true, true, false, false, true, true])
  })
})
