/** Why somebody may see a ticket, asked by an administrator over the API. */
import { AuditEntry, Role, RuleSet, Team, User } from '@tessera/base'
import type { SignedIn } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { reply, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Desk, openDesk } from './desk.ts'

let desk: Desk
let amara: SignedIn
let theirs: string
let free: string
let number: string
beforeAll(async () => {
  desk = await openDesk(inject('postgresUrl'))
  const agent = desk.users.get('agent')!
  const { records } = await desk.app.servicesFor({ door: 'system' })
  amara = agent
  const north = await records.create(Team, { name: 'Payments, North', members: [agent.user] })
  const east = await records.create(Team, { name: 'Payments, Eastern' })
  const partner = (await records.create(Partner, { name: 'Olga Lind', email: 'olga@example.org' })).id
  const ticket = await records.create(Ticket, { subject: 'Lost card', partner, team: east.id })
  theirs = ticket.id
  number = String(ticket.number)
  free = (await records.create(Ticket, { subject: 'No team yet', partner })).id
  await records.create(Ticket, { subject: 'Ours', partner, team: north.id })
}, 60_000)
afterAll(() => desk?.app.close())

const explain = (query: Record<string, string>, role: string | null = 'administrator') =>
  desk.ask(role, 'GET', `/api/access/explain?${new URLSearchParams(query)}`)
const asked = (more: Record<string, string> = {}) => ({ user: amara.email, action: 'update', model: 'ticket', id: theirs, ...more })

describe('The explanation of access', () => {
  test('leaves one entry in the audit log: who looked up whom, for which verb and record', async () => {
    const { records } = await desk.app.servicesFor({ door: 'system' })
    const kept = () => records.count(AuditEntry, { where: { kind: 'explain' } })
    const before = await kept()
    await explain(asked({ field: 'subject' }))
    expect(await kept()).toBe(before + 1)
    const { rows } = await records.query(AuditEntry, {
      fields: ['actor', 'subject', 'door', 'model', 'record', 'details', 'summary'],
      where: { kind: 'explain' },
      limit: 1,
    })
    expect(rows[0]).toMatchObject({
      actor: { id: desk.users.get('administrator')!.user },
      subject: { id: amara.user },
      door: 'api',
      model: 'ticket',
      record: theirs,
      details: { model: 'ticket', verb: 'update', field: 'subject' },
      summary: { code: 'base.audit.says.explain' },
    })
    expect((await explain(asked(), 'manager')).status).toBe(403)
    expect(await kept()).toBe(before + 1)
  })

  test('says no, which rule comes nearest, and of each clause what the ticket has', async () => {
    const { status, body } = await explain(asked())
    expect(status).toBe(200)
    expect(body).toMatchObject({
      allowed: false,
      reason: { code: 'none_holds' },
      model: 'ticket',
      verb: 'update',
      user: { email: amara.email },
      record: { id: theirs },
      roles: [
        { name: 'agent', via: [] },
        { name: 'viewer', via: ['agent'] },
        { name: 'staff', via: ['agent', 'viewer'] },
      ],
      closest: 1,
    })
    expect(body.sentence).toMatch(/^No\. The one rule of .+ that could allow it does not hold\.$/)
    expect(body.details[0]).toContain('Team is one of the user’s teams')
    const [rule] = body.rules
    expect(rule).toMatchObject({ number: 1, role: 'agent', module: 'ticket', local: false, cannot: false, holds: false })
    expect(rule.where).toMatchObject({ $or: expect.arrayContaining([{ team: { placeholder: 'me', field: 'teamIds' } }]) })
    expect(rule.clause).toMatchObject({
      kind: 'any',
      holds: false,
      of: [
        { says: 'Team is empty', has: 'Payments, Eastern', holds: false },
        { says: 'Team is one of the user’s teams', has: 'Payments, Eastern', holds: false, path: ['team'], operator: '$eq' },
        { says: 'Assignee is the user', has: 'empty', holds: false },
      ],
    })
    expect(rule.clause.of[1].wanted.value).toHaveLength(1)
    expect((await desk.ask('agent', 'PATCH', `/api/tickets/${theirs}`, { subject: 'Mine' })).status).toBe(404)
  })

  test('says yes where the records do, and which rule allows it', async () => {
    expect((await explain(asked({ id: free }))).body).toMatchObject({ allowed: true, reason: { code: 'rule', rule: 1 }, closest: null })
    expect((await desk.ask('agent', 'PATCH', `/api/tickets/${free}`, { subject: 'Taken' })).status).toBe(200)
    const everything = await explain({ ...asked(), user: emailOf('administrator') })
    expect(everything.body).toMatchObject({ allowed: true, reason: { code: 'everything' } })
    expect((await explain({ ...asked(), user: emailOf('nobody') })).body).toMatchObject({
      allowed: false,
      reason: { code: 'no_rule' },
    })
  })

  test('takes the number of a ticket and the path of its model', async () => {
    expect((await explain(asked({ model: 'tickets', id: number }))).body).toMatchObject({ allowed: false, record: { id: theirs } })
  })

  test('without a record says on which ones', async () => {
    const { body } = await explain(asked({ id: '' }))
    expect(body).toMatchObject({ allowed: true, reach: 'some', record: null, reason: { code: 'some' } })
    expect(body.rules[0]).toMatchObject({ holds: null, says: 'Team is empty or Team is one of the user’s teams or Assignee is the user' })
  })

  test('tells rights from the state of the record', async () => {
    const { body } = await explain(asked({ action: 'reopen', id: free }))
    const status = expect.objectContaining({ holds: false, has: expect.any(String) })
    expect(body).toMatchObject({ allowed: true, state: { fits: false, clause: { holds: false, of: expect.arrayContaining([status]) } } })
    expect(body.details.join()).toContain('not in the state')
  })

  test('of messages names the ticket that they belong to', async () => {
    const { records } = await desk.app.servicesFor({ door: 'system' })
    const message = desk.app.composition.models.byName('message')!
    await records.act(reply, theirs, { body: 'We look into it.' })
    const { rows } = await records.query(message.handle, { fields: [], limit: 1 })
    const { body } = await explain({ user: amara.email, action: 'read', model: 'message', id: String((rows[0] as { id: string }).id) })
    expect(body).toMatchObject({ allowed: false, reason: { code: 'within' } })
    expect(body.within[0].holds).toBe(false)
  })

  test('says of a field who decides about it', async () => {
    const viewer = emailOf('customer')
    const { body } = await explain({ user: viewer, action: 'read', model: 'ticket', field: 'assignee' })
    expect(body).toMatchObject({ allowed: false, reason: { code: 'field' }, field: { name: 'assignee', read: { may: false } } })
    expect((await explain({ user: viewer, action: 'read', model: 'ticket', field: 'subject' })).body).toMatchObject({
      allowed: true,
      field: { name: 'subject', read: { may: 'where' } },
    })
  })

  test('names rules of this deployment as such, one that forbids, and one that no longer fits', async () => {
    const { records } = await desk.app.servicesFor({ door: 'system' })
    const agent = (await records.find(Role, { name: 'agent' }))!.id
    const rules = [{ verbs: ['update'], where: { subject: { $startsWith: 'Frozen' } }, cannot: true }]
    const set = await records.create(RuleSet, { role: agent, model: 'ticket', rules })
    const partner = (await records.find(Partner, {}))!.id
    const frozen = (await records.create(Ticket, { subject: 'Frozen account', partner })).id
    const { body } = await explain(asked({ id: frozen }))
    expect(body).toMatchObject({ allowed: false, reason: { code: 'forbidden', rule: 2 }, broken: [] })
    expect(body.sentence).toBe('No. Rule 2 of the role Agent forbids it.')
    expect(body.rules[1]).toMatchObject({
      local: true,
      module: '',
      cannot: true,
      holds: true,
      clause: { says: 'Subject begins with Frozen', has: 'Frozen account', holds: true },
    })
    expect((await desk.ask('agent', 'PATCH', `/api/tickets/${frozen}`, { subject: 'Thawed' })).status).toBe(403)
    await desk.app.connection.run(`update rule_set set rules = $1 where id = $2`, [
      JSON.stringify([{ verbs: ['read'], where: { gone: 1 } }]),
      set.id,
    ])
    // Like an upgrade: nothing that is kept of rules outlives a change of who has which.
    await records.create(Team, { name: 'Upgraders' })
    const later = await explain(asked({ id: frozen }))
    expect(later.body.broken.join()).toContain('gone')
    await records.remove(RuleSet, set.id)
  })

  test('says of a named right which role gives it, by which rule', async () => {
    const { records, access } = await desk.app.servicesFor({ door: 'system' })
    const ofRight = (role: string) => explain({ user: emailOf(role), action: 'view-as' })
    const all = await ofRight('administrator')
    expect(all.body).toMatchObject({ allowed: true, reach: 'every', model: '', reason: { code: 'everything', rule: 1 }, fields: [] })
    const refused = await ofRight('agent')
    expect(refused.body).toMatchObject({ allowed: false, reach: 'none', reason: { code: 'no_rule', rule: null }, rules: [] })
    expect(refused.body.sentence).toMatch(/^No\. None of the roles of .+ has a rule that allows it\.$/)
    const viewer = (await records.find(Role, { name: 'viewer' }))!.id
    const set = await records.create(RuleSet, { role: viewer, model: '', rules: [{ permission: 'view-as' }] })
    const given = await ofRight('agent')
    expect(given.body).toMatchObject({
      allowed: true,
      reason: { code: 'rule', rule: 1 },
      sentence: 'Yes. Rule 1 of the role Viewer allows it.',
      rules: [{ role: 'viewer', via: ['agent'], module: '', local: true, says: 'look as another user' }],
    })
    const holders = async () => (await access.whoMay({ verb: 'view-as', model: '' })).users.map(({ id }) => id).sort()
    const ids = (...roles: string[]) => roles.map((role) => desk.users.get(role)!.user).sort()
    expect(await holders()).toEqual(ids('administrator', 'manager', 'agent', 'viewer'))
    await records.update(User, amara.user, { active: false })
    expect((await ofRight('agent')).body).toMatchObject({ allowed: false, reason: { code: 'inactive' } })
    expect(await holders()).toEqual(ids('administrator', 'manager', 'viewer'))
    await records.update(User, amara.user, { active: true })
    await records.remove(RuleSet, set.id)
    expect(await holders()).toEqual(ids('administrator'))
  })

  test('follows what is changed: a team, and whether the user is active', async () => {
    const { records } = await desk.app.servicesFor({ door: 'system' })
    const { rows } = await records.query(Team, { fields: ['name'], where: { name: 'Payments, Eastern' } })
    await records.update(Team, rows[0]!.id, { members: [amara.user] })
    expect((await explain(asked())).body).toMatchObject({ allowed: true })
    await records.update(Team, rows[0]!.id, { members: [] })
    await records.update(User, amara.user, { active: false })
    expect((await explain(asked({ id: free }))).body).toMatchObject({
      allowed: false,
      reason: { code: 'inactive' },
      user: { active: false },
    })
    await records.update(User, amara.user, { active: true })
  })

  test('is for administrators alone', async () => {
    for (const role of ['manager', 'agent', 'viewer', 'customer', 'nobody']) expect((await explain(asked(), role)).status, role).toBe(403)
    expect((await explain(asked(), null)).status).toBe(401)
  })

  test('refuses what does not exist with a near match', async () => {
    const wrong = async (more: Record<string, string>) => {
      const { status, body } = await explain(asked(more))
      return [status, `${body.detail} ${body.hint ?? ''}`] as const
    }
    expect(await wrong({ model: 'tickte' })).toEqual([404, expect.stringContaining('Did you mean "ticket"?')])
    expect(await wrong({ action: 'updaet' })).toEqual([400, expect.stringContaining('Did you mean "update"?')])
    expect(await wrong({ user: 'who@example.org' })).toEqual([
      404,
      expect.stringContaining('There is no user with the email address who@example.org.'),
    ])
    expect(await wrong({ id: 'T-1999-1' })).toEqual([404, expect.stringContaining('There is no ticket "T-1999-1".')])
    expect(await wrong({ field: 'subjct' })).toEqual([400, expect.stringContaining('Did you mean "subject"?')])
    expect((await explain({ user: amara.email, model: 'ticket' })).status).toBe(400)
    expect(await wrong({ model: '', id: '', action: 'view-sa' })).toEqual([400, expect.stringContaining('Did you mean "view-as"?')])
    expect(await wrong({ model: '', id: '' })).toEqual([400, expect.stringContaining('Say of which model')])
    expect(await wrong({ model: '', action: 'view-as' })).toEqual([400, expect.stringContaining('without a record or a field')])
    expect(await wrong({ action: 'view-as' })).toEqual([400, expect.stringContaining('ask for it without a model')])
    const gone = '018f4e6a-0000-7000-8000-000000000001'
    expect((await explain(asked({ id: gone }))).body).toMatchObject({ allowed: false, reason: { code: 'no_record' }, record: null })
  })

  test('stands in the document of the API with what it takes and answers', async () => {
    const { body } = await desk.ask('administrator', 'GET', '/api/openapi.json')
    const operation = body.paths['/api/access/explain'].get
    expect(operation.parameters).toMatchObject([
      { name: 'user', in: 'query', required: true },
      { name: 'action', required: true },
      { name: 'model', required: false },
      { name: 'id', required: false },
      { name: 'field', required: false },
    ])
    expect(operation.responses['200'].content['application/json'].schema.properties.allowed).toEqual({ type: 'boolean' })
  })

  test('answers at once', async () => {
    const times: number[] = []
    for (let at = 0; at < 30; at++) {
      const started = performance.now()
      await explain(asked())
      times.push(performance.now() - started)
    }
    const [median, slowest] = [times.sort((a, b) => a - b)[15]!, times.at(-1)!]
    console.info(`Explaining an update of a ticket over HTTP: median ${median.toFixed(1)} ms, slowest of 30 ${slowest.toFixed(1)} ms.`)
  })
})

describe('Who may do it', () => {
  test('names those who may, and nobody else', async () => {
    const { access } = await desk.app.servicesFor({ door: 'system' })
    const who = async (record: string) =>
      (await access.whoMay({ verb: 'update', model: 'ticket', record })).users.map(({ id }) => id).sort()
    const id = (role: string) => desk.users.get(role)!.user
    expect(await who(theirs)).toEqual([id('administrator'), id('manager')].sort())
    expect(await who(free)).toEqual([id('administrator'), id('manager'), id('agent')].sort())
  })

  test('is right for any number of users: as each of them is answered himself', async () => {
    const { access, records } = await desk.app.servicesFor({ door: 'system' })
    const { run } = desk.app.connection
    const [agent, customer] = await Promise.all(['agent', 'customer'].map((name) => records.find(Role, { name })))
    const partner = (await records.find(Partner, {}))!.id
    const many = 1_200
    // Straight into the tables: a thousand users by their form would only take longer.
    await run(
      `insert into "user" (id, version, name, email, active, language, partner_id, created_at, updated_at)
        select gen_random_uuid(), 1, 'Crowd ' || n, 'crowd' || n || '@example.org', n % 7 <> 0, case n % 3 when 0 then 'fr' end,
          case when n % 5 = 0 then $1::uuid end, now(), now() from generate_series(1, ${many}) n`,
      [partner],
    )
    const { pivot } = desk.app.composition.models.byName('user')!.fields.get('roles') as {
      pivot: Record<'table' | 'own' | 'other', string>
    }
    await run(
      `insert into "${pivot.table}" ("${pivot.own}", "${pivot.other}")
        select id, case when name like '%0' then $1::uuid else $2::uuid end from "user" where name like 'Crowd %'`,
      [agent!.id, customer!.id],
    )
    const team = await records.find(Team, { name: 'Payments, Eastern' })
    const { rows: crowd } = await records.query(User, {
      fields: [],
      where: { roles: { name: 'agent' }, name: { $startsWith: 'Crowd 2' }, active: true },
      limit: 200,
    })
    await records.update(Team, team!.id, { members: crowd.map(({ id }) => id) })
    for (const [verb, record] of [
      ['read', theirs],
      ['update', theirs],
      ['close', free],
      ['create', undefined],
    ] as const) {
      const { users, total } = await access.whoMay({ verb, model: 'ticket', record })
      const every = await run(`select id from "user" where active`, [])
      const answers = await Promise.all(
        every.map(
          async ({ id }) => [String(id), (await access.explain({ user: String(id), verb, model: 'ticket', record })).allowed] as const,
        ),
      )
      const may = new Set(answers.flatMap(([id, allowed]) => (allowed ? [id] : [])))
      expect([verb, total]).toEqual([verb, may.size])
      expect(users).toHaveLength(Math.min(50, may.size))
      expect(users.filter(({ id }) => !may.has(id))).toEqual([])
    }
  })
})

const emailOf = (role: string): string => desk.users.get(role)!.email
