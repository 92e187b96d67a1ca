/** Forms of the screens and of the portal, filled in as people fill them in. */
import { Role, RuleSet, Session } from '@tessera/base'
import { Notice, NotificationTemplate } from '@tessera/notifications'
import { Partner } from '@tessera/partner'
import { Activity } from '@tessera/thread'
import { TicketStatus, TicketTag, type as ticketType } from '@tessera/ticket'
import { type Aimed, form, get, type Hints, type Stage } from '../stage.ts'

export const screenHints: Hints = {
  'GET /assets/:hash/:module/:file': async (stage) => {
    const person = await stage.somebody('administrator')
    const { text } = await stage.do(person, get('/access/explain'))
    return { person, ask: get(/"(\/assets(?:\/[^/"]+){3})"/.exec(text)?.[1] ?? '/assets/none/is/linked') }
  },
  'POST /settings/:key': administrator(() => form('/settings/web.Organisation', { 'web.Organisation.name': 'Walked' })),
  'GET /:model/choose': staff(() => get('/tickets/choose?field=type')),
  'POST /:model/group': staff(() => form('/tickets/group', { group: 'partner', back: '/tickets' })),
  'GET /:model/quick': manager(async (stage) => get(`/tickets/quick?column=${await firstStatus(stage)}`)),
  'POST /:model/quick': manager(async (stage) =>
    form(`/tickets/quick?column=${await firstStatus(stage)}`, {
      subject: 'Typed in a column',
      partner: await partner(stage),
    }),
  ),
  'POST /:model/new': manager(() => form('/ticket-tags/new', { name: 'Walked' })),
  'POST /:model/:id': manager(async (stage) => form(`/ticket-tags/${await tag(stage)}`, { name: 'Walked again' })),
  'GET /:model/:id/delete': manager(async (stage) => get(`/ticket-tags/${await tag(stage)}/delete`)),
  'POST /:model/:id/delete': manager(async (stage) => form(`/ticket-tags/${await tag(stage)}/delete`)),
  'POST /:model/:id/archive': manager(async (stage) => form(`/partners/${await partner(stage)}/archive`)),
  'POST /:model/:id/move': manager(async (stage) => {
    const to = (await stage.system.records.find(TicketStatus, { code: 'in_progress' }))!.id
    return form(`/tickets/${(await stage.customer()).ticket}/move`, { field: 'status', value: to })
  }),
  'GET /:model/:id/actions/:action': manager(async (stage) => get(`/tickets/${(await stage.customer()).ticket}/actions/close`)),
  'POST /:model/:id/actions/:action': manager(async (stage) =>
    form(`/tickets/${(await stage.customer()).ticket}/actions/note`, { body: 'It is the third one.' }),
  ),
  'POST /:model/actions/:action': manager(async (stage) => form('/tickets/actions/close', { ids: (await stage.customer()).ticket })),
  'GET /:model/options': staff(() => get('/tickets/options?field=partner')),
  'GET /talk/:model/:id/people': manager(async (stage) => get(`/talk/tickets/${(await stage.customer()).ticket}/people?q=`)),
  'POST /talk/:model/:id/follow': manager(async (stage) => form(`/talk/tickets/${(await stage.customer()).ticket}/follow`)),
  'POST /talk/:model/:id/unfollow': manager(async (stage) => form(`/talk/tickets/${(await stage.customer()).ticket}/unfollow`)),
  'POST /talk/:model/:id/followers': manager(async (stage) =>
    form(`/talk/tickets/${(await stage.customer()).ticket}/followers`, { who: (await stage.somebody('agent')).email }),
  ),
  'POST /talk/:model/:id/activities': manager(async (stage) =>
    form(`/talk/tickets/${(await stage.customer()).ticket}/activities`, { summary: 'Look at the lamp', due: '2026-11-23' }),
  ),
  'POST /activities/:id/done': async (stage) => {
    const person = await stage.somebody('manager')
    const { ticket } = await stage.customer()
    const { id } = await stage.system.records.create(Activity, {
      summary: 'Look at the lamp',
      due: '2026-11-23',
      user: person.user,
      ticket,
    })
    return { person, ask: form(`/activities/${id}/done`) }
  },
  'POST /notifications/:id/open': async (stage) => {
    const person = await stage.somebody('manager')
    const record = (await stage.customer()).ticket
    const { id } = await stage.system.records.create(Notice, { user: person.user, event: 'closed', model: 'ticket', record })
    return { person, ask: form(`/notifications/${id}/open`) }
  },
  'POST /support': staff(() => form('/support', { subject: 'A key is stuck', description: 'Since today.' })),
  'POST /users/new': administrator(() => form('/users/new', { email: 'new@people.example', name: 'New' })),
  'POST /users/:id/sign-in/link': administrator(async (stage) => form(`/users/${await someone(stage)}/sign-in/link`)),
  'POST /users/:id/sign-in/sessions': administrator(async (stage) => form(`/users/${await someone(stage)}/sign-in/sessions`)),
  'POST /users/:id/sign-in/sessions/:session': administrator(async (stage) => {
    const user = await someone(stage)
    const session = await stage.system.records.find(Session, { user })
    return form(`/users/${user}/sign-in/sessions/${session?.id}`)
  }),
  'POST /users/:id/sign-in/keys/:key': administrator(async (stage) => {
    const user = await someone(stage)
    return form(`/users/${user}/sign-in/keys/${(await stage.system.identity.createKey(user, 'A program')).id}`)
  }),
  'POST /api-keys/new': staff(() => form('/api-keys/new', { name: 'A program', scopes: 'ticket:read' })),
  'POST /access/roles/new': administrator(() => form('/access/roles/new', { name: 'walkers', label: 'Walkers' })),
  'POST /access/roles/:role/about': ofRole((name) => form(`/access/roles/${name}/about`, { label: 'Renamed' })),
  'POST /access/roles/:role/includes': ofRole(async (name, stage) =>
    form(`/access/roles/${name}/includes`, { includes: (await stage.system.records.find(Role, { name: 'viewer' }))!.id }),
  ),
  'POST /access/roles/:role/rights': ofRole((name) => form(`/access/roles/${name}/rights`, { right: 'reporting.read' })),
  'POST /access/roles/:role/members': ofRole(async (name, stage) =>
    form(`/access/roles/${name}/members`, { email: (await stage.somebody('agent')).email }),
  ),
  'POST /access/roles/:role/remove': ofRole((name) => form(`/access/roles/${name}/remove`)),
  'POST /access/drift': administrator(async ({ system }) => {
    const role = (await system.records.find(Role, { name: 'viewer' }))!.id
    const { id } = await system.records.create(RuleSet, { role, model: 'team', module: 'base', rules: [{ verbs: ['read'] }] })
    return form('/access/drift', { id, do: 'take' })
  }),
  'GET /notifications/preview/:id/body': administrator(async (stage) => get(`/notifications/preview/${await template(stage)}/body`)),
  'GET /notifications/preview/:id': administrator(async (stage) => get(`/notifications/preview/${await template(stage)}`)),
  'POST /my/tickets/new': async (stage) => ({
    person: (await stage.customer()).person,
    ask: form('/my/tickets/new?type=inquiry', { type: 'inquiry', subject: 'A lamp is out', description: 'Since today.' }),
  }),
  'POST /my/tickets/:id/reply': ofCustomer((ticket) => form(`/my/tickets/${ticket}/reply`, { body: 'It is the third one.' })),
  'POST /my/tickets/:id/close': ofCustomer((ticket) => form(`/my/tickets/${ticket}/close`)),
  'POST /my/tickets/:id/reopen': ofCustomer((ticket) => form(`/my/tickets/${ticket}/reopen`), true),
  'GET /my/tickets/:id/rate': ofCustomer((ticket) => get(`/my/tickets/${ticket}/rate`), true),
  'POST /my/tickets/:id/rate': ofCustomer((ticket) => form(`/my/tickets/${ticket}/rate`, { rating: '4' }), true),
  'POST /contact': async (stage) => {
    const about = { name: 'Ana Kovač', email: 'ana@people.example', type: 'inquiry', subject: 'A lamp is out', description: 'Since today.' }
    // Nobody fills it in within a moment.
    return { person: stage.nobody, ask: form('/contact', { ...about, at: String(Date.now() - 60_000) }) }
  },
}

type Make = (stage: Stage) => Aimed['ask'] | Promise<Aimed['ask']>

function administrator(make: Make): Hints[string] {
  return async (stage) => ({ person: await stage.somebody('administrator'), ask: await make(stage) })
}
function manager(make: Make): Hints[string] {
  return async (stage) => ({ person: await stage.somebody('manager'), ask: await make(stage) })
}
function staff(make: Make): Hints[string] {
  return async (stage) => ({ person: await stage.somebody('agent'), ask: await make(stage) })
}

/** Of a role that nothing uses yet. */
function ofRole(make: (name: string, stage: Stage) => Aimed['ask'] | Promise<Aimed['ask']>): Hints[string] {
  return administrator(async (stage) => {
    made += 1
    const name = `walker${made}`
    await stage.system.records.create(Role, { name, label: name })
    return make(name, stage)
  })
}
let made = 0

/** Of a ticket of the one who asks, open or closed. */
function ofCustomer(make: (ticket: string) => Aimed['ask'], isClosed = false): Hints[string] {
  return async (stage) => {
    const { person, ticket } = await stage.customer({ type: ticketType.inquiry })
    if (isClosed) await stage.do(person, form(`/my/tickets/${ticket}/close`))
    return { person, ask: make(ticket) }
  }
}

async function tag({ system }: Stage): Promise<string> {
  made += 1
  return (await system.records.create(TicketTag, { name: `Tag ${made}` })).id
}

async function partner({ system }: Stage): Promise<string> {
  return (await system.records.create(Partner, { name: 'Walked' })).id
}

async function firstStatus({ system }: Stage): Promise<string> {
  return (await system.records.find(TicketStatus, { code: 'new' }))!.id
}

async function someone(stage: Stage): Promise<string> {
  return (await stage.somebody('agent')).user
}

export async function template({ system }: Stage): Promise<string> {
  return (await system.records.find(NotificationTemplate, { event: 'closed', audience: 'partner' }))!.id
}
