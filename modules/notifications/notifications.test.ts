import { OutboxMessage, Team, User } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { assign, close, merge, move, note, rate, reopen, reply, Ticket, TicketStatus, unmerge } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { NotificationTemplate } from './index.ts'

houseRules('notifications')

let app: TestApp
let system: Services
/** Services of people by their names; Amara and Bilal share the team, Dana is in none, Fatou is the customer. */
const people: Record<string, Services> = {}
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['notifications'])
  system = await app.servicesFor({ door: 'system' })
  for (const name of ['amara', 'bilal']) await person(name, 'agent')
  // Of no team, she gives out the tickets of all.
  await person('dana', 'manager')
  await person('gone', 'agent')
  await system.records.update(User, ids.gone!, { active: false })
  await person('mona', 'manager')
  ids.partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@example.com' })).id
  await person('fatou', 'customer')
  await system.records.update(User, ids.fatou!, { partner: ids.partner })
  people.fatou = await app.servicesFor({ door: 'web', user: ids.fatou! })
  ids.team = (await system.records.create(Team, { name: 'Payments', members: [ids.amara!, ids.bilal!, ids.gone!] })).id
  // Whoever acts has the rights of now.
  for (const name of ['amara', 'bilal']) people[name] = await app.servicesFor({ door: 'web', user: ids[name]! })
  for (const { id, code } of (await system.records.query(TicketStatus, { fields: ['code'] })).rows) ids[code] = id
})
afterAll(() => app.close())

async function person(name: string, role: string): Promise<void> {
  const { id } = await system.identity.createUser({ email: `${name}@example.org`, name, roles: [role] })
  ids[name] = id
  people[name] = await app.servicesFor({ door: 'web', user: id })
}

interface Told {
  readonly to: string
  readonly channel: string
  readonly event: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly conversation: string
}

/** What the outbox got while something happened. */
async function told(happen: () => Promise<unknown>): Promise<readonly Told[]> {
  const ofAll =
    "select id, channel, \"to\", event, coalesce(subject, '') as subject, text, coalesce(html, '') as html, conversation from outbox_message"
  const before = new Set((await app.connection.run(ofAll, [])).map(({ id }) => id))
  await happen()
  const after = (await app.connection.run(ofAll, [])) as unknown as readonly (Told & { id: string })[]
  return after.filter(({ id }) => !before.has(id))
}
const inShort = (all: readonly Told[]) => all.map(({ to, event }) => `${to.split('@', 1)[0]} ${event.replace('ticket.', '')}`).sort()

/** A ticket of Fatou that nobody is told of yet: `with` says who has it. */
async function ticket(having: { assignee?: string; team?: string; status?: string; channel?: string; channelAddress?: string } = {}) {
  // The channel of a ticket is written by the inbox alone.
  const records = having.channel === undefined ? people.dana!.records : system.asSystem('As the inbox writes it.')
  const { id } = await records.create(Ticket, { subject: 'October transfer', partner: ids.partner!, ...having })
  return id
}
const hers = () => ({ assignee: ids.amara!, team: ids.team! })
const teams = () => ({ team: ids.team! })

/** Title; who has the ticket before; what happens; who is told of what, by the rules of the README. */
const cases: readonly (readonly [string, (() => object) | undefined, (id: string) => Promise<unknown>, readonly string[]])[] = [
  ['filed by staff', undefined, () => ticket(), ['fatou created']],
  ['filed for a team', undefined, () => ticket(teams()), ['amara created', 'bilal created', 'fatou created']],
  ['filed for somebody of a team', undefined, () => ticket(hers()), ['amara assigned', 'bilal created', 'fatou created']],
  [
    'filed by the customer',
    undefined,
    () => people.fatou!.asSystem('a form').create(Ticket, { subject: 'My card', partner: ids.partner!, team: ids.team! }),
    ['amara created', 'bilal created'],
  ],
  [
    'filed by somebody without an account',
    undefined,
    () => system.records.create(Ticket, { subject: 'My card', partner: ids.partner! }),
    ['fatou created'],
  ],
  ['filed as closed', undefined, () => ticket({ ...hers(), status: ids.resolved! }), ['amara closed', 'bilal created', 'fatou closed']],
  ['assigned', undefined, (id) => people.dana!.records.act(assign, id, { assignee: ids.amara! }), ['amara assigned']],
  ['taken by oneself', teams, (id) => people.amara!.records.act(assign, id, { assignee: ids.amara! }), []],
  ['given to a team', undefined, (id) => people.dana!.records.act(assign, id, { team: ids.team! }), ['amara assigned', 'bilal assigned']],
  ['given to a team by a member', undefined, (id) => people.bilal!.records.act(assign, id, { team: ids.team! }), ['amara assigned']],
  ['given to a person and a team', undefined, (id) => people.dana!.records.act(assign, id, hers()), ['amara assigned']],
  ['given to another team', () => ({ assignee: ids.amara! }), (id) => people.dana!.records.act(assign, id, { team: ids.team! }), []],
  ['left by its assignee', hers, (id) => people.dana!.records.act(assign, id, { assignee: null }), ['amara assigned', 'bilal assigned']],
  ['answered by staff', hers, (id) => people.dana!.records.act(reply, id, { body: 'Soon' }), ['fatou replied']],
  ['answered by the customer', hers, (id) => people.fatou!.records.act(reply, id, { body: 'When?' }), ['amara replied']],
  [
    'answered by the customer while nobody has it',
    teams,
    (id) => people.fatou!.records.act(reply, id, { body: 'When?' }),
    ['amara replied', 'bilal replied'],
  ],
  [
    'answered by the customer, for whom it waited',
    () => ({ ...hers(), status: ids.pending! }),
    (id) => people.fatou!.records.act(reply, id, { body: 'Here it is' }),
    ['amara replied'],
  ],
  [
    'answered by the customer in a chat',
    hers,
    async (id) =>
      system.tickets.hear(await system.records.get(Ticket, id), 'When?', { partner: ids.partner!, channel: 'chat', externalId: id }),
    ['amara replied'],
  ],
  ['noted', hers, (id) => people.dana!.records.act(note, id, { body: 'Ask the bank' }), []],
  ['moved', hers, (id) => people.dana!.records.act(move, id, { status: ids.in_progress! }), ['amara status', 'fatou status']],
  [
    'answered and moved at once',
    hers,
    (id) => people.amara!.records.act(reply, id, { body: 'Which account?', status: ids.pending! }),
    ['fatou replied'],
  ],
  [
    'answered and closed at once',
    hers,
    (id) => people.dana!.records.act(reply, id, { body: 'Paid', status: ids.resolved! }),
    ['amara closed', 'fatou closed'],
  ],
  ['closed', hers, (id) => people.dana!.records.act(close, id, {}), ['amara closed', 'fatou closed']],
  ['closed by its assignee', hers, (id) => people.amara!.records.act(close, id, {}), ['fatou closed']],
  ['closed by the customer', hers, (id) => people.fatou!.records.act(close, id, {}), ['amara closed']],
  [
    'taken up again',
    () => ({ ...hers(), status: ids.resolved! }),
    (id) => people.dana!.records.act(reopen, id, {}),
    ['amara status', 'fatou status'],
  ],
  ['rated', () => ({ ...hers(), status: ids.resolved! }), (id) => people.fatou!.records.act(rate, id, { rating: 5 }), []],
  ['written otherwise', hers, (id) => people.dana!.records.update(Ticket, id, { subject: 'November transfer' }), []],
]

describe('Of a ticket that is', () => {
  it.each(cases)('%s, exactly these are told', async (_, before, happen, expected) => {
    const id = before ? await ticket(before()) : await ticket()
    const messages = await told(() => happen(id))
    expect(inShort(messages)).toEqual(expected)
    expect(messages.filter(({ to, conversation }) => conversation === '' || !to.includes('@'))).toEqual([])
  })

  it('changed twice in one transaction, everybody is told once', async () => {
    const id = await ticket()
    const { records } = people.dana!
    const messages = await told(() =>
      records.transaction(async () => {
        await records.act(assign, id, hers())
        await records.act(reply, id, { body: 'First' })
        await records.act(reply, id, { body: 'Second' })
      }),
    )
    expect(inShort(messages)).toEqual(['amara assigned', 'fatou replied'])
    expect(messages.find(({ event }) => event === 'ticket.replied')?.text).toMatch(/First\n\nSecond/)
  })

  it('changed in a transaction that fails, nobody is told, nor of what a savepoint undid', async () => {
    const id = await ticket(hers())
    const { records } = people.dana!
    const failing = () => records.transaction(() => records.act(close, id, {}).then(() => Promise.reject(new Error('No.'))))
    expect(await told(() => failing().catch(() => undefined))).toEqual([])
    const messages = await told(() =>
      records.transaction(async () => {
        await records.act(reply, id, { body: 'We look into it' })
        await records
          .transaction(() => records.act(reply, id, { body: 'Undone words' }).then(() => Promise.reject(new Error('No.'))))
          .catch(() => undefined)
      }),
    )
    expect(inShort(messages)).toEqual(['fatou replied'])
    expect(JSON.stringify(messages)).not.toContain('Undone words')
  })

  it('removed in the transaction that filed it, nobody is told', async () => {
    const { records } = people.mona!
    const filed = () => records.transaction(async () => records.remove(Ticket, await ticketOf(records)))
    expect(await told(filed)).toEqual([])
  })
  const ticketOf = async (records: Services['records']) =>
    (await records.create(Ticket, { subject: 'A mistake', partner: ids.partner! })).id

  it('imported, or of a time long ago, nobody is told', async () => {
    const importing = await app.servicesFor({ door: 'import', user: ids.dana! })
    const draft = { subject: 'Old matter', partner: ids.partner! }
    expect(await told(() => importing.records.create(Ticket, draft))).toEqual([])
    expect(await told(() => system.records.at(new Date('2020-02-02')).create(Ticket, draft))).toEqual([])
  })
})

describe('Whoever does not want a mail', () => {
  it('does not get it: a user by event, a customer as a whole', async () => {
    const id = await ticket(hers())
    await people.amara!.records.update(User, ids.amara!, { mailsClosed: false })
    await people.fatou!.records.update(Partner, ids.partner!, { mails: false })
    expect(inShort(await told(() => people.dana!.records.act(close, id, {})))).toEqual([])
    expect(inShort(await told(() => people.dana!.records.act(reopen, id, {})))).toEqual(['amara status'])
    await system.records.update(User, ids.amara!, { mailsClosed: true })
    await system.records.update(Partner, ids.partner!, { mails: true })
  })

  it('is told of what he wants to hear of the same change', async () => {
    const id = await ticket(teams())
    await system.records.update(User, ids.bilal!, { mailsAssigned: false })
    const messages = await told(() => people.fatou!.records.act(reply, id, { body: 'When?' }))
    expect(inShort(messages)).toEqual(['amara replied', 'bilal replied'])
    await system.records.update(User, ids.bilal!, { mailsAssigned: true })
  })

  it('changes only his own preferences', async () => {
    await expect(people.amara!.records.update(User, ids.bilal!, { mailsClosed: false })).rejects.toMatchObject({ status: 403 })
  })

  it('is not written to when he is no longer active, or has no address', async () => {
    for (const partner of [{ active: false, email: 'off@example.com' }, { email: null }]) {
      const { id } = await system.records.create(Partner, { name: 'Omar', ...partner })
      expect(await told(() => people.dana!.records.create(Ticket, { subject: 'My card', partner: id }))).toEqual([])
    }
  })

  it('nor is anybody told of what no active template tells', async () => {
    const { id } = (await system.records.find(NotificationTemplate, { event: 'closed', audience: 'partner' }))!
    await system.records.update(NotificationTemplate, id, { active: false })
    const hisId = await ticket()
    // The next best word on the same change: that the status is another.
    expect(inShort(await told(() => people.dana!.records.act(close, hisId, {})))).toEqual([])
    await system.records.update(NotificationTemplate, id, { active: true })
  })
})

describe('A note', () => {
  it('is in no mail, whatever else happens', async () => {
    const canary = 'canary-5f2d'
    const id = await ticket(hers())
    const { records } = people.dana!
    const messages = await told(async () => {
      await records.act(note, id, { body: `The ${canary} sings` })
      await records.act(reply, id, { body: 'Soon' })
      await records.act(move, id, { status: ids.in_progress! })
      await records.act(assign, id, { assignee: ids.bilal! })
      await records.act(close, id, { reason: 'Paid' })
      await records.act(reopen, id, {})
      await people.fatou!.records.act(reply, id, { body: 'Thanks' })
      await records.transaction(async () => {
        await records.act(note, id, { body: canary })
        await records.act(reply, id, { body: 'Bye', status: ids.resolved! })
      })
    })
    expect(messages.length).toBeGreaterThan(6)
    expect(JSON.stringify(messages)).not.toContain(canary)
  })
})

describe('A mail to a customer', () => {
  it('has the answer, the new state and a link to the portal, and names nobody of the staff', async () => {
    const id = await ticket(hers())
    const [mail] = await told(() => people.amara!.records.act(reply, id, { body: 'Which account?\nThe new one?', status: ids.pending! }))
    const { number } = await system.records.get(Ticket, id)
    expect(mail).toMatchObject({ to: 'fatou@example.com', channel: 'email', conversation: id })
    expect(mail?.subject).toBe(`Answer to your ticket ${number}: October transfer`)
    expect(mail?.text).toContain('Which account?\nThe new one?')
    expect(mail?.html).toContain('Which account?<br>The new one?')
    expect(mail?.text).toContain('It is now: Pending customer.')
    expect(mail?.html).toContain(`href="http://localhost:3000/my/tickets/${id}"`)
    expect(JSON.stringify(mail)).not.toMatch(/\bamara|payments/i)
  })

  it('of a closed ticket has the last answer and the way to rate, and not the reason that staff noted', async () => {
    const id = await ticket()
    const [mail] = await told(() => people.dana!.records.act(close, id, { reason: 'Paid on Monday' }))
    expect(mail?.text).not.toContain('Paid on Monday')
    expect(mail?.text).toContain(`Rate our work: http://localhost:3000/my/tickets/${id}/rate`)
    const another = await ticket()
    const [answer] = await told(() => people.dana!.records.act(reply, another, { body: 'It is paid.', status: ids.resolved! }))
    expect(answer?.html).toContain('It is paid.')
  })

  it.each([
    ['fr', 'ltr', 'Réponse à votre ticket', 'En cours'],
    ['fr-CA', 'ltr', 'Réponse à votre ticket', 'En cours'],
    ['ar', 'rtl', 'رد على تذكرتك', 'قيد المعالجة'],
    ['he', 'ltr', 'Answer to your ticket', 'In progress'],
    ['none', 'ltr', 'Answer to your ticket', 'In progress'],
  ])('in %s is read from %s and speaks it where there are texts', async (language, direction, subject, state) => {
    await system.records.update(Partner, ids.partner!, { language })
    const id = await ticket()
    const [mail] = await told(() => people.dana!.records.act(reply, id, { body: 'Hello', status: ids.in_progress! }))
    expect(mail?.subject).toContain(subject)
    expect(mail?.text).toContain(state)
    expect(mail?.html).toMatch(new RegExp(`<html lang="\\w\\w" dir="${direction}"`))
    await system.records.update(Partner, ids.partner!, { language: null })
  })

  it('shows HTML that somebody wrote, and keeps a subject on one line', async () => {
    const subject = 'Card <img src=x onerror=alert(1)> & "more"\r\nBcc: all@example.org'
    const { id } = await people.dana!.records.create(Ticket, { subject, partner: ids.partner! })
    const [mail] = await told(() => people.dana!.records.act(reply, id, { body: '<script>alert(1)</script> {{constructor}}' }))
    expect(mail?.html).not.toMatch(/<img src=x|<script/)
    expect(mail?.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; {{constructor}}')
    expect(mail?.subject).toContain('Card <img src=x onerror=alert(1)> & "more" Bcc: all@example.org')
    expect(mail?.text).toContain('<script>alert(1)</script> {{constructor}}')
  })
})

describe('A mail to staff', () => {
  it('is in their language, leads to the ticket and says who and what', async () => {
    await system.records.update(User, ids.amara!, { language: 'fr' })
    const id = await ticket(hers())
    const [mail] = await told(() => people.fatou!.records.act(reply, id, { body: 'Toujours rien' }))
    expect(mail?.subject).toContain('Fatou Camara a répondu')
    expect(mail?.text).toContain('Toujours rien')
    expect(mail?.text).toContain(`Ouvrir le ticket: http://localhost:3000/tickets/${id}`)
    await system.records.update(User, ids.amara!, { language: null })
  })
})

describe('A customer who wrote by a chat', () => {
  const inChat = { channel: 'email', channelAddress: 'unused@example.com' }

  it('that is no longer there gets mails', async () => {
    const messages = await told(() => ticket({ channel: 'pigeon', channelAddress: '17' }))
    expect(messages).toMatchObject([{ channel: 'email', to: 'fatou@example.com' }])
  })

  it('is not mistaken for one who wrote a mail', async () => {
    expect(await told(() => ticket(inChat))).toMatchObject([{ channel: 'email', to: 'fatou@example.com' }])
  })
})

it('A message of the outbox names the ticket that it is about', async () => {
  const id = await ticket()
  const { rows } = await system.records.query(OutboxMessage, { fields: ['model', 'record', 'event'], where: { conversation: id } })
  expect(rows).toMatchObject([{ model: 'ticket', record: id, event: 'ticket.created' }])
})

describe('Merging tickets', () => {
  it('sends nobody anything, nor does taking them apart; what the customer then says reaches who goes on with it', async () => {
    const filed = (subject: string, assignee: string | undefined) =>
      people.mona!.records.create(Ticket, { subject, partner: ids.partner!, assignee: assignee! })
    const [one, two] = [await filed('Card is lost', ids.amara), await filed('Where is my card?', ids.bilal)]
    expect(await told(() => people.mona!.records.act(merge, one.id, { into: two.id }))).toEqual([])
    expect(await told(() => people.mona!.records.act(unmerge, one.id, {}))).toEqual([])
    await people.mona!.records.act(merge, one.id, { into: two.id })
    const mails = await told(() => people.fatou!.records.act(reply, one.id, { body: 'It was red.' }))
    expect(mails.map(({ to, event, conversation }) => [to, event, conversation])).toContainEqual([
      'bilal@example.org',
      'ticket.replied',
      two.id,
    ])
    expect(mails.map(({ conversation }) => conversation)).not.toContain(one.id)
    expect(mails.find(({ to }) => to === 'bilal@example.org')?.text).toContain('It was red.')
  })
})
