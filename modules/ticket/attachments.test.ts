/** Files of tickets and of what was said about them, through the API: who may send, read and take them away. */
import { Attachment } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Partner } from '@tessera/partner'
import { Message } from '@tessera/thread'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { note, reply, Ticket } from './index.ts'

let app: TestApp
let system: Services
let agent: SignedIn
let manager: SignedIn
let viewer: SignedIn
let fatou: SignedIn
let omar: SignedIn
let partner: string

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['ticket'])
  system = await app.servicesFor({ door: 'system' })
  agent = await signedInAs(app, 'agent')
  manager = await signedInAs(app, 'manager')
  viewer = await signedInAs(app, 'viewer')
  partner = (await system.records.create(Partner, { name: 'Fatou Camara' })).id
  const other = (await system.records.create(Partner, { name: 'Omar Haddad' })).id
  fatou = await signedInAs(app, 'customer', { partner })
  omar = await signedInAs(app, 'customer', { partner: other })
})
afterAll(() => app?.close())

const file = async (more: object = {}): Promise<string> =>
  (await system.records.create(Ticket, { subject: 'Card is lost', partner, ...more })).id
interface Sent {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly draft: boolean
}
const post = async (who: SignedIn, about: object, files: readonly File[]) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(about)) form.append(name, value)
  for (const each of files) form.append('files', each)
  const made = new Response(form)
  const headers = { 'content-type': made.headers.get('content-type')! }
  return who.fetch('/api/attachments', { method: 'POST', headers, body: await made.blob() })
}
const send = async (who: SignedIn, about: object, ...files: File[]): Promise<readonly Sent[]> => {
  const answer = await post(who, about, files)
  const text = await answer.text()
  expect(answer.status, text).toBe(200)
  return JSON.parse(text).data
}
const text = (name: string, content = 'Proof of payment') => new File([content], name, { type: 'text/plain' })
const png = new File([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')], 'receipt.png', { type: 'image/png' })
const problem = async (answer: Response) => {
  const { code, detail } = (await answer.json()) as { code: string; detail: string }
  return { status: answer.status, code, detail }
}
const content = (who: SignedIn, id: string, headers: Record<string, string> = {}) =>
  who.fetch(`/api/attachments/${id}/content`, { headers })

describe('A file of a ticket', () => {
  it('comes by whoever may change the ticket, is read where the ticket is read, and its history names it', async () => {
    const ticket = await file()
    const [sent] = await send(agent, { model: 'ticket', record: ticket }, text('proof.txt'))
    expect(sent).toMatchObject({ name: 'proof.txt', type: 'text/plain', size: 16, draft: false })
    const list = (await (await viewer.fetch(`/api/attachments?model=tickets&record=${ticket}`)).json()) as { data: Sent[] }
    expect(list.data).toMatchObject([{ id: sent!.id, createdBy: { id: agent.user } }])
    expect(await (await content(viewer, sent!.id)).text()).toBe('Proof of payment')
    const [latest] = await (await viewer.services()).records.history(Ticket, ticket)
    expect(latest).toMatchObject({ field: 'attachments', old: null, new: [{ label: 'proof.txt' }], actor: { id: agent.user } })
  })

  it('is the staff’s: a customer reads none of them, nor learns that there are any', async () => {
    const ticket = await file()
    const [sent] = await send(agent, { model: 'ticket', record: ticket }, text('internal.txt'))
    expect((await content(fatou, sent!.id)).status).toBe(404)
    const list = (await (await fatou.fetch(`/api/attachments?model=ticket&record=${ticket}`)).json()) as { data: Sent[] }
    expect(list.data).toEqual([])
    expect((await omar.fetch(`/api/attachments?model=ticket&record=${ticket}`)).status).toBe(404)
  })

  it('is brought and taken away by nobody who may not change the ticket', async () => {
    const ticket = await file()
    const [sent] = await send(agent, { model: 'ticket', record: ticket }, text('kept.txt'))
    expect(await problem(await post(viewer, { model: 'ticket', record: ticket }, [text('a.txt')]))).toMatchObject({
      status: 403,
      code: 'base.may_not_attach',
    })
    expect(await problem(await post(fatou, { model: 'ticket', record: ticket }, [text('a.txt')]))).toMatchObject({
      status: 403,
      code: 'base.may_not_attach_here',
    })
    expect((await post(omar, { model: 'ticket', record: ticket }, [text('a.txt')])).status).toBe(404)
    for (const who of [viewer, fatou, omar]) {
      expect([403, 404]).toContain((await who.fetch(`/api/attachments/${sent!.id}`, { method: 'DELETE' })).status)
    }
    expect(await system.records.count(Attachment, { where: { ticket } })).toBe(1)
    expect((await agent.fetch(`/api/attachments/${sent!.id}`, { method: 'DELETE' })).status).toBe(204)
    const [latest] = await system.records.history(Ticket, ticket)
    expect(latest).toMatchObject({ field: 'attachments', old: [{ label: 'kept.txt' }], new: null })
  })

  it('goes with the ticket, and its content is swept away once no other file has it', async () => {
    const [one, other] = [await file(), await file()]
    await send(agent, { model: 'ticket', record: one }, text('same.txt', 'the same content'))
    const [kept] = await send(
      agent,
      { model: 'ticket', record: other },
      text('other name.txt', 'the same content'),
      text('own.txt', 'its own content'),
    )
    expect((await manager.fetch(`/api/tickets/${one}`, { method: 'DELETE' })).status).toBe(204)
    expect(await system.records.count(Attachment, { where: { ticket: one } })).toBe(0)
    const later = async () => (await app.servicesFor({ door: 'system', now: new Date(Date.now() + 2 * 86_400_000) })).attachments
    expect(await (await later()).sweep()).toMatchObject({ contents: expect.any(Number) })
    expect(await (await content(agent, kept!.id)).text()).toBe('the same content')
    await agent.fetch(`/api/attachments/${kept!.id}`, { method: 'DELETE' })
    expect(await (await later()).sweep()).toEqual({ drafts: 0, contents: 1 })
  })

  it('is neither written nor changed in any other way, whoever tries', async () => {
    const ticket = await file()
    const administrator = await (await signedInAs(app, 'administrator')).services()
    const [sent] = await send(agent, { model: 'ticket', record: ticket }, text('a.txt'))
    const forged = { name: 'b.txt', type: 'text/plain', size: 1, hash: '0'.repeat(64), ticket }
    for (const { records } of [administrator, await agent.services()]) {
      await expect(records.create(Attachment, forged)).rejects.toMatchObject({ status: 403 })
      await expect(records.update(Attachment, sent!.id, { hash: '0'.repeat(64) })).rejects.toMatchObject({ status: 403 })
    }
  })
})

describe('A file that goes with a message', () => {
  it('is its sender’s draft until the message is sent, then read by whoever reads the message', async () => {
    const ticket = await file()
    const [draft] = await send(fatou, {}, png)
    expect(draft).toMatchObject({ draft: true, type: 'image/png' })
    for (const who of [agent, manager, omar]) expect((await content(who, draft!.id)).status).toBe(404)
    expect((await content(fatou, draft!.id)).status).toBe(200)
    const said = await fatou.fetch(`/api/tickets/${ticket}/reply`, {
      method: 'POST',
      body: JSON.stringify({ body: 'Here is the receipt', attachments: [draft!.id] }),
    })
    expect(said.status).toBe(200)
    for (const who of [agent, viewer, fatou]) expect((await content(who, draft!.id)).status).toBe(200)
    expect((await content(omar, draft!.id)).status).toBe(404)
    const { rows } = await system.records.query(Message, { fields: ['body'], where: { ticket } })
    const list = (await (await viewer.fetch(`/api/attachments?model=message&record=${rows[0]!.id}`)).json()) as { data: Sent[] }
    expect(list.data).toMatchObject([{ id: draft!.id, name: 'receipt.png', draft: false }])
  })

  it('is a note’s, and then no customer’s, not even by its id', async () => {
    const ticket = await file()
    const [draft] = await send(agent, {}, text('canary-note.txt'))
    await (await agent.services()).records.act(note, ticket, { body: 'Only for us', attachments: [draft!.id] })
    expect((await content(viewer, draft!.id)).status).toBe(200)
    for (const who of [fatou, omar]) expect((await content(who, draft!.id)).status).toBe(404)
  })

  it('is taken along by nobody but its sender, and once', async () => {
    const ticket = await file()
    const [draft] = await send(agent, {}, text('mine.txt'))
    const say = async (who: SignedIn) => (await who.services()).records.act(reply, ticket, { body: 'Mine', attachments: [draft!.id] })
    await expect(say(fatou)).rejects.toMatchObject({ code: 'base.draft_gone' })
    await say(agent)
    await expect(say(agent)).rejects.toMatchObject({ code: 'base.draft_gone' })
    expect(await system.records.count(Message, { where: { ticket } })).toBe(1)
  })

  it('that was never sent is swept away after a day', async () => {
    const [draft] = await send(fatou, {}, text('forgotten.txt', 'nobody needs this'))
    const { attachments } = await app.servicesFor({ door: 'system', now: new Date(Date.now() + 2 * 86_400_000) })
    expect((await attachments.sweep()).drafts).toBeGreaterThan(0)
    expect((await content(fatou, draft!.id)).status).toBe(404)
  })
})

describe('What is taken', () => {
  it.each([
    ['a program by its name', new File(['x'], 'setup.EXE'), 415, 'base.kind_refused'],
    ['a program by its content', new File(['MZ\u0090'], 'holiday.txt'), 415, 'base.program_refused'],
  ])('is not %s', async (_, refused, status, code) => {
    const before = await system.records.count(Attachment)
    expect(await problem(await post(agent, {}, [text('good.txt'), refused]))).toMatchObject({ status, code })
    expect(await system.records.count(Attachment)).toBe(before)
  })

  it('is not more than the settings say, in size and number, and each refusal says which', async () => {
    const { attachmentSettings } = await import('@tessera/base')
    await system.settings.set(attachmentSettings, { mostMegabytes: 1, most: 2, refused: [] })
    expect(await problem(await post(agent, {}, [new File([Buffer.alloc(1_000_001)], 'big.bin')]))).toMatchObject({
      status: 413,
      detail: '"big.bin" is larger than 1 MB, and is not taken.',
    })
    expect(await problem(await post(agent, {}, [text('1.txt'), text('2.txt'), text('3.txt')]))).toMatchObject({
      status: 413,
      code: 'base.too_many_files',
    })
    expect(await problem(await post(agent, {}, []))).toMatchObject({ status: 422, code: 'base.no_file' })
    await system.settings.set(attachmentSettings, { mostMegabytes: 25, most: 10, refused: ['exe'] })
  })

  it('is a form with files, and nothing else', async () => {
    expect(await problem(await agent.fetch('/api/attachments', { method: 'POST', body: '{}' }))).toMatchObject({ status: 415 })
    const broken = await agent.fetch('/api/attachments', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\ncontent-disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhalf',
    })
    expect(await problem(broken)).toMatchObject({ status: 400, code: 'http.broken_form' })
    expect(
      (await agent.fetch('/api/attachments', { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' })).status,
    ).toBe(400)
  })

  it('keeps only the last part of a path, and nothing that turns a name round', async () => {
    const names = ['../../../etc/passwd', 'C:\\Users\\a\\cv.pdf', '\u202egpj.exe.txt', 'سجل الدفع.pdf']
    const sent = await send(agent, {}, ...names.map((name) => text(name)))
    expect(sent.map(({ name }) => name)).toEqual(['passwd', 'cv.pdf', 'gpj.exe.txt', 'سجل الدفع.pdf'])
    const arabic = sent.at(-1)
    expect((await content(agent, arabic!.id)).headers.get('content-disposition')).toBe(
      `attachment; filename="___ _____.pdf"; filename*=UTF-8''${encodeURIComponent('سجل الدفع.pdf')}`,
    )
  })
})

describe('A download', () => {
  it('is never run or drawn by a browser, whatever is in it', async () => {
    const page = new File(['<script>alert(1)</script>'], 'page.html', { type: 'text/html' })
    const drawing = new File(['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'], 'a.svg', { type: 'image/svg+xml' })
    const lie = new File(['<script>alert(1)</script>'], 'lie.png', { type: 'image/png' })
    for (const { id } of await send(agent, {}, page, drawing, lie)) {
      const { headers } = await content(agent, id)
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(/^attachment; /),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'private, no-cache, no-transform',
      })
    }
  })

  it('comes in parts, and not again to who has it', async () => {
    const [sent] = await send(agent, {}, text('digits.txt', '0123456789'))
    const part = async (range: string, more: Record<string, string> = {}) => {
      const answer = await content(agent, sent!.id, { range, ...more })
      return [answer.status, await answer.text(), answer.headers.get('content-range')]
    }
    expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10'])
    expect(await part('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10'])
    expect(await part('bytes=-2')).toEqual([206, '89', 'bytes 8-9/10'])
    expect(await part('bytes=20-')).toEqual([416, '', 'bytes */10'])
    expect(await part('bytes=0-1,4-5')).toEqual([200, '0123456789', null])
    expect(await part('bytes=2-4', { 'if-range': '"old"' })).toEqual([200, '0123456789', null])
    const etag = (await content(agent, sent!.id)).headers.get('etag')!
    const again = await content(agent, sent!.id, { 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const head = await agent.fetch(`/api/attachments/${sent!.id}/content`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
  })

  it('of nothing is nothing', async () => {
    const [sent] = await send(agent, {}, text('empty.txt', ''))
    const answer = await content(agent, sent!.id)
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '0'])
  })
})

describe('An API key that is kept to something', () => {
  it('sends and reads files by the scopes that it has, of the record too', async () => {
    const ticket = await file()
    const keyOf = async (...scopes: string[]) => {
      const { key } = await system.identity.createKey(agent.user, 'scoped', { scopes })
      const fetchWith = async (path: string, init: RequestInit = {}) =>
        fetch(new URL(path, await app.listen()), { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${key}` } })
      return { ...agent, key, fetch: fetchWith } satisfies SignedIn
    }
    const about = { model: 'ticket', record: ticket }
    expect((await post(await keyOf('ticket:read', 'attachment:read'), about, [text('a.txt')])).status).toBe(403)
    expect((await post(await keyOf('ticket:read', 'attachment:create'), about, [text('a.txt')])).status).toBe(403)
    const [sent] = await send(await keyOf('ticket:read', 'ticket:update', 'attachment:create'), about, text('a.txt'))
    expect((await content(await keyOf('ticket:read', 'ticket:update'), sent!.id)).status).toBe(404)
    expect((await content(await keyOf('attachment:read'), sent!.id)).status).toBe(200)
  })
})
