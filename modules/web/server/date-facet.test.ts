import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, plain, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let manager: Visitor
const hour = 3_600_000

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket'])
  manager = await visitorAs(app, 'manager')
  await visitorAs(app, 'customer', { name: 'Cora Customer', email: 'cora@example.org' })
  const { records } = await app.servicesFor({ door: 'system' })
  const partner = (await records.create(Partner, { name: 'Lucia Rossi' })).id
  for (const hours of [1, 30, 20 * 24, 60 * 24, 100 * 24])
    await records.at(new Date(Date.now() - hours * hour)).create(Ticket, { subject: `Filed ${hours} hours ago`, partner })
})
afterAll(() => app.close())

describe('The filters of a list', () => {
  const found = ({ html }: { readonly html: string }) => [...html.matchAll(/Filed (\d+) hours ago/g)].map(([, hours]) => Number(hours))
  const distinct = (page: { readonly html: string }) => [...new Set(found(page))].toSorted((a, b) => a - b)

  it('narrow it to the last days or to a month, one at a time', async () => {
    const first = await manager.get('/tickets')
    for (const [words, expected] of [
      ['Last 1 day', [1]],
      ['Last 7 days', [1, 30]],
      ['Last 30 days', [1, 30, 480]],
      ['Last 90 days', [1, 30, 480, 1440]],
    ] as const) {
      const page = await manager.get(linkOf(first, new RegExp(words)))
      expect([words, distinct(page)]).toEqual([words, expected])
      expect(wordsOf(page.html)).toContain(`Created: ${words}`)
    }
    // Another stretch of the same date takes its place.
    const week = await manager.get(linkOf(first, /Last 7 days/))
    expect(distinct(await manager.get(linkOf(week, /Last 90 days/)))).toHaveLength(4)
    const month = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date())
    const address = new URL(linkOf(week, new RegExp(month)), 'http://desk').searchParams
    expect([...address.keys()]).toEqual(['facet.createdAt:month'])
  })

  it('refuse what is no number of days with a sentence', async () => {
    const page = await manager.get('/tickets?facet.createdAt:last=soon')
    expect(page.status).toBe(400)
    expect(plain(wordsOf(page.html))).toContain('"soon" is no number of days up to 3660.')
  })

  it('offer as assignees whom a ticket can be assigned to, and no customer', async () => {
    const { html } = await manager.get('/tickets')
    expect(html).toMatch(/href="[^"]*facet\.assignee=/)
    expect(html).not.toContain('Cora Customer')
  })
})
