/** An operation that needs a table on which somebody works for long. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Desk, desk as deskWith } from './desk.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 })

let desk: Desk
let reader: pg.Client
beforeAll(async () => {
  desk = await deskWith(['web', 'ticket'])
  reader = new pg.Client({ connectionString: desk.url })
  await reader.connect()
})
afterAll(async () => {
  await reader?.end()
  await desk?.close()
})

/** Whether somebody waits for a lock on the table of tickets, as PostgreSQL sees it. */
const isWaitedFor = async () =>
  (await desk.sql(`select count(*)::int as waiting from pg_locks where relation = 'ticket'::regclass and not granted`))[0]!.waiting !== 0

describe('An operation that changes a table which a long report reads', () => {
  it('gives up waiting again and again, so that nobody stands behind it, and is done when the report has ended', async () => {
    await reader.query('begin')
    await reader.query('select count(*) from ticket')
    const installing = desk.do({ verb: 'install', names: ['spp'] })
    // It waits, gives up, and waits again.
    for (const waits of [true, false, true, false]) await expect.poll(isWaitedFor, { timeout: 20_000, interval: 20 }).toBe(waits)
    // Whoever works meanwhile is answered as soon as it gives up for a moment.
    await expect(desk.sql('select count(*)::int as tickets from ticket')).resolves.toEqual([{ tickets: 0 }])
    await reader.query('commit')
    expect((await installing).done).toBe(true)
    expect(await desk.sql(`select state from tessera_module where name = 'spp'`)).toEqual([{ state: 'enabled' }])
  })
})
