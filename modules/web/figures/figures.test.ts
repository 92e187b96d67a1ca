import { Workbook } from '@cj-tech-master/excelts'
import { AuditEntry, Team } from '@tessera/base'
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

/** Heads and lines of a pivot, each as one would read it. */
function pivotOf({ html }: Seen): { readonly head: readonly string[]; readonly lines: readonly string[] } {
  const read = (part: string) => wordsOf(part).replace(/ +/g, ' ').trim()
  const [, head = ''] = /<thead>(.*?)<\/thead>/s.exec(html) ?? []
  const lines = [...html.matchAll(/<tr(?: class="depth-\d")?><th scope="row">.*?<\/tr>/g)].map(([line]) =>
    read(line.replaceAll('<td></td>', ' –')),
  )
  return { head: head.split('</tr>').map(read).filter(Boolean), lines }
}

describe('A pivot', () => {
  it('shows tickets by team and month as it is declared, with totals of lines and of everything', async () => {
    const list = await manager.get('/tickets?filter=')
    const pivot = await manager.get(linkOf(list, /aria-label="Pivot table"/))
    expect(pivot.status).toBe(200)
    const months = ['January 2024', 'March 2024', 'April 2024']
    expect(pivotOf(pivot).head).toEqual([
      `Team / Assignee ${months.join(' ')} Total`,
      Array.from({ length: 4 }, () => 'Count Average hours to close').join(' '),
    ])
    expect(pivotOf(pivot).lines).toEqual([
      expect.stringMatching(/Cards&lt;\/b&gt; 3 2 2 4 1 4 6 3$/),
      'No team 9 2 6 4 3 4 18 3',
      'Total 12 2 8 4 4 4 24 3',
    ])
  })

  it('opens a group into those within it, and closes it again, rows and columns alike', async () => {
    const start = '/tickets?view=pivot&filter=&rows=priority,type&across=createdAt:quarter,createdAt:month&measures=count'
    const first = await manager.get(start)
    expect(pivotOf(first)).toEqual({
      head: ['Priority / Type 2024 Q1 2024 Q2 Total'],
      lines: ['Medium 16 4 20', 'Urgent 4 – 4', 'Total 20 4 24'],
    })
    const row = await manager.get(linkOf(first, /id="row-0"/))
    expect(pivotOf(row).lines).toEqual(['Medium 16 4 20', 'Inquiry 13 3 16', 'Complaint 3 1 4', 'Urgent 4 – 4', 'Total 20 4 24'])
    const both = await manager.get(linkOf(row, /id="column-0-1"/))
    expect(pivotOf(both)).toEqual({
      head: ['Priority / Type 2024 Q1 2024 Q2 Total', 'January 2024 March 2024'],
      lines: ['Medium 10 6 4 20', 'Inquiry 8 5 3 16', 'Complaint 2 1 1 4', 'Urgent 2 2 – 4', 'Total 12 8 4 24'],
    })
    expect(both.html).toMatch(/colspan="2" rowspan="1"><a [^>]*aria-expanded="true"/)
    const cell = linkOf(both, /^<a href="[^"]*">2<\/a>$/)
    expect([...new URLSearchParams(cell.split('?')[1])]).toEqual([
      ['filter', ''],
      ['facet.priority', expect.any(String)],
      ['facet.type', expect.any(String)],
      ['facet.createdAt:quarter', '2024-Q1'],
      ['facet.createdAt:month', '2024-01'],
    ])
    const led = wordsOf((await manager.get(cell)).html)
    expect(led).toContain('1–2 / 2')
    expect(led).toMatch(/Priority: Medium .*Type: Complaint .*Created: 2024 Q1 .*Created: January 2024/)
    expect(pivotOf(await manager.get(linkOf(both, /aria-label="Close all groups"/)))).toEqual(pivotOf(first))
    const all = await manager.get(linkOf(first, /aria-label="Open all groups"/))
    expect(pivotOf(all).lines).toHaveLength(6)
    expect(pivotOf(all).head[1]).toBe('January 2024 March 2024 April 2024')
  })

  it('has other rows, columns and measures as one chooses, and the two sides swapped', async () => {
    const pivot = await manager.get('/tickets?view=pivot&filter=&rows=type&across=priority&measures=count')
    const swapped = await manager.get(linkOf(pivot, /aria-label="Swap rows and columns"/))
    expect(pivotOf(swapped)).toEqual({
      head: ['Priority Inquiry Complaint Total'],
      lines: ['Medium 16 4 20', 'Urgent – 4 4', 'Total 16 8 24'],
    })
    const none = await manager.get('/tickets?view=pivot&filter=&rows=&across=&measures=hoursToClose:max,hoursToClose:sum')
    expect(pivotOf(none)).toEqual({ head: ['Highest hours to close Total hours to close'], lines: ['Total 4 36'] })
    const saved = await manager.post('/tickets/views/save', { name: 'By type', back: '/tickets?view=pivot&rows=type&across=priority' })
    expect(saved.location).toBe('/tickets?view=pivot&rows=type&across=priority')
    await manager.post('/tickets/views/save', { name: 'Older', back: '/tickets?view=pivot&filter=&rows=type,ward&across=&measures=count' })
    const older = await manager.get(linkOf(await manager.get('/tickets'), /<span class="cut">Older<\/span>/))
    const shown = await manager.get(older.location)
    expect(pivotOf(shown).lines).toEqual(['Inquiry 16', 'Complaint 8', 'Total 24'])
    expect(wordsOf(shown.html)).toContain('“Older” also asks for ward: there is no such thing any more')
  })

  it('says that it shows a part where there are more groups than fit', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    await records.createMany(
      Partner,
      Array.from({ length: 104 }, (_, at) => ({ name: `Partner ${at}`, city: `City ${String(at).padStart(3, '0')}` })),
    )
    const pivot = await manager.get('/partners?view=pivot&rows=city&across=name')
    expect(pivotOf(pivot).lines).toHaveLength(101)
    expect(wordsOf(pivot.html)).toContain('100 of 105 groups are shown.')
    expect(pivotOf(pivot).lines.at(-1)).toMatch(/^Total .* 105$/)
  })

  it('is saved as a workbook as it is shown, by whoever may export, and the audit log has it', async () => {
    const path = '/tickets?view=pivot&filter=&rows=priority,type&across=createdAt:quarter&measures=count,hoursToClose:avg'
    const pivot = await manager.get(linkOf(await manager.get(path), /id="row-0"/))
    const file = await manager.get(linkOf(pivot, /aria-label="Save as an Excel file"/))
    expect([file.status, file.headers.get('content-disposition')]).toEqual([
      200,
      expect.stringMatching(/^attachment; filename="tickets-.*\.xlsx"$/),
    ])
    const book = new Workbook()
    await book.xlsx.load(file.bytes)
    const rows: unknown[][] = []
    book.worksheets[0]!.eachRow((row) => {
      rows.push((row.values as unknown[]).slice(1))
    })
    expect(rows.map((row) => Array.from(row, (value) => value ?? ''))).toEqual([
      ['Priority', 'Type', ...['2024 Q1', '2024 Q2', 'Total'].flatMap((name) => [`${name}: Count`, `${name}: Average hours to close`])],
      ['Medium', '', 16, expect.any(Number), 4, 4, 20, expect.any(Number)],
      ['Medium', 'Inquiry', 13, expect.any(Number), 3, 4, 16, expect.any(Number)],
      ['Medium', 'Complaint', 3, '', 1, '', 4],
      ['Urgent', '', 4, expect.any(Number), '', '', 4, expect.any(Number)],
      ['Total', '', 20, expect.any(Number), 4, 4, 24, 3],
    ])
    const { records } = await app.servicesFor({ door: 'system' })
    expect(await records.count(AuditEntry, { where: { kind: 'export' } as never })).toBe(1)
    expect(linkOf(await agent.get('/tickets?view=pivot'), /Excel/)).toBe('')
    expect((await agent.get('/tickets/pivot')).status).toBe(403)
  })

  it('shows each reader only what he may see', async () => {
    expect(pivotOf(await agent.get('/tickets?view=pivot&filter=&rows=team&across=&measures=count')).lines).toEqual([
      'No team 18',
      'Total 18',
    ])
    const nobody = await agent.get('/tickets?view=pivot&q=nothing-of-that-kind')
    expect([nobody.status, wordsOf(nobody.html)]).toEqual([200, expect.stringContaining('No tickets match')])
  })
})

describe('An address that cannot be read', () => {
  it.each(['list', 'kanban', 'pivot', 'graph'])(
    'is refused as a %s with a sentence, and nothing goes on that nobody waits for',
    async (view) => {
      const left: unknown[] = []
      const note = (reason: unknown) => void left.push(reason)
      process.on('unhandledRejection', note)
      try {
        for (const broken of [
          'where=nonsense',
          'where={"nothing":1}',
          'facet.createdAt=2024-99',
          'filter=none&where=[',
          'group=nothing&where=7',
        ]) {
          const { status, html } = await manager.get(`/tickets?view=${view}&${broken}`)
          expect(status, broken).toBe(400)
          expect(wordsOf(html), broken).toMatch(/cannot be (read|compared)|no field|names no/)
        }
        // Those are told of once everything else is done.
        await new Promise((done) => setImmediate(done))
        expect(left).toEqual([])
      } finally {
        process.off('unhandledRejection', note)
      }
    },
  )
})
