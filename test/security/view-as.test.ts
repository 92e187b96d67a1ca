/** An administrator looks as another user: he sees what that user sees, changes nothing, and leaves no trace in his name. */
import base, { ApiKey, Role, RuleSet, Session, Team, User } from '@tessera/base'
import { defineModule, html, page, type Services, UserError } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plain, Visitor, visitorAs, wordsOf } from '../../modules/web/server/visitor.ts'

let app: TestApp
let system: Services
let ada: string
let marta: string
let ticket: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['portal', 'oidc', 'assignment-rules', 'notifications', 'reporting'])
  system = await app.servicesFor({ door: 'system' })
  const { identity, records } = system
  ada = (await identity.createUser({ email: 'ada@example.org', name: 'Ada Diallo', roles: ['agent'] })).id
  const partner = (await records.create(Partner, { name: 'Marta Oyelaran', email: 'marta@example.org' })).id
  marta = (await identity.createUser({ email: 'marta@example.org', name: 'Marta Oyelaran', roles: ['customer'] })).id
  await records.update(User, marta, { partner })
  ticket = (await records.create(Ticket, { subject: 'Letter was lost', partner, assignee: ada })).id
})
afterAll(() => app?.close())

const looking = 'You are looking as Ada Diallo. Nothing you do here changes anything.'
/** An administrator who looks as somebody. */
async function lookingAs(user: string): Promise<Visitor & { readonly user: string }> {
  const admin = await visitorAs(app, 'administrator')
  const begun = await admin.post(`/view-as/${user}`)
  expect([begun.status, begun.location]).toEqual([303, '/'])
  await admin.get('/nothing-here')
  return admin
}
const sessionOf = async (user: string) => (await system.records.find(Session, { user }))!

/** Keys, a second factor, connected accounts and the proof that it is he are shown to their owner alone, whoever looks. */
const isHisAlone = (path: string) => /^\/(api-keys|confirm|notices|profile\/(second-factor|connections))\b/.test(path)

async function signedIn(user: string): Promise<Visitor> {
  const visitor = new Visitor(await app.listen())
  const path = `/sign-in/${await system.identity.createLink(user, 'sign-in')}`
  await visitor.get(path)
  expect((await visitor.post(path)).status).toBe(303)
  return visitor
}

/** What an address asks for, whatever of it; undefined for one that combines more than two questions, which are asked by others. */
function shapeOf(link: string): string | undefined {
  const [path = '', query = ''] = link.split('?')
  const names = new Set([...new URLSearchParams(query)].map(([name, value]) => (name === 'view' ? `view=${value}` : name)))
  return names.size > 2 ? undefined : `${path.replace(/[\da-f-]{36}/g, '')}?${[...names].sort().join('&')}`
}

/** The addresses of all pages, of every model and with a record of it where there is one. */
async function everyPage(): Promise<readonly string[]> {
  const { models, pages } = app.composition
  const ids = new Map<string, string>()
  for (const model of models.all) {
    const { rows } = await system.records.query(model.handle, { fields: ['id'], limit: 1 })
    if (rows[0]) ids.set(model.path, rows[0].id)
  }
  const idIn = (path: string) => ids.get(/([^/]*)\/:id/.exec(path)?.[1]?.replace('preview', 'notification-templates') ?? '') ?? ticket
  const exposed = models.all.filter((model) => model.exposed)
  return pages
    .flatMap(({ at }) => (at.startsWith('GET ') ? [at.slice(4)] : []))
    .flatMap((path) => (path.startsWith('/:model') ? exposed.map((model) => path.replace(':model', model.path)) : [path]))
    .map((path) => path.replace(':id', idIn(path)).replace(':role', 'agent').replace(':action', 'close').replace(':figure', 'volume'))
    .filter((path) => !path.includes(':'))
}

describe('Looking as another user', () => {
  it('shows what that user sees, with a banner on every page, and ends where it began', async () => {
    const admin = await visitorAs(app, 'administrator')
    expect((await admin.get('/roles')).html).not.toContain('class="looking"')
    await admin.post(`/view-as/${ada}`)
    const list = await admin.get('/tickets')
    expect(wordsOf(list.html)).toContain(looking)
    expect(wordsOf(list.html)).toContain('Letter was lost')
    expect((await admin.get('/outbox-messages')).status).toBe(403)
    // An error is a page as well.
    expect(wordsOf((await admin.get('/nothing-here')).html)).toContain(looking)
    const ended = await admin.post('/view-as/end')
    expect([ended.status, ended.location]).toEqual([303, `/users/${ada}`])
    expect((await admin.get('/outbox-messages')).html).not.toContain('class="looking"')
  })

  it('shows the portal of a customer, with the same banner', async () => {
    const admin = await lookingAs(marta)
    const home = await admin.get('/my')
    expect(wordsOf(home.html)).toContain('You are looking as Marta Oyelaran.')
    expect(home.html).toContain('Letter was lost')
  })

  it('shows every page that opens for that user, with all that it leads to: opening one writes nothing', { timeout: 300_000 }, async () => {
    const manager = (await system.identity.createUser({ email: 'noor@example.org', name: 'Noor Aziz', roles: ['manager'] })).id
    const paths = await everyPage()
    expect(paths.length).toBeGreaterThan(150)
    // Whoever may see most and whoever may see least; with TESSERA_DEEP=1 an agent too.
    for (const user of [manager, marta, ...(process.env.TESSERA_DEEP ? [ada] : [])]) {
      const own = await signedIn(user)
      const admin = await lookingAs(user)
      const open = new Map(paths.map((path) => [path, path]))
      // The map grows while it is walked: one address of each shape.
      for (const path of open.values()) {
        const [his, seen] = await Promise.all([own.get(path), admin.get(path)])
        const words = plain(wordsOf(seen.html))
        expect([path, words]).toEqual([path, expect.not.stringContaining('and nothing that you do here changes anything')])
        if (!isHisAlone(path)) expect([path, seen.status]).toEqual([path, his.status])
        for (const [, link = ''] of his.html.matchAll(/ href="(\/[^"#]*)/g)) {
          const shape = shapeOf(plain(link))
          if (shape !== undefined && !open.has(shape) && !link.startsWith('/assets/')) open.set(shape, plain(link))
        }
      }
    }
  })

  it('changes nothing: neither by a form, nor by an action, nor through the API', async () => {
    const admin = await lookingAs(ada)
    const before = await system.records.get(Ticket, ticket)
    for (const [path, fields] of [
      [`/tickets/${ticket}`, { subject: 'Changed' }],
      [`/tickets/${ticket}/actions/close`, {}],
      ['/tickets/new', { subject: 'Another' }],
      ['/support', { subject: 'Help', description: 'Me' }],
      ['/preferences', { theme: 'dark' }],
      [`/view-as/${marta}`, {}],
    ] as const) {
      const refused = await admin.post(path, fields)
      expect([path, refused.status]).toEqual([path, 403])
      expect(plain(refused.html)).toMatch(/You are looking as Ada Diallo, and nothing that you do here changes anything\.|may not do this/)
    }
    const token = /<meta name="csrf" content="([^"]*)"/.exec((await admin.get('/tickets')).html)?.[1]
    const cookie = `tessera=${admin.cookie('tessera')}`
    for (const [method, path] of [
      ['PATCH', `/api/tickets/${ticket}`],
      ['POST', '/api/tickets'],
      ['DELETE', `/api/tickets/${ticket}`],
      ['POST', `/api/tickets/${ticket}/actions/close`],
    ] as const) {
      const headers = { cookie, 'content-type': 'application/json', 'x-csrf-token': String(token) }
      const body = method === 'DELETE' ? null : JSON.stringify({ subject: 'Changed' })
      const answer = await fetch(new URL(path, await app.listen()), { method, headers, body })
      expect([path, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([path, 403, 'access.only_looking'])
    }
    expect(await system.records.get(Ticket, ticket)).toEqual(before)
    expect(await system.records.count(Ticket)).toBe(1)
  })

  it('shows none of the keys of that user, and nothing of where he is signed in', async () => {
    await system.identity.createKey(ada, 'Her secret program')
    const own = await app.servicesFor({ door: 'web', user: ada })
    expect(await own.records.count(ApiKey)).toBe(1)
    const admin = await lookingAs(ada)
    for (const path of ['/api-keys', '/profile', '/my-profile']) expect((await admin.get(path)).html).not.toContain('Her secret program')
    const cookie = `tessera=${admin.cookie('tessera')}`
    const answer = await fetch(new URL('/api/api-keys', await app.listen()), { headers: { cookie } })
    expect(answer.status).toBe(403)
  })

  it('is for administrators, never as another one, and never with a key', async () => {
    const other = (await system.identity.createUser({ email: 'ruth@example.org', name: 'Ruth', roles: ['administrator'] })).id
    const admin = await visitorAs(app, 'administrator')
    const refused = await admin.post(`/view-as/${other}`)
    expect([refused.status, wordsOf(refused.html)]).toEqual([403, expect.stringContaining('nobody looks as another administrator')])
    const manager = await visitorAs(app, 'manager')
    expect((await manager.post(`/view-as/${ada}`)).status).toBe(403)
    const program = await app.servicesFor({ door: 'api', user: other })
    await expect(program.viewAs.begin(ada)).rejects.toMatchObject({ code: 'base.view_as_signed_in' })
  })

  it('is not for somebody who was given the right, as a user who may do more', async () => {
    const { records } = system
    const role = (await records.create(Role, { name: 'support_lead', label: 'Support lead', includes: [{ code: 'agent' }] })).id
    await records.create(RuleSet, { role, rules: [{ permission: 'view-as' }] })
    const lead = await visitorAs(app, 'support_lead')
    const manager = (await system.identity.createUser({ email: 'mo@example.org', name: 'Mo', roles: ['manager'] })).id
    expect(wordsOf((await lead.post(`/view-as/${manager}`)).html)).toContain('Mo has the role &quot;Manager&quot;, which you do not have.')
    expect((await lead.post(`/view-as/${ada}`)).status).toBe(303)
  })
})

describe('Looking as another user ends', () => {
  it('when the viewer signs out, with his whole session', async () => {
    const admin = await lookingAs(ada)
    expect((await admin.post('/sign-out')).location).toBe('/sign-in')
    expect(await system.records.count(Session, { where: { user: admin.user } })).toBe(0)
  })

  it('after an hour; a form of that time then does nothing', async () => {
    const admin = await lookingAs(ada)
    const session = await sessionOf(admin.user)
    expect(session.viewingUntil!.getTime() - Date.now()).toBeLessThanOrEqual(3_600_000)
    await system.records.update(Session, session.id, { viewingUntil: new Date(Date.now() - 1000) })
    // Sent from a page on which the banner promised that nothing changes.
    const late = await admin.post(`/tickets/${ticket}`, { subject: 'Changed' })
    expect([late.status, wordsOf(late.html)]).toEqual([403, expect.stringContaining('load the page again')])
    expect((await admin.get('/tickets')).html).not.toContain('class="looking"')
    expect(await system.records.get(Ticket, ticket)).toMatchObject({ subject: 'Letter was lost' })
  })

  it('when the viewer loses the right, when the other is deactivated, and when the other becomes an administrator', async () => {
    const shown = async (admin: Visitor) => (await admin.get('/nothing-here')).html.includes('class="looking"')
    const first = await lookingAs(ada)
    await system.records.update(User, first.user, { roles: [{ code: 'manager' }] })
    expect(await shown(first)).toBe(false)
    const someone = (await system.identity.createUser({ email: 'bo@example.org', name: 'Bo', roles: ['agent'] })).id
    const second = await lookingAs(someone)
    await system.records.update(User, someone, { roles: [{ code: 'administrator' }] })
    expect(await shown(second)).toBe(false)
    await system.records.update(User, someone, { roles: [{ code: 'agent' }] })
    expect(await shown(second)).toBe(true)
    await system.records.update(User, someone, { active: false })
    expect(await shown(second)).toBe(false)
  })
})

it('Code that writes for whoever opens a page is refused as well, with more rights than his and with his own', async () => {
  const writing = async (_: unknown, { records, asSystem, bySystem }: Services) => {
    const said: string[] = []
    for (const each of [records, asSystem('a page writes'), bySystem('a page writes').records]) {
      const outcome = await each.create(Team, { name: `Team ${said.length}` }).then(
        () => 'done',
        (error: unknown) => (error instanceof UserError ? error.code : String(error)),
      )
      said.push(outcome)
    }
    return html(said.join(' '))
  }
  const writes = defineModule({ name: 'writes', depends: [base], pages: [page('GET /writes', { may: 'signed-in', respond: writing })] })
  const small = await bootTest(inject('postgresUrl'), [base, writes])
  try {
    const { identity, records } = await small.servicesFor({ door: 'system' })
    const admin = (await identity.createUser({ email: 'ruth@example.org', name: 'Ruth', roles: ['administrator'] })).id
    const seen = (await identity.createUser({ email: 'bo@example.org', name: 'Bo', roles: ['manager'] })).id
    const { token } = await identity.openSession(admin)
    const open = async () => (await fetch(new URL('/writes', await small.listen()), { headers: { cookie: `tessera=${token}` } })).text()
    const session = (await records.find(Session, { user: admin }))!
    await records.update(Session, session.id, { viewing: seen, viewingUntil: new Date(Date.now() + 60_000) })
    expect(await open()).toBe('access.only_looking access.only_looking done')
    // What the system did was in nobody's name.
    expect(await records.find(Team, { name: 'Team 2' })).toMatchObject({ createdBy: null })
    await records.update(Session, session.id, { viewing: null, viewingUntil: null })
    expect(await open()).toMatch(/^done done /)
  } finally {
    await small.close()
  }
})
