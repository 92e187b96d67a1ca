import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let system: Services
let agent: Visitor & { readonly user: string }
let customer: Visitor & { readonly user: string }
let ticket: string
const script = { 'hx-request': 'true' }

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  system = await app.servicesFor({ door: 'system' })
  const [rossi, haddad] = await system.records.createMany(Partner, [
    { name: 'Lucia Rossi', email: 'lucia@pothole.example' },
    { name: 'Omar Haddad' },
  ])
  for (let at = 0; at < 12; at++) {
    const about = { subject: `Deep pöthole ${at}`, partner: at % 2 ? rossi! : haddad!, type: type.inquiry }
    ticket = (await system.records.create(Ticket, about)).id
  }
  agent = await visitorAs(app, 'agent')
  customer = await visitorAs(app, 'customer', { partner: rossi! })
})
afterAll(() => app.close())

describe('A search of everything', () => {
  it('finds the newest records of each model, with their number and the way to all of them', async () => {
    const page = await agent.get('/search?q=pothole')
    expect(page.status).toBe(200)
    const words = wordsOf(page.html)
    expect(words).toContain('Tickets 12 found')
    expect(words).toContain('13 results that you may read')
    expect(words).toContain('lucia@pothole.example')
    expect([...page.html.matchAll(/<mark>pöthole<\/mark>/g)]).toHaveLength(8)
    expect(words.indexOf('pöthole 11')).toBeLessThan(words.indexOf('pöthole 10'))
    const all = await agent.get(linkOf(page, /All tickets with these words/))
    expect(wordsOf(all.html)).toContain('1–12 / 12')
  })

  it('says so when there is nothing, and what to try', async () => {
    expect(wordsOf((await agent.get('/search?q=zeppelin')).html)).toContain('Nothing found Try fewer words')
  })

  it('answers programs with what their user may read, in models and in records', async () => {
    const answer = async (who: Visitor, path: string) => {
      const { html, status } = await who.get(path, { accept: 'application/json' })
      return { status, body: JSON.parse(html) as { data: { model: string; total: number; records: unknown[] }[] } }
    }
    const staff = await answer(agent, '/api/search?q=pothole&limit=2')
    expect(staff.body.data.map(({ model, total, records }) => [model, total, records.length])).toEqual([
      ['ticket', 12, 2],
      ['partner', 1, 1],
    ])
    const own = await answer(customer, '/api/search?q=pothole')
    expect(own.body.data.find(({ model }) => model === 'ticket')?.total).toBe(6)
    expect((await answer(agent, '/api/search?q=')).status).toBe(400)
    expect((await fetch(new URL('/api/search?q=pothole', await app.listen()))).status).toBe(401)
  })

  it('is described in the document of the API', async () => {
    const document = JSON.parse((await agent.get('/api/openapi.json')).html) as { paths: Record<string, { get?: { summary?: string } }> }
    expect(document.paths['/api/search']?.get?.summary).toBe('Records of all models that hold some words')
  })
})

describe('The palette', () => {
  it('offers what may be done to the record before one, places, what can be made and what was found', async () => {
    const { html } = await agent.get(`/palette?q=&at=/tickets/${ticket}`, script)
    const words = wordsOf(html)
    expect(words).toMatch(/On this ticket .*Go to .*Tickets .*Create .*New ticket/)
    expect(html).toContain(`href="/tickets/${ticket}/actions/close"`)
    const found = wordsOf((await agent.get('/palette?q=pothole+7', script)).html)
    expect(found).toContain('pöthole 7')
    expect(found).toContain('New ticket “pothole 7”')
    expect(wordsOf((await agent.get('/palette?q=>pothole', script)).html)).not.toContain('pöthole')
  })

  it('offers a viewer no action and no creation', async () => {
    const viewer = await visitorAs(app, 'viewer')
    const { html } = await viewer.get(`/palette?at=/tickets/${ticket}`, script)
    expect(html).not.toMatch(/\/actions\/|\/new/)
    expect(wordsOf(html)).toContain('Tickets')
  })

  it('remembers the records that were looked at last, until one signs out', async () => {
    const other = await visitorAs(app, 'agent')
    await other.get(`/tickets/${ticket}`)
    const page = await other.get('/palette')
    expect(wordsOf(page.html)).toContain('Looked at last')
    expect(linkOf(page, /pöthole 11/)).toBe(`/tickets/${ticket}`)
    await other.post('/sign-out')
    expect(other.cookie('tessera-recent')).toBeUndefined()
  })

  it('leads to each one’s own account, also of two with the same roles', async () => {
    for (const who of [await visitorAs(app, 'viewer'), await visitorAs(app, 'viewer')])
      expect(linkOf(await who.get('/palette?q=account'), /My account/)).toBe(`/users/${who.user}`)
  })

  it('is for staff', async () => {
    expect((await customer.get('/palette')).status).toBe(403)
    expect((await customer.get('/search?q=pothole')).status).toBe(403)
  })
})

describe('How the screens look to somebody', () => {
  it('follows him to another browser, with his shortcuts', async () => {
    await agent.post('/preferences', { theme: 'dark', density: 'compact', letters: 'off', back: '/tickets' })
    const { identity } = system
    const elsewhere = new Visitor(await app.listen())
    await elsewhere.post(`/sign-in/${await identity.createLink(agent.user, 'sign-in')}`)
    expect((await elsewhere.get('/tickets')).html).toMatch(/data-theme="dark" data-density="compact" data-hotkeys="off"/)
    await elsewhere.post('/preferences', { letters: 'on', theme: 'light' })
    expect((await agent.get('/tickets')).html).toMatch(/data-theme="light" data-density="compact">/)
  })
})
