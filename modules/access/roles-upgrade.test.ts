/** Roles and rules over time and between processes: what counts on the next request everywhere, and what an upgrade makes of local rules. */
import base, { agent, Role, Team, viewer } from '@tessera/base'
import { defineModule, type Module, type Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp, testConfig } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { fromDeclarations, loadModules } from '../../core/module/load.ts'
import { plain, type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'

/** What a module ships for teams, before and after an upgrade. */
const shippedThen = defineModule({
  name: 'desks',
  depends: [base],
  permissions: [agent.can('update', Team, { name: 'Payments' }), viewer.can('create', Team, { name: 'Cards' })],
})
const shippedNow = defineModule({
  name: 'desks',
  depends: [base],
  permissions: [agent.can('update', Team, { name: 'Cards' }), viewer.can('create', Team, { name: 'Transfers' })],
})

let database: TestApp
let app: TestApp
let admin: Visitor & { readonly user: string }
let system: Services
let rules: Services['rules']
const opened: TestApp[] = []

beforeAll(async () => {
  database = await bootTest(inject('postgresUrl'), ['access', 'ticket'])
  app = await anotherProcess()
  await app.install()
  system = await app.servicesFor({ door: 'system' })
  admin = await visitorAs(app, 'administrator')
  rules = (await app.servicesFor({ door: 'api', user: admin.user })).rules
})
afterAll(async () => {
  for (const each of opened) await each.close()
  await database?.close()
})

/** A process on the database, with its own doors; with other modules it is the one after an upgrade. */
async function anotherProcess(desks: Module = shippedThen): Promise<TestApp> {
  const loaded = await loadModules(await discover(process.cwd(), []), ['access', 'ticket'])
  const own = fromDeclarations([base, desks]).filter(({ declaration }) => declaration === desks)
  const url = String(database.connection.pool.options.connectionString)
  const other = await createApp([...loaded, ...own], {
    url,
    config: testConfig(),
    log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    version: 'test',
  })
  let server: Awaited<ReturnType<typeof other.http.listen>> | undefined
  const process_: TestApp = {
    ...other,
    async listen() {
      server ??= await other.http.listen(0, '127.0.0.1')
      const address = server.address()
      return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    },
    async close() {
      server?.closeAllConnections()
      await new Promise<void>((done) => (server ? server.close(() => done()) : done()))
      await other.close()
    },
  }
  opened.push(process_)
  return process_
}
describe('By the API', () => {
  it('a role is made and given rules, which count on the next request of this process and of another', async () => {
    const other = await anotherProcess()
    const { key } = await system.identity.createKey(admin.user, 'test')
    const address = await app.listen()
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const send = async (path: string, body: object) => {
      const answer = await fetch(new URL(path, address), { method: 'POST', headers, body: JSON.stringify(body) })
      const said = (await answer.json()) as { data?: { id: string }; errors?: { field: string }[] }
      return [answer.status, { id: said.data?.id, errors: said.errors }] as const
    }
    const [made, role] = await send('/api/roles', { name: 'outsider', label: 'Outsider' })
    expect(made).toBe(201)
    const outsider = await signedInAs(app, 'outsider')
    const partners = async (process: TestApp) => {
      const { records, context } = await process.servicesFor({ door: 'api', user: outsider.user })
      return context.caller.ability.possible('read', process.composition.models.of(Partner)) ? records.count(Partner) : undefined
    }
    expect([await partners(app), await partners(other)]).toEqual([undefined, undefined])
    const [refused, problem] = await send('/api/rule-sets', { role: role.id, model: 'partner', rules: [{ verbs: ['reed'] }] })
    expect([refused, problem.errors?.map(({ field }) => field)]).toEqual([422, ['rules']])
    const [given] = await send('/api/rule-sets', { role: role.id, model: 'partner', rules: [{ verbs: ['read'] }] })
    expect(given).toBe(201)
    const count = await system.records.count(Partner)
    expect(await partners(app)).toBe(count)
    await expect.poll(() => partners(other)).toBe(count)
  })

  it('is closed to everybody else', async () => {
    const manager = await signedInAs(app, 'manager')
    for (const [path, body] of Object.entries({
      '/api/roles': { name: 'mine', label: 'Mine' },
      '/api/rule-sets': { role: await idOf('agent'), model: 'ticket', rules: [{ verbs: ['delete'] }] },
    }))
      expect([path, (await manager.fetch(path, { method: 'POST', body: JSON.stringify(body) })).status]).toEqual([path, 403])
  })
})

describe('An upgrade', () => {
  it('brings new defaults where nothing was changed, drift where something was, and either can be taken', async () => {
    const mine = [{ verbs: ['update'], where: { name: 'Refunds' } }]
    await rules.change('agent', 'team', 'desks', mine)
    expect((await rules.drift()).map(({ drifted }) => drifted)).not.toContain(true)
    const upgraded = await anotherProcess(shippedNow)
    await upgraded.install()
    const { access: kept, rules: now } = await upgraded.servicesFor({ door: 'api', user: admin.user })
    const whereOf = async (role: string) =>
      (await kept.policy()).rules.filter((rule) => rule.module === 'desks' && rule.role.name === role).map(({ where }) => where)
    expect(await whereOf('viewer')).toEqual([{ name: 'Transfers' }])
    expect(await whereOf('agent')).toEqual([{ name: 'Refunds' }])

    const visitor = await visitorAs(upgraded, 'administrator')
    const words = plain(wordsOf((await visitor.get('/access/drift')).html))
    expect(words).toMatch(
      /Shipped when you changed it Update: Name is Payments .*Shipped now Update: Name is Cards .*Yours Update: Name is Refunds/,
    )
    const [drifted] = (await now.drift()).filter((each) => each.drifted)
    expect(drifted).toMatchObject({ local: { rules: mine }, shipped: [{ verbs: ['update'], where: { name: 'Cards' } }], broken: [] })

    expect((await visitor.post('/access/drift', { id: drifted!.local.id, do: 'keep' })).status).toBe(303)
    expect((await now.drift()).filter((each) => each.drifted)).toEqual([])
    expect(await whereOf('agent')).toEqual([{ name: 'Refunds' }])
    await visitor.get('/access/drift')
    expect((await visitor.post('/access/drift', { id: drifted!.local.id, do: 'take' })).status).toBe(303)
    expect(await whereOf('agent')).toEqual([{ name: 'Cards' }])
  })
})

describe('A local rule that no longer fits', () => {
  it('allows nothing, forbids all that it may have meant, and stands first under Drift', async () => {
    await system.records.create(Role, { name: 'left', label: 'Left' })
    await rules.change('left', 'team', '', [{ verbs: ['read', 'update'], where: { name: 'Cards' } }])
    await rules.change('left', 'partner', '', [{ verbs: ['read'] }, { verbs: ['read'], where: { name: 'Fatou' }, cannot: true }])
    // As an upgrade leaves it that takes the field away: nobody could write it today.
    await app.connection.pool.query(`update rule_set set rules = replace(rules::text, '"name"', '"gone"')::jsonb where role_id = $1`, [
      await idOf('left'),
    ])
    const fresh = await anotherProcess()
    const { access: now, rules: its } = await fresh.servicesFor({ door: 'api', user: admin.user })
    const ability = await now.abilityFor(['left'])
    expect(ability.possible('read', fresh.composition.models.of(Team))).toBe(false)
    expect(ability.records('read', fresh.composition.models.of(Partner))).toEqual({ any: [] })
    expect((await now.policy()).broken.map(({ set }) => set.model).sort()).toEqual(['partner', 'team'])
    expect((await its.drift()).slice(0, 2).every(({ broken }) => broken.length > 0)).toBe(true)
    const words = plain(wordsOf((await admin.get('/access/drift')).html))
    expect(words).toContain('"team" has no field "gone"')
    expect(words).not.toContain('Team is Cards')
  })
})

async function idOf(name: string): Promise<string> {
  return (await system.records.find(Role, { name }))!.id
}
