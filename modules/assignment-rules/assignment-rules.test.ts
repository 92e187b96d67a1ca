/** Who gets a new ticket: the first rule that holds decides, once, whoever files it and in however many processes. */
import { Role, RuleSet, Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { assign, close, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { Visitor, wordsOf } from '../web/server/visitor.ts'
import { AssignmentRule, autoAssign } from './index.ts'

houseRules('assignment-rules')

let app: TestApp
let agent: Services
let system: Services
let manager: SignedIn
let partner: string
let ana: string
let ben: string
let team: string

const person = async (name: string, role = 'agent'): Promise<string> =>
  (await system.identity.createUser({ email: `${name.toLowerCase()}@example.org`, name, roles: [role] })).id
const file = (more: object = {}): Promise<Ticket> => agent.records.create(Ticket, { subject: 'Payment is late', partner, ...more })

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['web', 'assignment-rules'])
  system = await app.servicesFor({ door: 'system' })
  manager = await signedInAs(app, 'manager')
  agent = await (await signedInAs(app, 'agent')).services()
  partner = (await system.records.create(Partner, { name: 'Fatou Camara', city: 'Basse' })).id
  ana = await person('Ana')
  ben = await person('Ben')
  team = (await system.records.create(Team, { name: 'Payments', members: [ana, ben] })).id
})
afterAll(() => app?.close())
beforeEach(async () => {
  const { rows } = await system.records.query(AssignmentRule, { fields: [] })
  for (const { id } of rows) await system.records.update(AssignmentRule, id, { active: false })
})

const browse = async ({ user }: SignedIn): Promise<Visitor> => {
  const visitor = new Visitor(await app.listen())
  await visitor.post(`/sign-in/${await system.identity.createLink(user, 'sign-in')}`)
  return visitor
}
let rules = 0
const rule = async (about: object): Promise<AssignmentRule> => {
  rules += 1
  return (await manager.services()).records.create(AssignmentRule, { name: `Rule ${rules}`, team, ...about })
}

describe('A new ticket', () => {
  it('goes to the members of the team in turn, and says why', async () => {
    const { id, name } = await rule({ condition: { type: { code: 'complaint' } } })
    const [first, second, third] = [
      await file({ type: { code: 'complaint' } }),
      await file({ type: { code: 'complaint' } }),
      await file({ type: { code: 'complaint' } }),
    ]
    expect(first).toMatchObject({ assignee: { name: 'Ana' }, team: { id: team }, assignedBy: { id }, assignmentProblem: null })
    expect(first.assignmentReason).toBe(`Rule "${name}" gave it to Ana, whose turn it was.`)
    expect([second.assignee?.name, third.assignee?.name]).toEqual(['Ben', 'Ana'])
    expect(await file()).toMatchObject({ assignee: null, team: null, assignedBy: null, assignmentProblem: null })
    expect(await system.records.get(AssignmentRule, id)).toMatchObject({ given: 3, version: 1 })
    const told = (await agent.records.history(Ticket, first.id)).map(({ label, new: value }) => [label, value])
    expect(told).toContainEqual(['Why', first.assignmentReason])
  })

  it('goes by the rule with the lowest rank that holds', async () => {
    await rule({ name: 'Everything else', rank: 90, strategy: 'team' })
    await rule({ name: 'Urgent', rank: 1, strategy: 'person', person: ben, condition: { priority: { code: 'urgent' } } })
    expect(await file({ priority: { code: 'urgent' } })).toMatchObject({
      assignee: { name: 'Ben' },
      assignmentReason: 'Rule "Urgent" gave it to Ben.',
    })
    expect(await file()).toMatchObject({
      assignee: null,
      team: { id: team },
      assignmentReason: 'Rule "Everything else" gave it to the team Payments.',
    })
  })

  it('goes to whoever has the fewest open tickets', async () => {
    await rule({ strategy: 'least_loaded' })
    const carla = await person('Carla')
    const desk = (await system.records.create(Team, { name: 'Desk', members: [ben, carla] })).id
    await rule({ strategy: 'least_loaded', team: desk, rank: 1 })
    const [first, second] = [await file(), await file()]
    expect([first.assignee?.name, second.assignee?.name]).toEqual(['Carla', 'Carla'])
    expect(first.assignmentReason).toContain('who had the fewest open tickets of the team: 0.')
  })

  it('stays with the person or the team to whom it was filed', async () => {
    await rule({})
    expect(await file({ assignee: ben })).toMatchObject({ assignee: { name: 'Ben' }, team: null, assignedBy: null })
    const other = (await system.records.create(Team, { name: 'Second line' })).id
    expect(await file({ team: other })).toMatchObject({ assignee: null, team: { id: other }, assignedBy: null })
  })

  it('loses the reason of the rule once a person assigns it to somebody else', async () => {
    await rule({})
    const given = await file()
    const other = given.assignee?.id === ana ? ben : ana
    const hers = await manager.services()
    expect(await hers.records.act(assign, given.id, { assignee: other })).toMatchObject({
      assignee: { id: other },
      assignedBy: null,
      assignmentReason: null,
    })
    expect(await hers.records.update(Ticket, given.id, { subject: 'Payment is very late' })).toMatchObject({ assignee: { id: other } })
  })
})

describe('A rule that cannot give a ticket to anybody', () => {
  const problemOf = async (): Promise<string | null> => {
    const filed = await file()
    expect(filed).toMatchObject({ assignee: null, team: null, assignedBy: null, assignmentReason: null })
    return filed.assignmentProblem
  }

  it('leaves the ticket unassigned with the problem in words, which the next assignment clears', async () => {
    const empty = (await system.records.create(Team, { name: 'Night shift' })).id
    await rule({ name: 'Nights', team: empty })
    expect(await problemOf()).toBe(
      'The rule "Nights" gives to the team Night shift, which has no active member. Add one, or change the rule.',
    )
    const found = await manager.fetch('/api/tickets?filter[assignmentProblem][contains]=Nights')
    const { data } = (await found.json()) as { data: { id: string }[] }
    expect(data).toHaveLength(1)
    expect(await agent.records.update(Ticket, data[0]!.id, { assignee: ana })).toMatchObject({ assignmentProblem: null })
  })

  it('names the rule to those alone who read the rules', async () => {
    const night = (await system.records.create(Role, { name: 'night', label: 'Night', includes: [{ code: 'staff' }] })).id
    await system.records.create(RuleSet, { role: night, model: 'ticket', rules: [{ verbs: ['read'] }] })
    await rule({ name: 'Gone by night', team: (await system.records.create(Team, { name: 'Nobody' })).id })
    const { id } = await file()
    const seenBy = async (role: string) => {
      const answer = await (await signedInAs(app, role)).fetch(`/api/tickets/${id}`)
      return [answer.status, JSON.stringify(await answer.json()).includes('Gone by night')]
    }
    for (const role of ['administrator', 'agent']) expect(await seenBy(role), role).toEqual([200, true])
    expect(await seenBy('night')).toEqual([200, false])
  })

  it('says that the team is archived', async () => {
    const old = (await system.records.create(Team, { name: 'Old desk', members: [ana] })).id
    await rule({ name: 'Old', team: old, strategy: 'least_loaded' })
    await system.records.update(Team, old, { active: false })
    expect(await problemOf()).toContain('gives to the team Old desk, which is archived')
  })

  it('says that the person has left', async () => {
    const dora = await person('Dora')
    await rule({ name: 'Dora’s', team: null, strategy: 'person', person: dora })
    await system.records.update(User, dora, { active: false })
    expect(await problemOf()).toContain('gives to Dora, who is not active any more')
  })

  it('says that its condition cannot be read, when a module took its field along', async () => {
    const { id } = await rule({ name: 'Broken' })
    await app.connection.run(`update assignment_rule set condition = '{"gone": 1}' where id = $1`, [id])
    expect(await problemOf()).toBe('The condition of the rule "Broken" cannot be read: There is no field "gone" in tickets.')
  })

  it('leaves the ticket to be filed, whatever is thrown', async () => {
    const { id } = await rule({ name: 'Wrecked' })
    await app.connection.run('delete from assignment_turn where rule_id = $1', [id])
    expect(await problemOf()).not.toBeNull()
  })
})

describe('On request', () => {
  it('the rules assign what nobody has, one or many, and leave what somebody has', async () => {
    const [open, taken] = [await file(), await file({ assignee: ben })]
    expect(await agent.records.act(autoAssign, open.id, {})).toMatchObject({
      assignee: null,
      assignmentProblem: 'No assignment rule holds for this ticket. Assign it by hand, or add a rule.',
    })
    await rule({ strategy: 'person', person: ana })
    const answer = await manager.fetch('/api/tickets/autoAssign', { method: 'POST', body: JSON.stringify({ ids: [open.id, taken.id] }) })
    const { done, refused } = (await answer.json()) as { done: string[]; refused: { id: string; code: string }[] }
    expect(done).toEqual([open.id])
    expect(refused).toMatchObject([{ id: taken.id, code: 'ticket.action.autoAssign.otherwise' }])
    expect(await agent.records.get(Ticket, open.id)).toMatchObject({ assignee: { name: 'Ana' }, assignmentProblem: null })
    expect(await agent.records.get(Ticket, taken.id)).toMatchObject({ assignee: { name: 'Ben' }, assignedBy: null })
  })

  it('a closed ticket is not assigned', async () => {
    const { id } = await file()
    await agent.records.act(close, id, {})
    await rule({})
    await expect(agent.records.act(autoAssign, id, {})).rejects.toMatchObject({ code: 'ticket.action.autoAssign.otherwise' })
  })
})

describe('The condition of a rule', () => {
  it('is said in words', async () => {
    const { when } = await rule({
      condition: {
        type: { code: 'complaint' },
        $or: [{ partner: { city: 'Basse' } }, { priority: { level: { $gte: 3 } } }, { tags: { name: 'vip' } }],
        team: null,
      },
    })
    expect(when).toBe(
      'Type is Complaint and (Partner · City is Basse or Priority · Level is at least 3 or one of Tags with Name is vip) and Team is empty',
    )
    expect((await rule({})).when).toBe('Every ticket')
  })

  it('keeps its words when it is sent along unchanged by whoever saves something else', async () => {
    const condition = { type: { code: 'complaint' } }
    const { id, when } = await rule({ condition })
    const { records } = (await manager.services()).inLanguage('fr')
    expect(await records.update(AssignmentRule, id, { rank: 7, condition })).toMatchObject({ rank: 7, when })
    const changed = await records.update(AssignmentRule, id, { condition: { type: { code: 'request' } } })
    expect(changed.when).not.toBe(when)
  })

  it.each([
    [{ prioritty: 'high' }, 'There is no field "prioritty" in tickets. Did you mean "priority"?'],
    [{ subject: { $like: 'x' } }, 'There is no operator "$like".'],
    [{ createdAt: { $gte: 'yesterday' } }, 'The field "createdAt" cannot be compared by "gte" with this value.'],
    [{ createdBy: { passwordHash: { $startsWith: 'a' } } }, 'There is no field "createdBy.passwordHash" in tickets.'],
    ['{ not json', 'write it as JSON'],
  ])('that nobody can mean is refused with a sentence: %j', async (condition, sentence) => {
    const answer = await manager.fetch('/api/assignment-rules', {
      method: 'POST',
      body: JSON.stringify({ name: 'Wrong', team, condition }),
    })
    const { errors } = (await answer.json()) as { errors: { field: string; detail: string }[] }
    expect(answer.status).toBe(422)
    expect(errors).toMatchObject([{ field: 'condition', detail: expect.stringContaining(sentence) }])
  })

  it('is written by managers and read by agents; customers see neither it nor what it did', async () => {
    await rule({ name: 'On screen', condition: { type: { code: 'request' } } })
    await expect(agent.records.create(AssignmentRule, { name: 'Mine', team })).rejects.toMatchObject({ status: 403 })
    expect(await agent.records.count(AssignmentRule)).toBeGreaterThan(0)
    const customer = await (await signedInAs(app, 'customer', { partner })).services()
    expect(await customer.records.count(AssignmentRule)).toBe(0)
    const { id } = await file()
    const seen = await customer.records.get(Ticket, id)
    for (const field of ['assignedBy', 'assignmentReason', 'assignmentProblem']) expect(seen).not.toHaveProperty(field)
  })
})

describe('Trying the rules', () => {
  it('shows managers where the open tickets that nobody has would go, and changes nothing', async () => {
    const [late, other] = [await file({ subject: 'Try this late payment' }), await file({ subject: 'Try that card' })]
    await rule({ name: 'Late ones', rank: 1, condition: { subject: { $contains: 'try this' } } })
    await rule({ name: 'All tries', rank: 2, condition: { subject: { $startsWith: 'try' } } })
    const broken = await rule({ name: 'Broken try', rank: 3 })
    await app.connection.run(`update assignment_rule set condition = '{"gone": 1}' where id = $1`, [broken.id])
    const text = wordsOf((await (await browse(manager)).get('/assignment-rules/try')).html)
    expect(text).toMatch(
      /Late ones Subject contains try this 1 All tries Subject begins with try 1 Broken try Every ticket There is no field/,
    )
    expect(text).toMatch(/No rule holds \d+/)
    for (const { id } of [late, other])
      expect(await agent.records.get(Ticket, id)).toMatchObject({ assignee: null, team: null, version: 1 })
    expect((await (await browse(await signedInAs(app, 'agent'))).get('/assignment-rules/try')).status).toBe(403)
  })
})
