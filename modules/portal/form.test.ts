import base, { customer } from '@tessera/base'
import { defineModel, defineModule, extend, type Fields, type Model, p } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import partner, { Partner } from '@tessera/partner'
import thread from '@tessera/thread'
import ticket, { Ticket } from '@tessera/ticket'
import web from '@tessera/web'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { Visitor, visitorAs } from '../web/server/visitor.ts'
import portal, { mayFill, portalForm } from './index.ts'

/** An addon of another kind of desk: a form of its own for one of the types. */
const officeFields = { name: p.string(), open: p.boolean().default(true), staffed: p.boolean().default(true) }
interface Office extends Fields<typeof officeFields> {}
const Office: Model<Office> = defineModel('office', officeFields, { title: 'name' })
const fields = {
  visitOffice: () => p.manyToOne(Office).nullable(),
  visitReason: p.enum(['card', 'papers']).nullable(),
  visitDay: p.date().nullable(),
  visitAt: p.datetime().nullable(),
  visitPeople: p.integer().nullable(),
  visitByWheelchair: p.boolean().nullable(),
  visitRemark: p.text().nullable(),
  visitSecret: p.string().nullable(),
}
declare module '@tessera/ticket' {
  interface Ticket extends Fields<typeof fields> {}
}
const visit = portalForm('request', {
  fields: [
    'visitOffice',
    'visitReason',
    { field: 'visitDay', required: true },
    'visitAt',
    'visitPeople',
    'visitByWheelchair',
    'visitRemark',
    'visitSecret',
  ],
})
const seen = portalForm('request', {
  fields: ['visitOffice', 'visitReason', 'visitDay', 'visitAt', 'visitPeople', 'visitByWheelchair', 'visitRemark'],
})
const visits = defineModule({
  name: 'visits',
  depends: [base, ticket, portal],
  models: [Office],
  extends: [
    extend(Ticket, fields, {
      fields: {
        visitOffice: { where: { open: true } },
        visitReason: { options: { card: 'My card', papers: 'My papers' } },
        visitPeople: { valid: z.int().min(1).max(9) },
      },
    }),
  ],
  permissions: [...mayFill(seen), customer.can('read', Office, { staffed: true })],
  overrides: {
    portal: (Portal) =>
      class extends Portal {
        override forms() {
          return [...super.forms(), visit, portalForm('complaint', { offered: false })]
        }
      },
  },
})

let app: TestApp
let visitor: Visitor
const offices: Record<string, string> = {}
const whose = { partner: '' }

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), [base, partner, thread, ticket, web, portal, visits])
  const { records } = await app.servicesFor({ door: 'system' })
  for (const [name, more] of Object.entries({ North: {}, Shut: { open: false }, Secret: { staffed: false } })) {
    offices[name] = (await records.create(Office, { name, ...more })).id
  }
  whose.partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  visitor = await visitorAs(app, 'customer', whose)
})
afterAll(() => app.close())

const sent = {
  type: 'request',
  subject: 'A visit',
  description: 'Soon',
  visitReason: 'papers',
  visitDay: '2026-12-24',
  visitAt: '2026-12-24T09:30',
  visitPeople: '2',
  visitByWheelchair: ['false', 'true'],
  visitRemark: 'Two\r\nlines',
}

it('The form that an addon declares asks for the fields of the ticket, each by its type, between subject and description', async () => {
  const { html } = await visitor.get('/my/tickets/new?type=request')
  expect([...html.matchAll(/ id="f-(\w+)"/g)].map(([, name]) => name)).toEqual([
    'subject',
    'visitOffice',
    'visitReason',
    'visitDay',
    'visitAt',
    'visitPeople',
    'visitByWheelchair',
    'visitRemark',
    'description',
  ])
  expect(html).toMatch(/type="date" id="f-visitDay"[^>]* required/)
  expect(html).toMatch(/type="datetime-local" id="f-visitAt"/)
  expect(html).toMatch(/type="number" id="f-visitPeople"/)
  expect(html).toMatch(/type="checkbox" id="f-visitByWheelchair"/)
  expect(html).toMatch(/<textarea[^>]* id="f-visitRemark"/)
  expect(html).toContain('<option value="papers">My papers</option>')
})

it('A relation offers what the field allows and the customer may read, and the write takes nothing else', async () => {
  const { html } = await visitor.get('/my/tickets/new?type=request')
  expect(html).toContain('>North</option>')
  expect(html).not.toMatch(/Shut|Secret/)
  for (const name of ['Shut', 'Secret']) {
    const refused = await visitor.post('/my/tickets/new', { ...sent, visitOffice: offices[name]! })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('href="#f-visitOffice"')
  }
})

it('What was typed becomes the ticket’s values; what the customer may not write is no part of it', async () => {
  const { location } = await visitor.post('/my/tickets/new', { ...sent, visitOffice: offices.North!, visitSecret: 'mine' })
  const { records } = await app.servicesFor({ door: 'system' })
  expect(await records.get(Ticket, location.split('/').at(-1)!)).toMatchObject({
    visitOffice: { name: 'North' },
    visitReason: 'papers',
    visitDay: '2026-12-24',
    visitAt: new Date('2026-12-24T09:30:00Z'),
    visitPeople: 2,
    visitByWheelchair: true,
    visitRemark: 'Two\nlines',
    visitSecret: null,
  })
  const { html } = await visitor.get(location)
  expect(html).toContain('<dd>North</dd>')
  expect(html).toContain('<dd>My papers</dd>')
})

it('What the kernel refuses is said at its field, and everything typed is still there', async () => {
  const { status, html } = await visitor.post('/my/tickets/new', { ...sent, visitPeople: '40', visitDay: '' })
  expect(status).toBe(422)
  expect(html).toContain('href="#f-visitDay"')
  const again = await visitor.post('/my/tickets/new', { ...sent, visitPeople: '40' })
  expect(again.html).toMatch(/id="f-visitPeople"[^>]* value="40"[^>]* aria-invalid="true"/)
  expect(again.html).toMatch(/id="f-visitDay"[^>]* value="2026-12-24"/)
  expect(again.html).toMatch(/id="f-visitByWheelchair"[^>]* checked/)
  expect(again.html).toContain('<option value="papers" selected>')
})

it('The public form offers only types of which it asks enough', async () => {
  const { html } = await new Visitor(await app.listen()).get('/contact')
  expect([...html.matchAll(/<option value="(\w+)"/g)].map(([, type]) => type)).toEqual(['inquiry'])
})

it('A type that is not offered is filed by nobody here', async () => {
  const before = await (await app.servicesFor({ door: 'system' })).records.count(Ticket)
  expect((await visitor.get('/my')).html).not.toContain('type=complaint')
  expect((await visitor.post('/my/tickets/new', { ...sent, type: 'complaint' })).status).toBe(200)
  expect(await (await app.servicesFor({ door: 'system' })).records.count(Ticket)).toBe(before)
})
