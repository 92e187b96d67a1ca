import type { Services } from '@tessera/core'
import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, status, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

houseRules('spp')

let app: TestApp
let agent: Services
let officer: Services
let partner: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['spp'])
  const { identity, records } = await app.servicesFor({ door: 'system' })
  partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  const as = async (role: string) => {
    const { id } = await identity.createUser({ email: `${role}@example.org`, name: role, roles: [role] })
    return app.servicesFor({ door: 'api', user: id })
  }
  agent = await as('agent')
  officer = await as('sppOfficer')
})
afterAll(() => app.close())

const refused = {
  code: 'spp.no_registrant',
  message: 'Link a registrant to ticket "October transfer" before closing it.',
  status: 422,
}
const programTicket = (): Promise<Ticket> =>
  agent.records.create(Ticket, { subject: 'October transfer', partner, sppProgram: 'Child Grant' })

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
    const filed = agent.records.create(Ticket, { subject: 'October transfer', partner, sppProgram: 'Child Grant', status: status.closed })
    await expect(filed).rejects.toMatchObject(refused)
    expect(await agent.records.count(Ticket)).toBe(before)
  })

  it('is not closed from the command line, where everything else is allowed', async () => {
    const { id } = await programTicket()
    const { records } = await app.servicesFor({ door: 'cli' })
    await expect(records.act(close, id, {})).rejects.toMatchObject(refused)
    await expect(records.update(Ticket, id, { status: status.closed })).rejects.toMatchObject(refused)
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
  const { id } = await agent.records.create(Ticket, { subject: 'Card', partner, sppProgram: 'Pension', sppRegistrant: 'HH-7' })
  const { rows } = await agent.records.query(Ticket, { fields: ['sppRegistrant'], where: { sppProgram: 'Pension' } })
  expect(rows).toMatchObject([{ id, sppRegistrant: 'HH-7' }])
  expect((await agent.records.query(Ticket, { fields: ['id'], q: 'HH-7' })).rows).toMatchObject([{ id }])
})

describe('A programme officer', () => {
  it('works on program tickets and sees no others', async () => {
    const his = await agent.records.create(Ticket, { subject: 'Grant', partner, sppProgram: 'Child Grant', sppRegistrant: 'HH-1' })
    const other = await agent.records.create(Ticket, { subject: 'Lost key', partner })
    expect(await officer.records.get(Ticket, his.id)).toMatchObject({ partner: { name: 'Fatou Camara' } })
    expect(await officer.records.act(close, his.id, {})).toMatchObject({ status: { category: 'closed' } })
    await expect(officer.records.get(Ticket, other.id)).rejects.toMatchObject({ status: 404 })
    expect(await officer.records.count(Ticket, { where: { sppProgram: null } })).toBe(0)
  })

  it('files no ticket without a program, and takes none out of its program', async () => {
    const registrant = await officer.records.create(Partner, { name: 'Modou Jallow', sppProgram: 'Child Grant', sppRegistrant: 'HH-2' })
    const filed = await officer.records.create(Ticket, { subject: 'Grant', partner: registrant.id, sppProgram: 'Child Grant' })
    await expect(officer.records.create(Ticket, { subject: 'Grant', partner: registrant.id })).rejects.toMatchObject({ status: 403 })
    await expect(officer.records.update(Ticket, filed.id, { sppProgram: null })).rejects.toMatchObject({ status: 403 })
  })
})
