/** A unique text in every field that a caller may not read; then every route and page, with every role, and a look for it. */
import { ApiKey, Team, User } from '@tessera/base'
import type { ModelMeta, Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner, PartnerTag } from '@tessera/partner'
import { Program } from '@tessera/spp'
import { close, Ticket, TicketTag } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Visitor } from '../../modules/web/server/visitor.ts'

let app: TestApp
let system: Services
/** Canaries by what they stand in; a role's own list says which of them it may see. */
const canary = (place: string) => `canary-${place}-bird`
const hidden = { ticket: '', partner: '', user: '', team: '', key: '' }
let own: { ticket: string; partner: string }

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'ticket', 'spp'])
  system = await app.servicesFor({ door: 'system' })
  const { records, identity } = system
  const tag = (await records.create(PartnerTag, { name: canary('partnertag') })).id
  const ticketTag = (await records.create(TicketTag, { name: canary('tag') })).id
  const c = canary('partner')
  hidden.user = (await identity.createUser({ email: `${canary('user')}@example.org`, name: canary('user'), roles: ['agent'] })).id
  await records.update(User, hidden.user, { zone: 'Pacific/Chatham', language: 'mi' })
  hidden.team = (await records.create(Team, { name: canary('team'), members: [hidden.user], leader: hidden.user })).id
  const company = (await records.create(Partner, { name: c, kind: 'company' })).id
  hidden.partner = (
    await records.create(Partner, {
      name: c,
      email: `${c}@example.org`,
      phone: c,
      street: c,
      city: c,
      postcode: c,
      district: c,
      company,
      externalId: c,
      tags: [tag],
    })
  ).id
  const t = canary('ticket')
  hidden.ticket = (
    await records.create(Ticket, {
      subject: t,
      description: t,
      partner: hidden.partner,
      team: hidden.team,
      assignee: hidden.user,
      tags: [ticketTag],
      externalId: t,
    })
  ).id
  await records.act(close, hidden.ticket, { reason: t })
  hidden.key = (await identity.createKey(hidden.user, canary('key'))).id
  await records.create(Program, { code: 'child_grant', name: 'Child Grant' })
  const partner = (await records.create(Partner, { name: 'Omar Haddad', sppProgram: { code: 'child_grant' } })).id
  // The customer's own ticket, with people and a team of whom he is told nothing, now or in its history.
  const ticket = (
    await records.create(Ticket, {
      subject: 'Own',
      partner: hidden.partner,
      assignee: hidden.user,
      team: hidden.team,
      sppProgram: { code: 'child_grant' },
      sppRegistrant: 'r',
    })
  ).id
  await records.update(Ticket, ticket, { partner, team: null })
  await records.update(Ticket, ticket, { team: hidden.team })
  own = { ticket, partner }
})
afterAll(() => app.close())

/** Every question that a list, a group or a record takes, about each field and each relation's fields, whether he may ask it or not. */
function questionsOf(model: ModelMeta): readonly string[] {
  const path = `/api/${model.path}`
  const fields = [...model.fields.values()]
  const names = fields.flatMap((field) => [
    field.name,
    ...(field.kind === 'scalar' ? [] : [...field.target.fields.values()].map((inner) => `${field.name}.${inner.name}`)),
  ])
  return [
    path,
    `${path}?total=true&limit=200`,
    `${path}?q=canary&total=true`,
    ...names.flatMap((name) => [
      `${path}?fields=${name}&limit=200`,
      `${path}?sort=-${name}&limit=1`,
      `${path}?filter[${name}][contains]=canary&total=true`,
      `${path}/groups?by=${name}&limit=200`,
    ]),
  ]
}

interface Read {
  readonly path: string
  readonly status: number
  readonly text: string
}
/** By session: a key may ask only so often. */
async function readBy(visitor: Visitor, paths: readonly string[]): Promise<readonly Read[]> {
  const read: Read[] = []
  for (const path of paths) {
    const { status, headers, html } = await visitor.get(path)
    read.push({ path, status, text: `${[...headers].flat().join(' ')} ${html}` })
  }
  return read
}

/** Cursors and tokens hide texts from a look: what they are made of is looked at too. */
function opened(text: string): string {
  return [...text.matchAll(/[A-Za-z0-9_-]{16,}/g)].map(([part]) => Buffer.from(part, 'base64url').toString('latin1')).join(' ')
}
const birdsIn = (text: string) => [...new Set([...`${text} ${opened(text)}`.matchAll(/canary-(\w+)-bird/g)].map(([, place = '']) => place))]

function exposed(): readonly ModelMeta[] {
  return app.composition.models.all.filter((model) => model.exposed)
}
const ids = () => [...Object.values(hidden), own.ticket, own.partner]

describe.each([
  ['customer', () => ({ partner: own.partner }), []],
  ['sppOfficer', () => ({}), ['user', 'team', 'tag']],
  ['viewer', () => ({}), ['user', 'team', 'tag', 'partner', 'partnertag', 'ticket']],
  ['agent', () => ({}), ['user', 'team', 'tag', 'partner', 'partnertag', 'ticket']],
  ['manager', () => ({}), ['user', 'team', 'tag', 'partner', 'partnertag', 'ticket']],
] as const)('A %s', (role, more, seen) => {
  let person: SignedIn
  let visitor: Visitor
  beforeAll(async () => {
    person = await signedInAs(app, role, more())
    visitor = new Visitor(await app.listen())
    await visitor.post(`/sign-in/${await system.identity.createLink(person.user, 'sign-in')}`)
  })
  /** Of all canaries those that he may see, and no others. */
  const expectOnly = (read: readonly Read[]): ReadonlySet<string> => {
    const found = new Set<string>()
    for (const { path, text, status } of read) {
      expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => code < 500 && code !== 429)])
      const birds = birdsIn(text)
      expect([path, birds.filter((place) => !seen.some((each) => each === place))]).toEqual([path, []])
      for (const bird of birds) found.add(bird)
    }
    return found
  }

  it('learns from no list, group, sort, filter or search what he may not read', { timeout: 300_000 }, async () => {
    const found = expectOnly(await readBy(visitor, exposed().flatMap(questionsOf)))
    expect([...found].sort()).toEqual([...seen].sort())
  })

  it('learns from no record, history, action or openapi', async () => {
    const paths = exposed().flatMap(({ path }) => ids().flatMap((id) => [`/api/${path}/${id}`, `/api/${path}/${id}/history`]))
    expectOnly(await readBy(visitor, [...paths, '/api/openapi.json']))
  })

  it('learns from no page', { timeout: 300_000 }, async () => {
    const paths = exposed().flatMap((model) => [
      `/${model.path}?filter=`,
      `/${model.path}?filter=&q=canary`,
      `/${model.path}?view=kanban`,
      `/${model.path}/new?partner=${hidden.partner}&assignee=${hidden.user}&team=${hidden.team}&user=${hidden.user}`,
      ...app.composition.screens(model).search.groups.map((group) => `/${model.path}?filter=&group=${group}`),
      ...[...model.fields.values()].flatMap((field) =>
        field.kind === 'scalar'
          ? []
          : [
              `/${model.path}/options?field=${field.name}`,
              `/${model.path}/choose?field=${field.name}`,
              ...ids().map((id) => `/${model.path}?filter=&facet.${field.name}=${id}`),
            ],
      ),
      ...ids().flatMap((id) => [`/${model.path}/${id}`, `/${model.path}/${id}/delete`]),
    ])
    expectOnly(await readBy(visitor, paths))
  })

  it('is told the same of a hidden record as of none', async () => {
    const none = '00000000-0000-7000-8000-000000000000'
    if ((seen as readonly string[]).includes('ticket')) return
    const answers = await Promise.all(
      [hidden.ticket, none].flatMap((id) =>
        [
          ['GET', `/api/tickets/${id}`],
          ['GET', `/api/tickets/${id}/history`],
          ['PATCH', `/api/tickets/${id}`, '{"subject":"Changed"}'],
          ['DELETE', `/api/tickets/${id}`],
          ['POST', `/api/tickets/${id}/close`, '{}'],
          ['POST', `/api/tickets/${id}/assign`, '{}'],
          ['POST', `/api/tickets/${id}/move`, '{}'],
          ['POST', '/api/tickets/close', JSON.stringify({ ids: [id] })],
          ['POST', '/api/tickets', JSON.stringify({ subject: 'Mine', partner: id })],
        ].map(async ([method = '', path = '', body]) => {
          const answer = await person.fetch(path, { method, headers: { 'if-match': '"7"' }, ...(body !== undefined && { body }) })
          return `${method} ${answer.status} ${(await answer.text()).replaceAll(id, 'ID').replace(/"requestId":"[^"]+"/, '')}`
        }),
      ),
    )
    expect(answers.slice(0, 9)).toEqual(answers.slice(9))
  })
})

it('Nobody reads or deletes the API key of another', async () => {
  const agent = await signedInAs(app, 'agent')
  expect((await agent.fetch(`/api/api-keys/${hidden.key}`)).status).toBe(404)
  expect((await agent.fetch(`/api/api-keys/${hidden.key}`, { method: 'DELETE' })).status).toBe(404)
  expect((await agent.fetch(`/api/api-keys/${hidden.key}`, { method: 'PATCH', body: JSON.stringify({ user: agent.user }) })).status).toBe(
    404,
  )
  expect(await system.records.count(ApiKey, { where: { user: hidden.user } })).toBe(1)
})
