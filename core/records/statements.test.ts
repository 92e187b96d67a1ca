/** How many statements a question takes, and that the usual ones of the ticket desk are served by indexes. */
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import type { Model } from '../model/types.ts'
import type { Services } from '../service/services.ts'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '../testing/index.ts'

// Milliseconds: the machine of a run may be slow or shared, and TESSERA_DEEP asks for much.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

let app: TestApp
let agent: SignedIn
let customer: SignedIn
let services: Services
let Ticket: Model
const said: string[] = []
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  agent = await signedInAs(app, 'agent')
  customer = await signedInAs(app, 'customer')
  Ticket = app.composition.models.byName('ticket')!.handle
  const run = app.connection.pool
  const filler = await run.connect()
  await filler.query('set statement_timeout = 0')
  await filler.query(`insert into partner (id, name) select gen_random_uuid(), 'Partner ' || n from generate_series(1, 2000) n`)
  await filler.query(`
    insert into ticket (id, number, subject, type_id, priority_id, status_id, partner_id, rank, created_at)
    select gen_random_uuid(), 'X-' || n, 'Matter ' || md5(n::text) || case when n % 5000 = 0 then ' pothole' else '' end,
      (select id from ticket_type order by id limit 1), (select id from ticket_priority order by id limit 1),
      (array(select id from ticket_status order by id))[1 + n % 4], (array(select id from partner order by id))[1 + n % 2000], lpad(to_hex(n), 8, '0') || '1',
      timestamptz '2024-01-01' + n * interval '7 minutes'
    from generate_series(1, 50000) n`)
  await filler.query('vacuum analyze')
  filler.release(true)
  services = await agent.services()
  // What the application says to the database outside transactions goes through the pool.
  const query = run.query.bind(run) as (...args: unknown[]) => unknown
  Object.assign(run, {
    query: (asked: string | { text: string }, ...more: unknown[]) => {
      said.push(typeof asked === 'string' ? asked : asked.text)
      return query(asked, ...more)
    },
  })
})
afterAll(() => app?.close())

async function statements(ask: () => Promise<unknown>): Promise<readonly string[]> {
  said.length = 0
  await ask()
  return [...said]
}

describe('The number of statements', () => {
  const fields = ['number', 'subject', 'partner', 'status', 'priority', 'assignee', 'team', 'tags', 'createdAt'] as const
  test('is one for a list with relations, filter and labels, one more with a total, one more to look for words in related records', async () => {
    const ask = { fields, where: { status: { category: { $ne: 'closed' } } }, label: true, limit: 50 }
    expect(await statements(() => services.records.query(Ticket, ask))).toHaveLength(1)
    expect(await statements(() => services.records.query(Ticket, { ...ask, total: true }))).toHaveLength(2)
    expect(await statements(() => services.records.query(Ticket, { ...ask, q: 'matter' }))).toHaveLength(2)
    const { records } = await customer.services()
    const shown = { ...ask, fields: ['number', 'subject', 'partner', 'status', 'createdAt'] }
    expect(await statements(() => records.query(Ticket, shown))).toHaveLength(1)
  })
  test('is one for a record, a count and a group', async () => {
    const { rows } = await services.records.query(Ticket, { fields: [], limit: 1 })
    expect(await statements(() => services.records.get(Ticket, rows[0]!.id))).toHaveLength(1)
    expect(await statements(() => services.records.count(Ticket))).toHaveLength(1)
    expect(await statements(() => services.records.group(Ticket, { by: ['status', 'createdAt:month'] }))).toHaveLength(1)
  })
  test('is the same text for whoever asks the same with the same rights, so that PostgreSQL plans it once', async () => {
    const other = await signedInAs(app, 'agent')
    const ask = { fields, where: { assignee: agent.user }, limit: 50 }
    const first = await statements(() => services.records.query(Ticket, ask))
    const { records } = await other.services()
    expect(await statements(() => records.query(Ticket, { ...ask, where: { assignee: other.user } }))).toEqual(first)
  })
  test('is the same text for every page but the first, in either direction', async () => {
    const ask = { fields, order: { createdAt: 'desc' }, limit: 50 } as const
    const page = async (cursor: string | null) => services.records.query(Ticket, { ...ask, cursor: cursor! })
    const second = await page((await services.records.query(Ticket, ask)).next)
    const third = await page(second.next)
    const forth = await statements(() => page(second.next))
    expect(await statements(() => page(third.next))).toEqual(forth)
    const back = await statements(() => page(third.previous))
    expect(await statements(() => page(second.previous))).toEqual(back)
    expect(back).not.toEqual(forth)
  })
})

describe('Of 50,000 tickets', () => {
  async function plan(ask: () => Promise<unknown>): Promise<string> {
    const seen: (readonly [string, readonly unknown[]])[] = []
    const { pool } = app.connection
    const query = pool.query.bind(pool) as (asked: { text: string; values: unknown[] }) => Promise<unknown>
    Object.assign(pool, {
      query: (asked: { text: string; values: unknown[] }) => {
        seen.push([asked.text, asked.values])
        return query(asked)
      },
    })
    await ask()
    Object.assign(pool, { query })
    const plans: string[] = []
    for (const [text, values] of seen) {
      const { rows } = (await query({ text: `explain (analyze, timing off, summary off) ${text}`, values: [...values] })) as {
        rows: Record<string, string>[]
      }
      plans.push(...rows.map((row) => row['QUERY PLAN']!))
    }
    return plans.join('\n')
  }
  test('the list as it opens, in its order with its filter, walks along an index and sorts nothing', async () => {
    const text = await plan(() =>
      services.records.query(Ticket, {
        fields: ['number', 'subject', 'partner', 'status'],
        where: { status: { category: { $ne: 'closed' } } },
        limit: 50,
      }),
    )
    expect(text).toMatch(/Index Scan using ix_ticket_\w+ on ticket t/)
    expect(text).not.toMatch(/Seq Scan on ticket t|Sort Key: t\.created_at/)
  })
  test('the cards of a column of the board, in the order that people give them, walk along an index and sort nothing', async () => {
    const { rows } = await services.records.query(Ticket, { fields: ['status'], where: {}, limit: 1 })
    const { id } = (rows[0] as unknown as { readonly status: { readonly id: string } }).status
    const cards = await plan(() =>
      services.records.query(Ticket, { fields: ['subject'], where: { status: id }, order: { rank: 'desc' }, limit: 20, fitted: true }),
    )
    expect(cards).toMatch(/Index Scan using ix_ticket_\w+ on ticket t/)
    expect(cards).not.toMatch(/Sort Key/)
  })
  test.each(['subject', 'partner'] as const)(
    'sorted by %s, which it shows, it takes the first and sorts no more than those',
    async (column) => {
      for (const direction of ['asc', 'desc'] as const) {
        const ask = { fields: ['number', 'subject', 'partner', 'status'], order: { [column]: direction }, limit: 10 } as const
        // Whether there are many partners is found out now and then.
        await services.records.query(Ticket, ask)
        const text = await plan(() => services.records.query(Ticket, ask))
        expect(text).not.toMatch(/Seq Scan on (ticket t|partner)/)
        expect(Math.max(...[...text.matchAll(/on ticket t .*actual rows=(\d+)/g)].map(([, rows]) => Number(rows)))).toBeLessThan(50)
      }
    },
  )
  test.each(['status', 'priority', 'team', 'type'] as const)(
    'sorted by %s, of which there are few, it takes the first of each from an index, on the first page and on later ones',
    async (column) => {
      for (const direction of ['asc', 'desc'] as const) {
        const ask = {
          fields: ['number', 'subject', 'status'],
          where: { status: { category: { $ne: 'closed' } } },
          // As a list asks for it: by ids alone the order would mean nothing to people.
          order: { [column]: direction, createdAt: 'desc' },
          limit: 50,
        } as const
        let { next } = await services.records.query(Ticket, ask)
        for (let page = 0; page < 20; page++) ({ next } = await services.records.query(Ticket, { ...ask, cursor: next! }))
        for (const cursor of [undefined, next!]) {
          const text = await plan(() => services.records.query(Ticket, { ...ask, ...(cursor !== undefined && { cursor }) }))
          expect(text).not.toMatch(/Seq Scan on ticket t/)
          // Pages of memory: two for each of 51 tickets that are read twice, and some for the ways to them.
          expect(Number(text.match(/^Limit.*\n +Buffers: shared hit=(\d+)/)?.[1])).toBeLessThan(400)
        }
      }
    },
  )
  test('its later pages cost no more than its first', async () => {
    const ask = { fields: ['number'], limit: 50 } as const
    let cursor: string | null = null
    for (let page = 0; page < 5; page++) cursor = (await services.records.query(Ticket, { ...ask, ...(cursor ? { cursor } : {}) })).next
    const text = await plan(() => services.records.query(Ticket, { ...ask, cursor: cursor! }))
    expect(text).toMatch(/Index (Only )?Scan using ix_ticket_/)
    expect(text).toMatch(/Index Cond: \(ROW\(/)
  })
  test('a word is looked up in trigrams, of the ticket and of its partner', async () => {
    const { rows } = await services.records.query(Ticket, { fields: [], q: 'pothole', limit: 50 })
    expect(rows).toHaveLength(10)
    const text = await plan(() => services.records.query(Ticket, { fields: ['number'], q: 'pothole', limit: 50 }))
    expect(text).toMatch(/Bitmap Index Scan on ix_ticket_\w+/)
    expect(text).toMatch(/Bitmap Index Scan on ix_partner_\w+/)
    expect(text).not.toMatch(/Seq Scan/)
  })
})
