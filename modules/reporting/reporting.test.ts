import base, { Role, staff, Team } from '@tessera/base'
import { data, defineModule, role } from '@tessera/core'
import { bootTest, houseRules, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import ticket, { close, priority, rate, reopen, reply, Ticket, TicketPriority, TicketStatus, TicketType } from '@tessera/ticket'
import { periodOf } from '@tessera/web'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plain, rowsOf, visitorOf } from '../web/server/visitor.ts'
import { allFigures, figures } from './figures.ts'
import reporting from './index.ts'

houseRules('reporting')

/** Sees urgent tickets and no others. */
const nightWatch = role('nightWatch', { implies: [staff] })
/** Works here and sees no tickets. */
const porter = role('porter', { implies: [staff] })
const watch = defineModule({
  name: 'watch',
  depends: [base, ticket, reporting],
  roles: [nightWatch, porter],
  data: [data(Role, Object.fromEntries([nightWatch, porter].map(({ name, label }) => [name, { name, label }])))],
  permissions: [
    nightWatch.can('read', Ticket, { priority: { level: 4 } }),
    nightWatch.can('read', Team),
    nightWatch.can('read', TicketPriority),
    nightWatch.can('read', TicketStatus),
    nightWatch.can('read', TicketType),
  ],
})

let app: TestApp
let agent: SignedIn
const day = (number: number, hour = 9): Date => new Date(Date.UTC(2026, 2, number, hour))
const march = 'from=2026-03-01&to=2026-03-31'

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['reporting'])
  agent = await signedInAs(app, 'manager')
  await fillMarch(app)
})
afterAll(() => app.close())

/** Eighteen tickets, of which some are answered, closed, rated, reopened and closed again. */
async function fillMarch(app: TestApp): Promise<void> {
  const { records } = await app.servicesFor({ door: 'system' })
  const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  const teams = await records.createMany(Team, [{ name: '=HYPERLINK("http://example.org")' }, { name: 'Cards & <claims>' }])
  for (let n = 0; n < 18; n++) {
    const { id } = await records.at(day(1 + n)).create(Ticket, {
      subject: `Payment ${n} did not arrive`,
      partner,
      team: n % 3 === 2 ? null : teams[n % 3]!,
      priority: n % 4 === 0 ? priority.urgent : priority.low,
    })
    if (n % 2 === 0) await records.at(day(2 + n)).act(reply, id, { body: 'We are looking into it.' })
    if (n % 3 === 0) continue
    await records.at(day(4 + n)).act(close, id, {})
    if (n % 4 < 2) await records.at(day(5 + n)).act(rate, id, { rating: 1 + (n % 5) })
    if (n % 5 === 0) await records.at(day(6 + n)).act(reopen, id, {})
    if (n % 10 === 0) await records.at(day(8 + n)).act(close, id, {})
  }
}

/** Where the page leads for want of tickets in its days. */
async function elsewhere(app: TestApp, user: string, days: string): Promise<string> {
  const { html } = await (await visitorOf(app, user)).get(`/reports?${days}`)
  return plain(/<p class="elsewhere">[\s\S]*?<a href="([^"]*)"/.exec(html)?.[1] ?? '')
}

interface Counted {
  readonly count: number
  readonly tickets: string
  readonly part?: Counted
}

describe('A figure', () => {
  it('leads to a list of exactly the tickets that it counted, whole, sliced, by step, and its part', { timeout: 60_000 }, async () => {
    const visitor = await visitorOf(app, agent.user)
    for (const { name } of allFigures) {
      for (const by of ['', 'team', 'week', 'priority', 'team,week']) {
        const answer = await agent.fetch(`/api/reports/${name}?${march}&by=${by}`)
        expect(answer.status).toBe(200)
        const { total, rows } = (await answer.json()) as { total: Counted; rows: readonly Counted[] }
        const all = [total, ...rows].flatMap((each) => [each, ...(each.part ? [each.part] : [])])
        // The same list twice says nothing new.
        for (const { count, tickets } of new Map(all.map((each) => [each.tickets, each])).values()) {
          const list = await visitor.get(tickets)
          expect([name, by, tickets, list.status, rowsOf(list).length]).toEqual([name, by, tickets, 200, count])
        }
      }
    }
  })

  it('that nobody defined, a slice that is none and a day that is none are refused in a sentence', async () => {
    const said = async (path: string) => ((await (await agent.fetch(path)).json()) as { status: number; detail: string }).detail
    expect(await said('/api/reports/mood')).toContain('There is no figure "mood". Known are volume,')
    expect(await said('/api/reports/volume?by=subject')).toContain('cannot be sliced by "subject"')
    expect(await said('/api/reports/volume?from=2026-02-31')).toContain('"2026-02-31" is no day')
    expect(await said('/api/reports/volume?from=2026-03-02&to=2026-03-01')).toContain('before it begins')
  })

  it('is nothing, not an error, where nothing happened', async () => {
    for (const { name } of allFigures) {
      const { total } = (await (await agent.fetch(`/api/reports/${name}?from=2020-01-01&to=2020-01-31&by=day`)).json()) as {
        total: { count: number }
      }
      expect([name, total.count]).toEqual([name, 0])
    }
    const visitor = await visitorOf(app, agent.user)
    expect((await visitor.get('/reports?from=2020-01-01&to=2020-01-31')).status).toBe(200)
  })
})

describe('The pages', () => {
  it('hold links whose figure is the number of tickets in the list behind it', { timeout: 60_000 }, async () => {
    const visitor = await visitorOf(app, agent.user)
    const { html } = await visitor.get(`/reports?${march}`)
    const links = [
      ...[...html.matchAll(/<td class="end"><a href="([^"]*)">(\d+)<\/a>/g)],
      ...[...html.matchAll(/<a href="([^"]*)" tabindex="-1"><title>[^<]*?: (\d+)[^<]*<\/title>/g)],
      ...[...html.matchAll(/<a class="covering" href="([^"]*)"><b>(\d+)<\/b><span/g)],
    ].map(([, href, count]) => [plain(href!), Number(count)] as const)
    expect(links.length).toBeGreaterThan(60)
    for (const [href, count] of new Map(links)) expect([href, rowsOf(await visitor.get(href)).length]).toEqual([href, count])
  })

  it('hold charts without a style, whatever a team is called', async () => {
    const visitor = await visitorOf(app, agent.user)
    for (const path of [`/reports?${march}`, `/reports/backlog?${march}&by=team,week`]) {
      const { html, status } = await visitor.get(path)
      expect(status).toBe(200)
      expect(html).not.toMatch(/style=|<style|ecmeta/)
      expect(html).not.toContain('<claims>')
    }
    const { html } = await visitor.get(`/reports?${march}`)
    expect(html.match(/<svg class="chart"/g)).toHaveLength(4)
  })

  it('say of a chart with more bars than fit how many it leaves out', async () => {
    const system = await app.servicesFor({ door: 'system' })
    const partner = (await system.records.create(Partner, { name: 'A busy customer' })).id
    for (let at = 0; at < 9; at++) {
      const { id } = await system.identity.createUser({ email: `busy${at}@example.org`, name: `Busy ${at}`, roles: ['agent'] })
      await system.records.create(Ticket, { subject: 'One of many', partner, assignee: id })
    }
    const { html } = await (await visitorOf(app, agent.user)).get('/reports')
    expect(html).toMatch(/<span class="meta push">8 of \d+<\/span>/)
  })

  it('say of days in which there is nothing which have something', async () => {
    expect(await elsewhere(app, agent.user, 'from=2026-07-01&to=2026-07-31&type=&team=')).toBe('/reports?from=2026-02-16&to=2026-03-18')
    expect(await elsewhere(app, agent.user, march)).toBe('')
  })

  it('are a place of the sidebar for an agent, and closed to a customer', async () => {
    const visitor = await visitorOf(app, agent.user)
    expect((await visitor.get('/reports')).html).toMatch(/<a class="place" href="\/reports" aria-current="page"/)
    const customer = await signedInAs(app, 'customer')
    expect((await customer.fetch('/api/reports/volume')).status).toBe(403)
    expect((await (await visitorOf(app, customer.user)).get('/reports')).status).toBe(403)
    expect((await fetch(new URL('/api/reports/volume', await app.listen()))).status).toBe(401)
  })
})

describe('A file', () => {
  it('has the numbers of the page, and no cell that a spreadsheet would run', async () => {
    const visitor = await visitorOf(app, agent.user)
    const { html, headers } = await visitor.get(`/reports/volume.csv?${march}&by=team`)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe('attachment; filename="volume-2026-03-01-2026-03-31.csv"')
    const lines = html.trim().split('\n')
    expect(lines).toContain(`"'=HYPERLINK(""http://example.org"")",2026-03-01/2026-03-31,6`)
    expect(lines.at(-1)).toBe('All,2026-03-01/2026-03-31,18')
    const { html: teams } = await visitor.get(`/reports?${march}&format=csv`)
    expect(teams).toMatch(/^.?Team,Volume,Closed,Backlog,/)
    expect(teams.trim().split('\n').at(-1)).toMatch(/^All,18,12,/)
    for (const line of [...lines, ...teams.split('\n')]) expect(line).not.toMatch(/(^|,)"?[=+@\t\r-]/)
  })
})

describe('Whoever may read less', () => {
  it('sees the figures of what he may read', { timeout: 60_000 }, async () => {
    const watched = await bootTest(inject('postgresUrl'), [watch])
    try {
      await fillMarch(watched)
      const all = await (await signedInAs(watched, 'manager')).services()
      const watcher = await signedInAs(watched, 'nightWatch')
      const his = await watcher.services()
      const narrowed = await watcher.fetch(`/api/reports/volume?${march}`)
      expect(((await narrowed.json()) as { total: Counted }).total.count).toBe(5)
      expect(await elsewhere(watched, watcher.user, 'from=2026-07-01&to=2026-07-31')).toBe('/reports?from=2026-02-15&to=2026-03-17')
      const inMarch = { period: periodOf('2026-03-01', '2026-03-31', his.context) }
      const urgent = [{ priority: { level: 4 } }]
      for (const figure of allFigures) {
        for (const grain of [undefined, 'day'] as const) {
          const [seen, expected] = [
            await his.figures.cells(figure, { ...inMarch, grain }),
            await all.figures.cells(figure, { ...inMarch, grain, where: urgent }),
          ]
          expect([figure.name, seen.map(({ value, count }) => [value, count])]).toEqual([
            figure.name,
            expected.map(({ value, count }) => [value, count]),
          ])
        }
      }
      expect((await (await visitorOf(watched, watcher.user)).get(`/reports?${march}`)).status).toBe(200)
      const visitor = await visitorOf(watched, (await signedInAs(watched, 'porter')).user)
      expect((await visitor.get('/reports')).html).toContain('reporting.nothing_readable')
    } finally {
      await watched.close()
    }
  })

  it('as a customer, by code that acts for him, has those of his own tickets', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const partner = (await records.create(Partner, { name: 'Omar Haddad' })).id
    const { id } = await records.at(day(3)).create(Ticket, { subject: 'My payment', partner })
    const customer = await (await signedInAs(app, 'customer', { partner })).services()
    const total = await customer.figures.total(figures.volume, { period: periodOf('2026-03-01', '2026-03-31', customer.context) })
    expect(total.value).toBe(1)
    await records.remove(Ticket, id)
  })
})
