import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

let app: TestApp
let system: Services
/** A customer of another ticket: he may do nothing with this one. */
let stranger: Services

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  stranger = await (await signedInAs(app, 'customer')).services()
})
afterAll(() => app.close())

const newTicket = async (about: object = {}): Promise<Ticket> => {
  const { id } = await system.records.create(Partner, { name: 'Fatou Camara' })
  return system.records.create(Ticket, { subject: 'My payment', partner: id, ...about })
}

describe('What a module does by the system for somebody without rights', () => {
  it('goes through services and actions, and nobody is named for it', async () => {
    const { id } = await newTicket()
    await expect(stranger.records.act(close, id, {})).rejects.toMatchObject({ status: 404 })
    const { records } = stranger.bySystem('the test closes a ticket that its caller may not even see')
    expect(await records.act(close, id, {})).toMatchObject({ status: { category: 'closed' } })
    const [latest] = await system.records.history(Ticket, id)
    expect(latest).toMatchObject({ actor: null, door: 'api' })
  })

  it('is in the transaction of whoever asked', async () => {
    const { id } = await newTicket()
    const { tickets } = stranger.bySystem('the test writes in the transaction of its caller')
    const undone = stranger.records.transaction(async () => {
      await tickets.close(await system.records.get(Ticket, id))
      throw new Error('Undo it')
    })
    await expect(undone).rejects.toThrow('Undo it')
    expect(await system.records.get(Ticket, id)).toMatchObject({ status: { category: 'open' } })
  })

  it('gives its caller no right for later', async () => {
    const { id } = await newTicket()
    await stranger.bySystem('the test reads').records.get(Ticket, id)
    await expect(stranger.records.get(Ticket, id)).rejects.toMatchObject({ status: 404 })
  })
})
