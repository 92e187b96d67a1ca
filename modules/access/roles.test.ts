/** Roles and rules as an administrator shapes them, without a script. */
import { Role, RuleSet, Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plain, type Seen, type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'

let app: TestApp
let admin: Visitor & { readonly user: string }
let system: Services
let rules: Services['rules']

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['access', 'ticket'])
  system = await app.servicesFor({ door: 'system' })
  admin = await visitorAs(app, 'administrator')
  rules = (await app.servicesFor({ door: 'api', user: admin.user })).rules
})
afterAll(() => app?.close())

/** Hidden fields of the rule's form, as a browser sends them back. */
function hidden({ html }: Seen): { rule: string; was: string; model: string; action: string } {
  const form = /<form class="roles-editor"[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
  const value = (name: string) => plain(new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? '')
  return { rule: value('rule'), was: value('was'), model: value('model'), action: value('action') }
}
/** A condition as the builder sends what no row of it can say. */
const where = (condition?: object): Record<string, string> => ({
  'where.join': 'all',
  ...(condition && { 'where.0.json': JSON.stringify(condition) }),
})
const cell = (role: string, model: string, action: string, more = '') => `/access/roles/${role}?model=${model}&action=${action}${more}`
const wordsAt = async (path: string) => said((await admin.get(path)).html)
const said = (html: string) => plain(wordsOf(html)).replaceAll(' ,', ',')
const setsOf = async (role: string) =>
  (await system.records.query(RuleSet, { fields: ['model', 'module', 'rules', 'basis'], where: { role: { name: role } } })).rows
const makeRole = (name: string, more: Record<string, string> = {}) =>
  admin.post('/access/roles/new', { name, label: name.toUpperCase(), ...more })
const addRule = async (role: string, model: string, action: string, source: Record<string, string | string[]>) => {
  const form = hidden(await admin.get(cell(role, model, action, '&rule=new')))
  return admin.post(`/access/roles/${role}/rules`, { ...form, verbs: [action], cannot: 'false', do: 'save', ...where(), ...source })
}

describe('The screen of a role', () => {
  it('shows what it may do, by itself and through others, and is reached by the menu', async () => {
    const first = await admin.get('/access/roles')
    expect([first.status, first.location]).toEqual([303, '/access/roles/agent'])
    const { html } = await admin.get('/access/roles/agent')
    expect(html).toContain('href="/access/drift"')
    const words = plain(wordsOf(html))
    for (const said of [
      'Ticket, Create: every record',
      'Ticket, Read: where a rule holds, from Viewer',
      'Ticket, Update: 1 rule',
      'Ticket, Delete: – no',
    ])
      expect(words).toContain(said)
  })

  it('opens a cell with each rule in words, the module that ships it, and how many records it matches', async () => {
    const team = (await system.records.create(Team, { name: 'Refunds' })).id
    const someone = (await system.records.create(Partner, { name: 'Fatou' })).id
    await system.records.createMany(Ticket, [
      { subject: 'Of nobody', partner: someone },
      { subject: 'Of refunds', partner: someone, team },
    ])
    const member = await signedInAs(app, 'agent')
    await system.records.update(Team, team, { members: [member.user] })
    const { html } = await admin.get(cell('agent', 'ticket', 'update'))
    const words = plain(wordsOf(html))
    expect(words).toContain('Team is one of the user’s teams')
    expect(words).toContain('1 of 2 match')
    expect(words).toContain('Covers: Update, Assign, Close')
    expect(html).toContain('</svg>ticket</span>')
    const forMember = await admin.get(cell('agent', 'ticket', 'update', `&as=${member.user}`))
    expect(plain(wordsOf(forMember.html))).toContain('2 of 2 match')
    const list = /href="(\/tickets\?filter[^"]*where[^"]*)"/.exec(forMember.html)?.[1]
    expect(wordsOf((await admin.get(plain(list!))).html)).toContain('Of refunds')
  })

  it('is closed to whoever has not the right, and what is sent there is refused', async () => {
    for (const role of ['manager', 'viewer', 'customer']) {
      const visitor = await visitorAs(app, role)
      for (const path of ['/access/roles/agent', '/access/roles/new', '/access/roles/compare', '/access/drift'])
        expect([role, path, (await visitor.get(path)).status]).toEqual([role, path, 403])
      const sent = { model: 'ticket', action: 'delete', rule: 'new', was: '[]', verbs: ['delete'], do: 'save' }
      expect((await visitor.post('/access/roles/agent/rules', sent)).status).toBe(403)
    }
    expect(await setsOf('agent')).toEqual([])
  })
})

describe('Somebody who may only look', () => {
  it('sees roles, rules and drift, is offered nothing to change, and is refused what he sends', async () => {
    await makeRole('inspector', { start: 'include:viewer' })
    await admin.post('/access/roles/inspector/rights', { right: ['access.roles'] })
    await addRule('inspector', 'ruleSet', 'read', {})
    const inspector = await visitorAs(app, 'inspector')
    for (const path of [cell('agent', 'ticket', 'update'), '/access/roles/compare', '/access/drift']) {
      const { status, html } = await inspector.get(path)
      expect([path, status, html.includes('name="do"'), html.includes('access/roles/new')]).toEqual([path, 200, false, false])
    }
    const sent = { model: 'ticket', action: 'delete', rule: 'new', was: '[]', verbs: ['delete'], do: 'save', ...where() }
    expect((await inspector.post('/access/roles/agent/rules', sent)).status).toBe(403)
    expect((await inspector.post('/access/roles/agent/members', { email: 'nobody@example.org' })).status).toBe(404)
    expect((await inspector.post('/access/roles/agent/about', { label: 'Mine' })).status).toBe(403)
    expect(await setsOf('agent')).toEqual([])
  })
})

describe('A shipped rule', () => {
  const all = ['create', 'update', 'delete']

  it('that is changed is kept beside what its module ships, says so, and is the shipped one again when it is written back', async () => {
    const form = hidden(await admin.get(cell('manager', 'team', 'update')))
    expect(form.rule).toBe('base.0')
    const saved = await admin.post('/access/roles/manager/rules', { ...form, verbs: all, ...where({ name: 'Refunds' }), do: 'save' })
    expect([saved.status, saved.location]).toEqual([303, expect.stringContaining('/access/roles/manager?model=team')])
    expect(await setsOf('manager')).toMatchObject([
      {
        model: 'team',
        module: 'base',
        rules: [{ verbs: all, where: { name: 'Refunds' } }],
        basis: [{ verbs: all }],
      },
    ])
    const words = await wordsAt(cell('manager', 'team', 'update'))
    expect(words).toContain('Name is Refunds')
    expect(words).toContain('changed here')
    const again = hidden(await admin.get(cell('manager', 'team', 'update')))
    await admin.post('/access/roles/manager/rules', { ...again, verbs: all, ...where(), do: 'save' })
    expect(await setsOf('manager')).toEqual([])
  })

  it('that somebody else changed meanwhile is not overwritten, and what was written stays in the form', async () => {
    const form = hidden(await admin.get(cell('manager', 'team', 'update')))
    await rules.change('manager', 'team', 'base', [{ verbs: ['update'] }])
    const answer = await admin.post('/access/roles/manager/rules', { ...form, verbs: all, ...where({ name: 'Mine' }), do: 'save' })
    expect(answer.status).toBe(409)
    expect(wordsOf(answer.html)).toContain('Somebody else changed these rules meanwhile')
    expect(plain(answer.html)).toContain('Mine')
    expect((await setsOf('manager')).map((set) => set.rules)).toEqual([[{ verbs: ['update'] }]])
    await rules.change('manager', 'team', 'base', [{ verbs: all }])
  })

  it('is put together row by row without a script, and saved only when one says so', async () => {
    const form = { ...hidden(await admin.get(cell('manager', 'team', 'update'))), verbs: all }
    const more = await admin.post('/access/roles/manager/rules', { ...form, ...where(), 'where.change': 'add:' })
    expect([more.status, more.html.includes('name="where.0.field"')]).toEqual([200, true])
    const row = { 'where.join': 'all', 'where.0.field': 'active', 'where.0.op': 'is', 'where.0.value': 'true' }
    const chosen = await admin.post('/access/roles/manager/rules', { ...form, ...row, 'where.change': 'update' })
    expect([chosen.status, await setsOf('manager')]).toEqual([200, []])
    expect((await admin.post('/access/roles/manager/rules', { ...form, ...row, do: 'save' })).status).toBe(303)
    expect(await setsOf('manager')).toMatchObject([{ rules: [{ verbs: all, where: { active: true } }] }])
    await rules.change('manager', 'team', 'base', [{ verbs: all }])
  })

  it('that cannot be used is refused with a sentence, and nothing typed is lost', async () => {
    const form = hidden(await admin.get(cell('manager', 'team', 'update')))
    const wrong = await admin.post('/access/roles/manager/rules', { ...form, verbs: all, ...where({ nam: 'Refunds' }), do: 'save' })
    expect(wrong.status).toBe(422)
    expect(plain(wordsOf(wrong.html))).toContain('Did you mean "name"?')
    expect(plain(wrong.html)).toContain('"nam"')
    const nowhere = await admin.post('/access/roles/manager/rules', { ...form, verbs: all, do: 'save' })
    expect(nowhere.status).toBe(422)
    const unreadable = await admin.post('/access/roles/manager/rules', {
      ...form,
      verbs: all,
      'where.join': 'all',
      'where.0.json': '{name',
      do: 'save',
    })
    expect([unreadable.status, plain(unreadable.html).includes('{name')]).toEqual([422, true])
    expect(await setsOf('manager')).toEqual([])
  })
})

describe('A role that an administrator makes', () => {
  it('gives its members just what its rules say, from the next request on, and forbids by "may not"', async () => {
    await makeRole('clerk', { start: 'include:staff', description: 'Reads some.' })
    await addRule('clerk', 'team', 'read', where({ name: { $in: ['Payments', 'Refunds'] } }))
    await system.records.createMany(Team, [{ name: 'Payments' }, { name: 'Cards' }])
    const clerk = await signedInAs(app, 'viewer')
    await system.asSystem('a test').update(User, clerk.user, { roles: [] })
    const teams = async () => {
      const answer = await clerk.fetch('/api/teams')
      return answer.status === 200 ? ((await answer.json()) as { data: { name: string }[] }).data.map(({ name }) => name) : answer.status
    }
    expect(await teams()).toBe(403)
    const added = await admin.post('/access/roles/clerk/members', { email: clerk.email })
    expect(added.status).toBe(303)
    expect(await teams()).toEqual(['Payments', 'Refunds'])
    await addRule('clerk', 'team', 'read', { ...where({ name: 'Refunds' }), cannot: 'true' })
    expect(await teams()).toEqual(['Payments'])
    expect(await wordsAt(cell('clerk', 'team', 'read'))).toContain('May not')
    const form = hidden(await admin.get(cell('clerk', 'team', 'read', '&rule=.1')))
    await admin.post('/access/roles/clerk/rules', { ...form, do: 'remove' })
    expect(await teams()).toEqual(['Payments', 'Refunds'])
    const id = (await system.records.find(User, { email: clerk.email }))!.id
    await admin.post('/access/roles/clerk/members', { remove: id })
    expect(await teams()).toBe(403)
    expect((await admin.post('/access/roles/clerk/members', { email: 'nobody@example.org' })).status).toBe(404)
  })

  it('may be limited to fields, which the screen tells field by field', async () => {
    await makeRole('reader')
    await addRule('reader', 'team', 'read', { fields: ['name'] })
    const words = await wordsAt(cell('reader', 'team', 'read'))
    expect(words).toContain('Only the fields: Name.')
    expect(words).toMatch(/Leader – ?no/)
    expect((await system.access.abilityFor(['reader'])).field('read', app.composition.models.of(Team).fields.get('leader')!)).toBe(false)
  })

  it('starts as a copy of another role, or with all that it may', async () => {
    for (const [name, start] of Object.entries({ twin: 'copy:agent', heir: 'include:agent' })) {
      const made = await makeRole(name, { start })
      expect([made.status, made.location || said(made.html)]).toEqual([303, `/access/roles/${name}`])
    }
    expect(await setsOf('heir')).toEqual([])
    for (const name of ['twin', 'heir']) {
      const words = plain(wordsOf((await admin.get(`/access/roles/compare?left=agent&right=${name}`)).html))
      expect([name, words]).toEqual([name, expect.stringContaining('Both may do the same.')])
    }
    const words = plain(wordsOf((await admin.get('/access/roles/compare?left=viewer&right=twin')).html))
    expect(words).toContain('Ticket Create no every record')
  })

  it('includes others, but never in a circle', async () => {
    await makeRole('first', { start: 'include:viewer' })
    await makeRole('second', { start: 'include:first' })
    const [first, second] = [await idOf('first'), await idOf('second')]
    const circle = await admin.post('/access/roles/first/includes', { includes: [second] })
    expect([circle.status, plain(wordsOf(circle.html))]).toEqual([422, expect.stringContaining('first → second → first')])
    expect((await admin.post('/access/roles/second/includes', {})).status).toBe(303)
    expect((await system.records.get(Role, second, ['includes'])).includes).toEqual([])
    expect((await admin.post('/access/roles/first/includes', { includes: [second] })).status).toBe(303)
    expect((await system.records.get(Role, first, ['includes'])).includes.map(({ id }) => id)).toEqual([second])
  })

  it('is given named rights by ticking them, shipped ones apart from those added here', async () => {
    await makeRole('auditor')
    expect((await admin.post('/access/roles/auditor/rights', { right: ['access.roles'] })).status).toBe(303)
    expect(await setsOf('auditor')).toMatchObject([{ model: '', module: '', rules: [{ permission: 'access.roles' }] }])
    await admin.post('/access/roles/auditor/rights', {})
    expect(await setsOf('auditor')).toEqual([])
  })

  it('is described, called otherwise and removed, unless somebody has it or it belongs to a module', async () => {
    await makeRole('brief')
    await admin.post('/access/roles/brief/about', { label: 'For a while', description: 'Helps out.' })
    expect(await wordsAt('/access/roles/brief')).toContain('Helps out.')
    const holder = await signedInAs(app, 'brief')
    const refused = await admin.post('/access/roles/brief/remove')
    expect([refused.status, plain(wordsOf(refused.html))]).toEqual([409, expect.stringContaining('1 user has it')])
    await admin.post('/access/roles/brief/members', { remove: holder.user })
    expect((await admin.post('/access/roles/brief/remove')).status).toBe(303)
    expect((await admin.get('/access/roles/brief')).status).toBe(404)
    expect((await admin.post('/access/roles/agent/remove')).status).toBe(409)
    const taken = await makeRole('agent')
    expect([taken.status, plain(wordsOf(taken.html))]).toEqual([422, expect.stringContaining('There is already a role named "agent"')])
  })
})

async function idOf(name: string): Promise<string> {
  return (await system.records.find(Role, { name }))!.id
}
