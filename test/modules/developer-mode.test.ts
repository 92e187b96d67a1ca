/** What developer mode tells of pages, also of what an addon changed in them. */
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Visitor, visitorAs, wordsOf } from '../../modules/web/server/visitor.ts'

let app: TestApp
let system: Services
let administrator: Visitor
let partner: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket', 'spp'])
  system = await app.servicesFor({ door: 'system' })
  partner = (await system.records.create(Partner, { name: 'Marta Oyelaran', email: 'marta@example.org' })).id
  administrator = await visitorAs(app, 'administrator')
})
afterAll(() => app.close())

describe('Developer mode', () => {
  it('is off until an administrator turns it on, and is kept for him', async () => {
    expect((await administrator.get('/tickets')).html).not.toContain('class="developer"')
    expect(await administrator.post('/developer/on', {}, { referer: 'http://here/tickets' })).toMatchObject({ location: '/tickets' })
    // A path that a browser would read as another site leads nowhere else.
    expect(await administrator.post('/developer/on', {}, { referer: 'http://here//evil.example/x' })).toMatchObject({ location: '/' })
    expect((await administrator.get('/tickets')).html).toContain('<details class="developer"')
    expect(wordsOf((await administrator.get('/palette?q=developer')).html)).toContain('Turn developer mode off')
  })

  it('tells the parts of a view with whoever declared and changed them, the filter and the templates', async () => {
    const { html } = await administrator.get('/tickets?filter=open&facet.subject=lamp')
    const words = wordsOf(html)
    expect(words).toContain('ticket.sppProgram → program spp put here by spp')
    expect(words).toContain('ticket.subject string ticket declared by ticket')
    expect(words).toContain('ticket.open filter declared by ticket')
    expect(words).toMatch(/Filter in use.*&quot;subject&quot;:\{&quot;\$in&quot;:\[&quot;lamp&quot;\]/)
    expect(words).toMatch(/Templates web\/.* web\/list .*web\/search-bar/)
    expect(words).not.toContain('web/kanban')
    expect(words).toContain('/tickets?filter&#x3D;undecidedComplaints spp')
  })

  it('tells the filter of the figures too, by the clock of whoever looks', async () => {
    const away = await visitorAs(app, 'administrator', { developerMode: true, zone: 'Asia/Kathmandu' })
    const { html } = await away.get('/tickets?view=pivot&filter=&facet.createdAt:month=2024-03')
    expect(wordsOf(html)).toMatch(/Filter in use.*2024-02-29T18:15:00\.000Z/)
  })

  it('tells the statements with their time and rows, and never a value', async () => {
    const { html } = await administrator.get(`/partners/${partner}`)
    const told = /<details class="developer"[\s\S]*<\/details>/.exec(html)?.[0] ?? ''
    expect(wordsOf(told)).toMatch(/\d+(\.\d)? ms: \d+(\.\d)? ms for \d+ statements?, \d+(\.\d)? ms to render/)
    expect(told).toMatch(/\$1/)
    expect(told).toMatch(/ms<\/bdi> · 1 row</)
    expect(told).not.toContain('Marta')
    expect(told).not.toContain(partner)
  })

  it('tells of pages of other modules and of those that went wrong as well', async () => {
    expect(wordsOf((await administrator.get('/settings')).html)).toMatch(/GET \/settings · declared by web/)
    expect((await administrator.get('/nothing-here')).html).toContain('<details class="developer"')
  })

  it('is nothing to anybody else, whatever stands with his name', async () => {
    const manager = await visitorAs(app, 'manager', { developerMode: true })
    expect(await manager.post('/developer/on')).toMatchObject({ status: 403 })
    for (const path of ['/tickets', `/partners/${partner}`, '/palette?q=developer', '/nothing-here']) {
      const { html } = await manager.get(path)
      expect([path, /class="developer|developer mode|action="\/developer/i.exec(html)?.[0]]).toEqual([path, undefined])
    }
  })

  it('is turned off where it was turned on', async () => {
    await administrator.post('/developer/off')
    const { html } = await administrator.get('/tickets')
    expect(html).not.toContain('class="developer"')
    expect(html).toContain('action="/developer/on"')
  })
})
