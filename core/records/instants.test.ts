/** Instants as texts, for lists that become JSON at once: the same to the letter as the Dates print. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { bootTest, type TestApp } from '../testing/index.ts'

describe('Instants of a list', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['partner'])
    const instants = ['2024-02-29 23:59:59.5', '2024-04-01 12:00:00', '2024-04-01 12:00:00.509999', '0099-01-01 00:00:00.007']
    for (const [at, instant] of instants.entries())
      await app.connection.pool.query(
        `insert into partner (id, name, created_at) values (gen_random_uuid(), $1, ($2 || '+00')::timestamptz)`,
        [`Partner ${at}`, instant],
      )
  })
  afterAll(() => app?.close())

  it('are the same as texts and as Dates, with the same pages, inside a transaction too', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const Partner = app.composition.models.byName('partner')!.handle
    const ask = async (instants: 'dates' | 'texts') => {
      const pages: unknown[] = []
      let cursor: string | undefined
      do {
        const page = await records.query(Partner, {
          fields: ['createdAt'],
          order: { createdAt: 'desc' },
          limit: 2,
          instants,
          ...(cursor && { cursor }),
        })
        pages.push(page)
        cursor = page.next ?? undefined
      } while (cursor)
      return JSON.stringify(pages)
    }
    const dates = await ask('dates')
    expect(dates).toContain('"2024-04-01T12:00:00.510Z"')
    expect(dates).toContain('"0099-01-01T00:00:00.007Z"')
    expect(await ask('texts')).toBe(dates)
    expect(await records.transaction(() => ask('texts'))).toBe(dates)
  })
})
