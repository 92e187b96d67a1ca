/** What the shipped roles see of tickets, asked by each of them for each. */
import { Team, User } from '@tessera/base'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

let app: TestApp
const people: Record<string, SignedIn> = {}
const tickets: Record<string, string> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['portal'])
  const { records } = await app.servicesFor({ door: 'system' })
  const company = (await records.create(Partner, { name: 'Mill', kind: 'company' })).id
  const other = (await records.create(Partner, { name: 'Forge', kind: 'company' })).id
  const person = async (name: string, about: object) => (await records.create(Partner, { name, ...about })).id
  const chief = await person('Chief of the mill', { company, managesCompany: true })
  const worker = await person('Worker of the mill', { company })
  const smith = await person('Smith', { company: other, managesCompany: true })
  // Says so of himself, but belongs to none.
  const alone = await person('Alone', { managesCompany: true })
  for (const role of ['administrator', 'manager', 'agent', 'viewer']) people[role] = await signedInAs(app, role)
  people.colleague = await signedInAs(app, 'agent')
  people.watching = await signedInAs(app, 'viewer')
  for (const [name, partner] of Object.entries({ chief, worker, smith, alone }))
    people[name] = await signedInAs(app, 'customer', { partner })
  const mine = (await records.create(Team, { name: 'Mine', members: [people.agent!.user, people.viewer!.user] })).id
  const theirs = (await records.create(Team, { name: 'Theirs', members: [people.colleague!.user] })).id
  const file = async (name: string, about: object) => {
    tickets[name] = (await records.create(Ticket, { subject: name, partner: worker, ...about })).id
  }
  await file('of no team', {})
  await file('of my team', { team: mine })
  await file('of theirs', { team: theirs })
  await file('of theirs, given to me', { team: theirs, assignee: people.agent!.user })
  await file('of the mill itself', { team: theirs, partner: company })
  await file('of its chief', { team: theirs, partner: chief })
  await file('of the smith', { team: theirs, partner: smith })
  await file('of nobody’s company', { team: theirs, partner: alone })
})
afterAll(() => app.close())

const ofTheMill = ['of no team', 'of my team', 'of theirs', 'of theirs, given to me', 'of the mill itself', 'of its chief']
const sees: Readonly<Record<string, readonly string[]>> = {
  administrator: [...ofTheMill, 'of the smith', 'of nobody’s company'],
  manager: [...ofTheMill, 'of the smith', 'of nobody’s company'],
  agent: ['of no team', 'of my team', 'of theirs, given to me'],
  viewer: ['of no team', 'of my team'],
  watching: ['of no team'],
  chief: ofTheMill,
  worker: ['of no team', 'of my team', 'of theirs', 'of theirs, given to me'],
  smith: ['of the smith'],
  alone: ['of nobody’s company'],
}

describe('Of the tickets', () => {
  for (const [name, expected] of Object.entries(sees)) {
    it(`${name} sees exactly his share, in the list and one by one`, async () => {
      const answer = (await (await people[name]!.fetch('/api/tickets?limit=200&fields=subject')).json()) as { data: { subject: string }[] }
      expect(answer.data.map(({ subject }) => subject).sort()).toEqual([...expected].sort())
      for (const [subject, id] of Object.entries(tickets))
        expect([subject, (await people[name]!.fetch(`/api/tickets/${id}`)).status]).toEqual([
          subject,
          expected.includes(subject) ? 200 : 404,
        ])
    })
  }

  it('an agent changes what is at hand, gives it to another team, and then sees it no more', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const { fetch, user } = people.agent!
    const change = (id: string, body: object, path = '') =>
      fetch(`/api/tickets/${id}${path}`, { method: path ? 'POST' : 'PATCH', body: JSON.stringify(body) })
    const id = (await records.create(Ticket, { subject: 'Passed on', partner: (await records.find(Partner, { name: 'Smith' }))!.id })).id
    expect((await change(id, { subject: 'Passed on, soon' })).status).toBe(200)
    const theirs = (await records.find(Team, { name: 'Theirs' }))!.id
    expect((await change(id, { team: theirs }, '/assign')).status).toBe(200)
    expect((await fetch(`/api/tickets/${id}`)).status).toBe(404)
    expect((await change(tickets['of theirs']!, { subject: 'Mine now' })).status).toBe(404)
    expect((await records.history(Ticket, id)).some(({ actor }) => actor?.id === user)).toBe(true)
  })

  it('a customer who manages his company reads the names of its people, and of nobody else', async () => {
    const names = async (who: string) =>
      ((await (await people[who]!.fetch('/api/partners?fields=name')).json()) as { data: { name: string }[] }).data.map(({ name }) => name)
    expect((await names('chief')).sort()).toEqual(['Chief of the mill', 'Mill', 'Worker of the mill'])
    expect(await names('worker')).toEqual(['Worker of the mill'])
    expect(await names('alone')).toEqual(['Alone'])
    expect((await people.chief!.fetch('/api/partners?fields=name,email')).status).toBe(200)
  })

  it('nobody makes himself the manager of a company', async () => {
    const { records } = await app.servicesFor({ door: 'system' })
    const { partner } = await records.get(User, people.worker!.user, ['partner'])
    const answer = await people.worker!.fetch(`/api/partners/${partner!.id}`, {
      method: 'PATCH',
      body: JSON.stringify({ managesCompany: true }),
    })
    expect(answer.status).toBe(403)
  })
})
