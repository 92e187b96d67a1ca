import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { move as moveTo, priority, Ticket, TicketStatus } from '@tessera/ticket'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { linkOf, plain, type Seen, type Visitor, visitorAs } from './visitor.ts'

let app: TestApp
let system: Services
let agent: Visitor
let partner: string
let board: string
let round = 0

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  system = await app.servicesFor({ door: 'system' })
  agent = await visitorAs(app, 'agent')
  partner = (await system.records.create(Partner, { name: 'Lucia Rossi' })).id
})
afterAll(() => app.close())

/** A few tickets that no other test sees: the newest is called a. */
beforeEach(async () => {
  round += 1
  board = `/tickets?view=kanban&q=round${round}`
  await system.records.createMany(
    Ticket,
    ['d', 'c', 'b', 'a'].map((name) => ({ subject: `${name} of round${round}`, partner })),
  )
})

const subjectsIn = (html: string) => [...html.matchAll(new RegExp(`(\\w) of round${round}</a>`, 'g'))].map(([, name]) => name).join('')
const cardsOf = async (visitor = agent) => subjectsIn((await visitor.get(board)).html)

interface Shown {
  readonly id: string
  readonly move: string
  readonly version: string
}
async function card(name: string): Promise<Shown> {
  const { html } = await agent.get(board)
  const all = html.split('<li class="card"').find((each) => each.includes(`${name} of round${round}</a>`)) ?? ''
  const [, id = '', move = '', version = ''] = (/data-id="([^"]+)" data-move="([^"]+)" data-version="(\d+)"/.exec(all) ?? []).map(plain)
  return { id, move, version }
}
const json = { accept: 'application/json' }

/** As the script sends it: between two cards of a column. */
async function drop(name: string, above: string, below: string, to: string) {
  const { move: path, version } = await card(name)
  const ids = await Promise.all([above, below].map(async (each) => (each === '' ? '' : (await card(each)).id)))
  return agent.post(path, { to, above: ids[0]!, below: ids[1]!, back: board, _version: version }, json)
}
const statusId = async (code: string) => (await system.records.find(TicketStatus, { code }))!.id

describe('The cards of a column', () => {
  it('stand as they were made, and as somebody puts them: for everybody, with one record written', async () => {
    expect(await cardsOf()).toBe('abcd')
    const fresh = await statusId('new')
    const before = await system.records.query(Ticket, {
      fields: ['subject', 'rank', 'version', 'updatedAt'],
      q: `round${round}`,
      limit: 10,
    })
    expect((await drop('d', 'a', 'b', fresh)).status).toBe(200)
    expect(await cardsOf()).toBe('adbc')
    expect(await cardsOf(await visitorAs(app, 'agent'))).toBe('adbc')
    const after = await system.records.query(Ticket, { fields: ['subject', 'rank', 'version', 'updatedAt'], q: `round${round}`, limit: 10 })
    const changed = after.rows.filter(({ id, rank }) => before.rows.find((each) => each.id === id)?.rank !== rank)
    expect(changed.map(({ subject }) => subject)).toEqual([`d of round${round}`])
    // It is no news: neither a version nor a last change, and nothing of it in the history.
    const [was, is] = [before, after].map(({ rows }) => rows.find(({ id }) => id === changed[0]!.id)!)
    expect([is!.version, is!.updatedAt]).toEqual([was!.version, was!.updatedAt])
    expect((await system.records.history(Ticket, is!.id)).filter(({ field }) => field === 'rank')).toEqual([])
    // What is made now comes first, also before one that was put first.
    await drop('c', '', 'a', fresh)
    const { records } = await app.servicesFor({ door: 'system' })
    await records.create(Ticket, { subject: `e of round${round}`, partner })
    expect(await cardsOf()).toBe('ecadb')
    await drop('e', 'b', '', fresh)
    expect(await cardsOf()).toBe('cadbe')
  })

  it('are moved by their menu without a script: first, up, down, last', async () => {
    const place = async (name: string, where: string) => {
      const { move, version } = await card(name)
      const answer = await agent.post(move, { place: where, back: board, _version: version })
      expect([answer.status, plain(answer.location)]).toEqual([303, board])
      return cardsOf()
    }
    expect(await place('c', 'up')).toBe('acbd')
    expect(await place('a', 'down')).toBe('cabd')
    expect(await place('d', 'first')).toBe('dcab')
    expect(await place('c', 'last')).toBe('dabc')
    expect(await place('d', 'up')).toBe('dabc')
    expect(await place('c', 'down')).toBe('dabc')
    expect((await agent.get(board)).html).toContain('name="place" value="first"')
  })

  it('are brought to a place of another column through the action that owns the status, all or nothing', async () => {
    const { id } = await card('b')
    await system.records.act(moveTo, id, { status: await statusId('in_progress') })
    const to = await statusId('in_progress')
    expect((await drop('d', '', 'b', to)).status).toBe(200)
    expect((await drop('c', 'd', 'b', to)).status).toBe(200)
    expect(await cardsOf()).toBe('adcb')
    const { version, move } = await card('a')
    const { id: target } = await card('d')
    await system.records.update(Ticket, (await card('a')).id, { description: 'Changed meanwhile' })
    const rank = async () => (await system.records.get(Ticket, (await card('a')).id)).rank
    const was = await rank()
    const stale = await agent.post(move, { to, above: target, below: '', _version: version }, json)
    expect(stale.status).toBe(412)
    expect(await rank()).toBe(was)
    // Within its column nobody asks which version was shown.
    const fresh = await statusId('new')
    expect((await agent.post(move, { to: fresh, above: '', below: target, _version: version }, json)).status).toBe(200)
  })

  it('find a place when their neighbours went elsewhere, stand at one place or are gone', async () => {
    const fresh = await statusId('new')
    // Shown as a over b, but b was put over a meanwhile: c comes to stand under a, as one sees it there.
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(card))
    await drop('b', '', 'a', fresh)
    await agent.post(c!.move, { to: fresh, above: a!.id, below: b!.id, back: board }, json)
    expect(await cardsOf()).toBe('bacd')
    const { rank } = await system.records.get(Ticket, a!.id)
    await system.records.update(Ticket, b!.id, { rank })
    expect((await drop('d', 'b', 'a', fresh)).status).toBe(200)
    expect((await cardsOf()).indexOf('d')).toBe(2)
    const { move } = await card('c')
    const nobody = '0195527c-1a00-7abc-8def-0123456789ab'
    const junk = await agent.post(move, { to: fresh, above: 'x', below: "'", back: board }, json)
    expect([junk.status, JSON.parse(junk.html).code]).toEqual([422, 'web.no_neighbours'])
    const column = { to: 'nowhere', above: a!.id, below: '', back: board }
    expect((await agent.post(move, column, json)).status).toBe(400)
    expect((await agent.post('/tickets/x/move?field=status', { ...column, to: fresh }, json)).status).toBe(404)
    const lost = await agent.post(move, { to: fresh, above: nobody, below: nobody, back: board }, json)
    expect([lost.status, JSON.parse(lost.html).code]).toEqual([422, 'web.no_neighbours'])
  })

  it('are two cards put to one place by two people at one moment: both stand there', async () => {
    const fresh = await statusId('new')
    await Promise.all([drop('c', 'a', 'b', fresh), drop('d', 'a', 'b', fresh)])
    const order = await cardsOf()
    expect([order[0], order[3]]).toEqual(['a', 'b'])
  })

  it('stand still where another order is asked for, and for whoever may not change them', async () => {
    expect((await agent.get(board)).html).toContain('data-ordered')
    const sorted = await agent.get(`${board}&sort=subject`)
    expect(sorted.html).not.toContain('data-ordered')
    const viewer = await visitorAs(app, 'viewer')
    expect((await viewer.get(board)).html).not.toContain('data-ordered')
  })
})

describe('A new record in a column', () => {
  const quick = (html: string, column: string) => new RegExp(`data-quick="([^"]*${column}[^"]*)"`).exec(html)?.[1]

  it('asks for what it cannot do without, and begins in that column through its action', async () => {
    const column = await statusId('in_progress')
    const href = plain(quick((await agent.get(board)).html, column) ?? '')
    const form = await agent.get(href)
    expect([...form.html.matchAll(/ name="(\w+)"/g)].map(([, name]) => name)).toEqual(['subject', 'partner'])
    expect(plain(form.html)).toContain(`href="/tickets/new?status=${column}"`)
    const made = await agent.post(href, { subject: `x of round${round}`, partner })
    expect(made.status).toBe(201)
    // The form for the next one.
    expect(made.html).toContain('name="subject"')
    expect(made.html).not.toContain(`x of round${round}`)
    const { rows } = await system.records.query(Ticket, { fields: ['status.code'], where: { subject: `x of round${round}` } })
    expect(rows.map(({ status }) => status.code)).toEqual(['in_progress'])
  })

  it('keeps what was typed where something is missing, and says it at its field', async () => {
    const href = plain(quick((await agent.get(board)).html, await statusId('new')) ?? '')
    const refused = await agent.post(href, { subject: `y of round${round}`, partner: '' })
    expect(refused.status).toBe(422)
    expect(refused.html).toMatch(/value="y of round/)
    expect(refused.html).toMatch(/id="e-partner"/)
    expect(await cardsOf()).toBe('abcd')
  })

  it('begins in the column without a script too, in the whole form', async () => {
    const column = await statusId('on_hold')
    await agent.get(`/tickets/new?status=${column}`)
    const made = await agent.post(`/tickets/new?status=${column}`, { subject: `z of round${round}`, partner })
    expect(made.status).toBe(303)
    const { rows } = await system.records.query(Ticket, { fields: ['status'], where: { subject: `z of round${round}` } })
    expect(rows.map(({ status }) => status.id)).toEqual([column])
  })

  it('is offered in no column to whoever may not add there, nor in one that only closes', async () => {
    const viewer = await visitorAs(app, 'viewer')
    const column = await statusId('new')
    expect((await viewer.get(board)).html).not.toContain('data-quick')
    expect((await viewer.get(`/tickets/quick?column=${column}`)).status).toBe(404)
    expect((await viewer.post(`/tickets/quick?column=${column}`, { subject: 'Not his to add', partner })).status).toBe(404)
    expect(quick((await agent.get(board)).html, await statusId('resolved'))).toBeUndefined()
    expect((await agent.get('/tickets/quick?column=nowhere')).status).toBe(404)
    expect((await agent.get('/partners/quick?column=new')).status).toBe(404)
  })
})

describe('The bar of a column', () => {
  it('says in words and shares how its records divide, what is pressing first, within what is shown', async () => {
    const { records } = system
    await records.create(Ticket, { subject: `u of round${round}`, partner, priority: priority.urgent })
    await records.create(Ticket, { subject: `l of round${round}`, partner, priority: priority.low })
    const { html } = await agent.get(board)
    const bars = [...html.matchAll(/<div class="progress">(.*?)<\/div>/gs)].map(([, bar]) => bar!)
    expect(bars).toHaveLength(1)
    const [meta = ''] = /<p class="meta">.*<\/p>/s.exec(bars[0]!) ?? []
    expect(meta.replace(/<[^>]+>/g, '')).toBe('1 Urgent, 4 Medium, 1 Low')
    expect([...bars[0]!.matchAll(/<rect class="(\w+)" x="([\d.]+)"/g)].map(([, tone, x]) => [tone, Number(x)])).toEqual([
      ['red', 0],
      ['accent', 16.67],
      ['grey', 83.33],
    ])
    const urgent = await agent.get(linkOf({ html: bars[0]! } as Seen, /href=[^>]*>1 Urgent</))
    expect(subjectsIn(urgent.html)).toBe('u')
  })

  it('is counted together with the columns, in one statement', async () => {
    const said: string[] = []
    const { pool } = app.connection
    const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
    Object.assign(pool, {
      query: (asked: string | { text: string }, ...more: unknown[]) => {
        said.push(typeof asked === 'string' ? asked : asked.text)
        return query(asked, ...more)
      },
    })
    await agent.get(board)
    Object.assign(pool, { query })
    expect(said.filter((text) => /group by/.test(text))).toHaveLength(1)
  })
})

describe('A column', () => {
  it('is folded by its head and opened again, by the address alone, and shows no cards meanwhile', async () => {
    const page = await agent.get(board)
    const folded = await agent.get(linkOf(page, /href="[^"]*" aria-label="Fold New"/))
    expect(folded.html).toMatch(/<section class="lane folded"><a [^>]*title="New">.*?<span class="count">4<\/span>/s)
    expect(subjectsIn(folded.html)).toBe('')
    // What else the board shows is kept.
    expect(linkOf(folded, /href="[^"]*" aria-label="Fold In progress"/)).toMatch(/q=round\d+&fold=[^&]+&fold=/)
    expect(subjectsIn((await agent.get(linkOf(folded, /href="[^"]*" title="New"/))).html)).toBe('abcd')
  })
})
