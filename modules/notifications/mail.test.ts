/** A mail all the way: from the change to a mail server, and an answer to a chat. */
import base, { type Channel, type Outgoing, Role, RuleSet, Team } from '@tessera/base'
import { defineModule } from '@tessera/core'
import { bootTest, type TestApp } from '@tessera/core/testing'
import partner, { Partner } from '@tessera/partner'
import thread from '@tessera/thread'
import ticket, { assign, close, priority, reply, status, Ticket } from '@tessera/ticket'
import web from '@tessera/web'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, inject, it } from 'vitest'
import notifications from './index.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of closing.splice(0).reverse()) await end()
})

async function mailServer() {
  const received: { to: readonly string[]; raw: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    logger: false,
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({ to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString('utf8') })
        done()
      })
    },
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  closing.push(() => new Promise<void>((done) => server.close(() => done())))
  const address = server.server.address()
  return { url: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, received }
}

async function agentOf(app: TestApp) {
  const { identity } = await app.servicesFor({ door: 'system' })
  const { id } = await identity.createUser({ email: 'amara@example.org', name: 'Amara', roles: ['agent'] })
  return (await app.servicesFor({ door: 'web', user: id })).records
}

const headersOf = (raw: string) => raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
const header = (raw: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headersOf(raw))?.[1]

describe('A customer with an email address', () => {
  it('gets what happens as one thread, whatever was written into the subject', async () => {
    const server = await mailServer()
    const app = await bootTest(inject('postgresUrl'), ['notifications'], {
      SMTP_URL: server.url,
      BASE_URL: 'https://desk.example.org',
      MAIL_FROM: 'Desk <desk@example.org>',
    })
    closing.push(() => app.close())
    const records = await agentOf(app)
    const { id: fatou } = await records.create(Partner, { name: 'Fatou\r\nBcc: a@example.org', email: 'fatou@example.com', language: 'fr' })
    const subject = 'Card\r\nBcc: b@example.org'
    const { id } = await records.create(Ticket, { subject, partner: fatou })
    await app.queue.drain()
    await records.act(reply, id, { body: 'Bonjour,\nla carte est en route.' })
    await records.act(close, id, {})
    await app.queue.drain()

    expect(server.received.map(({ to }) => to)).toEqual(Array.from({ length: 3 }, () => ['fatou@example.com']))
    for (const { raw } of server.received) {
      expect(header(raw, 'Bcc')).toBeUndefined()
      expect(header(raw, 'From')).toContain('desk@example.org')
      expect(header(raw, 'Content-Type')).toMatch(/^multipart\/alternative/)
    }
    const ids = server.received.map(({ raw }) => header(raw, 'Message-ID'))
    expect(new Set(ids).size).toBe(3)
    expect(header(server.received[2]!.raw, 'References')).toContain(ids[0])
  })
})

describe('A customer who wrote by a chat', () => {
  const sent: Outgoing[] = []
  const pigeon: Channel = {
    name: 'pigeon',
    label: 'Pigeon',
    notReady: () => undefined,
    send: async (message) => void sent.push(message),
  }
  const loft = defineModule({
    name: 'loft',
    depends: [base],
    overrides: {
      channels: (Channels) =>
        class extends Channels {
          override all() {
            return [...super.all(), pigeon]
          }
        },
    },
  })

  it('and has no address has no account either: no link is sent that he cannot open', async () => {
    const app = await bootTest(inject('postgresUrl'), [base, thread, partner, ticket, web, notifications, loft])
    closing.push(() => app.close())
    const records = await agentOf(app)
    const { id: omar } = await records.create(Partner, { name: 'Omar' })
    const system = await app.servicesFor({ door: 'system' })
    const { id } = await system
      .asSystem('As the inbox writes it.')
      .create(Ticket, { subject: 'My card', partner: omar, channel: 'pigeon', channelAddress: 'roof 8' })
    await records.act(close, id, {})
    await app.queue.drain()
    const [, closed] = sent.splice(0)
    expect(closed?.text).toContain('is closed.')
    expect(closed?.text).not.toMatch(/http|Rate|\(\)/)
  })

  it('is answered there, as text, and gets no mail', async () => {
    const app = await bootTest(inject('postgresUrl'), [base, thread, partner, ticket, web, notifications, loft])
    closing.push(() => app.close())
    const records = await agentOf(app)
    const { id: fatou } = await records.create(Partner, { name: 'Fatou', email: 'fatou@example.com' })
    const system = await app.servicesFor({ door: 'system' })
    const { id, number } = await system.asSystem('As the inbox writes it.').create(Ticket, {
      subject: 'My card',
      partner: fatou,
      channel: 'pigeon',
      channelAddress: 'roof 7',
    })
    await records.act(reply, id, { body: 'It <b>came</b>' })
    await app.queue.drain()
    expect(sent).toMatchObject([{ to: 'roof 7' }, { to: 'roof 7', html: undefined }])
    expect(sent[0]?.text).toContain(`We have received your ticket ${number} “My card”`)
    expect(sent[1]?.text).toContain('It <b>came</b>')

    expect(sent[1]?.text).toContain(`Reply: http://localhost:3000/my/tickets/${id}`)

    // Without mails he is answered, and told of nothing else.
    await records.update(Partner, fatou, { mails: false })
    await records.update(Ticket, id, { status: status.on_hold })
    await records.act(reply, id, { body: 'And now?' })
    await app.queue.drain()
    expect(sent.slice(2).map(({ text }) => text)).toEqual([expect.stringContaining('And now?')])
    expect(await app.connection.run(`select 1 from outbox_message where channel = 'email'`, [])).toEqual([])
  })
})

describe('One of the staff from whom rules hide something of a ticket', () => {
  it('is told of it without that: the line vanishes, and nothing in the mail betrays it', async () => {
    const server = await mailServer()
    const app = await bootTest(inject('postgresUrl'), ['notifications'], { SMTP_URL: server.url, MAIL_FROM: 'Desk <desk@example.org>' })
    closing.push(() => app.close())
    const { identity, records } = await app.servicesFor({ door: 'system' })
    const role = await records.create(Role, { name: 'blind', label: 'Blind', includes: [{ code: 'staff' }] })
    const fields = ['number', 'subject', 'status', 'type', 'assignee', 'createdAt', 'updatedAt']
    await records.create(RuleSet, { role: role.id, model: 'ticket', rules: [{ verbs: ['read'], fields }] })
    for (const model of ['ticketStatus', 'ticketType', 'user'])
      await records.create(RuleSet, { role: role.id, model, rules: [{ verbs: ['read'] }] })
    const [seeing, blind, boss] = await Promise.all(
      (
        [
          ['seeing', 'agent'],
          ['blind', 'blind'],
          ['boss', 'manager'],
        ] as const
      ).map(([name, its]) => identity.createUser({ email: `${name}@example.org`, name, roles: [its] })),
    )
    const team = await records.create(Team, { name: 'Payments', members: [seeing!.id, blind!.id] })
    const partner = await records.create(Partner, { name: 'Fatou Camara', mails: false })
    const manager = (await app.servicesFor({ door: 'web', user: boss!.id })).records
    const draft = { subject: 'Lost card', description: 'My secret words', partner: partner.id, team: team.id, priority: priority.urgent }
    const { id } = await manager.create(Ticket, draft)
    await app.queue.drain()
    await manager.act(assign, id, { assignee: blind!.id })
    await app.queue.drain()

    const to = (name: string) => server.received.filter((mail) => mail.to.includes(`${name}@example.org`)).map(({ raw }) => plainOf(raw))
    const [whole, ...more] = to('seeing')
    expect(more).toEqual([])
    for (const word of ['Fatou Camara', 'Payments', 'Urgent', 'Lost card', 'My secret words']) expect(whole).toContain(word)
    const his = to('blind')
    expect(his).toHaveLength(2)
    for (const mail of his) {
      expect(mail).toContain('Lost card')
      expect(mail).toContain(`/tickets/${id}`)
      for (const word of ['Fatou', 'Payments', 'Urgent', 'secret words']) expect(mail).not.toContain(word)
      expect(mail).not.toMatch(/\(\s*[,،)]|“”| of was | for : /)
    }
  })
})

/** The mail as its reader sees it, whatever it is carried in. */
function plainOf(raw: string): string {
  return raw
    .replaceAll('=\r\n', '')
    .replaceAll(/(?:=[\dA-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'))
    .replaceAll(/^Subject: =\?UTF-8\?Q\?(.*?)\?=/gim, (_, words: string) => `Subject: ${words.replaceAll('_', ' ')}`)
}
