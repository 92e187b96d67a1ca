import { defineModule, patch } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import ticket, { priority, Ticket, type } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import web from '../index.ts'
import { linkOf, rowsOf, type Visitor, visitorAs, wordsOf } from './visitor.ts'

/** Whoever installs it sees at once what burns. */
const pressing = defineModule({
  name: 'pressing',
  depends: [ticket, web],
  views: [patch(Ticket, { search: { marks: { urgent: 'danger', merged: 'muted' } } })],
})

let app: TestApp
let agent: Visitor

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [ticket, web, pressing])
  agent = await visitorAs(app, 'agent')
  const { records } = await app.servicesFor({ door: 'system' })
  const partner = (await records.create(Partner, { name: 'Lucia Rossi' })).id
  const drafts = Array.from({ length: 24 }, (_, at) => ({
    subject: `Lamp ${at}`,
    partner,
    type: at % 3 === 0 ? type.complaint : type.inquiry,
    // Every fourth, but of the complaints only two.
    priority: at % 4 === 0 ? priority.urgent : priority.medium,
  }))
  await records.createMany(Ticket, drafts)
})
afterAll(() => app.close())

const foot = (html: string): string => wordsOf(/<div class="list-foot">[\s\S]*?<\/div>/.exec(html)?.[0] ?? '')
const groups = (html: string): readonly string[] =>
  [...html.matchAll(/<tr class="group[\s\S]*?<\/tr>/g)].map(([row]) => wordsOf(row).trim())

describe('What the search of a list marks', () => {
  it('is counted below it and leads to exactly these, where it is counted no more', async () => {
    const list = await agent.get('/tickets?q=lamp')
    expect(foot(list.html)).toMatch(/24 tickets 6 urgent/)
    const urgent = await agent.get(linkOf(list, /class="fact red"/))
    expect(rowsOf(urgent)).toHaveLength(6)
    expect(foot(urgent.html)).not.toContain('urgent')
    // Of what there is none, nothing is said.
    expect(foot(list.html)).not.toContain('merged')
  })

  it('is counted beside each group and the groups within it', async () => {
    const types = await agent.get('/tickets?group=type,priority')
    expect(groups(types.html)).toEqual(['Inquiry 16 4 urgent', 'Complaint 8 2 urgent'])
    expect(foot(types.html)).toMatch(/6 urgent/)
    const open = await agent.get(linkOf(types, /<b>Complaint/))
    expect(groups(open.html)).toEqual(['Inquiry 16 4 urgent', 'Complaint 8 2 urgent', 'Medium 6', 'Urgent 2 2 urgent'])
  })
})
