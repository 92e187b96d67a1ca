import base, { Role, staff, User } from '@tessera/base'
import { calendar, data, defineModel, defineModule, type Fields, type Model, p, patch, role, type Services, search } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import web from '../index.ts'
import { calendarSettings, weekBeginsIn } from '../working-day.ts'
import { wordsFor } from './calendar-words.ts'
import { linkOf, plain, type Seen, type Visitor, visitorAs, wordsOf } from './visitor.ts'

const visitFields = {
  name: p.string(),
  place: p.string().nullable(),
  at: p.datetime().nullable(),
  ends: p.datetime().nullable(),
  locked: p.boolean().default(false),
}
interface Visit extends Fields<typeof visitFields> {}
const Visit: Model<Visit> = defineModel('visit', visitFields, { title: 'name', order: { name: 'asc' } })
const holidayFields = { name: p.string(), day: p.date() }
interface Holiday extends Fields<typeof holidayFields> {}
const Holiday: Model<Holiday> = defineModel('holiday', holidayFields, { title: 'name' })

const clerkRole = role('clerk', { implies: [staff] })
const visits = defineModule({
  name: 'visits',
  depends: [base],
  models: [Visit, Holiday],
  roles: [clerkRole],
  data: [data(Role, { clerk: { name: clerkRole.name, label: 'Clerk' } })],
  permissions: [
    clerkRole.can(['create', 'read'], Visit, { name: { $ne: 'Secret' } }),
    clerkRole.can('update', Visit, { locked: false }),
    clerkRole.can('read', Holiday),
  ],
  views: [
    calendar(Visit, { date: 'at', until: 'ends', card: ['name'], tones: { muted: { locked: true } } }),
    search(Visit, { texts: ['name'], filters: { locked: { locked: true } }, facets: ['place'] }),
    calendar(Holiday, { date: 'day' }),
  ],
})
const places = defineModule({
  name: 'places',
  depends: [visits],
  views: [patch(Visit, { calendar: { after: 'name', insert: ['place'] } })],
})

let app: TestApp
let system: Services
let clerk: Visitor & { readonly user: string }
let inTokyo: Visitor

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, web, visits, places])
  system = await app.servicesFor({ door: 'system' })
  clerk = await visitorAs(app, 'clerk', { zone: 'Europe/Paris' })
  inTokyo = await visitorAs(app, 'clerk', { zone: 'Asia/Tokyo' })
  const make = (name: string, at: string, more: object = {}) => system.records.create(Visit, { name, at: new Date(at), ...more })
  await make('Late evening', '2024-03-20T20:30:00Z', { place: 'Harbour' })
  await make('Fair', '2024-03-12T08:00:00Z', { ends: new Date('2024-03-14T16:00:00Z') })
  await make('Secret', '2024-03-20T10:00:00Z')
  await make('Locked one', '2024-03-21T10:00:00Z', { locked: true })
  for (let at = 1; at <= 5; at++) await make(`Crowd ${at}`, `2024-03-25T1${at}:00:00Z`)
  await system.records.createMany(Holiday, [
    { name: 'First of May', day: '2024-05-01' },
    { name: 'Leap day', day: '2024-02-29' },
  ])
})
afterAll(() => app?.close())

/** The days of a calendar with what stands on them. */
function daysIn({ html }: Seen): Readonly<Record<string, readonly string[]>> {
  const days = [...html.matchAll(/<li class="day[^"]*" data-day="([^"]+)"[^>]*>(.*?)(?=<li class="day|<\/ol>)/gs)]
  return Object.fromEntries(
    days.map(([, day = '', inside = '']) => [
      day,
      [...inside.matchAll(/entry-title" dir="auto">([^<]*)</g)].map(([, title = '']) => plain(title)),
    ]),
  )
}
const visitNamed = async (name: string) => (await system.records.find(Visit, { name }))!
const march = '/visits?view=calendar&day=2024-03-20'

describe('A calendar', () => {
  it('shows a month of whole weeks, each record on its days as the reader’s clock has them', async () => {
    const days = daysIn(await clerk.get(march))
    expect([Object.keys(days)[0], Object.keys(days).at(-1), Object.keys(days).length]).toEqual(['2024-02-26', '2024-03-31', 35])
    expect(days['2024-03-20']).toEqual(['Late evening'])
    expect([days['2024-03-12'], days['2024-03-13'], days['2024-03-14'], days['2024-03-15']]).toEqual([['Fair'], ['Fair'], ['Fair'], []])
    const there = daysIn(await inTokyo.get(march))
    expect([there['2024-03-20'], there['2024-03-21']]).toEqual([[], ['Late evening', 'Locked one']])
    expect((await clerk.get(march)).html).not.toContain('Secret')
  })

  it('begins its weeks as the reader’s language has it', async () => {
    expect(['en', 'en-US', 'fr', 'ar'].map(weekBeginsIn)).toEqual([1, 7, 1, 6])
    const week = daysIn(await clerk.get('/visits?view=calendar&span=week&day=2024-03-20'))
    expect([Object.keys(week)[0], Object.keys(week).length]).toEqual(['2024-03-18', 7])
  })

  it('leads from a crowded day to that day, and from there to a new record on it', async () => {
    const month = await clerk.get(march)
    expect(daysIn(month)['2024-03-25']).toEqual(['Crowd 1', 'Crowd 2', 'Crowd 3'])
    const day = await clerk.get(linkOf(month, /web\.calendar_more/))
    expect(daysIn(day)).toEqual({ '2024-03-25': ['Crowd 1', 'Crowd 2', 'Crowd 3', 'Crowd 4', 'Crowd 5'] })
    expect(wordsOf(day.html)).toMatch(/Monday,? 25 March 2024/)
    const form = await clerk.get(linkOf(day, /web\.new_on/))
    expect(form.html).toMatch(/name="at"[^>]*value="2024-03-25T09:00"/)
  })

  it('is narrowed by the same search and filters as the list, and keeps them from time to time', async () => {
    const found = await clerk.get(`${march}&q=crowd%203`)
    expect(Object.values(daysIn(found)).flat()).toEqual(['Crowd 3'])
    const next = linkOf(found, /web\.calendar_next/)
    expect(Object.fromEntries(new URLSearchParams(next.split('?')[1]))).toEqual({ view: 'calendar', q: 'crowd 3', day: '2024-04-01' })
    expect(Object.values(daysIn(await clerk.get(`${march}&filter=locked`))).flat()).toEqual(['Locked one'])
    expect(Object.values(daysIn(await clerk.get(`${march}&facet.place=Harbour`))).flat()).toEqual(['Late evening'])
    expect(wordsOf((await clerk.get(`${march}&span=week`)).html)).toContain('Harbour')
  })

  it('of dates is the same in every zone, also on days that are no day', async () => {
    for (const reader of [clerk, inTokyo])
      expect(daysIn(await reader.get('/holidays?view=calendar&day=2024-02-01'))['2024-02-29']).toEqual(['Leap day'])
    expect((await clerk.get('/holidays?view=calendar&day=2024-02-31&span=century')).status).toBe(200)
    expect((await clerk.get('/holidays?view=calendar&day=9998-12-31')).status).toBe(200)
    expect((await clerk.get('/holidays?view=calendar&day=0001-01-01')).status).toBe(200)
  })

  it('counts what does not come with it, day by day', async () => {
    const many = Array.from({ length: 210 }, (_, at) => ({ name: `Swarm ${at}`, at: new Date(Date.UTC(2023, 5, 5 + (at % 3), 10)) }))
    await system.records.createMany(Visit, many)
    const days = await clerk.get('/visits?view=calendar&day=2023-06-01')
    expect(days.html.match(/web\.calendar_more/g)).toHaveLength(3)
    expect(Object.values(daysIn(days)).flat()).toHaveLength(9)
  })
})

describe('The hours of a calendar', () => {
  const hoursOf = ({ html }: Seen, day: string) => {
    const [, inside = ''] = new RegExp(`data-day="${day}".*?<ul class="timed">(.*?)</ul>(?=\\s*</li>)`, 's').exec(html) ?? []
    const found = inside.matchAll(/class="entry [^"]*?(starts-\d+ lasts-\d+ lane-\d-\d)".*?entry-title" dir="auto">([^<]*)</gs)
    return Object.fromEntries([...found].map(([, place, title]) => [title, place]))
  }
  const week = '/visits?view=calendar&span=week&day=2024-03-20'

  it('have what is at a time, by the reader’s clock; what takes days stands above them, and dates need none', async () => {
    const seen = await clerk.get(week)
    expect(hoursOf(seen, '2024-03-20')).toEqual({ 'Late evening': 'starts-86 lasts-2 lane-1-1' })
    expect(hoursOf(await inTokyo.get(week), '2024-03-21')).toEqual({
      'Late evening': 'starts-22 lasts-2 lane-1-1',
      'Locked one': 'starts-76 lasts-2 lane-1-1',
    })
    const fair = await clerk.get('/visits?view=calendar&span=week&day=2024-03-12')
    expect([daysIn(fair)['2024-03-13'], hoursOf(fair, '2024-03-13')]).toEqual([['Fair'], {}])
    expect(seen.html).toMatch(/<li class="hour-names" aria-hidden="true">.*<span>08:00<\/span>/s)
    expect((await clerk.get('/holidays?view=calendar&span=week&day=2024-05-01')).html).not.toContain('hour-names')
    expect((await clerk.get(march)).html).not.toContain('hour-names')
  })

  it('begin with the working day, one’s own before the organisation’s, and so do the weeks', async () => {
    const shade = ({ html }: Seen) => [/data-begins="(\d+)"/.exec(html)?.[1], ...new Set(html.match(/off-hours starts-\d+ lasts-\d+/g))]
    expect(shade(await clerk.get(week))).toEqual(['32', 'off-hours starts-0 lasts-32', 'off-hours starts-72 lasts-24'])
    const { settings } = await app.servicesFor({ door: 'system' })
    await settings.set(calendarSettings, { dayBegins: '07:30', dayEnds: '23:59', weekBegins: 'sunday' })
    const theirs = await clerk.get(week)
    expect(shade(theirs).slice(0, 2)).toEqual(['30', 'off-hours starts-0 lasts-30'])
    expect(Object.keys(daysIn(theirs))[0]).toBe('2024-03-17')
    await system.asSystem('a test prepares').update(User, clerk.user, { dayBegins: '10:00', dayEnds: '19:00', weekBegins: 'saturday' })
    const own = await clerk.get(week)
    expect(shade(own)).toEqual(['40', 'off-hours starts-0 lasts-40', 'off-hours starts-76 lasts-20'])
    expect(Object.keys(daysIn(own))[0]).toBe('2024-03-16')
    expect(Object.keys(daysIn(await inTokyo.get(week)))[0]).toBe('2024-03-17')
    await settings.set(calendarSettings, { dayBegins: '08:00', dayEnds: '18:00', weekBegins: 'language' })
    const wrong = system.asSystem('a test').update(User, clerk.user, { dayEnds: '09:00' })
    await expect(wrong).rejects.toMatchObject({ code: expect.stringMatching(/working_day|record\.invalid/) })
    await expect(system.asSystem('a test').update(User, clerk.user, { dayBegins: 'noon' })).rejects.toMatchObject({ status: 422 })
    await system.asSystem('a test prepares').update(User, clerk.user, { dayBegins: null, dayEnds: null, weekBegins: null })
  })

  it('say where it is now, today alone', async () => {
    expect((await clerk.get('/visits?view=calendar&span=week')).html.match(/class="now-line starts-\d+"/g)).toHaveLength(1)
    expect((await clerk.get(week)).html).not.toContain('now-line')
  })
})

describe('The agenda of a calendar', () => {
  const agenda = '/visits?view=calendar&span=agenda'
  const linesOf = ({ html }: Seen) =>
    Object.entries(daysIn({ html } as Seen)).map(([day]) => {
      const [, inside = ''] = new RegExp(`data-day="${day}"(.*?)(?=<li class="day|</ol>)`, 's').exec(html) ?? []
      return [day, [...inside.matchAll(/class="entry [^>]*>\s*<a[^>]*>(.*?)<\/a>/gs)].map(([, line = '']) => plain(wordsOf(line)).trim())]
    })

  it('lists the days with something on them from the chosen one on, whole days first, then by time; what lasts says which day it is', async () => {
    await system.records.create(Visit, { name: 'Early talk', at: new Date('2022-05-03T06:00:00Z'), ends: new Date('2022-05-03T07:30:00Z') })
    await system.records.create(Visit, { name: 'Conference', at: new Date('2022-05-02T08:00:00Z'), ends: new Date('2022-05-04T15:00:00Z') })
    await system.records.create(Visit, { name: 'Retreat', at: new Date('2022-05-18T22:00:00Z'), ends: new Date('2022-05-19T22:00:00Z') })
    const seen = await clerk.get(`${agenda}&day=2022-05-01`)
    expect(linesOf(seen)).toEqual([
      ['2022-05-02', ['web.calendar_from Conference web.calendar_part']],
      ['2022-05-03', ['web.calendar_all_day Conference web.calendar_part', '08:00–09:30 Early talk']],
      ['2022-05-04', ['web.calendar_until Conference web.calendar_part']],
      ['2022-05-19', ['web.calendar_all_day Retreat']],
    ])
    // Before the first day, where a fortnight is empty, and at the end.
    expect(seen.html.match(/class="day-gap muted"/g)).toHaveLength(2)
    expect(seen.html).toMatch(/web\.calendar_no_more/)
    expect(linesOf(await inTokyo.get(`${agenda}&day=2022-05-19`))).toEqual([
      ['2022-05-19', [expect.stringContaining('web.calendar_from')]],
      ['2022-05-20', [expect.stringContaining('web.calendar_until')]],
    ])
  })

  it('says of what ends at midnight from when until when, like of anything on one day', async () => {
    await system.records.create(Visit, {
      name: 'Night shift',
      at: new Date('2020-02-03T21:00:00Z'),
      ends: new Date('2020-02-03T23:00:00Z'),
    })
    expect(linesOf(await clerk.get(`${agenda}&day=2020-02-01`))).toEqual([['2020-02-03', ['22:00 – 00:00 Night shift']]])
  })

  it.each([
    ['en', '22:00 – 00:00'],
    ['fr', '22:00 – 00:00'],
    ['ar', '10:00 م – 12:00 ص'],
  ])('says midnight in %s as the language has it', (language, said) => {
    const times = wordsFor(language).times(new Date('2041-01-14T21:00:00Z'), new Date('2041-01-14T23:00:00Z'), 'Europe/Paris')
    expect(times.replaceAll(/[\u2009\u202f\u00a0]/g, ' ')).toBe(said)
  })

  it('leads on by thirty days and back, keeps what it was narrowed by, and says that there is nothing', async () => {
    const seen = await clerk.get(`${agenda}&day=2022-05-01&q=talk`)
    expect(linesOf(seen).map(([day]) => day)).toEqual(['2022-05-03'])
    const there = (href: string) => Object.fromEntries(new URLSearchParams(href.split('?')[1]))
    expect(there(linkOf(seen, /web\.calendar_next/))).toEqual({ view: 'calendar', span: 'agenda', q: 'talk', day: '2022-05-31' })
    expect(there(linkOf(seen, /web\.calendar_on/))).toMatchObject({ day: '2022-05-31' })
    expect(there(linkOf(seen, /web\.calendar_previous/))).toMatchObject({ day: '2022-04-01' })
    const none = await clerk.get(`${agenda}&day=2019-01-01`)
    expect([daysIn(none), none.html.includes('web.calendar_empty'), none.html.includes('day-gap')]).toEqual([{}, true, false])
    expect((await clerk.get(`${agenda}&day=9998-12-31`)).status).toBe(200)
  })

  it('ends before a day that it could not show, and goes on from there; a crowded day leads to itself', async () => {
    const crowd = (day: number, of: number) =>
      Array.from({ length: of }, (_, at) => ({ name: `Crew ${day}.${at}`, at: new Date(Date.UTC(2021, 5, day, 6, at)) }))
    await system.records.createMany(Visit, [...crowd(1, 15), ...crowd(2, 190), ...crowd(4, 1)])
    const seen = await clerk.get(`${agenda}&day=2021-06-01`)
    const shown = daysIn(seen)
    expect([Object.keys(shown), shown['2021-06-01']!.length]).toEqual([['2021-06-01'], 12])
    expect(seen.html.match(/web\.calendar_more/g)).toHaveLength(1)
    const next = await clerk.get(linkOf(seen, /web\.calendar_on/))
    expect([Object.keys(daysIn(next)), daysIn(next)['2021-06-02']!.length]).toEqual([['2021-06-02', '2021-06-04'], 12])
    await system.records.createMany(Visit, crowd(2, 20))
    const full = await clerk.get(`${agenda}&day=2021-06-02`)
    expect(Object.keys(daysIn(full))).toEqual(['2021-06-02'])
    expect(Object.keys(daysIn(await clerk.get(linkOf(full, /web\.calendar_on/))))).toEqual(['2021-06-04'])
  })
})

describe('A move to another day', () => {
  const moved = (who: Visitor, id: string, to: string, version = '1', headers: Record<string, string> = {}) =>
    who.post(`/visits/${id}/move?field=at`, { to, _version: version, back: march }, headers)
  const json = { accept: 'application/json' }

  it('keeps the time of day and how long it takes, also when the clocks change between', async () => {
    const { id } = await system.records.create(Visit, {
      name: 'Movable',
      at: new Date('2024-03-27T08:00:00Z'),
      ends: new Date('2024-03-28T17:00:00Z'),
    })
    const form = await clerk.get('/visits?view=calendar&span=day&day=2024-03-27')
    expect(form.html).toContain(`action="/visits/${id}/move?field=at"`)
    expect(await moved(clerk, id, '2024-04-02')).toMatchObject({ status: 303, location: march })
    expect(await visitNamed('Movable')).toMatchObject({
      at: new Date('2024-04-02T07:00:00Z'),
      ends: new Date('2024-04-03T16:00:00Z'),
      version: 2,
    })
  })

  it('to a time keeps how long it takes to the minute, and a time that the clocks jump over is the one after it', async () => {
    const { id } = await system.records.create(Visit, {
      name: 'Timed',
      at: new Date('2024-03-27T08:00:00Z'),
      ends: new Date('2024-03-27T10:00:00Z'),
    })
    expect((await clerk.get('/visits?view=calendar&span=day&day=2024-03-27')).html).toMatch(
      /type="datetime-local"[^>]*value="2024-03-27T09:00"/,
    )
    expect(await moved(clerk, id, '2024-03-31T01:30')).toMatchObject({ status: 303 })
    expect(await visitNamed('Timed')).toMatchObject({ at: new Date('2024-03-31T00:30:00Z'), ends: new Date('2024-03-31T02:30:00Z') })
    expect(await moved(clerk, id, '2024-03-31T02:30', '2')).toMatchObject({ status: 303 })
    expect((await visitNamed('Timed')).at).toEqual(new Date('2024-03-31T01:00:00Z'))
    expect((await moved(clerk, id, '2024-03-31T24:30', '3', json)).status).toBe(400)
  })

  it('answers a script with the new version, or with the sentence that refused it', async () => {
    const { id } = await visitNamed('Crowd 1')
    const { html, status } = await moved(clerk, id, '2024-03-26', '1', json)
    expect([status, JSON.parse(html)]).toEqual([200, { version: 2 }])
    const late = await moved(clerk, id, '2024-03-28', '1', json)
    expect([late.status, JSON.parse(late.html).detail]).toEqual([412, expect.stringContaining('saved this visit first')])
    const locked = await visitNamed('Locked one')
    const refused = await moved(clerk, locked.id, '2024-03-26', '1', json)
    expect([refused.status, JSON.parse(refused.html).detail]).toEqual([403, expect.stringContaining('does not allow you to update')])
    expect((await clerk.get(march)).html).not.toContain(`/visits/${locked.id}/move`)
    expect(wordsOf((await clerk.get(march)).html)).toMatch(/web\.tone_muted: [\d:]* ?Locked one/)
    expect((await moved(clerk, id, 'tomorrow', '2', json)).status).toBe(400)
    expect((await clerk.post(`/visits/${id}/move?field=ends`, { to: '2024-03-26' })).status).toBe(400)
    expect((await visitNamed('Locked one')).at).toEqual(new Date('2024-03-21T10:00:00Z'))
  })
})
