/** Who is told of activities: whom a colleague gave one, and everybody in the morning of the day of his own. */
import { OutboxMessage, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Activity, activityType, complete } from '@tessera/thread'
import { assign, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { Notice } from './index.ts'
import { Reminder } from './reminder.model.ts'
import { remindsOfActivities } from './reminders.ts'

let app: TestApp
let system: Services
let ada: Visitor & { user: string }
let partner: string
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['notifications'])
  system = await app.servicesFor({ door: 'system' })
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  ada = await visitorAs(app, 'agent', { name: 'Ada Lovelace', email: 'ada@example.org' })
  ids.ada = ada.user
  for (const name of ['bilal', 'dana'])
    ids[name] = (await system.identity.createUser({ email: `${name}@example.org`, name, roles: ['agent'] })).id
})
afterAll(() => app?.close())

const as = (name: string) => app.servicesFor({ door: 'web', user: ids[name]! })
const file = async () => (await system.records.create(Ticket, { subject: 'October transfer', partner })).id
const day = '2040-05-10'
/** Given by Dana unless told. */
const give = async (ticket: string, to: string, { by = 'dana', due = day } = {}) =>
  (await (await as(by)).records.create(Activity, about(ticket, to, 'Ask for the receipt', due))).id
const about = (ticket: string, to: string, summary: string, due = day) => ({
  ticket,
  user: ids[to]!,
  summary,
  due,
  type: activityType.call,
})
const change = async (id: string, changes: object, by = 'dana') => (await as(by)).records.update(Activity, id, changes)

/** Who was told what while something happened: by mail, and by the bell. */
async function told(happen: () => Promise<unknown>) {
  const before = new Set([...(await mails()), ...(await rings())].map(({ id }) => id))
  await happen()
  const isNew = ({ id }: { id: string }) => !before.has(id)
  const sent = (await mails()).filter(isNew)
  return {
    sent,
    mailed: sent.map(({ to, event }) => `${to.split('@', 1)[0]} ${event?.replace('ticket.', '')}`).sort(),
    bell: (await rings())
      .filter(isNew)
      .map(({ user, event }) => `${user.label} ${event}`)
      .sort(),
  }
}
const mails = async () =>
  (await system.records.query(OutboxMessage, { fields: ['to', 'event', 'subject', 'text', 'html'], limit: 200 })).rows
const rings = async () => (await system.records.query(Notice, { fields: ['user', 'event'], limit: 200 })).rows
const nobody = { mailed: [], bell: [] }

describe('Whoever is given an activity', () => {
  it('is told by mail and by the bell what is to be done, by when and by whom he was given it', async () => {
    const id = await file()
    const { sent, ...shown } = await told(() => give(id, 'ada'))
    expect(shown).toEqual({ mailed: ['ada planned'], bell: ['Ada Lovelace planned'] })
    const { number } = await system.records.get(Ticket, id)
    expect(sent[0]?.subject).toBe(`dana gave you an activity: ${number} October transfer`)
    expect(sent[0]?.text).toContain('Call: Ask for the receipt (by May 10, 2040)')
    expect(sent[0]?.text).toContain(`/tickets/${id}`)
    const page = await ada.get('/notifications')
    expect(wordsOf(page.html)).toMatch(/dana gave you an activity .*October transfer/)
    const [, notice = ''] = /\/notifications\/([0-9a-f-]{36})\/open/.exec(page.html) ?? []
    expect((await ada.post(`/notifications/${notice}/open`)).location).toBe(`/tickets/${id}`)
  })

  it.each([
    ['fr', 'dana vous a confié une activité', 'Appel : Ask for the receipt (d’ici le 10 mai 2040)'],
    ['ar', 'كلّفك dana بنشاط', 'مكالمة: Ask for the receipt'],
  ])('is told in his language: %s', async (language, subject, line) => {
    await system.records.update(User, ids.ada!, { language })
    const { sent } = await told(async () => give(await file(), 'ada'))
    expect(sent[0]?.subject?.replaceAll(/[\u2066-\u2069]/g, '')).toContain(subject)
    expect(sent[0]?.text).toContain(line)
    await system.records.update(User, ids.ada!, { language: null })
  })

  it('is told when it is passed on to him, and nobody of what he gives himself or of any other change', async () => {
    const id = await file()
    const own = await told(() => give(id, 'dana'))
    expect(own).toMatchObject(nobody)
    const activity = await give(id, 'ada')
    expect(await told(() => change(activity, { user: ids.bilal! }))).toMatchObject({ mailed: ['bilal planned'], bell: ['bilal planned'] })
    expect(await told(() => change(activity, { due: '2040-06-01', summary: 'Ask again' }))).toMatchObject(nobody)
    expect(await told(() => change(activity, { user: ids.ada! }, 'ada'))).toMatchObject(nobody)
  })

  it('chooses by which of the two he is told', async () => {
    const id = await file()
    await system.records.update(User, ids.ada!, { mailsPlanned: false })
    expect(await told(() => give(id, 'ada'))).toMatchObject({ mailed: [], bell: ['Ada Lovelace planned'] })
    await system.records.update(User, ids.ada!, { mailsPlanned: true, bellPlanned: false })
    expect(await told(() => give(id, 'ada'))).toMatchObject({ mailed: ['ada planned'], bell: [] })
    await system.records.update(User, ids.ada!, { bellPlanned: true })
  })

  it('is told once of all that he was given at once, besides the ticket itself, and only of what is his in the end', async () => {
    const id = await file()
    const { records } = await as('dana')
    const { sent, ...shown } = await told(() =>
      records.transaction(async () => {
        await records.act(assign, id, { assignee: ids.ada! })
        for (const summary of ['First', 'Second']) await records.create(Activity, about(id, 'ada', summary))
        const passed = await records.create(Activity, about(id, 'ada', 'Third'))
        await records.update(Activity, passed.id, { user: ids.bilal! })
      }),
    )
    expect(shown).toEqual({
      mailed: ['ada assigned', 'ada planned', 'bilal planned'],
      bell: ['Ada Lovelace assigned', 'Ada Lovelace planned', 'bilal planned'],
    })
    const textOf = (who: string) => sent.find(({ to, event }) => to.startsWith(who) && event === 'ticket.planned')?.text ?? ''
    expect(textOf('ada')).toMatch(/First.*Second/s)
    expect(textOf('ada')).not.toContain('Third')
    expect(textOf('bilal')).not.toMatch(/First|Second/)
  })
})

describe('In the morning of the day of an activity', () => {
  const remind = async (now: string) => remindsOfActivities.run({}, await app.servicesFor({ door: 'job', now: new Date(now) }))

  it('whose it is is reminded of it once, at eight o’clock of his zone', async () => {
    const id = await file()
    await system.records.update(User, ids.ada!, { zone: 'Asia/Kathmandu' })
    await give(id, 'ada', { by: 'ada', due: '2041-01-15' })
    await give(id, 'bilal', { due: '2041-01-15' })
    expect(await told(() => remind('2041-01-15T02:14:59Z'))).toMatchObject(nobody)
    const { sent, ...shown } = await told(() => remind('2041-01-15T02:15:00Z'))
    expect(shown).toEqual({ mailed: ['ada due'], bell: ['Ada Lovelace due'] })
    expect(sent[0]?.subject).toMatch(/^To be done today: .* October transfer$/)
    expect(sent[0]?.text).toContain('Call: Ask for the receipt')
    expect(await told(() => remind('2041-01-15T08:00:00Z'))).toMatchObject({ mailed: ['bilal due'], bell: ['bilal due'] })
    expect(await told(() => remind('2041-01-15T12:00:00Z'))).toMatchObject(nobody)
    expect(await told(() => remind('2041-01-16T08:00:00Z'))).toMatchObject(nobody)
    await system.records.update(User, ids.ada!, { zone: null })
  })

  it('nobody is reminded of what is done, of what he may not read, or of what he wrote that day', async () => {
    const [done, hidden] = [await file(), await file()]
    await system.records.act(complete, await give(done, 'bilal', { due: '2041-02-01' }), {})
    const zoe = (await system.identity.createUser({ email: 'zoe@example.org', name: 'zoe', roles: ['agent'] })).id
    ids.zoe = zoe
    await give(hidden, 'zoe', { due: '2041-02-01' })
    await system.records.update(User, zoe, { roles: [] })
    const later = await app.servicesFor({ door: 'web', user: ids.bilal!, now: new Date('2041-02-01T09:00:00Z') })
    await later.records.create(Activity, { ticket: done, user: ids.bilal!, summary: 'At once', due: '2041-02-01' })
    expect(await told(() => remind('2041-02-01T09:15:00Z'))).toMatchObject(nobody)
  })

  it('what was put off is told of again on its new day', async () => {
    const activity = await give(await file(), 'bilal', { due: '2041-03-01' })
    expect((await told(() => remind('2041-03-01T09:00:00Z'))).mailed).toEqual(['bilal due'])
    await change(activity, { due: '2041-03-04' })
    expect((await told(() => remind('2041-03-02T09:00:00Z'))).mailed).toEqual([])
    expect((await told(() => remind('2041-03-04T09:00:00Z'))).mailed).toEqual(['bilal due'])
  })
  it('however often the days of many were moved, who was reminded is known, and the reminding goes on', async () => {
    const ticket = await file()
    const { records } = await app.servicesFor({ door: 'import' })
    const many = await records.createMany(
      Activity,
      Array.from({ length: 150 }, (_, at) => about(ticket, 'bilal', `Call ${at}`, '2041-04-02')),
    )
    for (const due of ['2041-04-02', '2041-04-01'])
      await system.records.createMany(
        Reminder,
        many.map((activity) => ({ activity, due })),
      )
    expect(await told(() => remind('2041-04-02T09:00:00Z'))).toMatchObject(nobody)
  })
})
