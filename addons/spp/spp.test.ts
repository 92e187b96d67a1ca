import type { Services } from '@tessera/core'
import { bootTest, houseRules, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { close, merge, note, status, Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Enrolment, Program } from './index.ts'

houseRules('spp')

let app: TestApp
let agent: Services
let officer: Services
let system: Services
let partner: string
let grant: string
let pension: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['spp'])
  system = await app.servicesFor({ door: 'system' })
  const { identity, records } = system
  partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  const as = async (role: string) => {
    const { id } = await identity.createUser({ email: `${role}@example.org`, name: role, roles: [role] })
    return app.servicesFor({ door: 'api', user: id })
  }
  agent = await as('agent')
  officer = await as('sppOfficer')
  grant = (await records.create(Program, { code: 'child_grant', name: 'Child Grant', officers: [officer.context.caller.id!] })).id
  pension = (await records.create(Program, { code: 'pension', name: 'Pension' })).id
})
afterAll(() => app.close())

const refused = {
  code: 'spp.no_registrant',
  message: 'Link a registrant to ticket "October transfer" before closing it.',
  status: 422,
}
const programTicket = (): Promise<Ticket> => agent.records.create(Ticket, { subject: 'October transfer', partner, sppProgram: grant })

describe('A program ticket without a registrant', () => {
  it('is not closed by the action', async () => {
    const { id } = await programTicket()
    await expect(agent.records.act(close, id, {})).rejects.toMatchObject(refused)
    expect(await agent.records.get(Ticket, id)).toMatchObject({ status: { category: 'open' }, closedAt: null, version: 1 })
  })

  it('is not closed by writing its status, nor by filing it as closed', async () => {
    const { id } = await programTicket()
    await expect(agent.records.update(Ticket, id, { status: status.resolved, description: 'Done' })).rejects.toMatchObject(refused)
    expect(await agent.records.get(Ticket, id)).toMatchObject({ description: null, version: 1 })
    const before = await agent.records.count(Ticket)
    const filed = agent.records.create(Ticket, { subject: 'October transfer', partner, sppProgram: grant, status: status.closed })
    await expect(filed).rejects.toMatchObject(refused)
    expect(await agent.records.count(Ticket)).toBe(before)
  })

  it('is not closed from the command line, where everything else is allowed', async () => {
    const { id } = await programTicket()
    const { records } = await app.servicesFor({ door: 'cli' })
    await expect(records.act(close, id, {})).rejects.toMatchObject(refused)
    await expect(records.update(Ticket, id, { status: status.closed })).rejects.toMatchObject(refused)
  })

  it('is not closed by merging it into another one', async () => {
    const [{ id }, { id: into }] = [await programTicket(), await programTicket()]
    await expect(agent.records.act(merge, id, { into })).rejects.toMatchObject(refused)
    expect(await agent.records.get(Ticket, id)).toMatchObject({ mergedInto: null, mergedAt: null, closedAt: null, version: 1 })
  })

  it('is closed once a registrant is linked, even in the same write', async () => {
    const { id } = await programTicket()
    const closed = await agent.records.update(Ticket, id, { sppRegistrant: 'HH-00418-2', status: status.resolved })
    expect(closed).toMatchObject({ sppRegistrant: 'HH-00418-2', status: { code: 'resolved' } })
  })
})

it('A ticket of no program closes as before', async () => {
  const { id } = await agent.records.create(Ticket, { subject: 'Lost key', partner })
  expect(await agent.records.act(close, id, {})).toMatchObject({ status: { category: 'closed' } })
})

it('Tickets are found by program and by registrant', async () => {
  const { id } = await agent.records.create(Ticket, { subject: 'Card', partner, sppProgram: pension, sppRegistrant: 'HH-7' })
  const { rows } = await agent.records.query(Ticket, { fields: ['sppRegistrant'], where: { sppProgram: pension } })
  expect(rows).toMatchObject([{ id, sppRegistrant: 'HH-7' }])
  expect((await agent.records.query(Ticket, { fields: ['id'], q: 'HH-7' })).rows).toMatchObject([{ id }])
})

describe('A programme officer', () => {
  it('works on the tickets of his programs and sees no others', async () => {
    const his = await agent.records.create(Ticket, { subject: 'Grant', partner, sppProgram: grant, sppRegistrant: 'HH-1' })
    const others = [
      await agent.records.create(Ticket, { subject: 'Lost key', partner }),
      await agent.records.create(Ticket, { subject: 'Pension', partner, sppProgram: pension }),
    ]
    expect(await officer.records.get(Ticket, his.id)).toMatchObject({ partner: { name: 'Fatou Camara' } })
    await officer.records.act(note, his.id, { body: 'Asked the bank' })
    expect(await officer.records.act(close, his.id, {})).toMatchObject({ status: { category: 'closed' } })
    for (const other of others) await expect(officer.records.get(Ticket, other.id)).rejects.toMatchObject({ status: 404 })
    expect(await officer.records.count(Ticket, { where: { sppProgram: { $ne: grant } } })).toBe(0)
    expect(await officer.records.query(Program, { fields: ['name'] })).toMatchObject({ rows: [{ name: 'Child Grant' }] })
    expect(await officer.records.count(Message, { where: { ticket: { $ne: his.id } } })).toBe(0)
  })

  it('files no ticket without a program, nor in another’s, and takes none out of his', async () => {
    const registrant = await officer.records.create(Partner, { name: 'Modou Jallow', sppProgram: grant, sppRegistrant: 'HH-2' })
    const filed = await officer.records.create(Ticket, { subject: 'Grant', partner: registrant.id, sppProgram: grant })
    await expect(officer.records.create(Ticket, { subject: 'Grant', partner: registrant.id })).rejects.toMatchObject({ status: 403 })
    await expect(officer.records.create(Ticket, { subject: 'Grant', partner: registrant.id, sppProgram: pension })).rejects.toMatchObject({
      errors: [{ field: 'sppProgram' }],
    })
    await expect(officer.records.update(Ticket, filed.id, { sppProgram: null })).rejects.toMatchObject({ status: 403 })
  })

  it('sees whoever takes part in his programs, once somebody enrols them', async () => {
    const { id } = await agent.records.create(Partner, { name: 'Awa Ceesay', sppRegistrantType: 'individual' })
    await expect(officer.records.get(Partner, id)).rejects.toMatchObject({ status: 404 })
    await system.records.create(Enrolment, { registrant: id, program: grant, since: '2024-01-01' })
    expect(await officer.records.get(Partner, id)).toMatchObject({ name: 'Awa Ceesay' })
  })
})

describe('A registrant', () => {
  it('is a person or a group with members and a head among them', async () => {
    const { records } = agent
    const group = await records.create(Partner, { name: 'Ceesay household', sppRegistrantType: 'group', sppRegistrant: ' hh 00418 ' })
    expect(group.sppRegistrant).toBe('HH-00418')
    const member = await records.create(Partner, { name: 'Lamin Ceesay', sppRegistrantType: 'individual', sppGroup: group.id })
    const stranger = await records.create(Partner, { name: 'Isatou Bah', sppRegistrantType: 'individual' })
    expect(await records.update(Partner, group.id, { sppHead: member.id })).toMatchObject({
      sppHead: { name: 'Lamin Ceesay' },
      sppMemberCount: 1,
    })
    await expect(records.update(Partner, group.id, { sppHead: stranger.id })).rejects.toMatchObject({ errors: [{ field: 'sppHead' }] })
    await expect(records.update(Partner, member.id, { sppGroup: stranger.id })).rejects.toMatchObject({ errors: [{ field: 'sppGroup' }] })
    await expect(records.update(Partner, stranger.id, { sppHead: member.id })).rejects.toMatchObject({ status: 422 })
    await expect(records.update(Partner, group.id, { sppGroup: group.id })).rejects.toMatchObject({
      errors: [{ text: 'The group "{name}" cannot be a member of another group.' }],
    })
  })

  it('takes part in a program once at a time, and may come back', async () => {
    const { records } = system
    const { id: registrant } = await records.create(Partner, { name: 'Ebrima Sowe', sppRegistrantType: 'individual' })
    const first = await records.create(Enrolment, { registrant, program: grant, since: '2023-01-01' })
    await expect(records.create(Enrolment, { registrant, program: grant })).rejects.toMatchObject({ status: 422 })
    await records.update(Enrolment, first.id, { status: 'left', until: '2023-12-31' })
    await records.create(Enrolment, { registrant, program: grant, since: '2024-06-01' })
    await expect(records.create(Enrolment, { registrant: partner, program: grant })).rejects.toMatchObject({
      errors: [{ field: 'registrant' }],
    })
    expect(await records.get(Program, grant, ['enrolled'])).toMatchObject({ enrolled: expect.any(Number) })
  })

  it('gives his number to the ticket that is filed for him, at every door', async () => {
    const { id } = await agent.records.create(Partner, { name: 'Binta Touray', sppRegistrant: 'HH-9' })
    expect(await agent.records.create(Ticket, { subject: 'Card', partner: id })).toMatchObject({ sppRegistrant: 'HH-9' })
    const written = await agent.records.create(Ticket, { subject: 'Card', partner: id, sppRegistrant: 'HH-10' })
    expect(await agent.records.update(Ticket, written.id, { subject: 'Card lost' })).toMatchObject({ sppRegistrant: 'HH-10' })
    expect(await agent.records.update(Ticket, written.id, { partner })).toMatchObject({ sppRegistrant: null })
  })
})

describe('A complaint', () => {
  it('has a severity and a decision, a rejection with its reason; other tickets have none', async () => {
    const { id } = await agent.records.create(Ticket, {
      subject: 'Left out',
      partner,
      type: type.complaint,
      sppProgram: grant,
      sppSeverity: 'grave',
    })
    await expect(agent.records.update(Ticket, id, { sppDecision: 'rejected' })).rejects.toMatchObject({
      errors: [{ field: 'sppDecisionReason' }],
    })
    expect(await agent.records.update(Ticket, id, { sppDecision: 'rejected', sppDecisionReason: 'Above the line' })).toMatchObject({
      sppDecision: 'rejected',
    })
    await expect(agent.records.create(Ticket, { subject: 'Question', partner, sppSeverity: 'minor' })).rejects.toMatchObject({
      errors: [{ code: 'ticket.spp_complaint' }],
    })
    await expect(agent.records.update(Ticket, id, { type: type.inquiry })).rejects.toMatchObject({
      errors: [{ code: 'ticket.spp_complaint' }],
    })
  })

  it('shows its customer the decision, and not how grave staff think it is', async () => {
    const filed = { subject: 'Left out', partner, type: type.complaint, sppSeverity: 'grave' } as const
    const { id } = await agent.records.create(Ticket, { ...filed, sppDecision: 'upheld' })
    const customer = await (await signedInAs(app, 'customer', { partner })).services()
    const seen = await customer.records.get(Ticket, id)
    expect(seen).toMatchObject({ sppDecision: 'upheld' })
    expect(seen).not.toHaveProperty('sppSeverity')
  })
})
