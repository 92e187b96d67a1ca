import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { inner, outer } from '../fixtures/technique-08-around.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  // In whatever order they are named: the dependency decides who is outermost.
  shop = await openWorkshop(inject('postgresUrl'), outer, inner)
})
afterAll(() => shop.app.close())

const file = async (subject: string): Promise<string> =>
  (await shop.ask('POST', '/api/tickets', { subject, partner: shop.partner })).body.data.id
const count = (where: object) => shop.services.records.count(Ticket, { where })

describe('Two addons put behaviour around tickets, the later one outermost', () => {
  it('when one is filed, through the API and by services', async () => {
    const id = await file('  Spaces ')
    expect(await shop.services.records.get(Ticket, id)).toMatchObject({ subject: 'Spaces', trace: 'outer inner' })
    const created = await shop.services.records.create(Ticket, { subject: ' More ', partner: shop.partner })
    expect(created).toMatchObject({ subject: 'More', trace: 'outer inner' })
    const [one] = await shop.services.records.createMany(Ticket, [{ subject: ' Most ', partner: shop.partner }])
    expect(await shop.services.records.get(Ticket, one!)).toMatchObject({ subject: 'Most', trace: 'outer inner' })
  })

  it('when one is changed, knowing the ticket before and after', async () => {
    const id = await file('Before')
    const { body } = await shop.ask('PATCH', `/api/tickets/${id}`, { subject: 'After' })
    expect(body.data).toMatchObject({ subject: 'After', trace: 'outer(Before) inner', version: 2 })
    expect(await shop.services.records.update(Ticket, id, { description: 'x' })).toMatchObject({ trace: 'outer(After) inner' })
  })

  it('when one is removed, which the inner one may refuse', async () => {
    const closed = await file('Old one')
    await shop.ask('POST', `/api/tickets/${closed}/close`, {})
    const refused = await shop.ask('DELETE', `/api/tickets/${closed}`)
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'ticket.kept', detail: 'Ticket "Old one" is closed and is kept as evidence.' },
    })
    await expect(shop.services.records.remove(Ticket, closed)).rejects.toMatchObject({ code: 'ticket.kept' })
    expect(await count({ id: closed })).toBe(1)

    const open = await file('To leave a note about')
    expect((await shop.ask('DELETE', `/api/tickets/${open}`)).status).toBe(204)
    expect(await count({ id: open })).toBe(0)
    expect(await count({ subject: 'Removed one' })).toBe(1)
  })

  it('and what they do after it is part of the same change', async () => {
    const id = await file('Please follow me')
    expect(await count({ externalId: id })).toBe(1)
    const refused = await shop.ask('POST', '/api/tickets', { subject: 'follow me, or not after all', partner: shop.partner })
    expect(refused).toMatchObject({ status: 422, body: { code: 'ticket.changed_my_mind' } })
    expect(await count({ subject: { $contains: 'not after all' } })).toBe(0)
    expect(await count({ subject: { $startsWith: 'After' } })).toBe(2)
  })
})
