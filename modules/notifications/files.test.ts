/** Files of an answer, all the way to a mail server: with the mail, or by a link where they are too large for one. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Attachment, type MailedFile, mailSettings, OutboxMessage } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { note, reply, Ticket } from '@tessera/ticket'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { visitorAs, wordsOf } from '../web/server/visitor.ts'

let app: TestApp
let system: Services
let agent: SignedIn
let server: SMTPServer
let partner: string
const received: string[] = []
/** What the server answers to the next mails; then it takes all. */
const verdicts: number[] = []

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    logger: false,
    onData(stream, _, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const verdict = verdicts.shift()
        if (verdict !== undefined) return done(Object.assign(new Error('Not now'), { responseCode: verdict }))
        received.push(Buffer.concat(chunks).toString('latin1'))
        done()
      })
    },
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  app = await bootTest(inject('postgresUrl'), ['notifications'], { SMTP_URL: `smtp://127.0.0.1:${port}` })
  system = await app.servicesFor({ door: 'system' })
  partner = (await system.records.create(Partner, { name: 'Fatou Camara', email: 'fatou@example.com' })).id
  agent = await signedInAs(app, 'agent')
})
afterAll(async () => {
  await app?.close()
  await new Promise<void>((done) => server.close(() => done()))
})
beforeEach(async () => {
  await app.queue.drain()
  received.length = 0
})

/** A ticket of Fatou of which she knows. */
async function file(): Promise<string> {
  const { id } = await system.records.create(Ticket, { subject: 'Card is lost', partner })
  await app.queue.drain()
  received.length = 0
  return id
}
async function drafts(...files: readonly File[]): Promise<readonly string[]> {
  const form = new FormData()
  for (const each of files) form.append('files', each)
  const made = new Response(form)
  const headers = { 'content-type': made.headers.get('content-type')! }
  const answer = await agent.fetch('/api/attachments', { method: 'POST', headers, body: await made.blob() })
  return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
}
const answer = async (ticket: string, attachments: readonly string[], body = 'Here it is.') =>
  (await agent.services()).records.act(reply, ticket, { body, attachments: [...attachments] })
const messagesOf = async (ticket: string) =>
  (
    await system.records.query(OutboxMessage, {
      fields: ['event', 'status', 'error', 'files', 'attempts', 'text', 'html'],
      where: { conversation: ticket, event: { $ne: 'ticket.created' } },
    })
  ).rows
/** The parts of a mail that are files: by their names, what they hold. */
const partsOf = (raw: string) =>
  new Map(
    raw
      .split(/\r\n--[^\r\n]+\r\n/)
      .filter((part) => /^content-disposition: attachment/im.test(part))
      .map((part) => {
        const [head = '', body = ''] = part.split('\r\n\r\n', 2)
        const name = /filename\*?(?:0\*)?=(?:utf-8'')?"?([^";\r\n]+)/i.exec(head)?.[1] ?? ''
        return [decodeURIComponent(name), Buffer.from(body.replaceAll(/--[^\r\n]+--|\s/g, ''), 'base64')]
      }),
  )
const pdf = new File(['%PDF-1.7 the receipt'], 'reçu.pdf', { type: 'application/pdf' })
const large = new File([Buffer.alloc(1_200_000, 'tessera ')], 'survey.csv', { type: 'text/csv' })

describe('An answer with files', () => {
  it('brings them to the customer as they are', async () => {
    const ticket = await file()
    await answer(ticket, await drafts(pdf, large))
    await app.queue.drain()
    const [mail = ''] = received
    expect(mail).toMatch(/^content-type: multipart\/mixed/im)
    const parts = partsOf(mail)
    expect([...parts.keys()]).toEqual(['reçu.pdf', 'survey.csv'])
    expect(parts.get('reçu.pdf')?.toString()).toBe('%PDF-1.7 the receipt')
    expect(parts.get('survey.csv')?.equals(Buffer.from(await large.arrayBuffer()))).toBe(true)
    const [sent] = await messagesOf(ticket)
    expect(sent).toMatchObject({ status: 'sent', error: null, files: [{ name: 'reçu.pdf' }, { name: 'survey.csv' }] })
    // Whoever looks after the outbox reads what went along, and not how it is stored.
    const { html } = await (await visitorAs(app, 'administrator')).get(`/outbox-messages/${sent?.id}`)
    expect(wordsOf(html)).toContain('Name: reçu.pdf, Size (bytes): 20 Name: survey.csv, Size (bytes): 1200000')
  })

  it('brings them again when the first attempt failed', async () => {
    const ticket = await file()
    verdicts.push(451)
    await answer(ticket, await drafts(pdf))
    await app.queue.drain()
    expect(received).toEqual([])
    const later = await app.servicesFor({ door: 'system', now: new Date(Date.now() + 120_000) })
    await later.outbox.deliverDue('email')
    expect(
      partsOf(received[0] ?? '')
        .get('reçu.pdf')
        ?.toString(),
    ).toBe('%PDF-1.7 the receipt')
    expect(await messagesOf(ticket)).toMatchObject([{ status: 'sent', attempts: 2, error: null }])
  })

  it('leads to the portal where they are larger together than a mail may be, and says so in the customer’s language', async () => {
    await system.settings.set(mailSettings, { mostMegabytes: 1 })
    await system.records.update(Partner, partner, { language: 'fr' })
    const ticket = await file()
    await answer(ticket, await drafts(pdf, large))
    await app.queue.drain()
    expect(partsOf(received[0] ?? '').size).toBe(0)
    const [{ text, html, files } = { text: '', html: '', files: null }] = await messagesOf(ticket)
    const said = 'Non jointes, elles vous attendent dans votre ticket : reçu.pdf, survey.csv.'
    expect(text).toContain(`${said} http://localhost:3000/my/tickets/${ticket}`)
    expect(html).toContain(said)
    expect(files).toBeNull()
    await system.settings.set(mailSettings, { mostMegabytes: 15 })
    await system.records.update(Partner, partner, { language: null })
  })

  it('is sent without one that is gone by then, and the outbox says which', async () => {
    const ticket = await file()
    const [taken = '', lost = '', whole = ''] = await drafts(
      new File(['taken away'], 'taken.txt', { type: 'text/plain' }),
      new File(['lost on the disk'], 'lost.txt', { type: 'text/plain' }),
      pdf,
    )
    await answer(ticket, [taken, lost, whole])
    const { hash } = await system.records.get(Attachment, lost)
    await rm(join(system.config.dataDir, 'files', hash.slice(0, 2), hash))
    await system.records.remove(Attachment, taken)
    await app.queue.drain()
    expect([...partsOf(received[0] ?? '').keys()]).toEqual(['reçu.pdf'])
    expect(await messagesOf(ticket)).toMatchObject([
      { status: 'sent', error: 'It was sent without what is not there any more: taken.txt, lost.txt.' },
    ])
  })

  it('never brings those of a note, nor brings any to staff', async () => {
    const ticket = await file()
    const manager = await signedInAs(app, 'manager')
    await (await manager.services()).followers.add(app.composition.models.of(Ticket), ticket, manager.user)
    const { records } = await agent.services()
    const [secret = '', open = ''] = await drafts(new File(['secret'], 'internal.txt', { type: 'text/plain' }), pdf)
    await records.transaction(async () => {
      await records.act(note, ticket, { body: 'Only for us', attachments: [secret] })
      await records.act(reply, ticket, { body: 'For you', attachments: [open] })
    })
    const names = (await messagesOf(ticket)).map(({ files }) => (files as readonly MailedFile[] | null)?.map(({ name }) => name))
    expect(names.filter((each) => each !== undefined)).toEqual([['reçu.pdf']])
    expect(names.length).toBe(2)
  })
})
