import { User } from '@tessera/base'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { loadDealership } from './demo/load.ts'
import { Branch, Company } from './index.ts'

let app: TestApp
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'portal', 'notifications', 'reporting', 'dealership'])
})
afterAll(() => app?.close())

it('The demonstration is a desk in the middle of its work, and loading it again adds nothing', { timeout: 300_000 }, async () => {
  const services = await app.servicesFor({ door: 'cli' })
  const { records } = services
  expect(await loadDealership(services)).toMatchObject({ tickets: 360, branches: 22, partners: 70 })
  expect(await records.count(Company, { where: { kind: 'dealer' } })).toBe(8)
  expect(await records.count(Branch)).toBe(22)
  expect(
    await records.count(User, {
      where: { email: { $in: ['distributor@example.org', 'manager@tigris.example.org', 'website@example.org'] } },
    }),
  ).toBe(3)
  const many = async (by: 'type' | 'status' | 'dealerLevel' | 'source') => (await records.group(Ticket, { by: [by] })).length
  expect([await many('type'), await many('status'), await many('dealerLevel'), await many('source')]).toEqual([5, 6, 4, 5])
  // Everything lies in the past, in its order.
  const { now } = services.context
  expect(
    await records.count(Ticket, {
      where: { $or: [{ createdAt: { $gt: now } }, { closedAt: { $gt: now } }, { firstRepliedAt: { $gt: now } }] },
    }),
  ).toBe(0)
  const { rows } = await records.query(Message, { fields: ['createdAt', 'ticket.createdAt'], limit: 200 })
  expect(rows.every(({ createdAt, ticket }) => ticket && createdAt >= ticket.createdAt)).toBe(true)
  expect(rows.filter(({ createdAt }) => createdAt.getTime() >= now.getTime() - 1_000)).toEqual([])
  expect(await loadDealership(services)).toEqual({ tickets: 0, branches: 0, partners: 0 })
})
