import type { Module } from '@tessera/core'
import { testDatabase } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { schemaDifference } from '../../core/installation/schema.ts'
import severity from '../fixtures/technique-01-scalar-fields.ts'
import rawDdl, { upgraded } from '../fixtures/technique-10-raw-ddl.ts'
import { openOn, openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), rawDdl)
})
afterAll(() => shop.app.close())

describe('An addon adds what the models cannot express to the table of tickets', () => {
  it('an index, which PostgreSQL has', async () => {
    expect(await shop.indexes('ticket')).toContain(
      'CREATE INDEX ticket_open_subject ON public.ticket USING btree (lower(subject)) WHERE (closed_at IS NULL)',
    )
  })

  it('and a constraint, under which tickets are written and found as before', async () => {
    const filed = await shop.ask('POST', '/api/tickets', { subject: 'Card', partner: shop.partner })
    expect(filed.status).toBe(201)
    expect((await shop.ask('GET', '/api/tickets?filter[subject]=Card&total=true')).body.meta.total).toBe(1)
  })

  it('and the comparison of schemas leaves it alone', async () => {
    expect(await schemaDifference(shop.app.connection)).toEqual([])
  })
})

it('What an addon wrote in SQL stays when another module is installed later', async () => {
  const database = await testDatabase(inject('postgresUrl'))
  try {
    for (const modules of [[rawDdl], [rawDdl, severity]]) {
      const app = await openOn(database.url, ...modules)
      await app.install()
      const rows = await app.connection.run(
        "select 1 from pg_indexes where indexname = 'ticket_open_subject' union all select 1 from pg_constraint where conname = 'ticket_trimmed'",
      )
      expect(rows).toHaveLength(2)
      await app.close()
    }
  } finally {
    await database.drop()
  }
})

it('An upgrade that changes the statement undoes the old one and runs the new one', async () => {
  const database = await testDatabase(inject('postgresUrl'))
  const indexAfter = async (module: Module): Promise<unknown> => {
    const app = await openOn(database.url, module)
    try {
      await app.install()
      const rows = await app.connection.run("select indexdef from pg_indexes where indexname = 'ticket_open_subject'")
      return rows.map(({ indexdef }) => /\((.*)\) WHERE/.exec(String(indexdef))?.[1])
    } finally {
      await app.close()
    }
  }
  try {
    expect(await indexAfter(rawDdl)).toEqual(['lower(subject)'])
    expect(await indexAfter(upgraded)).toEqual(['lower(subject), created_at DESC'])
  } finally {
    await database.drop()
  }
})
