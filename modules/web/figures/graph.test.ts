import { Team } from '@tessera/base'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { close, priority, Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, plain, type Seen, type Visitor, visitorAs, wordsOf } from '../server/visitor.ts'

let app: TestApp
let agent: Visitor & { readonly user: string }
let manager: Visitor & { readonly user: string }

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  agent = await visitorAs(app, 'agent')
  manager = await visitorAs(app, 'manager')
  const { records } = await app.servicesFor({ door: 'system' })
  const partner = (await records.create(Partner, { name: 'Fatou <b>Camara</b>' })).id
  const [payments] = await records.createMany(Team, [{ name: 'Payments "&" <b>Cards</b>' }])
  for (let n = 0; n < 24; n++) {
    // January has twelve, February none, March eight and April four.
    const month = n < 12 ? '01' : n < 20 ? '03' : '04'
    const at = records.at(new Date(`2024-${month}-10T09:00:00Z`))
    const { id } = await at.create(Ticket, {
      subject: `Lamp ${n}`,
      partner,
      team: n % 4 === 0 ? payments! : null,
      type: n % 3 === 0 ? type.complaint : type.inquiry,
      priority: n % 6 === 0 ? priority.urgent : priority.medium,
    })
    if (n % 2 === 0) await records.at(new Date(`2024-${month}-10T${n < 12 ? 11 : 13}:00:00Z`)).act(close, id, {})
  }
})
afterAll(() => app.close())

/** The figures of the table below a chart, row by row, with the lists that they lead to. */
function figuresOf({ html }: Seen): readonly { readonly label: string; readonly cells: readonly (readonly [string, string])[] }[] {
  return [...html.matchAll(/<tr><th scope="row"><a href="[^"]*">(.*?)<\/a><\/th>(.*?)<\/tr>/g)].map(([, label = '', cells = '']) => ({
    label,
    cells: [...cells.matchAll(/<td>(?:<a href="([^"]*)">(.*?)<\/a>)?<\/td>/g)].map(
      ([, href = '', value = '']) => [value, plain(href)] as const,
    ),
  }))
}
const rows = (seen: Seen) => figuresOf(seen).map(({ label, cells }) => [label, ...cells.map(([value]) => value)].join(' '))
const marksOf = ({ html }: Seen) =>
  [...html.matchAll(/<a href="([^"]*)" tabindex="-1"><title>(.*?)<\/title>/g)].map(([, href = '', title = '']) => ({
    href: href.replaceAll('&#38;', '&'),
    title,
  }))

describe('A graph', () => {
  it('shows tickets by week and type as it is declared, from the switch of the list, under its filters', async () => {
    const list = await manager.get('/tickets')
    const graph = await manager.get(linkOf(list, /aria-label="Chart"/))
    expect(graph.status).toBe(200)
    expect(graph.html).toContain('<figcaption>Tickets · Created, by week · Type</figcaption>')
    expect(graph.html).toMatch(/<svg class="chart"[^>]*aria-hidden="true"/)
    expect(graph.html).not.toMatch(/ style=|<style|ecmeta/)
    // Half of all are open.
    expect(wordsOf(graph.html)).toContain('12 tickets')
    expect(wordsOf((await manager.get('/tickets?view=graph&filter=')).html)).toContain('24 tickets')
  })

  it('leaves no month out between the first and the last, and leads from each bar to the tickets that it counted', async () => {
    const graph = await manager.get('/tickets?view=graph&filter=&by=createdAt:month&split=')
    expect(rows(graph)).toEqual(['January 2024 12', 'February 2024 0', 'March 2024 8', 'April 2024 4'])
    const marks = marksOf(graph)
    expect(marks.map(({ title }) => title)).toEqual(['January 2024: 12', 'February 2024: 0', 'March 2024: 8', 'April 2024: 4'])
    const led = await manager.get(marks[2]!.href)
    expect(wordsOf(led.html)).toContain('1–8 / 8')
    expect(led.html).not.toContain('view=graph&amp;filter')
  })

  it('is split into series, each with its own marks and a legend', async () => {
    const graph = await manager.get('/tickets?view=graph&filter=&by=priority&split=type')
    expect(rows(graph)).toEqual(['Medium 16 4', 'Urgent 0 4'])
    expect(wordsOf(/<ul class="legend">.*?<\/ul>/s.exec(graph.html)?.[0] ?? '')).toMatch(/Inquiry .*Complaint/)
    const [, complaint] = figuresOf(graph)[0]!.cells
    expect(wordsOf((await manager.get(complaint![1])).html)).toContain('1–4 / 4')
    const beside = await manager.get(linkOf(graph, /aria-label="Stacked"/))
    expect(marksOf(beside)).toHaveLength(4)
  })

  it('measures a number, where nothing can be measured it stays empty', async () => {
    const graph = await manager.get('/tickets?view=graph&filter=&by=createdAt:month&split=&measure=hoursToClose:avg&chart=line')
    expect(rows(graph)).toEqual(['January 2024 2', 'February 2024 ', 'March 2024 4', 'April 2024 4'])
    expect(marksOf(graph)).toHaveLength(3)
    expect(graph.html).not.toContain('aria-label="Pie"')
    const chosen = await manager.get(linkOf(graph, /<span class="cut">Total hours to close<\/span>/))
    expect(rows(chosen)).toEqual(['January 2024 12', 'February 2024 0', 'March 2024 16', 'April 2024 8'])
  })

  it('is a pie with shares of the whole, whatever its slices are called', async () => {
    const graph = await manager.get('/tickets?view=graph&filter=&by=team&chart=pie')
    expect(rows(graph)).toEqual(['Payments &quot;&amp;&quot; &lt;b&gt;Cards&lt;/b&gt; 6', 'No team 18'])
    expect(wordsOf(graph.html)).toContain('6 · 25%')
    expect(marksOf(graph)).toHaveLength(2)
    expect(graph.html).not.toContain('<b>Cards</b>')
  })

  it('shows so many groups as one can tell apart, and says how many there are', async () => {
    const graph = await manager.get('/tickets?view=graph&filter=&by=number&split=&chart=pie')
    expect(rows(graph)).toHaveLength(8)
    expect(wordsOf(graph.html)).toContain('8 of 24 groups are shown.')
    expect(wordsOf(graph.html)).toMatch(/Others 16 · 67%/)
  })

  it('counts only what its reader may see', async () => {
    expect(rows(await agent.get('/tickets?view=graph&filter=&by=team&split='))).toEqual(['No team 18'])
  })

  it('takes the words and filters of the search, and keeps what it shows when one searches', async () => {
    const graph = await manager.get('/tickets?view=graph&filter=&by=type&split=&chart=pie&facet.createdAt%3Amonth=2024-01&q=camara')
    expect(rows(graph)).toEqual(['Inquiry 8', 'Complaint 4'])
    expect(graph.html).toMatch(/<input type="hidden" name="by" value="type">/)
    expect(linkOf(graph, /aria-label="List"/)).toMatch(/^\/tickets\?q=camara&filter=&facet.createdAt%3Amonth=2024-01$/)
    const none = await manager.get('/tickets?view=graph&q=nothing-of-that-kind')
    expect([none.status, wordsOf(none.html)]).toEqual([200, expect.stringContaining('No tickets match')])
  })

  it('is there for a model that declares none, and shows nothing of a field that one may not read', async () => {
    const partners = await manager.get('/partners?view=graph')
    expect([partners.status, rows(partners)]).toEqual([200, [expect.stringMatching(/ 1$/)]])
    const guessed = await manager.get('/partners?view=graph&by=nothing&measure=nothing:sum')
    expect(guessed.status).toBe(200)
    expect(guessed.html).toContain('<figcaption>Partners · Created by month</figcaption>')
  })
})
