/** Saved replies through the doors: who makes and is offered which, what takes the place of their placeholders, and how one is chosen without a script. */
import { Attachment, Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message, SavedReply } from '@tessera/thread'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { plain, type Visitor, visitorAs, wordsOf } from '../web/server/visitor.ts'
import { Ticket } from './index.ts'

let app: TestApp
let system: Services
let agent: Visitor & { readonly user: string }
let manager: Visitor & { readonly user: string }
let ticket: string
let number: string
let fatou: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket', 'web'])
  system = await app.servicesFor({ door: 'system' })
  agent = await visitorAs(app, 'agent', { name: 'Ada Lovelace', email: 'ada@example.org' })
  manager = await visitorAs(app, 'manager', { name: 'Mara Lund' })
  fatou = (await system.records.create(Partner, { name: 'Fatou Camara', language: 'fr' })).id
  ;({ id: ticket, number } = await system.records.create(Ticket, { subject: 'October transfer', partner: fatou }))
})
afterAll(() => app?.close())

const as = (who: { readonly user: string }) => app.servicesFor({ door: 'web', user: who.user })
const make = async (who: { readonly user: string }, draft: object) => (await as(who)).records.create(SavedReply, draft as never)
/** What somebody is offered behind a slash, by name and text. */
async function offered(who: Visitor, query = '', id = ticket) {
  const answer = await who.get(`/talk/tickets/${id}/replies?${query}`)
  if (answer.status !== 200) return answer.status
  return (JSON.parse(answer.html) as { data: readonly { name: string; text: string; empty: readonly string[] }[] }).data
}
const namesFor = async (who: Visitor, query = '') => ((await offered(who, query)) as readonly { name: string }[]).map(({ name }) => name)

describe('A saved reply', () => {
  it('is filled in from the record, in the customer’s language where there is one, with values as he reads them', async () => {
    await make(manager, {
      name: 'Asked for more',
      shortcut: 'more',
      body: {
        en: 'Dear {{partner.name}}, {{number}} is {{status}}. {{me.name}}',
        fr: 'Bonjour {{partner.name}}, {{number}} : {{status}}. {{me.name}}',
      },
    })
    const french = { text: `Bonjour Fatou Camara, ${number} : Nouveau. Ada Lovelace`, empty: [] }
    expect(await offered(agent)).toMatchObject([{ name: 'Asked for more', ...french }])
    // A note is for colleagues, who read in their own language.
    expect(await offered(agent, 'as=note')).toMatchObject([{ text: `Dear Fatou Camara, ${number} is New. Ada Lovelace` }])
    await system.records.update(Partner, fatou, { language: 'xx-nonsense' })
    expect(await offered(agent)).toMatchObject([{ text: `Dear Fatou Camara, ${number} is New. Ada Lovelace` }])
    await system.records.update(Partner, fatou, { language: 'fr' })
  })

  it('takes values as texts alone, and says which there were none of', async () => {
    const { id } = await system.records.create(Ticket, { subject: '{{me.name}} <b>{{number}}</b>', partner: fatou })
    await make(agent, { name: 'Odd', body: '{{#if assignee}}{{assignee.name}}{{else}}Nobody{{/if}}: {{subject}}' })
    expect(await offered(agent, 'q=odd', id)).toMatchObject([
      { text: 'Nobody: {{me.name}} <b>{{number}}</b>', empty: ['Assignee', 'Assignee › Name'] },
    ])
  })

  it('is never longer than what can be sent, however often it names something long', async () => {
    const clerk = await visitorAs(app, 'agent')
    const { id } = await system.records.create(Ticket, { subject: 'Long', description: '"'.repeat(2_000), partner: fatou })
    await make(clerk, { name: 'Flood', body: '{{description}}'.repeat(1_300) })
    expect(((await offered(clerk, 'q=flood', id)) as readonly { text: string }[]).map(({ text }) => text.length)).toEqual([20_000])
    const listed = await clerk.post(`/tickets/${id}/actions/reply`, { body: '', _replies: '' })
    expect([listed.status, listed.html.length < 200_000]).toEqual([200, true])
  })

  it.each([
    ['{{partner.nme}}', 'Did you mean "partner.name"?'],
    ['{{nubmer}}', 'Did you mean "number"?'],
    ['{{partnr.name}}', 'Did you mean "partner.name"?'],
    ['{{my.name}}', 'Did you mean "me.name"?'],
    ['{{messages}}', 'cannot be filled in'],
    ['{{assignee.passwordHash}}', 'cannot be filled in'],
    ['{{constructor}}', 'cannot be filled in'],
    ['{{#each messages}}x{{/each}}', 'cannot stand in a saved reply'],
    ['{{lookup partner "name"}}', 'cannot stand in a saved reply'],
    ['{{> portal/home}}', 'cannot stand in a saved reply'],
    ['{{{subject}}}', 'cannot stand in a saved reply'],
    ['{{number', 'The braces in line 1 do not match'],
  ])('is refused with %s, in whatever language it was written, and says what to do', async (placeholder, sentence) => {
    await expect(make(agent, { name: 'Wrong', body: { ar: `Hello ${placeholder}` } })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining(sentence),
    })
  })

  it('gives nothing that its user may not read himself', async () => {
    // A system that may read everything wrote it, and no secret stands in a text even so.
    await expect(system.records.create(SavedReply, { name: 'x', body: '{{assignee.passwordHash}}' })).rejects.toMatchObject({
      code: 'thread.unknown_placeholder',
    })
    await system.records.create(SavedReply, { name: 'Mail of the maker', body: 'Write to {{createdBy.lastSignInAt}}!' })
    expect(await offered(agent, 'q=maker')).toMatchObject([{ text: 'Write to !' }])
  })
})

describe('Who may', () => {
  it('make what everybody uses is a manager; what an agent makes is his own, and nobody else is offered it', async () => {
    const mine = await make(agent, { name: 'Only mine', body: 'Mine' })
    expect(mine.shared).toBe(false)
    await expect(make(agent, { name: 'For all', body: 'x', shared: true })).rejects.toMatchObject({ status: 403 })
    await expect((await as(agent)).records.update(SavedReply, mine.id, { shared: true })).rejects.toMatchObject({ status: 403 })
    const administrator = await visitorAs(app, 'administrator')
    expect(await namesFor(agent)).toContain('Only mine')
    for (const other of [manager, administrator]) expect(await namesFor(other)).not.toContain('Only mine')
    const shared = await make(manager, { name: 'For everybody', body: 'Ours' })
    await expect((await as(agent)).records.update(SavedReply, shared.id, { body: 'Mine now' })).rejects.toMatchObject({ status: 403 })
  })

  it('use that of a team are its members, and each is offered for messages, notes or both', async () => {
    const team = await system.records.create(Team, { name: 'Payments' })
    await make(manager, { name: 'Bank details', body: 'Team', team: team.id, kind: 'note' })
    expect(await namesFor(agent, 'as=note')).not.toContain('Bank details')
    await system.records.update(Team, team.id, { members: [agent.user] })
    expect(await namesFor(agent, 'as=note')).toContain('Bank details')
    expect(await namesFor(agent)).not.toContain('Bank details')
  })

  it('ask is whoever may read the record and write about it: nobody else is told that there is anything', async () => {
    const customer = await visitorAs(app, 'customer')
    expect(await offered(customer)).toBe(403)
    expect((await customer.get('/saved-replies')).status).toBe(403)
    expect(await offered(await visitorAs(app, 'viewer'))).toEqual([])
    const hidden = await system.records.create(Ticket, {
      subject: 'Of others',
      partner: fatou,
      team: (await system.records.create(Team, { name: 'Others' })).id,
    })
    expect(await offered(agent, '', hidden.id)).toBe(404)
    expect(await offered(agent, '', 'nonsense')).toBe(404)
    expect((await agent.post(`/tickets/${hidden.id}/actions/reply`, { body: 'x', _replies: '' })).status).toBe(404)
  })

  it('what is typed narrows them: by shortcut first, then by name, whatever accents and case', async () => {
    await make(agent, { name: 'Éligibilité du foyer', body: 'a' })
    await make(agent, { name: 'Zürich', shortcut: 'eli', body: 'b' })
    await make(agent, { name: 'مُرسَل إليك', body: 'c' })
    expect(await namesFor(agent, 'q=ELI')).toEqual(['Zürich', 'Éligibilité du foyer'])
    expect(await namesFor(agent, `q=${encodeURIComponent('مرسل')}`)).toEqual(['مُرسَل إليك'])
    expect(await namesFor(agent, 'q=nothing+like+it')).toEqual([])
  })

  it('what names something that tickets do not have takes no place from what comes behind it', async () => {
    const others = Array.from({ length: 20 }, (_, at) => ({ name: `Behind ${String(at).padStart(2, '0')}`, body: 'Dear', shared: true }))
    await system.records.createMany(SavedReply, others)
    await app.connection.run(`update saved_reply set body = '{"en": "Dear {{left}}"}' where name like 'Behind %'`)
    await make(agent, { name: 'Behind them all', body: 'About {{number}}' })
    expect(await namesFor(agent, 'q=behind')).toEqual(['Behind them all'])
  })
})

describe('Without a script', () => {
  const formOf = (html: string, action: string) =>
    new RegExp(`<form class="saying[^>]*actions/${action}"[\\s\\S]*?</form>`).exec(html)?.[0] ?? 'no form'

  it('a button shows the record again with all of them and what was typed, and one chosen stands behind that; nothing is sent', async () => {
    const page = await agent.get(`/tickets/${ticket}`)
    expect(formOf(page.html, 'reply')).toContain('name="_replies"')
    expect(page.html).not.toContain('Asked for more')
    const asked = await agent.post(`/tickets/${ticket}/actions/reply`, { body: 'One moment.', _replies: '' })
    expect(asked.status).toBe(200)
    const [, id = ''] = /value="([0-9a-f-]{36})" formnovalidate><b>Asked for more/.exec(formOf(asked.html, 'reply')) ?? []
    expect(formOf(asked.html, 'reply')).toContain('One moment.</textarea>')
    const chosen = await agent.post(`/tickets/${ticket}/actions/reply`, { body: 'One moment.', _replies: id })
    expect(formOf(chosen.html, 'reply')).toContain(`\nOne moment.\n\nBonjour Fatou Camara, ${number} : Nouveau. Ada Lovelace</textarea>`)
    expect(formOf(chosen.html, 'note')).toContain('></textarea>')
    expect(await system.records.count(Message, { where: { ticket } })).toBe(0)
    const sent = await agent.post(`/tickets/${ticket}/actions/reply`, { body: 'One moment. Bonjour' })
    expect(sent.status).toBe(303)
  })

  it('what was attached waits with it, and one that is gone meanwhile is told of and takes nothing', async () => {
    await agent.get(`/tickets/${ticket}`)
    const answer = await agent.upload(`/tickets/${ticket}/actions/note`, 'receipt.txt', 'receipt', { body: 'See the file', _replies: '' })
    const html = formOf(answer.html, 'note')
    const { rows } = await system.records.query(Attachment, { fields: ['name'], where: { draft: true, createdBy: agent.user } })
    expect(rows.map(({ name }) => name)).toEqual(['receipt.txt'])
    expect(html).toContain(`name="attachments" value="${rows[0]?.id}"`)
    expect(wordsOf(html)).toContain('receipt.txt')
    for (const gone of ['01a2045f-0000-7000-8000-000000000000', "' or 1=1"]) {
      const lost = await agent.post(`/tickets/${ticket}/actions/note`, { body: 'Kept', attachments: rows[0]!.id, _replies: gone })
      expect(wordsOf(formOf(lost.html, 'note'))).toContain('This saved reply is not there any more')
      expect(formOf(lost.html, 'note')).toMatch(/Kept<\/textarea>[\s\S]*receipt\.txt/)
    }
  })
})

describe('In the configuration', () => {
  it('a manager finds them, and an agent his own behind his name', async () => {
    const places = (html: string) => [...html.matchAll(/href="(\/saved-replies[^"]*)"/g)].map(([, href]) => href)
    expect(places((await manager.get('/tickets')).html)).toContain('/saved-replies')
    expect(places((await agent.get('/tickets')).html)).toEqual(['/saved-replies?filter=mine'])
    const list = await agent.get('/saved-replies?filter=mine')
    expect(list.html).toContain('Only mine')
    expect(list.html).not.toContain('For everybody')
    const form = await agent.get('/saved-replies/new')
    expect(form.html).toContain('name="body"')
    expect(form.html).not.toContain('name="shared"')
    const saved = await agent.post('/saved-replies/new', { name: 'By form', body: 'Hello {{partner.nme}}' })
    expect(saved.status).toBe(422)
    expect(plain(wordsOf(saved.html))).toContain('Did you mean "partner.name"?')
  })

  it('they are written through the API, taken out and taken in as files, by the same rules', async () => {
    const [his, other] = [await signedInAs(app, 'agent'), await signedInAs(app, 'agent')]
    const send = (body: object) => his.fetch('/api/saved-replies', { method: 'POST', body: JSON.stringify(body) })
    const made = await send({ name: 'By a program', body: { en: 'Dear {{partner.name}}', fr: 'Bonjour {{partner.name}}' } })
    expect(made.status).toBe(201)
    const { id, shared } = ((await made.json()) as { data: { id: string; shared: boolean } }).data
    expect(shared).toBe(false)
    expect((await other.fetch(`/api/saved-replies/${id}`)).status).toBe(404)
    const refused = await send({ name: 'Wrong', body: '{{partner.nme}}' })
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('Did you mean')])
    expect((await send({ name: 'For all', body: 'x', shared: true })).status).toBe(403)
    const file = await manager.get('/saved-replies/export?filter=')
    expect(file.html).toContain('Asked for more')
    expect(file.html).not.toContain('By a program')
    expect((await manager.get('/saved-replies/import')).status).toBe(200)
  })

  it('are said in French and Arabic too', async () => {
    for (const [language, sentence] of [
      ['fr', 'Vouliez-vous dire « partner.name » ?'],
      ['ar', 'هل تقصد «partner.name»؟'],
    ] as const) {
      await system.records.update(User, agent.user, { language })
      await agent.get('/saved-replies/new')
      const refused = await agent.post('/saved-replies/new', { name: 'x', body: '{{partner.nme}}' })
      expect(wordsOf(refused.html).replaceAll(/[\u2066-\u2069]/g, '')).toContain(sentence)
    }
    await system.records.update(User, agent.user, { language: null })
  })
})
