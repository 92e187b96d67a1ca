/** Whom a ticket is given to, and what staff learn of somebody who only signs in as a customer. */
import { Role, Team, User } from '@tessera/base'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { assign, Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Visitor } from '../../modules/web/server/visitor.ts'

let app: TestApp
let agent: SignedIn
let manager: SignedIn
let colleague: SignedIn
let customer: SignedIn
let ticket: string
/** A role that was made here and includes a role of the staff by another; one that includes the customer's. */
let made: SignedIn
let patron: SignedIn

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['portal', 'assignment-rules'])
  const { records } = await app.servicesFor({ door: 'system' })
  const { id: partner } = await records.create(Partner, { name: 'Fatou Camara' })
  for (const [name, includes] of [
    ['auditor', 'viewer'],
    ['chiefAuditor', 'auditor'],
    ['patron', 'customer'],
  ] as const)
    await records.create(Role, { name, label: name, includes: [{ code: includes }] })
  agent = await signedInAs(app, 'agent')
  manager = await signedInAs(app, 'manager')
  colleague = await signedInAs(app, 'agent', { name: 'Bilal of the desk' })
  customer = await signedInAs(app, 'customer', { partner, name: 'Zoe of the portal', email: 'zoe.private@example.com' })
  made = await signedInAs(app, 'chiefAuditor', { name: 'Made here' })
  patron = await signedInAs(app, 'patron', { name: 'Patron of the portal' })
  ticket = (await records.create(Ticket, { subject: 'Lost card', partner })).id
})
afterAll(() => app?.close())

const json = async (who: SignedIn, path: string, init?: RequestInit) => {
  const answer = await who.fetch(path, init)
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON was answered.
  return { status: answer.status, body: (await answer.json()) as any }
}
const sent = (method: string, body: object) => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const namesIn = (body: { data: { name: string }[] }) => body.data.map(({ name }) => name)

describe('Who works here', () => {
  it('is whoever has a role of the staff, also by roles that include it', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const { rows } = await records.query(User, {
      fields: ['name', 'staff'],
      where: { id: { $in: [made.user, patron.user, customer.user, colleague.user] } },
    })
    expect(Object.fromEntries(rows.map(({ name, staff }) => [name, staff]))).toEqual({
      'Made here': true,
      'Patron of the portal': false,
      'Zoe of the portal': false,
      'Bilal of the desk': true,
    })
  })

  it('is nobody’s to write', async () => {
    const answer = await json(manager, `/api/users/${manager.user}`, sent('PATCH', { staff: false }))
    expect(answer.status).not.toBe(200)
  })
})

describe('A ticket', () => {
  it('is not given to a customer, by nobody and through no door', async () => {
    const administrator = await signedInAs(app, 'administrator')
    for (const who of [manager, administrator]) {
      const direct = await json(who, `/api/tickets/${ticket}`, sent('PATCH', { assignee: customer.user }))
      expect(direct.status).toBe(422)
      expect(JSON.stringify(direct.body)).toContain('Assignee does not take this user: choose one that it offers.')
      const given = await json(who, `/api/tickets/${ticket}/${assign.name}`, sent('POST', { assignee: customer.user }))
      expect(given.status).toBe(422)
    }
    const { records } = await app.servicesFor({ door: 'system' })
    expect((await records.get(Ticket, ticket)).assignee).toBeNull()
    expect((await json(agent, `/api/tickets/${ticket}/${assign.name}`, sent('POST', { assignee: colleague.user }))).status).toBe(200)
  })

  it('is offered to colleagues alone, in the form and in the dialog', async () => {
    const { identity } = await app.servicesFor({ door: 'system' })
    for (const who of [agent, manager, await signedInAs(app, 'administrator')]) {
      const visitor = new Visitor(await app.listen())
      await visitor.post(`/sign-in/${await identity.createLink(who.user, 'sign-in')}`)
      for (const place of [`/tickets/options?field=assignee&id=${ticket}`, `/tickets/options?field=assignee&action=assign&id=${ticket}`]) {
        const answer = await visitor.get(place)
        expect(answer.status, answer.html.slice(0, 300)).toBe(200)
        expect(answer.html).toContain('Bilal of the desk')
        expect(answer.html).not.toContain('of the portal')
      }
    }
  })
})

describe('A team', () => {
  it('is led and made up by colleagues; whoever was in it stays', async () => {
    const { asSystem } = await app.servicesFor({ door: 'system' })
    const team = await asSystem('As it was before.').create(Team, { name: 'Payments', members: [customer.user, colleague.user] })
    for (const change of [{ leader: customer.user }, { members: [patron.user, colleague.user] }]) {
      const refused = await json(manager, `/api/teams/${team.id}`, sent('PATCH', change))
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([422, expect.stringContaining('does not take this user')])
    }
    const kept = await json(manager, `/api/teams/${team.id}`, sent('PATCH', { members: [customer.user, colleague.user, agent.user] }))
    expect([kept.status, JSON.stringify(kept.body)]).toEqual([200, expect.anything()])
  })
})

describe('Of somebody who signs in as a customer', () => {
  const hidden = 'zoe.private@example.com'

  it('staff read the name, and neither address nor account nor teams', async () => {
    for (const who of [agent, manager]) {
      const { body } = await json(who, `/api/users/${customer.user}?fields=name,email,active,teams`)
      expect(body.data).toMatchObject({ name: 'Zoe of the portal', email: null, active: null })
      expect(JSON.stringify(body)).not.toContain(hidden)
      const { body: theirs } = await json(who, `/api/users/${colleague.user}?fields=name,email,active`)
      expect(theirs.data).toMatchObject({ email: colleague.email, active: true })
    }
  })

  it('the address is not guessed: no filter, order, search, group or count tells it', async () => {
    const guesses = [
      `filter[email]=${hidden}`,
      'filter[email][startsWith]=zoe.p',
      'filter[email][contains]=private',
      'filter[email][gt]=zoe.o',
      'filter[active]=true&filter[name]=Zoe of the portal',
    ]
    for (const guess of guesses) {
      const { status, body } = await json(agent, `/api/users?fields=name&${guess}`)
      expect([guess, status, namesIn(body)]).toEqual([guess, 200, []])
    }
    expect(namesIn((await json(agent, '/api/users?fields=name&q=zoe.private')).body)).toEqual([])
    expect(namesIn((await json(agent, '/api/users?fields=name&q=Zoe of')).body)).toEqual(['Zoe of the portal'])
    const { records } = await app.servicesFor({ door: 'system' })
    const order = async () => namesIn((await json(agent, '/api/users?fields=name&sort=email&limit=100')).body)
    const before = await order()
    await records.update(User, customer.user, { email: 'aaa.first@example.com' })
    expect(await order()).toEqual(before)
    await records.update(User, customer.user, { email: hidden })
  })

  it('he himself sees what he saw', async () => {
    const { body } = await json(customer, `/api/users/${customer.user}?fields=name,email`)
    expect(body.data).toMatchObject({ name: 'Zoe of the portal', email: hidden })
    expect(namesIn((await json(customer, '/api/users?fields=name')).body)).toEqual(['Zoe of the portal'])
  })
})
