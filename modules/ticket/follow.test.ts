/** Who hears of a ticket, whom a text names, and what somebody means to do about it. */
import { Role, RuleSet, Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Activity, complete, Follower, Message } from '@tessera/thread'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { assign, close, note, reply, Ticket } from './index.ts'

let app: TestApp
let system: Services
let partner: string
let ada: Visitor & { user: string }
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  ada = await visitorAs(app, 'agent', { name: 'Ada Lovelace' })
  ids.ada = ada.user
  for (const [key, name, role] of [
    ['amara', 'Amara Diallo', 'agent'],
    ['amaraSarr', 'Amara Sarr', 'viewer'],
    ['twin', 'Sam', 'agent'],
    ['otherTwin', 'Sam', 'agent'],
    // Of the staff, and without a right to read anything.
    ['guard', 'Gus Guard', 'staff'],
    ['fatou', 'Fatou Camara', 'customer'],
  ] as const)
    ids[key] = (await system.identity.createUser({ email: `${key.toLowerCase()}@example.org`, name, roles: [role] })).id
  await system.records.update(User, ids.fatou!, { partner })
})
afterAll(() => app?.close())

const as = (who: string) => app.servicesFor({ door: 'web', user: ids[who]! })
const file = async (more: object = {}) => (await system.records.create(Ticket, { subject: 'Card is lost', partner, ...more })).id
const followers = async (ticket: string) =>
  (await system.records.query(Follower, { fields: ['user'], where: { ticket }, limit: 50 })).rows.map(({ user }) => user.label).sort()
const said = async (ticket: string) =>
  (
    await system.records.query(Message, {
      fields: ['body', 'kind', 'mentions', 'activity'],
      where: { ticket },
      order: { createdAt: 'asc' },
    })
  ).rows

describe('A ticket is followed', () => {
  it('by whoever it is given to, whoever writes and whoever is named, each once', async () => {
    const id = await file({ assignee: ids.amara! })
    expect(await followers(id)).toEqual(['Amara Diallo'])
    const { records } = await as('ada')
    await records.act(assign, id, { assignee: ids.twin! })
    await records.act(note, id, { body: 'Look, @Amara Sarr, and @Amara Diallo.' })
    await records.act(reply, id, { body: 'We are on it.' })
    expect(await followers(id)).toEqual(['Ada Lovelace', 'Amara Diallo', 'Amara Sarr', 'Sam'])
  })

  it('by nobody through what the customer says, whoever he names', async () => {
    const id = await file()
    await (await as('fatou')).records.act(reply, id, { body: 'Is @Ada Lovelace there?' })
    expect(await followers(id)).toEqual([])
    expect(await said(id)).toMatchObject([{ mentions: null }])
  })

  it('from its form, without a script, and no longer', async () => {
    const id = await file()
    await ada.get(`/tickets/${id}`)
    expect((await ada.post(`/talk/tickets/${id}/follow`)).location).toBe(`/tickets/${id}`)
    expect(await followers(id)).toEqual(['Ada Lovelace'])
    expect(wordsOf((await ada.get(`/tickets/${id}`)).html)).toContain('You follow this now.')
    await ada.post(`/talk/tickets/${id}/followers`, { who: 'amara diallo' })
    expect(await followers(id)).toEqual(['Ada Lovelace', 'Amara Diallo'])
    await ada.post(`/talk/tickets/${id}/unfollow`)
    expect(await followers(id)).toEqual(['Amara Diallo'])
  })

  it('by no colleague who may not read it, no customer, and not by a name that two have', async () => {
    const id = await file()
    await ada.get(`/tickets/${id}`)
    for (const who of ['Gus Guard', 'fatou@example.org', 'Sam', 'Nobody']) {
      await ada.post(`/talk/tickets/${id}/followers`, { who })
      expect(wordsOf((await ada.get(`/tickets/${id}`)).html)).toContain('There is not exactly one colleague')
    }
    await ada.post(`/talk/tickets/${id}/followers`, { who: 'othertwin@example.org' })
    expect(await followers(id)).toEqual(['Sam'])
    const { data } = JSON.parse((await ada.get(`/talk/tickets/${id}/people?q=`)).html)
    expect(data.map(({ name }: { name: string }) => name)).not.toContain('Gus Guard')
    expect(data.filter(({ name }: { name: string }) => name === 'Sam').map((each: { as: string }) => each.as)).toEqual(
      ['othertwin@example.org', 'twin@example.org'].sort(
        (a, b) => data.findIndex((each: { as: string }) => each.as === a) - data.findIndex((each: { as: string }) => each.as === b),
      ),
    )
  })

  it('and stands among those that whoever follows it finds at his left, as long as he may read it', async () => {
    const [one, other] = [await file({ subject: 'Followed one' }), await file({ subject: 'Followed other' })]
    const { followers: its, app: desk } = await as('ada')
    for (const id of [one, other]) await its.add(desk.models.of(Ticket), id, ids.ada!)
    const path = linkOf(await ada.get('/tickets'), /Followed by me/)
    const listed = async () => {
      const words = wordsOf((await ada.get(`${path}&q=followed`)).html)
      return ['Followed one', 'Followed other'].filter((subject) => words.includes(subject))
    }
    expect(await listed()).toEqual(['Followed one', 'Followed other'])
    await system.records.update(Ticket, other, { team: (await system.records.create(Team, { name: 'Elsewhere' })).id })
    expect(await listed()).toEqual(['Followed one'])
    await system.records.act(close, one, {})
    expect(await listed()).toEqual([])
  })

  it('and shown to customers nowhere', async () => {
    const id = await file({ assignee: ids.amara! })
    const { records } = await as('fatou')
    expect(await records.count(Follower, {})).toBe(0)
    expect(await records.count(Activity, {})).toBe(0)
    const asked = records.count(Ticket, { where: { id, followers: { user: ids.amara! } } })
    await expect(asked).rejects.toMatchObject({ code: 'request.unknown_field' })
    await expect(records.query(Message, { fields: ['mentions'] })).rejects.toMatchObject({ code: 'request.unknown_field' })
    expect(await followers(id)).toHaveLength(1)
  })
})

describe('Who is named in a text', () => {
  it('is found by his whole name, or by his address where two have it, and marked where it is shown', async () => {
    const id = await file()
    await (await as('ada')).records.act(note, id, {
      body: 'Ask @Amara Sarr’s team, not @Amara or @Sam but @twin@example.org; mail x@Ada Lovelace.',
    })
    expect((await said(id))[0]!.mentions).toEqual([
      { user: ids.amaraSarr, as: 'Amara Sarr' },
      { user: ids.twin, as: 'twin@example.org' },
    ])
    const { html } = await ada.get(`/tickets/${id}`)
    expect([...html.matchAll(/class="named"[^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual(['@Amara Sarr', '@twin@example.org'])
    expect(html).toContain('not @Amara or @Sam but')
  })

  it('is nobody who may not read the record, and no customer: not even in a note', async () => {
    const id = await file()
    await (await as('ada')).records.act(note, id, { body: 'What do @Gus Guard and @Fatou Camara say?' })
    expect((await said(id))[0]!.mentions).toBeNull()
    expect(await followers(id)).toEqual(['Ada Lovelace'])
  })
})

describe('An activity', () => {
  it('is planned in the conversation, marked by the reader’s calendar, and becomes a note when it is done', async () => {
    const id = await file()
    await ada.get(`/tickets/${id}`)
    await ada.post(`/talk/tickets/${id}/activities`, { summary: 'Call the bank', due: '2020-02-29', user: ids.ada! })
    const shown = await ada.get(`/tickets/${id}`)
    expect(wordsOf(shown.html)).toContain('Overdue: 29 Feb 2020')
    expect(wordsOf((await ada.get('/tickets?columns=nextActivity')).html)).toContain('Overdue: 29 Feb 2020')
    expect(wordsOf((await ada.get('/my-activities')).html)).toContain('Call the bank')
    const [planned] = (await system.records.query(Activity, { fields: ['summary'], where: { ticket: id } })).rows
    await ada.post(`/activities/${planned!.id}/done`, { feedback: 'They send a new card.', back: `/tickets/${id}` })
    expect(await said(id)).toMatchObject([{ kind: 'note', body: 'Call the bank\nThey send a new card.', activity: { id: planned!.id } }])
    expect(await system.records.get(Activity, planned!.id)).toMatchObject({ doneAt: expect.any(Date), feedback: 'They send a new card.' })
    expect((await system.records.get(Ticket, id)).nextActivity).toBeNull()
    const after = await ada.get(`/tickets/${id}`)
    expect(wordsOf(after.html)).not.toContain('Overdue')
    expect(wordsOf(after.html)).toContain('Activity done, staff only')
  })

  it('is overdue, due today or to come by the day that it is where the reader is', async () => {
    const id = await file()
    const now = new Date('2026-03-10T23:30:00Z')
    for (const due of ['2026-03-10', '2026-03-11', '2026-03-12'])
      await system.records.create(Activity, { summary: `By ${due}`, due, user: ids.ada!, ticket: id })
    const { activities } = await app.servicesFor({ door: 'web', user: ids.ada!, now })
    expect((await activities.find({ ticket: id }, 10)).map(({ due }) => String(due).slice(0, 10))).toEqual([
      '2026-03-10',
      '2026-03-11',
      '2026-03-12',
    ])
    const { dueCell } = await import('@tessera/web')
    const mark = (day: string, zone: string) => dueCell(day, { now, zone, locale: 'en', t: (code) => code }).label
    expect(['2026-03-10', '2026-03-11', '2026-03-12'].map((day) => mark(day, 'UTC'))).toEqual([
      'web.due_today',
      '11 Mar 2026',
      '12 Mar 2026',
    ])
    expect(['2026-03-10', '2026-03-11'].map((day) => mark(day, 'Asia/Tokyo'))).toEqual(['web.due_overdue', 'web.due_today'])
  })

  it('is for nobody who may not read what it is about, and seen by nobody who may not', async () => {
    const id = await file()
    const { records } = await as('ada')
    await expect(records.create(Activity, { summary: 'Watch', due: '2026-03-10', user: ids.guard!, ticket: id })).rejects.toMatchObject({
      code: 'thread.cannot_do',
    })
    const { id: hidden } = await system.records.create(Activity, { summary: 'Hidden', due: '2026-03-10', user: ids.ada!, ticket: id })
    await expect((await as('guard')).records.get(Activity, hidden)).rejects.toMatchObject({ status: 404 })
    await expect((await as('fatou')).records.act(complete, hidden, {})).rejects.toMatchObject({ status: 404 })
  })

  it('says by when something is due to those alone who may read it', async () => {
    const role = await system.records.create(Role, { name: 'ownOnly', label: 'Sees own activities', includes: [{ code: 'staff' }] })
    await system.records.create(RuleSet, { role: role.id, model: 'ticket', rules: [{ verbs: ['read'] }] })
    const { id: user } = await system.identity.createUser({ email: 'own@example.org', name: 'Ola Own', roles: ['ownOnly'] })
    const id = await file()
    await system.records.create(Activity, { summary: 'Of Ada', due: '2026-03-10', user: ids.ada!, ticket: id })
    const seen = async () => (await (await app.servicesFor({ door: 'web', user })).records.get(Ticket, id)).nextActivity
    expect(await seen()).toBeNull()
    await system.records.create(Activity, { summary: 'Of Ola', due: '2026-04-10', user, ticket: id })
    expect(String(await seen())).toContain('2026-04-10')
    expect(String((await (await as('ada')).records.get(Ticket, id)).nextActivity)).toContain('2026-03-10')
  })
})
