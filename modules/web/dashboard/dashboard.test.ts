import { Role } from '@tessera/base'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Activity } from '@tessera/thread'
import { close, priority, Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, plain, type Seen, type Visitor, visitorAs, wordsOf } from '../server/visitor.ts'
import { Dashboard, SharedDashboard } from './dashboard.model.ts'

let app: TestApp
let ada: Visitor & { readonly user: string }
let ben: Visitor & { readonly user: string }
let chief: Visitor & { readonly user: string }

const dayMs = 86_400_000
/** Of how many days ago each of the tickets is; the fourth of each four is closed. */
const ages = [0, 1, 3, 3, 8, 12, 20, 29, 31, 40, 45, 59, 70, 200]

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  ;[ada, ben, chief] = [await visitorAs(app, 'agent'), await visitorAs(app, 'agent'), await visitorAs(app, 'manager')]
  const { records } = await app.servicesFor({ door: 'system' })
  const partner = (await records.create(Partner, { name: 'Lucia Rossi' })).id
  // At noon, so that no midnight of any zone lies between a ticket and its day.
  const noon = Date.parse(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`)
  for (const [n, age] of ages.entries()) {
    const at = records.at(new Date(Math.min(Date.now() - 1, noon - age * dayMs)))
    const { id } = await at.create(Ticket, {
      subject: `Lamp ${n}`,
      partner,
      type: n % 3 === 0 ? type.complaint : type.inquiry,
      priority: n % 2 === 0 ? priority.urgent : priority.medium,
      assignee: n % 3 === 0 ? ada.user : n % 3 === 1 ? ben.user : null,
    })
    if (n % 4 === 3) await at.act(close, id, {})
  }
})
afterAll(() => app.close())

interface SeenCard {
  readonly id: string
  readonly title: string
  readonly words: string
  readonly html: string
}
/** The cards of a page, also those that come when the page is there. */
async function cardsOf(visitor: Visitor, path = '/dashboard'): Promise<readonly SeenCard[]> {
  const cards = cardsIn(await visitor.get(path))
  return Promise.all(
    cards.map(async (card) => {
      const alone = /hx-get="([^"]*)"/.exec(card.html)?.[1]
      return alone === undefined ? card : cardsIn(await visitor.get(plain(alone)))[0]!
    }),
  )
}
function cardsIn({ html }: Seen): readonly SeenCard[] {
  return [...html.matchAll(/<section class="dash-card[^>]* id="([^"]*)"[\s\S]*?<\/section>/g)].map(([html, id = '']) => ({
    id,
    html,
    title: wordsOf(/<h2[\s\S]*?<\/h2>/.exec(html)?.[0] ?? '').trim(),
    words: wordsOf(html.replace(/<details class="menu">[\s\S]*?<\/details>/, '')),
  }))
}
const titles = (cards: readonly SeenCard[]) => cards.map(({ title }) => title)
const named = (cards: readonly SeenCard[], title: string): SeenCard => {
  const card = cards.find((each) => each.title === title)
  if (!card) throw new Error(`There is no card "${title}" among ${titles(cards).join(', ')}.`)
  return card
}
const numberOf = ({ html }: SeenCard) => Number(/<b>([\d,]+)<\/b>/.exec(html)?.[1])
const listOf = ({ html }: SeenCard) => plain(/<p class="dash-number"><a class="covering" href="([^"]*)"/.exec(html)?.[1] ?? '')
/** How many records a list says it shows. */
async function totalOf(visitor: Visitor, href: string): Promise<number> {
  const { html } = await visitor.get(href)
  return Number(/<bdi>\d+–\d+ \/ (\d+)<\/bdi>/.exec(html)?.[1] ?? 0)
}
const shipped = [
  'Open tickets',
  'Unassigned tickets',
  'My open tickets',
  'Filed',
  'Filed per week',
  'Open by status',
  'My activities',
  'Latest of my tickets',
  'Open by team',
]

/** Fills in the form to which a link leads. */
async function add(visitor: Visitor, from: string, fields: Record<string, string>): Promise<Seen> {
  const dialog = await visitor.get(linkOf(await visitor.get(from), /Add to the dashboard/))
  expect(dialog.status).toBe(200)
  const back = plain(/id="record"[\s\S]*?name="back" value="([^"]*)"/.exec(dialog.html)?.[1] ?? '')
  return visitor.post('/dashboard/add', { back, ...fields })
}

describe('The dashboard', () => {
  it('is where the day begins, with the cards that the modules ship, each told by its reader’s own rights', async () => {
    expect(await ada.get('/')).toMatchObject({ status: 303, location: '/dashboard' })
    const { html } = await ada.get('/dashboard')
    expect(html).toMatch(/<a class="place" href="\/dashboard" aria-current="page"/)
    expect(html.indexOf('href="/dashboard"')).toBeLessThan(html.indexOf('href="/tickets"'))
    const [hers, bens] = [await cardsOf(ada), await cardsOf(ben)]
    expect([titles(hers), titles(bens)]).toEqual([shipped, shipped])
    expect([hers, bens].map((cards) => numberOf(named(cards, 'My open tickets')))).toEqual([4, 4])
    expect(named(hers, 'Latest of my tickets').words).not.toContain('Lamp 1 ')
    // What she means to do, the most pressing first; not what others do.
    const { records } = await app.servicesFor({ door: 'system' })
    const ticket = (await records.find(Ticket, { subject: 'Lamp 0' }))!.id
    const day = (age: number) => new Date(Date.now() - age * dayMs).toISOString().slice(0, 10)
    await records.create(Activity, { ticket, summary: 'Order a bulb', due: day(-5), user: ada.user })
    await records.create(Activity, { ticket, summary: 'Ring the electrician', due: day(5), user: ada.user })
    const mine = named(await cardsOf(ada), 'My activities').words
    expect(mine).toMatch(/Overdue.*Ring the electrician.*Order a bulb/)
    expect(named(await cardsOf(ben), 'My activities').words).not.toContain('electrician')
  })

  it('counts in each number exactly the records of the list that it leads to, in every range', async () => {
    for (const range of ['today', '7', '30', '90', 'month', 'last-month', 'year', 'all']) {
      for (const visitor of [ada, chief]) {
        for (const card of (await cardsOf(visitor, `/dashboard?range=${range}`)).filter(({ html }) => html.includes('dash-number')))
          expect([range, card.title, numberOf(card)]).toEqual([range, card.title, await totalOf(visitor, listOf(card))])
      }
    }
  })

  it('has one range for all dated cards, which says how it was in as many days before', async () => {
    const filed = async (query: string) => named(await cardsOf(chief, `/dashboard${query}`), 'Filed')
    const within = (days: number) => ages.filter((age) => age < days).length
    expect(numberOf(await filed('?range=7'))).toBe(within(7))
    expect(numberOf(await filed(''))).toBe(within(30))
    expect((await filed('')).words).toContain(`${within(30) - (within(60) - within(30))} more than before`)
    expect(numberOf(await filed('?range=all'))).toBe(ages.length)
    expect((await filed('?range=all')).words).not.toContain('before')
    const day = (age: number) => new Date(Date.now() - age * dayMs).toISOString().slice(0, 10)
    expect(numberOf(await filed(`?from=${day(40)}&to=${day(20)}`))).toBe(ages.filter((age) => age <= 40 && age >= 20).length)
    const open = async (query: string) => numberOf(named(await cardsOf(chief, `/dashboard${query}`), 'Open tickets'))
    expect(await open('?range=today')).toBe(await open('?range=all'))
  })

  it('says of days in which there is nothing which have something, and leads there', async () => {
    const day = (age: number) => new Date(Date.now() - age * dayMs).toISOString().slice(0, 10)
    const shown = await ada.get(`/dashboard?from=${day(150)}&to=${day(141)}`)
    const line = /<p class="elsewhere">[\s\S]*?<\/p>/.exec(shown.html)?.[0] ?? ''
    expect(wordsOf(line)).toMatch(/Nothing in these days\. The latest before them is of \d+ \w+ \d{4}\. Show /)
    const href = plain(/<a href="([^"]*)"/.exec(line)?.[1] ?? '')
    expect(href).toBe(`/dashboard?from=${day(209)}&to=${day(200)}`)
    expect(numberOf(named(await cardsOf(ada, href), 'Filed'))).toBe(1)
    for (const full of ['/dashboard', '/dashboard?range=all', `/dashboard?from=${day(900)}&to=${day(890)}`])
      expect((await ada.get(full)).html).not.toContain('class="elsewhere"')
  })

  it('does so of a date without a time, and of what the words of a card find', async () => {
    const eva = await visitorAs(app, 'agent')
    const own = await app.servicesFor({ door: 'api', user: eva.user })
    const ticket = (await own.records.find(Ticket, { subject: 'Lamp 2' }))!.id
    await own.records.create(Activity, { summary: 'Call', due: '2024-03-05', ticket, user: eva.user })
    const card = { id: 'one', name: 'Planned', model: 'ticket', address: 'filter=', as: 'number', dated: 'nextActivity', width: 1 } as const
    const { id } = await own.records.create(Dashboard, { cards: [card] })
    const linkFor = async (days: string) =>
      plain(/<p class="elsewhere">[\s\S]*?<a href="([^"]*)"/.exec((await eva.get(`/dashboard?${days}`)).html)?.[1] ?? '')
    expect(await linkFor('from=2024-06-01&to=2024-06-30')).toBe('/dashboard?from=2024-02-05&to=2024-03-05')
    const day = (age: number) => new Date(Date.now() - age * dayMs).toISOString().slice(0, 10)
    await own.records.update(Dashboard, id, { cards: [{ ...card, address: 'filter=&q=Lamp+10', dated: 'createdAt' }] })
    // The words find it by its subject, and the one before it by its number.
    expect(await linkFor('range=7')).toBe(`/dashboard?from=${day(46)}&to=${day(40)}`)
  })

  it('refuses a range that is none, and says why', async () => {
    const turned = await ada.get('/dashboard?from=2026-03-02&to=2026-03-01')
    expect([turned.status, wordsOf(turned.html)]).toEqual([400, expect.stringContaining('Exchange the two days.')])
    expect((await ada.get('/dashboard?from=2026-02-31')).status).toBe(400)
  })
})

describe('A card', () => {
  it('is added from any list, chart or table as it is just then, and kept for its maker alone', async () => {
    expect(await add(ada, '/tickets?filter=urgent&sort=-subject', { name: 'Burning', as: 'number', dated: 'none' })).toMatchObject({
      status: 303,
      location: '/dashboard',
    })
    await add(ada, '/tickets?view=graph&filter=&by=type&split=&chart=pie', { name: 'Kinds', as: 'graph', dated: 'createdAt' })
    await add(ada, '/tickets?view=pivot&filter=&rows=type&across=priority', { name: 'Kinds by priority', as: 'pivot', dated: 'none' })
    await add(ada, '/tickets?view=kanban&filter=open', { name: 'On the board', as: 'list', dated: 'none', width: '4' })
    const cards = await cardsOf(ada, '/dashboard?range=all')
    expect(titles(cards)).toEqual([...shipped, 'Burning', 'Kinds', 'Kinds by priority', 'On the board'])
    expect(numberOf(named(cards, 'Burning'))).toBe(7)
    expect(named(cards, 'Kinds').words).toMatch(/Inquiry .*9.*Complaint .*5|Complaint .*5.*Inquiry .*9/)
    expect(named(cards, 'Kinds by priority').words).toContain('Total')
    expect(named(cards, 'On the board').words).toContain('Lamp 0')
    expect(titles(await cardsOf(ben))).toEqual(shipped)
    const again = await app.servicesFor({ door: 'system' })
    expect((await again.records.find(Dashboard, { createdBy: ada.user }))?.cards.length).toBe(shipped.length + 4)
  })

  it('is offered under the name of the saved view that it is made of', async () => {
    const back = '/tickets?filter=urgent&group=type'
    await ben.post('/tickets/views/save', { back, name: 'Urgent by type', counted: 'false', start: 'false' })
    const dialog = await ben.get(linkOf(await ben.get(back), /Add to the dashboard/))
    expect(dialog.html).toMatch(/name="name"[^>]*value="Urgent by type"/)
    const chosen = await ben.get('/dashboard/add')
    expect(wordsOf(chosen.html)).toContain('Urgent by type (Tickets)')
    expect((await ben.post('/dashboard/add/choose', { view: back })).location).toBe(`/dashboard/add?${new URLSearchParams({ back })}`)
  })

  it('without a title is asked for one, with what was filled in', async () => {
    const refused = await add(ada, '/tickets?filter=urgent', { name: ' ', as: 'graph', dated: 'none' })
    expect([refused.status, wordsOf(refused.html)]).toEqual([422, expect.stringContaining('Give the card a title.')])
    expect(refused.html).toMatch(/value="graph" selected/)
  })

  it('is renamed, shown otherwise, made wider, put elsewhere and removed, each by a plain form', async () => {
    const before = await cardsOf(ada)
    const burning = named(before, 'Burning')
    const edit = linkOf(await ada.get('/dashboard'), /Change the card/)
    expect((await ada.get(edit)).status).toBe(200)
    await ada.post(`/dashboard/cards/${burning.id}/edit`, {
      name: 'Ablaze',
      as: 'list',
      dated: 'createdAt',
      width: '3',
      back: '/dashboard?range=7',
    })
    await ada.post(`/dashboard/cards/${burning.id}/move`, { before: before[0]!.id, back: '/dashboard' })
    const after = await cardsOf(ada, '/dashboard?range=7')
    expect(titles(after).slice(0, 2)).toEqual(['Ablaze', 'Open tickets'])
    expect(after[0]!.html).toContain('quarters-3')
    expect(after[0]!.words).toContain('Created: 7 days')
    const [earlier] = [...after[1]!.html.matchAll(/name="before" value="([^"]*)"/g)].map(([, value]) => value)
    expect(earlier).toBe(burning.id)
    expect(wordsOf((await ada.get(`/dashboard/cards/${burning.id}/remove`)).html)).toContain('its records stay')
    await ada.post(`/dashboard/cards/${burning.id}/remove`, { back: '/dashboard' })
    expect(titles(await cardsOf(ada))).not.toContain('Ablaze')
    expect((await ada.get(`/dashboard/cards/${burning.id}`)).status).toBe(404)
  })

  it('of its module keeps its name in every language until it is given another', async () => {
    await ada.post('/dashboard/cards/card-ticket-open-tickets/edit', { name: 'Open tickets', as: 'number', dated: 'none', width: '2' })
    await ada.post('/preferences', { locale: 'fr', back: '/dashboard' })
    expect(titles(await cardsOf(ada))[0]).toBe('Tickets ouverts')
    await ada.post('/preferences', { locale: 'en', back: '/dashboard' })
  })

  it('of somebody else is nobody else’s to change', async () => {
    const kinds = named(await cardsOf(ada), 'Kinds')
    for (const path of [`/dashboard/cards/${kinds.id}`, `/dashboard/cards/${kinds.id}/edit`]) expect((await ben.get(path)).status).toBe(404)
    expect((await ben.post(`/dashboard/cards/${kinds.id}/remove`)).status).toBe(404)
    expect((await ben.post(`/dashboard/cards/${kinds.id}/move`, { before: '' })).status).toBe(404)
    expect(titles(await cardsOf(ada))).toContain('Kinds')
  })

  it('goes back to what is shipped, which nobody loses for good', async () => {
    const question = await ada.get(linkOf(await ada.get('/dashboard'), /Back to the first cards/))
    expect(question.status).toBe(200)
    await ada.post('/dashboard/reset')
    expect(titles(await cardsOf(ada))).toEqual(shipped)
  })

  it('are shared with a role by whoever may, for those who have arranged none themselves', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const roleOf = async (name: string) => (await records.find(Role, { name }))!.id
    const [agents, managers] = [await roleOf('agent'), await roleOf('manager')]
    const newcomer = await visitorAs(app, 'agent')
    await add(chief, '/tickets', { name: 'Look here first', as: 'number', dated: 'none' })
    const question = await chief.get(linkOf(await chief.get('/dashboard'), /Share with a role/))
    expect(question.html).toContain(agents)
    expect((await ada.get('/dashboard')).html).not.toContain('/dashboard/share')
    expect([(await ada.get('/dashboard/share')).status, (await ada.post('/dashboard/share', { role: agents })).status]).toEqual([403, 403])
    expect(await records.find(SharedDashboard, { role: agents })).toBeNull()
    const nobodys = await chief.post('/dashboard/share', { role: await roleOf('administrator') })
    expect([nobodys.status, wordsOf(nobodys.html)]).toEqual([422, expect.stringContaining('Choose a role that you have yourself.')])

    await chief.post('/dashboard/share', { role: agents })
    expect(titles(await cardsOf(newcomer))).toContain('Look here first')
    // What he changes is his own from then on, and goes back to what is shared.
    const [first] = await cardsOf(newcomer)
    await newcomer.post(`/dashboard/cards/${first!.id}/remove`)
    await chief.post('/dashboard/cards/card-ticket-open-tickets/remove')
    await chief.post('/dashboard/share', { role: agents })
    expect(titles(await cardsOf(newcomer))).not.toContain(first!.title)
    await newcomer.post('/dashboard/reset')
    expect(titles(await cardsOf(newcomer))).toEqual(titles(await cardsOf(chief)))
    // Of two roles the one that includes the other says how it begins.
    await add(chief, '/tickets', { name: 'For managers', as: 'number', dated: 'none' })
    await chief.post('/dashboard/share', { role: managers })
    await chief.post('/dashboard/reset')
    expect(titles(await cardsOf(chief))).toContain('For managers')
    expect(titles(await cardsOf(newcomer))).not.toContain('For managers')
    // What a reader may not read is left out for him.
    const kept = (await records.find(SharedDashboard, { role: agents }))!
    const hidden = { id: 'hidden', name: 'Sessions', model: 'ruleSet', address: '', as: 'number', dated: null, width: 1 } as const
    await records.update(SharedDashboard, kept.id, { cards: [...kept.cards, hidden] })
    expect(titles(await cardsOf(newcomer))).not.toContain('Sessions')
    expect((await newcomer.get('/dashboard/cards/hidden')).status).toBe(404)

    for (const role of [agents, managers]) await chief.post('/dashboard/share', { role, stop: 'true' })
    expect(titles(await cardsOf(newcomer))).toEqual(shipped)
  })

  it('of a field or a model that is gone says so, and the others are as they were', async () => {
    await ada.post('/dashboard/cards/card-ticket-filed/move', { before: '' })
    const { records } = await app.servicesFor({ door: 'system' })
    const kept = await records.find(Dashboard, { createdBy: ada.user })
    const card = { name: 'Old', as: 'number', dated: null, width: 1 } as const
    await records.update(Dashboard, kept!.id, {
      cards: [
        ...kept!.cards,
        { ...card, id: 'gone', name: 'Of a module', model: 'fleetCar', address: '' },
        { ...card, id: 'field', name: 'Of a field', model: 'ticket', address: 'facet.x_colour=red' },
        { ...card, id: 'value', name: 'Of a value', model: 'ticket', address: 'facet.createdAt%3Aday=never' },
        { ...card, id: 'hidden', name: 'Of users', model: 'ruleSet', address: '' },
      ],
    })
    const cards = await cardsOf(ada)
    expect(named(cards, 'Of a module').words).toContain('is not installed any more')
    expect(named(cards, 'Of a field').words).toContain('asks for x_colour')
    expect(named(cards, 'Of a value').words).toContain('names no day')
    expect(named(cards, 'Of users').words).toMatch(/may not read|not installed/)
    expect(numberOf(named(cards, 'Open tickets'))).toBe(await totalOf(ada, listOf(named(cards, 'Open tickets'))))
    await ada.post('/dashboard/reset')
  })

  it('that takes long holds neither the page nor the others', async () => {
    await add(ben, '/ticket-tags', { name: 'Tags', as: 'number', dated: 'none' })
    await add(ben, '/tickets', { name: 'Behind it', as: 'number', dated: 'none' })
    const holder = await app.connection.pool.connect()
    try {
      await holder.query('begin')
      await holder.query('lock table ticket_tag in access exclusive mode')
      const cards = cardsIn(await ben.get('/dashboard'))
      expect(titles(cards)).toEqual([...shipped, 'Tags', 'Behind it'])
      const waiting = named(cards, 'Tags')
      expect(waiting.words).toContain('Still counting…')
      expect(cards.filter(({ html }) => !html.includes('hx-get')).length).toBeGreaterThan(0)
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    const cards = await cardsOf(ben)
    expect([numberOf(named(cards, 'Tags')), numberOf(named(cards, 'Behind it'))]).toEqual([0, 11])
  })
})
