/** Nobody comes to see through an account of the portal what he may not see himself: what an agent with a key tried. */
import { Team, User } from '@tessera/base'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

let app: TestApp
let agent: SignedIn
let manager: SignedIn
beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['portal'])
  agent = await signedInAs(app, 'agent')
  manager = await signedInAs(app, 'manager')
})
afterAll(() => app?.close())

const system = () => app.servicesFor({ door: 'system' })

async function send({ key }: SignedIn, method: string, path: string, body: object = {}) {
  const answer = await fetch(`${await app.listen()}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as { readonly code?: string; readonly data: { readonly id: string } } }
}

/** Somebody with a request that lies with another team. */
async function elsewhere(about: object): Promise<string> {
  const { records } = await system()
  const team = (await records.create(Team, { name: `Team ${Math.random()}` })).id
  const partner = (await records.create(Partner, { name: 'Fatou Camara', ...about })).id
  await records.create(Ticket, { subject: 'Not for everybody', partner, team })
  return partner
}

describe('An account of the portal', () => {
  it('is not opened at an address that the inviter wrote, where it would see more than he does', async () => {
    const partner = await elsewhere({ email: 'fatou@mail.example' })
    expect((await send(agent, 'PATCH', `/partners/${partner}`, { email: 'agents-own@mail.example' })).status).toBe(200)
    const refused = await send(agent, 'POST', `/partners/${partner}/invite`)
    expect([refused.status, refused.body.code]).toEqual([403, 'portal.own_address'])
    const { records } = await system()
    expect(await records.find(User, { email: 'agents-own@mail.example' })).toBeNull()
    expect((await send(manager, 'POST', `/partners/${partner}/invite`)).status).toBe(200)
  })

  it('nor for a person whom he made to see all requests of a company', async () => {
    const { records } = await system()
    const company = (await records.create(Partner, { name: 'Mill', kind: 'company' })).id
    await elsewhere({ email: 'worker@mill.example', company })
    const made = await send(agent, 'POST', '/partners', { name: 'Me', email: 'me@mail.example', company, managesCompany: true })
    expect(made.status).toBe(201)
    const refused = await send(agent, 'POST', `/partners/${made.body.data.id}/invite`)
    expect([refused.status, refused.body.code]).toEqual([403, 'portal.own_address'])
  })

  it('is opened by an agent for everybody else, and for those of whom he sees all', async () => {
    const partner = await elsewhere({ email: 'olga@mail.example' })
    expect((await send(agent, 'POST', `/partners/${partner}/invite`)).status).toBe(200)
    const made = await send(agent, 'POST', '/partners', { name: 'New Person', email: 'new@mail.example' })
    expect((await send(agent, 'POST', `/partners/${made.body.data.id}/invite`)).status).toBe(200)
    const { records } = await system()
    expect(await records.count(User, { where: { email: ['olga@mail.example', 'new@mail.example'] } })).toBe(2)
  })
})
