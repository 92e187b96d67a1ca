/**
 * The document "SPP Ticket Module", row by row, in its own words. Once with the addon for social protection alone on the desk, and
 * once with the dealership beside it: neither disturbs the other.
 */
import { existsSync, readFileSync } from 'node:fs'
import { AssignmentRule } from '@tessera/assignment-rules'
import { Team } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { NotificationTemplate } from '@tessera/notifications'
import { Partner } from '@tessera/partner'
import { Enrolment, Program } from '@tessera/spp'
import { Ticket } from '@tessera/ticket'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { linkOf, Visitor, wordsOf } from '../../modules/web/server/visitor.ts'

const desk = ['web', 'access', 'ticket', 'assignment-rules', 'notifications', 'portal', 'reporting', 'spp']

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a story reads whatever JSON it was answered.
  readonly body: any
}
interface Mail {
  readonly to: readonly string[]
  readonly raw: string
}

describe.each([
  { what: 'the addon for social protection alone', modules: desk },
  { what: 'both addons', modules: [...desk, 'dealership'] },
])('With $what', ({ modules }) => {
  let app: TestApp
  let system: Services
  let agent: SignedIn
  let manager: SignedIn
  let officer: SignedIn
  let otherOfficer: SignedIn
  let viewer: SignedIn
  let customer: SignedIn
  let grant: string
  let pension: string
  let fatou: string
  let household: string
  let clinic: string
  let mailServer: SMTPServer
  const mails: Mail[] = []

  beforeAll(async () => {
    mailServer = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 100,
      logger: false,
      onData(stream, { envelope }, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString('utf8') })
          done()
        })
      },
    })
    await new Promise<void>((ready) => mailServer.listen(0, '127.0.0.1', ready))
    const at = mailServer.server.address()
    const smtp = `smtp://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`
    app = await bootTest(inject('postgresUrl'), modules, { SMTP_URL: smtp, MAIL_FROM: 'Programmes <desk@example.org>' })
    system = await app.servicesFor({ door: 'system' })
    const { records } = system
    agent = await signedInAs(app, 'agent')
    manager = await signedInAs(app, 'manager')
    officer = await signedInAs(app, 'sppOfficer')
    otherOfficer = await signedInAs(app, 'sppOfficer')
    viewer = await signedInAs(app, 'viewer')
    grant = (await records.create(Program, { code: 'child_grant', name: 'Child Grant', officers: [officer.user] })).id
    pension = (await records.create(Program, { code: 'pension', name: 'Social Pension', officers: [otherOfficer.user] })).id
    household = (await records.create(Partner, { name: 'Camara household', sppRegistrantType: 'group', sppRegistrant: 'HH-00418' })).id
    fatou = (
      await records.create(Partner, {
        name: 'Fatou Camara',
        email: 'fatou@mail.example',
        sppRegistrantType: 'individual',
        sppRegistrant: 'HH-00418-2',
        sppGroup: household,
      })
    ).id
    clinic = (await records.create(Partner, { name: 'Basse Health Centre', kind: 'company', email: 'desk@clinic.example' })).id
    await records.create(Enrolment, { registrant: fatou, program: grant, since: '2024-01-01' })
    customer = await signedInAs(app, 'customer', { partner: fatou })
    await app.queue.drain()
  })
  afterAll(async () => {
    await app?.close()
    await new Promise<void>((done) => (mailServer ? mailServer.close(() => done()) : done()))
  })

  const ask = async (who: SignedIn, method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await who.fetch(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const file = async (values: object = {}, who = agent): Promise<string> => {
    const { status, body } = await ask(who, 'POST', '/api/tickets', { subject: 'October transfer', partner: fatou, ...values })
    expect([status, body.errors]).toEqual([201, undefined])
    return body.data.id
  }
  const stored = (id: string) => system.records.get(Ticket, id)
  const shown = async (visitor: Visitor, path: string): Promise<string> => {
    const { status, html } = await visitor.get(path)
    expect([path, status]).toEqual([path, 200])
    return wordsOf(html)
  }
  /** Somebody in the role with a browser that runs no script. */
  const browse = async (role: string, more: Readonly<Record<string, unknown>> = {}): Promise<Visitor & { readonly user: string }> => {
    const { user } = await signedInAs(app, role, more)
    const visitor = new Visitor(await app.listen())
    await visitor.post(`/sign-in/${await system.identity.createLink(user, 'sign-in')}`)
    await visitor.get('/nothing-here')
    return Object.assign(visitor, { user })
  }
  const clerk = () => browse('agent')
  const sent = async (): Promise<readonly Mail[]> => {
    mails.length = 0
    await app.queue.drain()
    return [...mails]
  }

  it('Create, Track, and Update Tickets: Users can create tickets for a variety of needs, including inquiries, requests, and complaints. Each ticket goes through a lifecycle from creation to closure, with the ability to track its progress and update its details as needed.', async () => {
    for (const type of ['inquiry', 'request', 'complaint'])
      expect((await stored(await file({ type: { code: type } }))).type.code).toBe(type)
    const id = await file({ type: { code: 'complaint' }, sppProgram: grant, sppSeverity: 'serious' })
    const statusOf = async () => (await stored(id)).status.code
    expect(await statusOf()).toBe('new')
    await ask(agent, 'PATCH', `/api/tickets/${id}`, { description: 'Everybody was paid but us.', priority: { code: 'high' } })
    await ask(agent, 'POST', `/api/tickets/${id}/note`, { body: 'Provider confirms a failed batch.' })
    await ask(agent, 'POST', `/api/tickets/${id}/reply`, { body: 'We asked the payment provider.' })
    await ask(agent, 'PATCH', `/api/tickets/${id}`, { status: { code: 'in_progress' } })
    expect(await statusOf()).toBe('in_progress')
    await ask(agent, 'PATCH', `/api/tickets/${id}`, { sppDecision: 'upheld', sppDecisionReason: 'The batch failed.' })
    expect((await ask(agent, 'POST', `/api/tickets/${id}/close`, { reason: 'Paid on Monday' })).status).toBe(200)
    expect(await stored(id)).toMatchObject({
      status: { category: 'closed' },
      closeReason: 'Paid on Monday',
      sppDecision: 'upheld',
      sppRegistrant: 'HH-00418-2',
      closedAt: expect.any(Date),
    })
    const { body } = await ask(agent, 'GET', `/api/tickets/${id}/history`)
    const fields = body.data.map(({ field }: { field: string | null }) => field)
    for (const field of ['status', 'priority', 'description', 'sppDecision', 'closeReason', null]) expect(fields).toContain(field)
    const page = await shown(await clerk(), `/tickets/${id}`)
    for (const words of ['October transfer', 'We asked the payment provider.', 'Provider confirms a failed batch.', 'Upheld'])
      expect(page).toContain(words)
  })

  it('Ticket Assignment: Tickets can be manually assigned to specific support staff or automatically distributed based on predefined rules, ensuring that the right personnel are working on resolving the issues.', async () => {
    const byHand = await file()
    await ask(agent, 'POST', `/api/tickets/${byHand}/assign`, { assignee: manager.user })
    expect(await stored(byHand)).toMatchObject({ assignee: { id: manager.user }, assignedBy: null })

    const { id: team } = await system.records.create(Team, { name: 'Grievances', members: [agent.user, manager.user] })
    const made = await ask(manager, 'POST', '/api/assignment-rules', {
      name: 'Grave complaints',
      rank: 1,
      team,
      condition: { type: { code: 'complaint' }, sppSeverity: 'grave' },
    })
    expect(made.body.data.when).toBe('Type is Complaint and Severity is Grave')
    const given = []
    for (let at = 0; at < 4; at++) given.push(await stored(await file({ type: { code: 'complaint' }, sppSeverity: 'grave' })))
    expect(new Set(given.map(({ assignee }) => assignee?.id))).toEqual(new Set([agent.user, manager.user]))
    expect(given[0]!.assignee?.id).toBe(given[2]!.assignee?.id)
    expect(given[0]!.assignmentReason).toContain('Rule "Grave complaints" gave it to')
    expect(await shown(await browse('manager'), `/tickets/${given[0]!.id}`)).toContain('whose turn it was')
    expect(await stored(await file({ assignee: manager.user, type: { code: 'complaint' }, sppSeverity: 'grave' }))).toMatchObject({
      assignee: { id: manager.user },
      assignedBy: null,
    })
    await system.records.update(AssignmentRule, made.body.data.id, { active: false })
  })

  it('Prioritization and Types: Tickets can be categorized by type (e.g., inquiry, request, complaint) and prioritized (e.g., low, medium, high, urgent) to ensure that critical issues are addressed promptly.', async () => {
    for (const priority of ['low', 'medium', 'high', 'urgent'])
      expect((await stored(await file({ priority: { code: priority } }))).priority.code).toBe(priority)
    const urgent = await file({ subject: 'No food since Friday', priority: { code: 'urgent' }, type: { code: 'request' } })
    const visitor = await clerk()
    expect(await shown(visitor, '/tickets?filter=urgent')).toContain('No food since Friday')
    const { body } = await ask(agent, 'GET', '/api/tickets?filter[type.code]=request&filter[priority.level]=4')
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([urgent])
    const grouped = await ask(agent, 'GET', '/api/tickets/groups?by=type')
    expect(grouped.body.data.length).toBeGreaterThanOrEqual(3)
  })

  it('Status Tracking: The module allows for detailed status updates (e.g., new, in progress, resolved, closed) to keep all stakeholders informed about the progress of ticket resolution.', async () => {
    const id = await file({ subject: 'Where is my card', sppProgram: grant })
    await sent()
    for (const code of ['in_progress', 'pending', 'resolved', 'closed']) {
      expect((await ask(agent, 'PATCH', `/api/tickets/${id}`, { status: { code } })).status).toBe(200)
      expect((await stored(id)).status.code).toBe(code)
    }
    const told = await sent()
    expect(told.some(({ to }) => to.includes('fatou@mail.example'))).toBe(true)
    const portal = await browse('customer', { partner: fatou })
    expect(await shown(portal, `/my/tickets/${id}`)).toContain('Where is my card')
    const { body } = await ask(agent, 'GET', `/api/tickets/${id}/history`)
    expect(body.data.filter(({ field }: { field: string }) => field === 'status').length).toBeGreaterThanOrEqual(4)
  })

  it('Partner Association: Every ticket is linked to a `res.partner` record, enabling a clear connection between tickets and the relevant beneficiaries, service providers, or other entities. This integration facilitates better management of relationships and communication.', async () => {
    expect((await ask(agent, 'POST', '/api/tickets', { subject: 'Of nobody' })).status).toBe(422)
    const [ofProvider, ofGroup] = [
      await file({ partner: clinic, subject: 'Invoice unpaid' }),
      await file({ partner: household, subject: 'Add my newborn' }),
    ]
    expect(await stored(ofProvider)).toMatchObject({ partner: { name: 'Basse Health Centre' }, sppRegistrant: null })
    expect(await stored(ofGroup)).toMatchObject({ partner: { sppRegistrantType: 'group' }, sppRegistrant: 'HH-00418' })
    const visitor = await clerk()
    const page = await visitor.get(`/partners/${fatou}`)
    for (const words of ['HH-00418-2', 'Camara household', 'Enrolments', 'Tickets']) expect(page.html).toContain(words)
    const form = await visitor.get(linkOf(page, /New ticket for this registrant/))
    expect(form.html).toContain('value="HH-00418-2"')
    expect(form.html).toContain(`value="${fatou}" selected`)
  })

  it('Configurable Access Control: The module supports role-based access control, ensuring that users only have access to the functions and data relevant to their roles within the organization. Specific permissions can be configured for creating, viewing, editing, and deleting tickets.', async () => {
    const [ofGrant, ofPension, own] = [
      await file({ subject: 'Of the grant', sppProgram: grant }),
      await file({ subject: 'Of the pension', sppProgram: pension, partner: clinic }),
      await file({ subject: 'Of no program', partner: clinic }),
    ]
    const may = async (who: SignedIn, id: string) => ({
      view: (await ask(who, 'GET', `/api/tickets/${id}`)).status,
      edit: (await ask(who, 'PATCH', `/api/tickets/${id}`, { subject: 'Written by somebody' })).status,
      delete: (await ask(who, 'DELETE', `/api/tickets/${id}`)).status,
    })
    expect(await may(viewer, own)).toEqual({ view: 200, edit: 403, delete: 403 })
    expect(await may(agent, own)).toEqual({ view: 200, edit: 200, delete: 403 })
    expect(await may(officer, ofGrant)).toEqual({ view: 200, edit: 200, delete: 403 })
    expect(await may(officer, ofPension)).toEqual({ view: 404, edit: 404, delete: 404 })
    expect(await may(otherOfficer, ofGrant)).toEqual({ view: 404, edit: 404, delete: 404 })
    expect(await may(customer, own)).toEqual({ view: 404, edit: 404, delete: 404 })
    expect((await may(customer, ofGrant)).view).toBe(200)
    expect((await may(customer, ofGrant)).edit).toBe(403)
    for (const [who, program, status] of [
      [officer, grant, 201],
      [officer, pension, 422],
      [viewer, grant, 403],
    ] as const) {
      const partner = who === officer ? fatou : clinic
      expect((await ask(who, 'POST', '/api/tickets', { subject: 'Filed', partner, sppProgram: program })).status).toBe(status)
    }
    const seen = await ask(officer, 'GET', '/api/tickets?limit=200')
    expect(new Set(seen.body.data.map(({ sppProgram }: { sppProgram: { id: string } }) => sppProgram.id))).toEqual(new Set([grant]))
    expect((await ask(manager, 'DELETE', `/api/tickets/${own}`)).status).toBe(204)
    await expect(stored(own)).rejects.toMatchObject({ status: 404 })
  })

  it('Insightful Reporting: Users can generate reports on various metrics such as ticket volume, resolution time, and user satisfaction. These insights can help in identifying areas for improvement and in making data-driven decisions.', async () => {
    const id = await file({ subject: 'Rated one', sppProgram: grant })
    await ask(agent, 'POST', `/api/tickets/${id}/close`, {})
    expect((await ask(customer, 'POST', `/api/tickets/${id}/rate`, { rating: 5 })).status).toBe(200)
    await file({ type: { code: 'complaint' } })
    // Since yesterday: a run may go on over midnight.
    const [from, to] = [Date.now() - 86_400_000, Date.now()].map((at) => new Date(at).toISOString().slice(0, 10))
    const figure = async (name: string) => (await ask(agent, 'GET', `/api/reports/${name}?from=${from}&to=${to}`)).body.total
    expect((await figure('volume')).value).toBe(await system.records.count(Ticket))
    expect((await figure('satisfaction')).value).toBe(1)
    expect((await figure('resolution')).count).toBe(await system.records.count(Ticket, { where: { closedAt: { $ne: null } } }))
    const csv = await (await agent.fetch(`/api/reports/volume?from=${from}&to=${to}&by=type&format=csv`)).text()
    expect(csv).toContain('Complaint')
  })

  it('Automated Notifications: The module supports sending automated notifications to users and support staff based on ticket activity. Notifications can be customized to ensure relevant stakeholders are kept up to date.', async () => {
    await sent()
    const id = await file({ subject: 'Card is broken', sppProgram: grant }, officer)
    await ask(officer, 'POST', `/api/tickets/${id}/assign`, { assignee: agent.user })
    const first = await sent()
    const toFatou = first.filter(({ to }) => to.includes('fatou@mail.example'))
    const toAgent = first.filter(({ to }) => to.includes(agent.email))
    expect([toFatou.length, toAgent.length]).toEqual([1, 1])
    expect(toFatou[0]!.raw).not.toContain(agent.email)

    const template = await system.records.find(NotificationTemplate, { event: 'replied', audience: 'partner' })
    const edited = await ask(manager, 'PATCH', `/api/notification-templates/${template!.id}`, {
      subject: 'News about {{number}} from the programmes',
    })
    expect([edited.status, edited.body?.errors]).toEqual([200, undefined])
    await ask(agent, 'POST', `/api/tickets/${id}/reply`, { body: 'A new card is on its way.' })
    const replied = (await sent()).filter(({ to }) => to.includes('fatou@mail.example'))
    expect(replied).toHaveLength(1)
    expect(replied[0]!.raw).toContain(`News about ${(await stored(id)).number} from the programmes`)
  })

  it("Configuration: Go to the SPP Ticket Module settings under the Configuration menu. Configure the ticket types, priorities, and any automated assignment rules as necessary. Set up user roles and permissions according to your organization's needs.", async () => {
    const visitor = await browse('administrator')
    const { html } = await visitor.get('/tickets')
    for (const path of ['/ticket-types', '/ticket-priorities', '/assignment-rules', '/access/roles', '/ticket-statuses', '/teams']) {
      expect(html, path).toContain(`href="${path}`)
      const seen = await visitor.get(path)
      expect((seen.location ? await visitor.get(seen.location) : seen).status, path).toBe(200)
    }
    await visitor.get('/ticket-types/new')
    const filed = await visitor.post('/ticket-types/new', { name: 'Appeal', code: 'appeal', rank: '9' })
    expect(filed.status).toBe(303)
    expect((await stored(await file({ type: { code: 'appeal' } }))).type.name).toBe('Appeal')
    await visitor.get('/assignment-rules/new')
    const rule = await visitor.post('/assignment-rules/new', {
      name: 'Appeals',
      rank: '5',
      condition: '{"type": {"code": "appeal"}}',
      strategy: 'person',
      person: manager.user,
      active: 'true',
    })
    expect([rule.status, rule.status === 303 ? '' : wordsOf(rule.html)]).toEqual([303, ''])
    expect(await stored(await file({ type: { code: 'appeal' } }))).toMatchObject({ assignee: { id: manager.user } })
    const wrong = await visitor.post('/assignment-rules/new', {
      name: 'Wrong',
      rank: '5',
      condition: '{"typ": 1}',
      strategy: 'person',
      person: manager.user,
    })
    expect(wrong.status).toBe(422)
    expect(wordsOf(wrong.html)).toContain('There is no field &quot;typ&quot; in tickets.')
    const { user } = await browse('viewer')
    await visitor.get(`/users/${user}`)
    const promoted = await ask(await signedInAs(app, 'administrator'), 'PATCH', `/api/users/${user}`, { roles: [{ code: 'agent' }] })
    expect(promoted.status).toBe(200)
  })

  it('Usage: Navigate to the SPP Ticket dashboard. Create a new ticket by clicking on "Create" and filling in the required details. To assign or update a ticket, open it and modify the "Assigned To" field or update its status as appropriate.', async () => {
    const visitor = await clerk()
    expect((await visitor.get('/')).location).toBe('/dashboard')
    expect(await shown(visitor, '/dashboard')).toMatch(/Dashboard/)
    const programs = await shown(visitor, '/programs')
    for (const words of ['Child Grant', 'Social Pension', 'Open tickets', 'Open complaints']) expect(programs).toContain(words)
    const reports = linkOf(await visitor.get(`/programs/${grant}`), /reports.sppProgram/)
    expect(await shown(visitor, reports)).toMatch(/Child Grant/)
    const list = await visitor.get('/tickets')
    const create = linkOf(list, /New ticket|Create/)
    await visitor.get(create)
    const filed = await visitor.post('/tickets/new', { subject: 'Filed by hand', partner: fatou, sppProgram: grant })
    expect(filed.status).toBe(303)
    const id = /([0-9a-f-]{36})/.exec(filed.location)![1]!
    const page = await visitor.get(`/tickets/${id}`)
    expect(page.html).toContain('name="assignee"')
    expect((await visitor.post(`/tickets/${id}`, { _version: String((await stored(id)).version), assignee: agent.user })).status).toBe(303)
    const { id: status } = (await ask(agent, 'GET', '/api/ticket-statuses?filter[code]=in_progress')).body.data[0]
    expect((await visitor.post(`/tickets/${id}/move`, { field: 'status', value: status })).status).toBe(303)
    expect(await stored(id)).toMatchObject({
      assignee: { id: agent.user },
      status: { code: 'in_progress' },
      sppProgram: { name: 'Child Grant' },
    })
  })

  it('For detailed documentation on each feature, please refer to the User Guide available in the module documentation.', () => {
    for (const guide of ['agent', 'customer', 'admin', 'social-protection']) expect(existsSync(`docs/guide/${guide}.md`), guide).toBe(true)
    const text = readFileSync('docs/guide/social-protection.md', 'utf8').toLowerCase()
    for (const feature of ['program', 'registrant', 'complaint', 'officer']) expect(text).toContain(feature)
  })

  it('For support, please contact the module provider or submit a ticket through the SPP Ticket Module itself, if applicable.', async () => {
    const visitor = await browse('sppOfficer')
    expect(await shown(visitor, '/support')).toContain('support')
    const asked = await visitor.post('/support', { subject: 'The list is slow', description: 'Since this morning.' })
    expect(asked.status).toBe(303)
    expect(await system.records.find(Ticket, { subject: 'The list is slow' })).toMatchObject({
      type: { code: 'request' },
      status: { code: 'new' },
    })
  })

  it('A complaint alone asks for its severity and decision; its form tab is there, the list finds what is undecided', async () => {
    const visitor = await clerk()
    const complaint = await file({ subject: 'Left out of the list', type: { code: 'complaint' }, sppProgram: grant })
    const inquiry = await file({ subject: 'When is payday', sppProgram: grant })
    expect((await visitor.get(`/tickets/${complaint}`)).html).toContain('name="sppSeverity"')
    const undecided = await shown(visitor, '/tickets?filter=undecidedComplaints')
    expect(undecided).toContain('Left out of the list')
    expect(undecided).not.toContain('When is payday')
    expect((await ask(agent, 'PATCH', `/api/tickets/${inquiry}`, { sppSeverity: 'minor' })).status).toBe(422)
  })
})
