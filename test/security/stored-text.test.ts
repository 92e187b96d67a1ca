/** A text that tries to be markup, script, template or message is a text wherever it is shown. */
import { Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner, PartnerTag } from '@tessera/partner'
import { Program } from '@tessera/spp'
import { Ticket, TicketStatus, TicketTag } from '@tessera/ticket'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type Visitor, visitorAs } from '../../modules/web/server/visitor.ts'

let app: TestApp
let system: Services
let administrator: Visitor & { readonly user: string }
let ids: { ticket: string; partner: string; user: string; team: string; status: string }
/** Ends every context that a page has: element, attribute in either quote, script, comment, style, address, template, message. */
const hostile = `"'><img src=x onerror=alert(1)></script></style></textarea></title>--><script>alert(2)</script>\`{{constructor}}{{{subject}}}{subject}{0, plural, other{x}}javascript:alert(3)`

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket', 'spp'])
  system = await app.servicesFor({ door: 'system' })
  const { records, identity } = system
  const { id: partnerTag } = await records.create(PartnerTag, { name: hostile })
  const { id: ticketTag } = await records.create(TicketTag, { name: hostile })
  const { id: company } = await records.create(Partner, { name: hostile, kind: 'company' })
  const { id: program } = await records.create(Program, { code: 'hostile', name: hostile, description: hostile })
  const places = { street: hostile, city: hostile, postcode: hostile, district: hostile, sppProgram: program, externalId: hostile }
  const { id: partner } = await records.create(Partner, {
    name: hostile,
    phone: 'javascript:alert(1)',
    company,
    tags: [partnerTag],
    ...places,
  })
  const { id: user } = await identity.createUser({ email: 'hostile@example.org', name: hostile, roles: ['agent'] })
  const { id: team } = await records.create(Team, { name: hostile, members: [user], leader: user })
  const { id: status } = await records.create(TicketStatus, { code: 'hostile', name: hostile, category: 'open', rank: 5 })
  const texts = { subject: hostile, description: hostile, sppProgram: program, externalId: hostile }
  const { id: ticket } = await records.create(Ticket, { partner, team, assignee: user, tags: [ticketTag], ...texts })
  await records.update(Ticket, ticket, { subject: `${hostile}!`, description: `${hostile}!`, status })
  await records.update(Partner, partner, { name: `${hostile}!` })
  ids = { ticket, partner, user, team, status }
  administrator = await visitorAs(app, 'administrator')
  await records.update(User, administrator.user, { name: hostile })
})
afterAll(() => app.close())

/** What in a page could run: read as a browser does, tag by tag and attribute by attribute, so that a quoted text is none. */
function dangersIn(html: string): readonly string[] {
  const dangers: string[] = []
  for (const [tag, name = '', inside = ''] of html.matchAll(
    /<([a-z][\w-]*)((?:\s+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/gi,
  )) {
    const attributes = new Map(
      [...inside.matchAll(/([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)].map(
        ([, key = '', ...values]): [string, string] => [key.toLowerCase(), values.find((value) => value !== undefined) ?? ''],
      ),
    )
    const isOwnScript = name === 'script' && /^\/assets\/[\w./-]+$/.test(attributes.get('src') ?? '')
    if (/^(script|img|iframe|object|embed|base)$/i.test(name) && !isOwnScript) dangers.push(tag)
    for (const [key, value] of attributes) {
      if (/^(on\w+|style|srcdoc)$/.test(key)) dangers.push(tag)
      if (/^(href|src|action|formaction|xlink:href)$/.test(key) && !/^(\/(?!\/)|#|\?|mailto:|tel:)/.test(value)) dangers.push(tag)
    }
  }
  return dangers
}

it('The look for dangers finds what is not escaped', () => {
  const alive = [hostile, '<a href="javascript:alert(1)">', '<p style="color:red">', '<a href="//evil.example">', '<b onclick=x>']
  for (const html of alive) expect([html, dangersIn(html).length > 0]).toEqual([html, true])
})

it('In list, board, form, history, title, dialog, options and error page nothing of it comes alive', async () => {
  const asked = encodeURIComponent(hostile)
  const paths = [
    ...app.composition.models.all.filter(({ exposed }) => exposed).flatMap(({ path }) => [`/${path}?filter=`, `/${path}/new`]),
    '/tickets?view=kanban',
    ...['status', 'partner', 'team', 'assignee'].map((field) => `/tickets?filter=&group=${field}`),
    ...['partner', 'team', 'assignee', 'status', 'tags'].map((field) => `/tickets/choose?field=${field}`),
    `/tickets?filter=&facet.partner=${ids.partner}`,
    `/tickets/${ids.ticket}`,
    `/tickets/${ids.ticket}?history=all&in=${asked}`,
    `/tickets/${ids.ticket}/delete`,
    ...['assign', 'close', 'move'].map((action) => `/tickets/${ids.ticket}/actions/${action}`),
    `/partners/${ids.partner}`,
    `/partners/${ids.partner}/delete`,
    `/users/${ids.user}`,
    `/teams/${ids.team}`,
    `/ticket-statuses/${ids.status}`,
    ...['q', 'where', 'sort', 'group', 'columns', 'after', 'filter', 'facet.subject', `facet.${asked}`, 'in'].map(
      (name) => `/tickets?${name}=${asked}`,
    ),
    `/tickets?where=${encodeURIComponent(JSON.stringify({ subject: hostile }))}`,
    `/tickets/new?subject=${asked}&description=${asked}`,
    `/${asked}`,
    `/tickets/${asked}`,
    `/sign-in/${asked}`,
    `/first-run/${asked}`,
  ]
  for (const path of paths) {
    const { status, html, headers } = await administrator.get(path)
    expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code < 500)])
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect([path, dangersIn(html)]).toEqual([path, []])
  }
})

it('Forms that are refused, conflicts and sentences of errors show it as it was typed', async () => {
  const attempts: readonly [string, Record<string, string>][] = [
    ['/teams/new', { name: hostile }],
    [`/tickets/${ids.ticket}`, { _version: '1', subject: `${hostile}?` }],
    [`/tickets/${ids.ticket}`, { subject: '', description: hostile }],
    [`/tickets/${ids.ticket}/actions/close`, { reason: hostile.repeat(3) }],
    [`/tickets/${ids.ticket}/move`, { field: 'status', value: hostile }],
    ['/users/new', { name: hostile, email: hostile, language: hostile }],
  ]
  for (const [path, form] of attempts) {
    const { status, html } = await administrator.post(path, form)
    expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code >= 400 && code < 500)])
    expect([path, dangersIn(html)]).toEqual([path, []])
  }
})

it('A hostile list of options is JSON, and says so', async () => {
  const { headers, html } = await administrator.get('/tickets/options?field=partner&q=img')
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(JSON.parse(html).data[0].label).toContain('<img')
})
