/** The document's last chapter: chat apps by an adapter of their own, and email that only goes out. */

import { createServer, type Server } from 'node:http'
import { OutboxMessage } from '@tessera/base'
import { setSecret, signatureOf, WebhookChannel } from '@tessera/channel-webhook'
import { Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openWorld, type World } from './dealership.world.ts'

describe.each([
  { what: 'the dealership alone', modules: [] },
  { what: 'both addons', modules: ['spp'] },
])('The ticket system supports the following communication channels, with $what:', ({ modules }) => {
  let world: World
  let mail: SMTPServer
  let chat: Server
  const mails: string[] = []
  const chats: { readonly signature: string | undefined; readonly timestamp: string | undefined; readonly body: string }[] = []
  const secret = 'what-both-the-desk-and-the-chat-vendor-know'
  const portOf = (address: ReturnType<Server['address']> | undefined) => (typeof address === 'object' && address ? address.port : 0)

  beforeAll(async () => {
    mail = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, session, done) {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          mails.push(`${session.envelope.rcptTo.map(({ address }) => address).join()}\n${Buffer.concat(chunks).toString('utf8')}`)
          done()
        })
      },
    })
    mail.on('error', () => undefined)
    await new Promise<void>((ready) => mail.listen(0, '127.0.0.1', ready))
    chat = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { 'x-tessera-signature': signature, 'x-tessera-timestamp': timestamp } = request.headers
        chats.push({ signature: String(signature), timestamp: String(timestamp), body: Buffer.concat(chunks).toString('utf8') })
        response.end('{}')
      })
    })
    await new Promise<void>((ready) => chat.listen(0, '127.0.0.1', ready))
    world = await openWorld(inject('postgresUrl'), ['web', 'portal', 'notifications', 'channel-webhook', 'dealership', ...modules], {
      SMTP_URL: `smtp://127.0.0.1:${portOf(mail.server.address())}`,
      MAIL_FROM: 'Nahrain Motors <desk@nahrain.example>',
      TESSERA_ALLOW_PRIVATE_TARGETS: '1',
    })
  })
  afterAll(async () => {
    await world?.app.close()
    await new Promise<void>((done) => mail.close(() => done()))
    chat.close()
  })

  it('Chat Apps: WhatsApp, Viber, Facebook Messenger, Telegram, etc.', async () => {
    const { records } = await world.people.administrator.services()
    for (const name of ['whatsapp', 'viber', 'messenger']) {
      const target = `http://127.0.0.1:${portOf(chat.address())}/${name}`
      const { id } = await records.create(WebhookChannel, { name, label: name, target })
      await records.act(setSecret, id, { secret })
      const said = async (text: string, number: string) => {
        const body = JSON.stringify({ id: number, address: '+9647705550199', name: 'Huda', text })
        const timestamp = String(Math.floor(Date.now() / 1000))
        const headers = { 'x-tessera-timestamp': timestamp, 'x-tessera-signature': signatureOf(secret, timestamp, body) }
        const answer = await world.ask(null, 'POST', `/api/channels/webhook/${name}`, body, headers)
        expect(answer.status).toBe(200)
        return answer.body.ticket as string
      }
      const ticket = await said('Is the Corolla in stock?', 'm-1')
      expect(await world.system.records.get(Ticket, ticket)).toMatchObject({
        channel: `webhook.${name}`,
        channelAddress: '+9647705550199',
        partner: { name: 'Huda' },
        dealerLevel: 'unassigned',
      })
      // The distributor gives it to a branch, which answers; the answer goes back by the same chat.
      await world.ask('distributor', 'POST', `/api/tickets/${ticket}/handOver`, { branch: world.branches.karrada })
      expect((await world.ask('branch', 'POST', `/api/tickets/${ticket}/reply`, { body: `Yes, in white (${name}).` })).status).toBe(200)
      await world.app.queue.drain()
      const back = chats.find(({ body }) => body.includes(`in white (${name})`))
      expect(back, JSON.stringify(chats)).toBeDefined()
      expect(JSON.parse(back!.body)).toMatchObject({ to: '+9647705550199' })
      expect(back?.signature).toBe(signatureOf(secret, back!.timestamp!, back!.body))
      // What he says next belongs to the same ticket.
      expect(await said('I come today.', 'm-2')).toBe(ticket)
      expect(await world.system.records.count(Message, { where: { ticket, kind: 'public' } })).toBe(2)
    }
  })

  it('Email: Outgoing notifications only.', async () => {
    const filed = await world.ask('website', 'POST', '/api/intake/general-inquiries', {
      name: 'Omar',
      email: 'omar@mail.example',
      message: 'Which papers do I need?',
    })
    await world.ask('distributor', 'POST', `/api/tickets/${filed.body.id}/reply`, { body: 'Your identity card.' })
    await world.ask('distributor', 'POST', `/api/tickets/${filed.body.id}/close`, {})
    await world.app.queue.drain()
    const his = mails.filter((each) => each.startsWith('omar@mail.example'))
    expect(his.length).toBeGreaterThanOrEqual(2)
    expect(his.join()).toContain(filed.body.number)
    expect(his.join()).toContain('Your identity card.')
    expect(await world.system.records.count(OutboxMessage, { where: { channel: 'email', to: 'omar@mail.example' } })).toBe(his.length)
  })

  it('Warning: Chat App integration does not come out of the box and must be implemented in accordance with the third-party vendor that the distributor is using.', async () => {
    // Nothing but email is there until somebody sets a vendor's adapter up, and what it is not told it does not take in.
    const names = world.system.channels.all().map(({ name }) => name)
    expect(names).toContain('email')
    expect(names.filter((name) => /telegram|whatsapp$|messenger$/.test(name) && !name.startsWith('webhook.'))).toEqual([])
    expect((await world.ask(null, 'POST', '/api/channels/webhook/line', { id: '1', address: '1', text: 'Hello' })).status).toBe(401)
    expect((await world.ask(null, 'POST', '/api/channels/telegram', {})).status).toBe(404)
  })
})
