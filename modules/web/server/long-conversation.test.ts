/** A conversation that goes back further than one page of it. */
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { note, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, type Seen, visitorAs } from './visitor.ts'

const said = 230

describe('A long conversation', () => {
  let app: TestApp
  let system: Services
  let ticket: string
  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
    system = await app.servicesFor({ door: 'system' })
    const partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
    ticket = (await system.records.create(Ticket, { subject: 'Card is lost', partner })).id
    await system.records.transaction(async () => {
      for (let at = 1; at <= said; at++) await system.records.act(note, ticket, { body: `Note ${at}.` })
    })
  })
  afterAll(() => app?.close())
  const notesIn = ({ html }: Seen) => [...html.matchAll(/<p dir="auto">Note (\d+)\.<\/p>/g)].map(([, number]) => Number(number))

  it('begins with the latest, and shows all that was said when it is asked for', async () => {
    const agent = await visitorAs(app, 'agent')
    const record = await agent.get(`/tickets/${ticket}`)
    expect(notesIn(record).includes(1)).toBe(false)
    const all = await agent.get(linkOf(record, /history=all/))
    expect([all.status, new Set(notesIn(all)).size]).toEqual([200, said])
  })
})
