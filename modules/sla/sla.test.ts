/** By when tickets are due: chosen by policies, counted in working hours, with a clock that stands and goes on. */
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, move, reopen, reply, Ticket, TicketStatus } from '@tessera/ticket'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { applySla, SlaPolicy, WorkingHours, WorkingTime, workingHours } from './index.ts'

houseRules('sla')

let app: TestApp
let system: Services
let manager: SignedIn
let agent: SignedIn
let partner: string
let hold: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'sla'])
  system = await app.servicesFor({ door: 'system' })
  manager = await signedInAs(app, 'manager')
  agent = await signedInAs(app, 'agent')
  partner = (await system.records.create(Partner, { name: 'Fatou Camara', kind: 'person' })).id
  hold = (await system.records.find(TicketStatus, { code: 'on_hold' }))!.id
})
afterAll(() => app?.close())
beforeEach(async () => {
  const { rows } = await system.records.query(SlaPolicy, { fields: [] })
  for (const { id } of rows) await system.records.update(SlaPolicy, id, { active: false })
})

// A Monday.
const nine = new Date('2026-11-23T09:00:00Z')
const later = (minutes: number, from = nine) => new Date(from.getTime() + minutes * 60_000)
let policies = 0
const policy = async (about: object = {}): Promise<SlaPolicy> => {
  policies += 1
  return (await manager.services()).records.create(SlaPolicy, { name: `Policy ${policies}`, resolution: 240, firstResponse: 60, ...about })
}
const file = (about: object = {}, at = nine): Promise<Ticket> =>
  system.records.at(at).create(Ticket, { subject: 'Payment is late', partner, ...about })
const read = (id: string): Promise<Ticket> => system.records.get(Ticket, id)
const listed = async (filter: object, now: Date): Promise<readonly string[]> =>
  (await system.records.at(now).query(Ticket, { fields: [], where: filter, limit: 200 })).rows.map(({ id }) => id)

/** What is said at the fields of what was refused. */
const refusal = (writing: Promise<unknown>): Promise<string> =>
  writing.then(
    () => 'It was not refused.',
    ({ errors }: { errors: readonly object[] }) => JSON.stringify(errors),
  )

describe('A new ticket', () => {
  it('is due by the first active policy that holds, in working hours', async () => {
    await policy({ name: 'Everything else', rank: 90, resolution: 960, workingHours: workingHours.office })
    const urgent = await policy({ name: 'Urgent', rank: 1, condition: { priority: { code: 'urgent' } } })
    expect(await file({ priority: { code: 'urgent' } })).toMatchObject({
      slaPolicy: { id: urgent.id },
      firstResponseDue: later(60),
      firstResponseRisk: nine,
      resolutionDue: later(240),
      resolutionRisk: later(180),
      slaDue: later(60),
      slaRisk: nine,
      resolutionLeft: null,
      resolutionMet: null,
    })
    // Two working days, from Friday at 16: on Tuesday at 16.
    const friday = new Date('2026-11-20T16:00:00Z')
    expect(await file({}, friday)).toMatchObject({
      slaPolicy: { name: 'Everything else' },
      resolutionDue: new Date('2026-11-24T16:00:00Z'),
    })
  })

  it('is never due where no policy holds', async () => {
    await policy({ condition: { type: { code: 'complaint' } } })
    expect(await file()).toMatchObject({ slaPolicy: null, firstResponseDue: null, resolutionDue: null, slaSince: null })
  })

  it('is judged by what takes the database too', async () => {
    await policy({ condition: { partner: { company: { name: 'Larkfield' } } } })
    const company = (await system.records.create(Partner, { name: 'Larkfield', kind: 'company' })).id
    const of = (await system.records.create(Partner, { name: 'Marta', kind: 'person', company })).id
    expect((await file({ partner: of })).resolutionDue).toEqual(later(240))
    expect((await file()).resolutionDue).toBeNull()
  })

  it('of many that come at once has its deadlines like any other', async () => {
    await policy()
    const ids = await system.records.at(nine).createMany(Ticket, [
      { subject: 'One of many', partner },
      { subject: 'Another of many', partner },
    ])
    for (const id of ids) expect(await read(id)).toMatchObject({ resolutionDue: later(240), firstResponseDue: later(60) })
  })
})

describe('A deadline', () => {
  it('is counted again from filing when another policy holds', async () => {
    await policy({ rank: 50, resolution: 480 })
    const urgent = await policy({ rank: 1, resolution: 120, condition: { priority: { level: 4 } } })
    const { id } = await file()
    expect(await system.records.at(later(30)).update(Ticket, id, { priority: { code: 'urgent' } })).toMatchObject({
      slaPolicy: { id: urgent.id },
      resolutionDue: later(120),
    })
    await system.records.at(later(40)).update(Ticket, id, { subject: 'Payment is very late' })
    expect((await read(id)).resolutionDue).toEqual(later(120))
  })

  it('stands while the ticket is on hold, and goes on with what was left', async () => {
    await policy({ workingHours: workingHours.office })
    const { id } = await file()
    await system.records.at(later(90)).act(move, id, { status: hold })
    expect(await read(id)).toMatchObject({ resolutionDue: null, resolutionRisk: null, resolutionLeft: 150, firstResponseDue: later(60) })
    const open = (await system.records.find(TicketStatus, { code: 'in_progress' }))!.id
    // Over night nothing counts: from Tuesday at 16:30 half an hour, and the other two on Wednesday.
    await system.records.at(new Date('2026-11-24T16:30:00Z')).act(move, id, { status: open })
    expect(await read(id)).toMatchObject({ resolutionDue: new Date('2026-11-25T11:00:00Z'), resolutionLeft: null })
  })

  it('that has run out is not taken back by a pause', async () => {
    await policy()
    const { id } = await file()
    await system.records.at(later(300)).act(move, id, { status: hold })
    expect(await read(id)).toMatchObject({ resolutionDue: later(240), resolutionLeft: null })
    expect(await listed({ resolutionDue: { $lt: later(301) } }, later(301))).toContain(id)
  })

  it('is met or missed by the closing, and reopening goes on with what was left', async () => {
    await policy()
    const { id } = await file()
    await system.records.at(later(100)).act(close, id, {})
    expect(await read(id)).toMatchObject({ resolutionDue: null, resolutionTarget: later(240), resolutionMet: true, resolutionLeft: 140 })
    await system.records.at(later(1_000)).act(reopen, id, {})
    expect(await read(id)).toMatchObject({ resolutionDue: later(1_140), resolutionMet: null, resolutionLeft: null })
    await system.records.at(later(1_200)).act(close, id, {})
    expect(await read(id)).toMatchObject({ resolutionDue: null, resolutionTarget: later(1_140), resolutionMet: false })
  })

  it('is met by a ticket that is closed while its clock stands', async () => {
    await policy()
    const { id } = await file()
    await system.records.at(later(100)).act(move, id, { status: hold })
    await system.records.at(later(1_000)).act(close, id, {})
    expect(await read(id)).toMatchObject({ resolutionMet: true, resolutionTarget: later(1_140), resolutionDue: null })
    await system.records.at(later(2_000)).act(reopen, id, {})
    expect((await read(id)).resolutionDue).toEqual(later(2_140))
  })

  it('is not wiped by a change of type that is taken back: pauses and what was used still count', async () => {
    await policy({ condition: { type: { code: 'complaint' } } })
    const open = (await system.records.find(TicketStatus, { code: 'in_progress' }))!.id
    const typed = (id: string, type: string, minutes: number) =>
      system.records.at(later(minutes)).update(Ticket, id, { type: { code: type } })
    const moved = (id: string, status: string, minutes: number) => system.records.at(later(minutes)).act(move, id, { status })
    const [before, meanwhile, late] = [
      await file({ type: { code: 'complaint' } }),
      await file({ type: { code: 'complaint' } }),
      await file({ type: { code: 'complaint' } }),
    ]
    // On hold for two days after an hour, and of another type only then.
    await moved(before.id, hold, 60)
    await moved(before.id, open, 60 + 2 * 1440)
    expect(await typed(before.id, 'inquiry', 3_000)).toMatchObject({ slaPolicy: null, resolutionDue: null, resolutionLeft: null })
    expect(await typed(before.id, 'complaint', 3_010)).toMatchObject({ resolutionDue: later(180 + 60 + 2 * 1440) })
    // On hold while no policy holds.
    await typed(meanwhile.id, 'inquiry', 60)
    await moved(meanwhile.id, hold, 60)
    expect(await read(meanwhile.id)).toMatchObject({ resolutionDue: null, resolutionLeft: null })
    await moved(meanwhile.id, open, 2_000)
    expect(await typed(meanwhile.id, 'complaint', 2_010)).toMatchObject({ resolutionDue: later(2_180) })
    // What has run out stays so.
    await typed(late.id, 'inquiry', 300)
    expect(await typed(late.id, 'complaint', 310)).toMatchObject({ resolutionDue: later(240) })
    await typed(late.id, 'inquiry', 320)
    await moved(late.id, hold, 330)
    await moved(late.id, open, 1_000)
    expect(await typed(late.id, 'complaint', 1_010)).toMatchObject({ resolutionDue: later(1_000) })
  })

  it('of a reopened ticket is by the policy that holds then', async () => {
    await policy({ rank: 50, resolution: 480 })
    const urgent = await policy({ rank: 1, resolution: 120, condition: { priority: { code: 'urgent' } } })
    const { id } = await file()
    await system.records.at(later(30)).act(close, id, {})
    await system.records.at(later(40)).update(Ticket, id, { priority: { code: 'urgent' } })
    expect(await read(id)).toMatchObject({ resolutionTarget: later(480), resolutionMet: true })
    await system.records.at(later(1_000)).act(reopen, id, {})
    expect(await read(id)).toMatchObject({ slaPolicy: { id: urgent.id }, resolutionDue: later(1_090) })
  })

  it('that was missed stays so when the closed ticket gets another closed status, whatever its policy says by then', async () => {
    const changed = await policy()
    const { id } = await file()
    await system.records.at(later(300)).act(close, id, {})
    await (await manager.services()).records.update(SlaPolicy, changed.id, { resolution: 480 })
    const resolved = (await system.records.find(TicketStatus, { code: 'resolved' }))!.id
    const closed = (await system.records.find(TicketStatus, { code: 'closed' }))!.id
    const other = (await read(id)).status.id === resolved ? closed : resolved
    await system.records.at(later(9_000)).act(move, id, { status: other })
    expect(await read(id)).toMatchObject({ status: { id: other }, resolutionTarget: later(240), resolutionMet: false })
  })

  it('of the first response is met by the first public reply of staff, and by nothing else', async () => {
    await policy()
    const [quick, slow] = [await file(), await file()]
    const hers = await agent.services()
    const inProgress = (await system.records.find(TicketStatus, { code: 'in_progress' }))!.id
    await system.records.at(later(10)).act(move, quick.id, { status: inProgress })
    expect(await read(quick.id)).toMatchObject({ firstResponseDue: later(60), firstResponseMet: null })
    await hers.records.at(later(20)).act(reply, quick.id, { body: 'We are looking into it.' })
    expect(await read(quick.id)).toMatchObject({
      firstResponseDue: null,
      firstResponseTarget: later(60),
      firstResponseMet: true,
      slaDue: later(240),
    })
    await hers.records.at(later(61)).act(reply, slow.id, { body: 'Sorry for the delay.' })
    expect((await read(slow.id)).firstResponseMet).toBe(false)
  })
})

describe('What is overdue, at risk or due soon', () => {
  it('comes true by the clock, with no event', async () => {
    await policy({ firstResponse: null })
    const { id } = await file()
    const filters = system.app.screens(system.app.models.of(Ticket)).search.filters
    const on = (name: string, minutes: number) => listed(filters.get(name)!.where, later(minutes))
    expect([await on('overdue', 100), await on('atRisk', 100), await on('dueSoon', 100)].map((ids) => ids.includes(id))).toEqual([
      false,
      false,
      true,
    ])
    expect([await on('overdue', 200), await on('atRisk', 200)].map((ids) => ids.includes(id))).toEqual([false, true])
    expect([await on('overdue', 241), await on('atRisk', 241)].map((ids) => ids.includes(id))).toEqual([true, false])
    await system.records.at(later(250)).act(close, id, {})
    expect((await on('overdue', 300)).includes(id)).toBe(false)
  })
})

describe('Policies and working hours', () => {
  it('refuse in words what cannot be kept', async () => {
    const hers = await manager.services()
    const hours = await hers.records.create(WorkingHours, { name: 'Nights', zone: 'Africa/Banjul' })
    await expect(policy({ workingHours: hours.id })).rejects.toMatchObject({ code: 'sla.no_hours' })
    const time = (begins: string, ends: string) => hers.records.create(WorkingTime, { workingHours: hours.id, weekday: '1', begins, ends })
    const first = await time('08:00', '08:01')
    await expect(policy({ workingHours: hours.id, resolution: 500_000 })).rejects.toMatchObject({ code: 'sla.too_far' })
    expect(await refusal(time('12:00', '09:00'))).toContain('end before they begin')
    await expect(time('08:00', '10:00')).rejects.toMatchObject({
      message: 'On Monday the hours 08:00–08:01 and 08:00–10:00 overlap. Make one line of them, or let one begin when the other has ended.',
    })
    expect(await refusal(time('8', '10:00'))).toContain('for example 09:00')
    await policy({ workingHours: hours.id, resolution: 1, firstResponse: null })
    await expect(hers.records.remove(WorkingTime, first.id)).rejects.toMatchObject({ code: 'sla.no_hours' })
    expect(await refusal(hers.records.create(WorkingHours, { name: 'Mars', zone: 'Mars/Olympus' }))).toContain('Europe/Paris')
    expect(await refusal(policy({ resolution: -5 }))).toContain('Resolution within')
    expect(await refusal(policy({ resolution: null, firstResponse: null }))).toContain('promises nothing')
    await expect(policy({ condition: { nothing: 1 } })).rejects.toMatchObject({ code: 'base.unreadable_condition' })
  })

  it('do not overlap by two who write at once, each of whom does not see what the other writes', async () => {
    const hers = await manager.services()
    const hours = await hers.records.create(WorkingHours, { name: 'Mornings', zone: 'Africa/Banjul' })
    let written = 0
    const both = Promise.withResolvers<void>()
    const write = async (begins: string, ends: string): Promise<unknown> => {
      const { records } = await manager.services()
      return records.transaction(async () => {
        await records.create(WorkingTime, { workingHours: hours.id, weekday: '1', begins, ends })
        written += 1
        if (written === 2) both.resolve()
        await both.promise
      })
    }
    const outcomes = await Promise.allSettled([write('09:00', '12:00'), write('10:00', '13:00')])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'sla.overlap' } })
  })

  it('are changed by managers, read by agents, and unknown to customers', async () => {
    const { id } = await policy()
    expect((await (await agent.services()).records.get(SlaPolicy, id)).name).toBe(`Policy ${policies}`)
    await expect((await agent.services()).records.update(SlaPolicy, id, { rank: 1 })).rejects.toMatchObject({ status: 403 })
    const ticket = await file()
    const customer = await signedInAs(app, 'customer')
    expect((await customer.fetch(`/api/slaPolicies/${id}`)).status).toBeGreaterThanOrEqual(403)
    expect(JSON.stringify(await (await customer.fetch(`/api/tickets/${ticket.id}`)).json())).not.toContain('resolutionDue')
  })

  it('that are changed hold for the tickets that come then, and for others where somebody says so', async () => {
    const changed = await policy()
    const { id } = await file()
    await (await manager.services()).records.update(SlaPolicy, changed.id, { resolution: 480 })
    expect((await read(id)).resolutionDue).toEqual(later(240))
    expect((await file()).resolutionDue).toEqual(later(480))
    await (await manager.services()).records.at(later(5)).act(applySla, id, {})
    expect((await read(id)).resolutionDue).toEqual(later(480))
  })

  it('nobody writes deadlines by himself', async () => {
    await policy()
    const { id } = await file()
    const answer = await manager.fetch(`/api/tickets/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resolutionTarget: '2030-01-01T00:00:00Z' }),
    })
    expect(answer.status).toBe(422)
    expect((await read(id)).resolutionDue).toEqual(later(240))
  })
})
