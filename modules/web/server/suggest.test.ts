import { Role, RuleSet } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { rowsOf, type Visitor, visitorAs, wordsOf } from './visitor.ts'

let app: TestApp
let system: Services
let agent: Visitor
let clerk: Visitor
let fatou: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket', 'web'])
  system = await app.servicesFor({ door: 'system' })
  agent = await visitorAs(app, 'agent')
  const { id: role } = await system.records.create(Role, { name: 'clerk', label: 'Clerk', includes: [{ code: 'staff' }] })
  await system.records.create(RuleSet, {
    role,
    model: 'partner',
    rules: [{ verbs: ['read'], where: { city: 'Dakar' }, fields: ['name', 'city', 'company'] }],
  })
  clerk = await visitorAs(app, 'clerk')
  fatou = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  await system.records.create(Ticket, { subject: 'Urgent: the card of Fatou', partner: fatou })
  await system.records.create(Ticket, { subject: 'Something else', partner: fatou })
})
afterAll(() => app?.close())

const suggested = async (who: Visitor, path: string, q: string, back = path) => {
  const { html, status } = await who.get(`${path}/suggest?${new URLSearchParams({ q, back })}`, { accept: 'application/json' })
  expect(status).toBe(200)
  return (JSON.parse(html) as { data: { kind: string; label: string; href: string }[] }).data
}
const hrefOf = async (q: string, label: RegExp, back?: string) =>
  (await suggested(agent, '/tickets', q, back)).find((each) => label.test(each.label))?.href ?? ''

describe('What a search suggests', () => {
  it('is each declared text, each fitting value of a facet and each fitting filter, as the list that it leads to', async () => {
    const labels = (await suggested(agent, '/tickets', 'urgent')).map(({ label }) => label)
    expect(labels).toEqual([
      'Search Number for: urgent',
      'Search Subject for: urgent',
      'Search Partner › Name for: urgent',
      'Priority: Urgent',
      'Filter: Urgent',
    ])
    const list = await agent.get(await hrefOf('card of', /Subject/))
    expect(rowsOf(list)).toHaveLength(1)
    expect(wordsOf(list.html)).toMatch(/Subject contains .?card of/)
    expect(await suggested(agent, '/tickets', '  ')).toEqual([])
  })

  it('is beside what the list is narrowed by already', async () => {
    const where = JSON.stringify({ partner: fatou })
    const back = `/tickets?${new URLSearchParams({ filter: '', 'facet.type': 'x', where })}`
    const query = new URLSearchParams((await hrefOf('else', /Subject/, back)).split('?')[1])
    expect([query.get('facet.type'), JSON.parse(query.get('where')!)]).toEqual([
      'x',
      { $and: [{ partner: fatou }, { subject: { $contains: 'else' } }] },
    ])
    const facets = new URLSearchParams((await hrefOf('inquiry', /^Type: Inquiry/, back)).split('?')[1])
    expect(facets.getAll('facet.type')).toHaveLength(2)
  })

  it('names nothing that the reader may not read', async () => {
    const labels = (await suggested(clerk, '/partners', 'fatou')).map(({ label }) => label)
    expect(labels).toEqual(['Search Name for: fatou', 'Search Company › Name for: fatou'])
    expect((await agent.get('/sessions/suggest?q=a')).status).toBe(404)
  })
})
