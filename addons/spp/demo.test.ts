/** The demonstration shows a desk in the middle of its work. */
import { OutboxMessage, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { Ticket, TicketStatus } from '@tessera/ticket'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { demoSpp } from './demo/command.ts'
import { Enrolment, Program } from './index.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let app: TestApp
let services: Services
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['spp', 'assignment-rules', 'notifications'])
  services = await app.servicesFor({ door: 'cli' })
  const noDatabase = { transaction: () => Promise.reject(new Error('the demonstration writes through records')) }
  await demoSpp.run({}, services, noDatabase)
})
afterAll(() => app?.close())

it('has hundreds of tickets in all states, with what was said and what happened, at past times', async () => {
  const { records } = services
  expect(await records.count(Ticket)).toBe(320)
  const byStatus = await records.group(Ticket, { by: ['status'] })
  expect(byStatus).toHaveLength(await records.count(TicketStatus))
  for (const kind of ['public', 'note'] as const) expect(await records.count(Message, { where: { kind } })).toBeGreaterThan(50)
  expect(await records.count(Ticket, { where: { createdAt: { $gt: new Date(Date.now() - 30 * 86_400_000) } } })).toBeLessThan(150)
  expect(await records.count(Ticket, { where: { createdAt: { $gt: new Date() } } })).toBe(0)
  expect(await records.count(Ticket, { where: { rating: { $ne: null } } })).toBeGreaterThan(30)
  expect(await records.count(Ticket, { where: { type: { code: 'complaint' }, sppDecision: { $ne: null } } })).toBeGreaterThan(20)
})

it('has dozens of partners, programmes with officers, and rules that gave the tickets out', async () => {
  const { records } = services
  expect(await records.count(Partner, { where: { sppRegistrantType: 'group' } })).toBe(14)
  expect(await records.count(Partner)).toBeGreaterThan(60)
  expect(await records.count(Program, { where: { officers: { active: true } } })).toBe(4)
  expect(await records.count(Enrolment)).toBeGreaterThan(50)
  expect(await records.count(User)).toBe(10)
  expect(await records.count(Ticket, { where: { assignmentReason: { $ne: null } } })).toBeGreaterThan(150)
  expect(await records.count(Ticket, { where: { assignmentProblem: { $ne: null } } })).toBe(0)
})

it('has mails about the latest tickets in the outbox', async () => {
  expect(await services.records.count(OutboxMessage)).toBeGreaterThan(5)
})

it('is loaded once', async () => {
  await demoSpp.run({}, services, { transaction: () => Promise.reject(new Error('no')) })
  expect(await services.records.count(Ticket)).toBe(320)
})
