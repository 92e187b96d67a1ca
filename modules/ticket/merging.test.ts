/** Tickets that go on in one another: who may join them, what becomes of them, and that nothing is lost when they are taken apart. */
import { Team } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Follower, Message } from '@tessera/thread'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { close, merge, Ticket } from './index.ts'

let app: TestApp
let system: Services
let agent: SignedIn
let narrow: SignedIn
let viewer: SignedIn
let fatou: SignedIn
let moussa: SignedIn
let theirs: string
const people: Record<string, string> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  const person = async (name: string, about: object = {}) => {
    people[name] = (await system.records.create(Partner, { name, ...about })).id
  }
  await person('Mill group', { kind: 'company' })
  await person('Mill', { kind: 'company', company: people['Mill group'] })
  await person('Fatou Camara', { company: people.Mill })
  await person('Moussa Camara', { company: people.Mill })
  await person('Omar Haddad')
  agent = await signedInAs(app, 'manager')
  narrow = await signedInAs(app, 'agent')
  viewer = await signedInAs(app, 'viewer')
  fatou = await signedInAs(app, 'customer', { partner: people['Fatou Camara']! })
  moussa = await signedInAs(app, 'customer', { partner: people['Moussa Camara']! })
  theirs = (await system.records.create(Team, { name: 'Theirs' })).id
})
afterAll(() => app?.close())

const file = async (more: object = {}): Promise<string> =>
  (await system.records.create(Ticket, { subject: 'Card is lost', partner: people['Fatou Camara']!, ...more })).id
async function post(who: SignedIn, path: string, input: object = {}) {
  const answer = await who.fetch(`/api/tickets/${path}`, { method: 'POST', body: JSON.stringify(input) })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}
const stateOf = async (id: string) => {
  const { status, mergedInto, mergedAt, closedAt } = await system.records.get(Ticket, id, [
    'status.code',
    'mergedInto',
    'mergedAt',
    'closedAt',
  ])
  return { status: status.code, into: mergedInto?.id ?? null, isMerged: mergedAt !== null, isClosed: closedAt !== null }
}
const standing = { status: 'new', into: null, isMerged: false, isClosed: false }
const numberOf = async (id: string) => (await system.records.get(Ticket, id, ['number'])).number

describe('A ticket that is merged into another', () => {
  it('is closed and names it, and both histories say so', async () => {
    const [one, other] = [await file(), await file()]
    expect((await post(agent, `${one}/merge`, { into: other })).status).toBe(200)
    expect(await stateOf(one)).toEqual({ status: 'resolved', into: other, isMerged: true, isClosed: true })
    expect(await stateOf(other)).toEqual(standing)
    const [latest] = await system.records.history(Ticket, other)
    expect(latest).toMatchObject({ field: 'merged', actor: { id: agent.user }, new: [{ id: one }] })
    expect((await system.records.history(Ticket, one)).map(({ field }) => field)).toContain('mergedInto')
    expect(await system.records.get(Ticket, other, ['mergedTickets'])).toMatchObject({ mergedTickets: 1 })
  })

  it('keeps its messages, and brings those who follow it along as far as they may read', async () => {
    const [one, other] = [await file(), await file({ team: theirs })]
    await post(narrow, `${one}/reply`, { body: 'Which card?' })
    await post(agent, `${one}/note`, { body: 'Looks like the other one.' })
    expect((await post(agent, `${one}/merge`, { into: other })).status).toBe(200)
    expect(await system.records.count(Message, { where: { ticket: one } })).toBe(2)
    expect(await system.records.count(Message, { where: { ticket: other } })).toBe(0)
    const follow = async (user: string) => system.records.count(Follower, { where: { ticket: other, user } })
    expect([await follow(agent.user), await follow(narrow.user)]).toEqual([1, 0])
  })

  it('stands by itself again when it is taken apart, open or closed as it was', async () => {
    const [open, closed, other] = [await file(), await file(), await file()]
    await system.records.act(close, closed, { reason: 'Paid' })
    const { closedAt } = await system.records.get(Ticket, closed)
    for (const id of [open, closed]) expect((await post(agent, `${id}/merge`, { into: other })).status).toBe(200)
    for (const id of [open, closed]) expect((await post(agent, `${id}/unmerge`)).status).toBe(200)
    expect(await stateOf(open)).toEqual(standing)
    expect(await system.records.get(Ticket, closed)).toMatchObject({ closedAt, closeReason: 'Paid', mergedInto: null, mergedAt: null })
    expect((await post(agent, `${open}/unmerge`)).body).toMatchObject({ status: 422, code: 'ticket.action.unmerge.otherwise' })
  })

  it('takes along what was merged into it', async () => {
    const [first, second, third] = [await file(), await file(), await file()]
    await post(agent, `${first}/merge`, { into: second })
    await post(agent, `${second}/merge`, { into: third })
    expect((await stateOf(first)).into).toBe(third)
    expect(await system.records.get(Ticket, third, ['mergedTickets'])).toMatchObject({ mergedTickets: 2 })
    await post(agent, `${second}/unmerge`)
    expect((await stateOf(first)).into).toBe(third)
  })

  it('is not reopened, rated or talked in by staff, who are told where it goes on', async () => {
    const [one, other] = [await file(), await file()]
    await post(agent, `${one}/merge`, { into: other })
    const number = await numberOf(one)
    expect((await post(agent, `${one}/reply`, { body: 'Hello' })).body.detail).toBe(
      `Ticket ${number} was merged into another one. Say it there, or take ${number} apart first.`,
    )
    expect((await post(agent, `${one}/note`, { body: 'Hello' })).body.code).toBe('ticket.say_there')
    expect((await post(agent, `${one}/reopen`)).body.detail).toContain('What was merged is taken apart instead.')
    expect((await post(fatou, `${one}/reopen`)).status).toBe(422)
    expect((await post(fatou, `${one}/rate`, { rating: 5 })).status).toBe(422)
    expect((await post(agent, `${one}/merge`, { into: await file() })).body.detail).toContain('was merged into another one already')
  })
})

describe('What a customer says in a merged ticket', () => {
  it('stays his message there, and takes up the one in which it goes on', async () => {
    const [one, other] = [await file({ partner: people['Moussa Camara']! }), await file()]
    await post(agent, `${one}/merge`, { into: other })
    await system.records.act(close, other, {})
    expect((await post(moussa, `${one}/reply`, { body: 'Any news?' })).status).toBe(200)
    expect(await stateOf(one)).toMatchObject({ into: other, isClosed: true })
    expect(await stateOf(other)).toEqual(standing)
    // His colleague's he still does not see.
    expect((await moussa.fetch(`/api/tickets/${other}`)).status).toBe(404)
    const seen = (await (await moussa.fetch(`/api/tickets/${one}?fields=status,mergedInto`)).json()) as { data: object }
    expect(seen.data).toMatchObject({ mergedInto: null })
  })

  it('by a chat goes on with it as long as the one that remains is open', async () => {
    const said = (externalId: string, body: string) => ({ channel: 'telegram', address: '77', name: 'Aïcha', body, externalId })
    const { ticket: first } = await system.inbox.receive(said('1', 'My card is lost'))
    const { partner } = await system.records.get(Ticket, first, ['partner'])
    const other = await file({ partner: partner.id })
    await system.records.act(merge, first, { into: other })
    expect(await system.inbox.receive(said('2', 'Any news?'))).toEqual({ ticket: first })
    expect(await stateOf(first)).toMatchObject({ into: other, isClosed: true })
    await system.records.act(close, other, {})
    expect(await system.inbox.receive(said('3', 'Thanks, but no'))).toEqual({ ticket: first })
    expect(await stateOf(other)).toEqual(standing)
    expect(await system.records.count(Message, { where: { ticket: first } })).toBe(2)
  })
})

describe('Merging is refused', () => {
  it('into itself, and into one that was merged', async () => {
    const [one, other, third] = [await file(), await file(), await file()]
    expect((await post(agent, `${one}/merge`, { into: one })).body).toMatchObject({ status: 422, code: 'ticket.merge_itself' })
    await post(agent, `${other}/merge`, { into: third })
    expect((await post(agent, `${one}/merge`, { into: other })).body.detail).toBe(
      `Ticket ${await numberOf(other)} was merged into another one itself. Merge ${await numberOf(one)} into that one, or take ${await numberOf(other)} apart first.`,
    )
    expect((await post(agent, `${one}/merge`, {})).status).toBe(422)
    expect(await stateOf(one)).toEqual(standing)
  })

  it('into another customer’s, though not into one of the same company', async () => {
    const one = await file()
    const stranger = await file({ partner: people['Omar Haddad']! })
    expect((await post(agent, `${one}/merge`, { into: stranger })).body).toMatchObject({ status: 422, code: 'ticket.merge_customers' })
    // The group that the mill belongs to is a customer of its own, from either side.
    const group = await file({ partner: people['Mill group']! })
    const mills = await file({ partner: people.Mill! })
    for (const [from, into] of [
      [mills, group],
      [group, mills],
    ])
      expect((await post(agent, `${from}/merge`, { into })).body).toMatchObject({ status: 422, code: 'ticket.merge_customers' })
    expect((await post(agent, `${mills}/merge`, { into: await file() })).status).toBe(200)
    for (const partner of [people.Mill!, people['Moussa Camara']!]) {
      const colleagues = await file({ partner })
      expect((await post(agent, `${await file()}/merge`, { into: colleagues })).status).toBe(200)
    }
  })

  it('keeps out of what goes on elsewhere whatever is taken apart at the same moment', async () => {
    const [one, two, three] = [await file(), await file(), await file()]
    await post(agent, `${one}/merge`, { into: two })
    // As taking it apart does, which has not ended when the other merging looks at what was merged.
    const client = await app.connection.pool.connect()
    try {
      await client.query('begin')
      await client.query('update ticket set merged_into_id = null, merged_at = null, version = version + 1 where id = $1', [one])
      const merging = post(agent, `${two}/merge`, { into: three })
      const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      await expect.poll(async () => (await app.connection.run(waits)).length).toBeGreaterThan(0)
      await client.query('commit')
      expect((await merging).status).toBe(200)
    } finally {
      client.release()
    }
    expect(await stateOf(one)).toMatchObject({ into: null, isMerged: false })
    expect(await stateOf(two)).toMatchObject({ into: three, isMerged: true })
    const bad = system.records.update(Ticket, one, { mergedInto: one } as never)
    await expect(bad).rejects.toThrow('was not saved')
  })

  it('to whoever may not see the other one, as if there were none', async () => {
    const [one, unseen] = [await file(), await file({ team: theirs })]
    const nowhere = '01900000-0000-7000-8000-000000000000'
    const [refused, absent] = [await post(narrow, `${one}/merge`, { into: unseen }), await post(narrow, `${one}/merge`, { into: nowhere })]
    const said = ({ status, body }: typeof refused) => [status, body.code, body.detail, body.errors]
    expect(said(refused)).toEqual(said(absent))
    expect(JSON.stringify(refused.body)).toContain('There is no such ticket, or you may not see it.')
    expect((await post(narrow, `${unseen}/merge`, { into: one })).status).toBe(404)
    expect((await post(narrow, `${unseen}/unmerge`)).status).toBe(404)
    expect(await stateOf(one)).toEqual(standing)
  })

  it('to whoever may read the other one and not work on it', async () => {
    // Filed by him for another team: he sees what becomes of it, and no more.
    const seen = (
      await (
        await app.servicesFor({ door: 'api', user: narrow.user })
      ).records.create(Ticket, {
        subject: 'For them',
        partner: people['Fatou Camara']!,
      })
    ).id
    await system.records.update(Ticket, seen, { team: theirs })
    const one = await file()
    expect((await narrow.fetch(`/api/tickets/${seen}`)).status).toBe(200)
    expect((await post(narrow, `${one}/merge`, { into: seen })).body).toMatchObject({ status: 403, code: 'ticket.merge_refused' })
    expect((await post(narrow, `${seen}/merge`, { into: one })).status).toBe(403)
    expect(await stateOf(one)).toEqual(standing)
  })

  it('to viewers and customers, and so is taking apart', async () => {
    const [one, other] = [await file(), await file()]
    for (const who of [viewer, fatou]) expect((await post(who, `${one}/merge`, { into: other })).status).toBe(403)
    await post(agent, `${one}/merge`, { into: other })
    for (const who of [viewer, fatou]) expect((await post(who, `${one}/unmerge`)).status).toBe(403)
    expect((await stateOf(one)).into).toBe(other)
  })

  it('as a field: neither a PATCH nor a new ticket nor an import names where it goes on', async () => {
    const [one, other] = [await file(), await file()]
    for (const changes of [{ mergedInto: other }, { mergedAt: '2026-01-01T00:00:00Z' }, { merged: [other] }, { mergedTickets: 7 }]) {
      const answer = await agent.fetch(`/api/tickets/${one}`, { method: 'PATCH', body: JSON.stringify(changes) })
      expect([Object.keys(changes)[0], answer.status]).toEqual([Object.keys(changes)[0], 422])
    }
    const draft = { subject: 'Joined from the start', partner: people['Fatou Camara']!, mergedInto: other }
    expect((await agent.fetch('/api/tickets', { method: 'POST', body: JSON.stringify(draft) })).status).toBe(422)
    const importer = await app.servicesFor({ door: 'import', user: agent.user })
    await expect(importer.records.create(Ticket, draft)).rejects.toMatchObject({ status: 422 })
    expect(await stateOf(one)).toEqual(standing)
  })
})

describe('Many tickets', () => {
  it('are merged into one of them, each for itself, and taken apart again', async () => {
    const ids = [await file(), await file(), await file(), await file({ partner: people['Omar Haddad']! })]
    const remaining = ids[0]!
    const { body } = await post(agent, 'merge', { ids: ids.slice(1), into: remaining })
    expect(body).toMatchObject({ done: ids.slice(1, 3), refused: [{ id: ids[3], code: 'ticket.merge_customers' }] })
    expect((await post(agent, 'unmerge', { ids: ids.slice(1, 3) })).body).toMatchObject({ done: ids.slice(1, 3), refused: [] })
    for (const id of ids) expect(await stateOf(id)).toEqual(standing)
  })

  it('that two people merge the other way round at once end with one merged and one refused', async () => {
    for (let round = 0; round < 8; round++) {
      const [one, other] = [await file(), await file()]
      const answers = await Promise.all([post(agent, `${one}/merge`, { into: other }), post(agent, `${other}/merge`, { into: one })])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
      const into = [(await stateOf(one)).into, (await stateOf(other)).into]
      expect(into.filter((each) => each !== null)).toHaveLength(1)
    }
  })
})
