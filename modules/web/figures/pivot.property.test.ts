import base, { agent } from '@tessera/base'
import { defineModel, defineModule, type Fields, type Model, p, search } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import web from '../index.ts'
import { plain, type Seen, type Visitor, visitorAs } from '../server/visitor.ts'

const bayFields = { name: p.string(), isOpen: p.boolean().default(true), street: p.string().nullable() }
interface Bay extends Fields<typeof bayFields> {}
const Bay: Model<Bay> = defineModel('bay', bayFields, { title: 'name' })

const skillFields = { name: p.string(), isKnown: p.boolean().default(true) }
interface Skill extends Fields<typeof skillFields> {}
const Skill: Model<Skill> = defineModel('skill', skillFields, { title: 'name' })

const fields = {
  name: p.string(),
  remark: p.string().nullable(),
  hours: p.integer().nullable(),
  price: p.decimal('number').nullable(),
  paid: p.boolean().default(false),
  state: p.enum(['waiting', 'doing', 'done']).nullable(),
  due: p.date().nullable(),
  begun: p.datetime().nullable(),
  bay: () => p.manyToOne(Bay).nullable(),
  skills: () => p.manyToMany(Skill),
}
interface Repair extends Fields<typeof fields> {}
const Repair: Model<Repair> = defineModel('repair', fields, { title: 'name' })

const workshop = defineModule({
  name: 'workshop',
  depends: [base, web],
  models: [Bay, Skill, Repair],
  // Who may see a repair need not see the bay where it is done, nor all that it takes.
  permissions: [
    agent.can(['read'], Bay, { isOpen: true }),
    agent.can(['read'], Skill, { isKnown: true }),
    agent.can(['read', 'export'], Repair, { paid: false }),
  ],
  views: [search(Repair, { texts: ['name', 'remark'], filters: { dear: { price: { $gt: 50 } } }, groups: ['bay'], facets: ['skills'] })],
})

const groups = [
  'bay',
  'bay.street',
  'remark',
  'hours',
  'price',
  'state',
  'paid',
  'skills',
  'skills',
  ...['day', 'week', 'month', 'quarter', 'year'].flatMap((grain) => [`due:${grain}`, `begun:${grain}`]),
]

let app: TestApp
let visitor: Visitor
let skills: readonly string[]

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, web, workshop])
  // Half an hour off every other zone, and west of Greenwich: what is in the evening there is the next day in UTC.
  visitor = await visitorAs(app, 'agent', { zone: 'America/St_Johns' })
  const { records } = await app.servicesFor({ door: 'system' })
  const bays = await records.createMany(Bay, [
    { name: 'North', street: 'Quay' },
    { name: 'South, "&" more', street: null },
    { name: 'Closed', isOpen: false, street: 'Quay' },
  ])
  skills = await records.createMany(Skill, [{ name: 'Welding' }, { name: 'Paint' }, { name: 'Secret', isKnown: false }])
  const near = ['2024-01-01', '2024-03-31', '2024-12-30', '2024-12-31', '2025-01-01', '2025-06-15']
  const draft = fc.record({
    name: fc.constant('Repair'),
    remark: fc.constantFrom(null, 'A/B: 50 %, "c" & d~e', 'zwei', ''),
    hours: fc.constantFrom(null, 0, -3, 7),
    price: fc.constantFrom(null, 0, 49.9, 50.1, 1200),
    paid: fc.constantFrom(false, false, true),
    state: fc.constantFrom(null, 'waiting', 'doing', 'done'),
    due: fc.constantFrom(null, ...near),
    begun: fc.option(
      fc
        .tuple(fc.constantFrom(...near), fc.constantFrom('00:30', '02:45', '12:00', '23:59'))
        .map(([day, time]) => new Date(`${day}T${time}:00Z`)),
    ),
    bay: fc.constantFrom(null, ...bays),
    skills: fc.subarray([...skills]),
  })
  await records.createMany(Repair, fc.sample(draft, { numRuns: 160, seed: 22 }) as never)
})
afterAll(() => app.close())

const level = (most: number) => fc.uniqueArray(fc.constantFrom(...groups), { minLength: 0, maxLength: most })
const asked = fc.record({
  rows: level(2),
  across: level(2),
  filter: fc.constantFrom('', 'dear'),
  skill: fc.nat(3),
  opens: fc.boolean(),
  cells: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
})

it('A number in a pivot is that of the records in the list behind it, whatever it is of; lines add up to their totals', async () => {
  await fc.assert(
    fc.asyncProperty(asked, async ({ rows, across, filter, skill, opens, cells }) => {
      const facet = ['', `&facet.skills=${skills[0]}`, `&facet.skills=${skills[1]}&facet.skills=${skills[0]}`, '&facet.skills='][skill]
      const query = `/repairs?view=pivot&filter=${filter}${facet}&${new URLSearchParams({ rows: rows.join(), across: across.join() })}`
      const first = await visitor.get(query)
      expect(first.status).toBe(200)
      const all = openAll(first)
      const seen = opens && all !== undefined ? await visitor.get(all) : first
      const table = tableOf(seen)
      const total = Number(table.total.at(-1)?.value ?? 0)
      const outer = table.rows.filter(({ depth }) => depth === 0)
      // Whoever takes two skills stands in both, and once in the total.
      const addsUp = (levels: readonly string[], parts: readonly Cell[], whole: Cell | undefined) =>
        levels.includes('skills')
          ? expect(sum(parts)).toBeGreaterThanOrEqual(Number(whole?.value ?? 0))
          : expect(sum(parts)).toBe(Number(whole?.value ?? 0))
      for (const { cells } of table.rows) if (cells.length > 1) addsUp(across, cells.slice(0, -1), cells.at(-1))
      if (rows.length > 0)
        for (const [at, cell] of table.total.entries())
          addsUp(
            rows.slice(0, 1),
            outer.map((row) => row.cells[at]!),
            cell,
          )
      const filled = [...table.rows.flatMap((row) => row.cells), ...table.total].filter(({ value }) => value !== undefined)
      for (const at of filled.length === 0 ? [] : cells) {
        const { value, href } = filled[at % filled.length]!
        expect([query, href, await foundBy(href)]).toEqual([query, href, Number(value)])
      }
      expect(await foundBy(query.replace('view=pivot', 'view=list'))).toBe(total)
    }),
    { numRuns: 30, seed: 7 },
  )
}, 120_000)

it('Of more days than an answer holds the latest are shown, and all are counted', async () => {
  const { records } = await app.servicesFor({ door: 'system' })
  const days = Array.from({ length: 1_200 }, (_, at) => new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10))
  await records.createMany(
    Repair,
    days.map((due) => ({ name: 'Repair', due, remark: 'Late' })),
  )
  const late = 'filter=&facet.remark=Late'
  const graph = await visitor.get(`/repairs?view=graph&${late}&by=due:day`)
  expect(graph.html.match(/<title>.*?: 1<\/title>/g)).toHaveLength(60)
  expect(plain(graph.html)).toContain(`facet.due%3Aday=${days.at(-1)}`)
  expect(graph.html).toContain('<span class="only-phone muted">1,200</span>')
  for (const across of ['', 'due:year']) {
    const { rows, total } = tableOf(await visitor.get(`/repairs?view=pivot&${late}&rows=due:day&across=${across}`))
    expect([rows.length, decodeURIComponent(rows.at(-1)!.cells.at(-1)!.href), total.at(-1)!.value]).toEqual([
      100,
      expect.stringContaining(`facet.due:day=${days.at(-1)}`),
      '1,200',
    ])
  }
})

it('Numbers are right where they take several questions, also of whoever takes skills that are asked for in different ones', async () => {
  const { records } = await app.servicesFor({ door: 'system' })
  const many = await records.createMany(
    Skill,
    Array.from({ length: 20 }, (_, at) => ({ name: `Skill ${at}` })),
  )
  const months = Array.from({ length: 36 }, (_, at) => new Date(Date.UTC(2020, at, 15, 12)))
  const draft = fc.record({
    name: fc.constant('Repair'),
    remark: fc.constant('Many'),
    state: fc.constantFrom('waiting', 'doing', 'done'),
    begun: fc.constantFrom(...months),
    skills: fc.subarray([...many], { minLength: 1, maxLength: 6 }),
  })
  const drafts = fc.sample(draft, { numRuns: 900, seed: 5 })
  await records.createMany(Repair, drafts as never)
  const counted = (href: string) => {
    const of = (field: string) => new URLSearchParams(href.split('?')[1]).get(`facet.${field}`)
    const [state, skill, month] = [of('state'), of('skills'), of('begun:month')]
    return drafts.filter(
      (each) =>
        each.state === (state ?? each.state) &&
        (skill === null || each.skills.includes(skill)) &&
        each.begun.toISOString().startsWith(month ?? ''),
    ).length
  }
  const first = await visitor.get('/repairs?view=pivot&filter=&facet.remark=Many&rows=state,skills&across=begun:month')
  const { rows } = tableOf(await visitor.get(openAll(first)!))
  expect(rows.map(({ depth }) => depth).filter((depth) => depth === 1)).toHaveLength(60)
  for (const { cells } of rows) {
    const filled = cells.filter(({ value }) => value !== undefined)
    expect(filled.map(({ value }) => Number(value))).toEqual(filled.map(({ href }) => counted(href)))
    expect(sum(cells.slice(0, -1))).toBe(Number(cells.at(-1)!.value))
  }
}, 60_000)

interface Cell {
  readonly value: string | undefined
  readonly href: string
}
const sum = (cells: readonly Cell[]): number => cells.reduce((all, { value }) => all + Number(value ?? 0), 0)

const cellsIn = (html: string): Cell[] =>
  [...html.matchAll(/<td>(?:<a href="([^"]*)">(.*?)<\/a>)?<\/td>/g)].map(([, href = '', value]) => ({ href: plain(href), value }))

function tableOf({ html }: Seen): {
  readonly rows: readonly { readonly depth: number; readonly cells: readonly Cell[] }[]
  readonly total: readonly Cell[]
} {
  const rows = [...html.matchAll(/<tr class="depth-(\d)">(.*?)<\/tr>/g)].map(([, depth, cells = '']) => ({
    depth: Number(depth),
    cells: cellsIn(cells),
  }))
  return { rows, total: cellsIn(/<tfoot>(.*?)<\/tfoot>/s.exec(html)?.[1] ?? '') }
}

function openAll({ html }: Seen): string | undefined {
  const [, href] = /<a class="button bare" href="([^"]*)" aria-label="web.open_all"/.exec(html) ?? []
  return href === undefined ? undefined : plain(href)
}

/** How many records a list finds: a module that is declared in a test has no texts in which it would say so. */
async function foundBy(list: string): Promise<number> {
  const { html } = await visitor.get(list.replace('/repairs', '/repairs/export'))
  return html.trim().split(/\r?\n/).length - 1
}
