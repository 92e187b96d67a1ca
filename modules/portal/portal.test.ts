import { OutboxMessage, Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { close, merge, move, note, reply, Ticket, TicketStatus, TicketTag } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { invite } from './index.ts'

houseRules('portal')

let app: TestApp
let system: Services
let agent: Services
let people = 0

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['portal'])
  system = await app.servicesFor({ door: 'system' })
  const { id } = await system.identity.createUser({ email: 'amara@staff.example', name: 'Amara Diallo', roles: ['manager'] })
  agent = await app.servicesFor({ door: 'web', user: id })
})
afterAll(() => app.close())

/** A partner with an account, signed in. */
async function customer(name = 'Fatou Camara') {
  people += 1
  const partner = (await system.records.create(Partner, { name, email: `customer.${people}@mail.example` })).id
  const visitor = await visitorAs(app, 'customer', { partner })
  await visitor.get('/my')
  return { visitor, partner, user: visitor.user }
}
const fileFor = (partner: string, subject = 'Card does not work') =>
  system.records.create(Ticket, { subject, partner, description: 'Since Monday' })
const statusId = async (code: string) => (await system.records.find(TicketStatus, { code }))!.id

describe('Filing', () => {
  it('begins with the type, which decides the form, and ends with a ticket of the caller’s partner from the portal', async () => {
    const { visitor, partner } = await customer()
    const choice = await visitor.get('/my/tickets/new?subject=My+card')
    expect(choice.html).toContain('href="/my/tickets/new?type=inquiry&amp;subject=My+card"')
    const form = await visitor.get('/my/tickets/new?type=complaint&subject=My+card')
    expect(form.html).toContain('name="subject" value="My card"')
    const filed = await visitor.post('/my/tickets/new', { type: 'complaint', subject: 'My card', description: 'It does not work.' })
    expect(filed.status).toBe(303)
    const id = filed.location.split('/').at(-1)!
    expect(await system.records.get(Ticket, id)).toMatchObject({
      subject: 'My card',
      description: 'It does not work.',
      partner: { id: partner },
      type: { code: 'complaint' },
      source: { code: 'web_portal' },
      status: { code: 'new' },
      createdBy: { id: (await system.records.find(User, { partner }))?.id },
    })
    expect(wordsOf((await visitor.get(filed.location)).html)).toContain('We have received it')
  })

  it('keeps what was typed when something is wrong, and says it at the field', async () => {
    const { visitor, partner } = await customer()
    const again = await visitor.post('/my/tickets/new', { type: 'request', subject: 'Hm', description: 'A long story' })
    expect(again.status).toBe(422)
    expect(again.html).toContain('>\nA long story</textarea>')
    expect(again.html).toMatch(/id="f-subject" name="subject" value="Hm"[^>]*aria-invalid="true"[^>]*aria-describedby="e-subject/)
    expect(again.html).toContain('href="#f-subject"')
    const empty = await visitor.post('/my/tickets/new', { type: 'request', subject: 'Something', description: ' ' })
    expect(wordsOf(empty.html)).toContain('Tell us more is missing.')
    expect(await system.records.count(Ticket, { where: { partner } })).toBe(0)
  })

  it('takes nobody else’s partner, source or status, whatever is sent along', async () => {
    const { visitor, partner } = await customer()
    const other = (await system.records.create(Partner, { name: 'Somebody else' })).id
    const sent = {
      type: 'inquiry',
      subject: 'Sent along',
      description: 'x',
      partner: other,
      status: await statusId('closed'),
      externalId: 'mine',
    }
    const filed = await visitor.post('/my/tickets/new', sent)
    expect(await system.records.get(Ticket, filed.location.split('/').at(-1)!)).toMatchObject({
      partner: { id: partner },
      status: { code: 'new' },
      externalId: null,
    })
  })
})

describe('Following', () => {
  it('shows the customer’s own tickets by what they need', async () => {
    const { visitor, partner } = await customer()
    const [asking, running, done] = [
      await fileFor(partner, 'Asked back'),
      await fileFor(partner, 'Running'),
      await fileFor(partner, 'Over'),
    ]
    await agent.records.act(move, asking.id, { status: await statusId('pending') })
    await agent.records.act(move, running.id, { status: await statusId('in_progress') })
    await agent.records.act(close, done.id, {})
    const words = wordsOf((await visitor.get('/my')).html)
    expect(words).toMatch(
      /Waiting for your answer 1.*We need your answer.*Asked back.*In progress 1.*We are working on it.*Running.*Done 1.*Solved.*Over/s,
    )
  })

  it('shows public messages and never a note, who of the staff wrote, or an address of theirs', async () => {
    const { visitor, partner } = await customer()
    const { id } = await fileFor(partner)
    await agent.records.act(reply, id, { body: 'Which card is it?' })
    await agent.records.act(note, id, { body: 'He sounds angry' })
    const { html } = await visitor.get(`/my/tickets/${id}`)
    expect(wordsOf(html)).toContain('Which card is it?')
    expect(html).not.toMatch(/angry|Amara|staff\.example/)
  })

  it('answers, which wakes a ticket that waited; an empty answer is not sent', async () => {
    const { visitor, partner } = await customer()
    const { id } = await fileFor(partner)
    await agent.records.act(move, id, { status: await statusId('pending') })
    expect((await visitor.post(`/my/tickets/${id}/reply`, { body: '  ' })).status).toBe(422)
    expect((await visitor.post(`/my/tickets/${id}/reply`, { body: 'The blue one\r\nwith a stripe' })).status).toBe(303)
    const { rows } = await system.records.query(Message, { fields: ['body', 'sender', 'partner'], where: { ticket: id } })
    expect(rows).toMatchObject([{ body: 'The blue one\nwith a stripe', sender: 'customer', partner: { id: partner } }])
    expect((await system.records.get(Ticket, id)).status.category).toBe('open')
  })

  it('closes, rates by a page whose button posts, and reopens', async () => {
    const { visitor, partner } = await customer()
    const { id } = await fileFor(partner)
    expect((await visitor.get(`/my/tickets/${id}/rate?rating=4`)).location).toBe(`/my/tickets/${id}`)
    expect((await visitor.post(`/my/tickets/${id}/close`)).location).toBe(`/my/tickets/${id}/rate`)
    const page = await visitor.get(`/my/tickets/${id}/rate?rating=4`)
    expect(page.html).toContain('value="4" required checked')
    expect(await system.records.get(Ticket, id)).toMatchObject({ rating: null, status: { category: 'closed' } })
    const none = await visitor.post(`/my/tickets/${id}/rate`, { comment: 'Kind people' })
    expect(none).toMatchObject({ status: 422, html: expect.stringContaining('Kind people') })
    await visitor.post(`/my/tickets/${id}/rate`, { rating: '4', comment: 'Kind people' })
    expect(await system.records.get(Ticket, id)).toMatchObject({ rating: 4, ratingComment: 'Kind people' })
    await visitor.post(`/my/tickets/${id}/reopen`)
    expect(await system.records.get(Ticket, id)).toMatchObject({ closedAt: null, status: { category: 'open' } })
  })

  it('is told that there is nothing for the ticket of another, by whatever verb', async () => {
    const { visitor } = await customer()
    const { partner } = await customer('Omar Haddad')
    const { id } = await fileFor(partner, 'canary-of-omar')
    for (const path of [`/my/tickets/${id}`, `/my/tickets/${id}/rate`, '/my/tickets/nonsense']) {
      const { status, html } = await visitor.get(path)
      expect(status, path).toBe(404)
      expect(html).not.toContain('canary')
    }
    for (const verb of ['reply', 'close', 'reopen', 'rate']) {
      expect((await visitor.post(`/my/tickets/${id}/${verb}`, { body: 'Hello', rating: '1' })).status, verb).toBe(404)
    }
    expect(await system.records.get(Ticket, id)).toMatchObject({ rating: null, status: { category: 'open' } })
    expect(await system.records.count(Message, { where: { ticket: id } })).toBe(0)
  })
})

describe('What a customer must not see', () => {
  it('is on no page of the portal and in no answer of the API, by whatever question', async () => {
    const { visitor, partner } = await customer()
    const { partner: other } = await customer('canary-other-partner')
    const { id: assignee } = await system.identity.createUser({
      email: 'canary-mail@staff.example',
      name: 'canary-colleague',
      roles: ['agent'],
    })
    const team = (await system.records.create(Team, { name: 'canary-team' })).id
    const tag = (await system.records.create(TicketTag, { name: 'canary-tag' })).id
    const theirs = (await system.records.create(Ticket, { subject: 'canary-subject', description: 'canary-text', partner: other })).id
    await agent.records.act(reply, theirs, { body: 'canary-reply-to-other' })
    const own = await system.asSystem('As the inbox writes it.').create(Ticket, {
      subject: 'My own',
      partner,
      assignee,
      team,
      tags: [tag],
      externalId: 'canary-external',
      channel: 'chat',
      channelAddress: 'canary-address',
    })
    const colleague = await app.servicesFor({ door: 'web', user: assignee })
    await colleague.records.act(note, own.id, { body: 'canary-note' })
    await colleague.records.act(reply, own.id, { body: 'Hello' })
    await colleague.records.act(close, own.id, { reason: 'canary-reason' })

    const pages = ['/my', '/my?all', '/my/tickets/new', '/contact', '/support', '/tickets', '/partners', '/']
    const ofTickets = [own.id, theirs].flatMap((id) => [`/my/tickets/${id}`, `/my/tickets/${id}/rate`, `/tickets/${id}`])
    const models = app.composition.models.all.filter(({ exposed }) => exposed)
    const api = models.flatMap(({ path, fields }) => [
      `/api/${path}?limit=200`,
      ...[...fields.keys()].flatMap((name) => [
        `/api/${path}?fields=${name}&limit=200`,
        `/api/${path}/groups?by=${name}`,
        `/api/${path}?sort=${name}&filter[${name}][contains]=canary`,
      ]),
      ...[own.id, theirs, assignee, team, tag, other].flatMap((id) => [`/api/${path}/${id}`, `/api/${path}/${id}/history`]),
    ])
    let answered = 0
    for (const path of [...pages, ...ofTickets, ...api]) {
      const { status, html, headers } = await visitor.get(path)
      expect(`${html} ${[...headers].flat().join(' ')}`.replaceAll(/contains\]?=canary|"canary"/g, ''), path).not.toMatch(/canary-/)
      if (status === 200) answered += 1
    }
    expect(answered).toBeGreaterThan(20)
    expect((await visitor.get(`/api/tickets/${own.id}`)).html).toContain('My own')
    expect((await visitor.get('/api/messages?fields=body')).html).toContain('Hello')
  })

  it('is not written either: no ticket for another, no change of his own past the actions', async () => {
    const { visitor, partner } = await customer()
    const other = (await system.records.create(Partner, { name: 'Other' })).id
    const { records } = await app.servicesFor({ door: 'api', user: visitor.user })
    await expect(records.create(Ticket, { subject: 'For another', partner: other })).rejects.toMatchObject({
      errors: [{ field: 'partner' }],
    })
    const { id } = await records.create(Ticket, { subject: 'For myself', partner })
    await expect(records.update(Ticket, id, { subject: 'Changed' })).rejects.toMatchObject({ status: 403 })
    await expect(records.act(note, id, { body: 'As if staff' })).rejects.toMatchObject({ status: 403 })
    await expect(records.act(move, id, { status: await statusId('in_progress') })).rejects.toMatchObject({ status: 403 })
    await expect(records.act(reply, id, { body: 'And move it', status: await statusId('on_hold') })).rejects.toMatchObject({ status: 403 })
    await expect(records.update(User, visitor.user, { partner: other })).rejects.toMatchObject({ status: 400 })
    expect(await system.records.get(Ticket, id)).toMatchObject({ subject: 'For myself', status: { code: 'new' } })
    expect(await system.records.count(Message, { where: { ticket: id } })).toBe(0)
  })
})

describe('Who comes in', () => {
  it('is led from / to the own place, and from /my to the entrance when not signed in', async () => {
    const { visitor } = await customer()
    expect((await visitor.get('/')).location).toBe('/my')
    expect((await visitor.get('/tickets')).status).toBe(403)
    expect((await new Visitor(await app.listen()).get('/my')).location).toBe('/sign-in?next=%2Fmy')
  })

  it('reads in the language that he chose, without an account too', async () => {
    const visitor = new Visitor(await app.listen())
    await visitor.get('/contact')
    await visitor.post('/preferences', { locale: 'ar', back: '/contact' })
    const { html } = await visitor.get('/contact', { 'accept-language': 'en' })
    expect(html).toMatch(/<html lang="ar" dir="rtl"/)
    expect(html).toContain('اتصل بنا')
    await visitor.post('/preferences', { locale: 'fr', back: '/contact' })
    expect((await visitor.get('/contact')).html).toContain('Nous contacter')
  })

  it.each(['fr', 'ar'])('finds every text of the portal in %s', (locale) => {
    const english = [...app.composition.texts.get('en')!.keys()].filter((code) => code.startsWith('portal.'))
    const translated = app.composition.texts.get(locale)!
    expect(english.filter((code) => !translated.has(code))).toEqual([])
  })
})

describe('The invitation', () => {
  const mailsTo = async (to: string) => {
    await app.queue.drain()
    return (await system.records.query(OutboxMessage, { fields: ['to'], where: { to } })).rows.length
  }

  it('makes an account of the role customer once, and mails a link to it', async () => {
    const partner = await system.records.create(Partner, { name: 'Lucia Rossi', email: 'Lucia@Mail.example' })
    await agent.records.act(invite, partner.id, {})
    await agent.records.act(invite, partner.id, {})
    const { rows } = await system.records.query(User, { fields: ['email', 'roles'], where: { partner: partner.id } })
    expect(rows).toMatchObject([{ email: 'lucia@mail.example', roles: [{ label: 'Customer' }] }])
    expect(await mailsTo('lucia@mail.example')).toBe(2)
  })

  it('goes to the account’s own address, whoever changed the partner’s meanwhile', async () => {
    const partner = await system.records.create(Partner, { name: 'Jan Vos', email: 'jan@mail.example' })
    await agent.records.act(invite, partner.id, {})
    await agent.records.update(Partner, partner.id, { email: 'thief@mail.example' })
    await agent.records.act(invite, partner.id, {})
    expect([await mailsTo('jan@mail.example'), await mailsTo('thief@mail.example')]).toEqual([2, 0])
    expect(await system.records.find(User, { email: 'thief@mail.example' })).toBeNull()
  })

  it('is refused without an address, and with one that belongs to staff or to another customer', async () => {
    const without = await system.records.create(Partner, { name: 'No Mail' })
    await expect(agent.records.act(invite, without.id, {})).rejects.toMatchObject({ code: 'portal.no_email' })
    const staff = await system.records.create(Partner, { name: 'Posing', email: 'Amara@staff.example' })
    await expect(agent.records.act(invite, staff.id, {})).rejects.toMatchObject({ code: 'portal.address_taken' })
    const twin = await system.records.create(Partner, { name: 'Twin', email: 'lucia@mail.example' })
    await expect(agent.records.act(invite, twin.id, {})).rejects.toMatchObject({ code: 'portal.address_taken' })
    expect(await system.records.find(User, { email: 'amara@staff.example' })).toMatchObject({ partner: null })
    const { visitor, partner } = await customer()
    expect(visitor).toBeTruthy()
    const { records } = await app.servicesFor({ door: 'api', user: (await system.records.find(User, { partner }))!.id })
    await expect(records.act(invite, twin.id, {})).rejects.toMatchObject({ status: 404 })
  })
})

describe('The public form', () => {
  const earlier = () => String(Date.now() - 60_000)
  const contact = {
    name: 'Ana Kovač',
    email: 'ana@mail.example',
    phone: '',
    type: 'request',
    subject: 'Opening hours',
    description: 'When?',
  }
  const visitor = async () => new Visitor(await app.listen())
  const fresh = () => system.limits.clear('contact from 127.0.0.1')

  it('makes a partner and a ticket, says the number and signs nobody in', async () => {
    await fresh()
    const ana = await visitor()
    await ana.get('/contact')
    const sent = await ana.post('/contact', { ...contact, at: earlier() })
    expect(sent.status).toBe(303)
    const ticket = (await system.records.find(Ticket, { partner: { email: 'ana@mail.example' } }))!
    expect(ticket).toMatchObject({
      subject: 'Opening hours',
      type: { code: 'request' },
      source: { code: 'web_portal' },
      partner: { name: 'Ana Kovač' },
    })
    expect(wordsOf((await ana.get(sent.location)).html)).toContain(ticket.number)
    expect((await ana.get('/my')).location).toBe('/sign-in?next=%2Fmy')
    expect(await system.records.find(User, { email: 'ana@mail.example' })).toBeNull()
  })

  it('goes to the partner who has the address, of whom it tells and changes nothing', async () => {
    await fresh()
    const known = await system.records.create(Partner, { name: 'Real Name', email: 'real@mail.example', phone: '+220 1' })
    const stranger = await visitor()
    const sent = await stranger.post('/contact', { ...contact, name: 'Forged', email: 'REAL@mail.example', phone: '+1 666', at: earlier() })
    const page = await stranger.get(sent.location)
    expect(page.html).not.toMatch(/Real Name|220 1/)
    const after = await system.records.get(Partner, known.id)
    expect(after).toMatchObject({ name: 'Real Name', email: 'real@mail.example', phone: '+220 1', version: known.version })
    const ticket = (await system.records.find(Ticket, { partner: known.id }))!
    const { rows } = await system.records.query(Message, { fields: ['kind', 'body'], where: { ticket: ticket.id } })
    expect(rows).toMatchObject([{ kind: 'note', body: expect.stringContaining('Name: Forged. Email: REAL@mail.example. Phone: +1 666') }])
  })

  it('says what is wrong at each field and loses nothing', async () => {
    const again = await (await visitor()).post('/contact', { ...contact, email: 'ana@', subject: 'Hm', type: '', at: earlier() })
    expect(again.status).toBe(422)
    expect(again.html).toContain('value="ana@"')
    for (const field of ['email', 'subject', 'type']) expect(again.html).toContain(`href="#f-${field}"`)
    expect(again.html).not.toContain('href="#f-name"')
  })

  it('holds off programs: the hidden field, the hurry, another site', async () => {
    await fresh()
    const before = await system.records.count(Ticket)
    const robot = await visitor()
    expect((await robot.post('/contact', { ...contact, website: 'https://spam.example', at: earlier() })).location).toBe('/contact/sent')
    expect((await robot.post('/contact', { ...contact, at: String(Date.now()) })).status).toBe(422)
    const origin = { origin: 'https://evil.example' }
    expect((await robot.post('/contact', { ...contact, at: earlier() }, origin)).status).toBe(403)
    expect((await robot.post('/contact', { ...contact, at: earlier() }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(await system.records.count(Ticket)).toBe(before)
  })

  it('takes ten an hour from one network, exactly, also at once', async () => {
    await fresh()
    const before = await system.records.count(Ticket)
    const all = await Promise.all(
      Array.from({ length: 14 }, async (_, at) =>
        (await visitor()).post('/contact', { ...contact, email: `n${at}@mail.example`, at: earlier() }),
      ),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([...Array(10).fill(303), ...Array(4).fill(429)])
    expect(await system.records.count(Ticket)).toBe(before + 10)
    const refused = all.find(({ status }) => status === 429)!
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.html).toContain('value="Opening hours"')
    await fresh()
  })
})

it('Staff ask for support by a ticket in their own name', async () => {
  const viewer = await visitorAs(app, 'viewer')
  expect((await viewer.get('/support')).status).toBe(200)
  expect((await viewer.post('/support', { subject: 'Export', description: '' })).status).toBe(422)
  const sent = await viewer.post('/support', { subject: 'Export', description: 'Where is it?' })
  await viewer.post('/support', { subject: 'Import', description: 'And that?' })
  const ticket = await system.records.get(Ticket, sent.location.split('/').at(-1)!)
  expect(ticket).toMatchObject({ subject: 'Export', type: { code: 'request' } })
  const me = await system.records.get(User, viewer.user)
  expect(me.partner?.id).toBe(ticket.partner.id)
  expect(await system.records.count(Ticket, { where: { partner: ticket.partner.id } })).toBe(2)
  expect((await (await customer()).visitor.get('/support')).status).toBe(403)
})

describe('A request that was merged into another', () => {
  it('leads to where it goes on, and that shows what was said in both', async () => {
    const { visitor, partner } = await customer()
    const [one, two] = [await fileFor(partner, 'Card is lost'), await fileFor(partner, 'Where is my card?')]
    await visitor.get('/my')
    await visitor.post(`/my/tickets/${one.id}/reply`, { body: 'It was red.' })
    await agent.records.act(merge, one.id, { into: two.id })
    const left = await visitor.get(`/my/tickets/${one.id}`)
    expect(wordsOf(left.html)).toContain('Goes on in another request')
    expect(left.html).toContain(`href="/my/tickets/${two.id}"`)
    expect(left.html).not.toContain(`/my/tickets/${one.id}/reopen`)
    expect(left.html).not.toContain('id="reply"')
    const remaining = wordsOf((await visitor.get(`/my/tickets/${two.id}`)).html)
    expect(remaining).toMatch(new RegExp(`${one.number} .*Card is lost Since Monday.*${one.number} .*It was red\\.`))
    expect(wordsOf((await visitor.get('/my')).html)).toContain('Goes on in another request Card is lost')
    for (const what of ['rate', 'reopen', 'close']) {
      const answer = what === 'rate' ? await visitor.get(`/my/tickets/${one.id}/rate`) : await visitor.post(`/my/tickets/${one.id}/${what}`)
      expect([what, answer.status]).toEqual([what, 303])
    }
    expect(await system.records.get(Ticket, one.id)).toMatchObject({ status: { category: 'closed' }, mergedInto: { id: two.id } })
  })

  it('of a colleague’s says no more than that, and still takes what its customer writes', async () => {
    const company = (await system.records.create(Partner, { name: 'Mill', kind: 'company' })).id
    const { visitor, partner } = await customer('Moussa Camara')
    const colleague = (await system.records.create(Partner, { name: 'Fatou Camara', company })).id
    await system.records.update(Partner, partner, { company })
    const [mine, theirs] = [await fileFor(partner, 'No flour'), await fileFor(colleague, 'Canary of a colleague')]
    await agent.records.act(merge, mine.id, { into: theirs.id })
    const page = await visitor.get(`/my/tickets/${mine.id}`)
    expect(wordsOf(page.html)).toContain('another request of your organisation')
    for (const secret of ['Canary', theirs.number, theirs.id]) expect(page.html).not.toContain(secret)
    await agent.records.act(close, theirs.id, {})
    expect((await visitor.post(`/my/tickets/${mine.id}/reply`, { body: 'Still none.' })).status).toBe(303)
    expect(wordsOf((await visitor.get(`/my/tickets/${mine.id}`)).html)).toContain('Still none.')
    expect(await system.records.get(Ticket, theirs.id)).toMatchObject({ status: { category: 'open' } })
    expect((await visitor.get(`/my/tickets/${theirs.id}`)).status).toBe(404)
  })
})
