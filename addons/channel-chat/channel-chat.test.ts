import { createHmac } from 'node:crypto'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ChatChannel, setSecrets } from './index.ts'
import { itemsAt, textAt, valueAt } from './paths.ts'

houseRules('channel-chat')

let app: TestApp
let system: Services
let administrator: SignedIn
let address: string
const signingSecret = 'the-secret-of-the-app'

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['channel-chat'])
  address = await app.listen()
  system = await app.servicesFor({ door: 'system' })
  administrator = await signedInAs(app, 'administrator')
  const { records } = await administrator.services()
  for (const name of ['whatsapp', 'viber', 'messenger']) {
    const { id } = (await records.find(ChatChannel, { name }))!
    await records.update(ChatChannel, id, { active: true })
    await records.act(setSecrets, id, { signingSecret, verifyToken: 'the-verify-token' })
  }
})
afterAll(() => app.close())

const signed = (name: string, body: string): Record<string, string> => {
  const digest = createHmac('sha256', signingSecret).update(body).digest('hex')
  return name === 'viber' ? { 'x-viber-content-signature': digest } : { 'x-hub-signature-256': `sha256=${digest}` }
}
const post = async (name: string, body: string, headers = signed(name, body)): Promise<number> => {
  const answer = await fetch(`${address}/api/channels/chat/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await answer.arrayBuffer()
  return answer.status
}
const ticketOf = (channelAddress: string) => system.records.find(Ticket, { channelAddress })
const whatsapp = (value: object): string =>
  JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ value, field: 'messages' }] }] })

describe('WhatsApp', () => {
  it('makes sure that the address is ours', async () => {
    const ask = (query: string) => fetch(`${address}/api/channels/chat/whatsapp?${query}`)
    const answer = await ask('hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=the-verify-token')
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain; charset=utf-8',
      '1158201444',
    ])
    for (const wrong of [
      'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=another',
      'hub.challenge=1158201444',
      'hub.challenge=<script>&hub.verify_token=the-verify-token',
      '',
    ])
      expect((await ask(wrong)).status).toBe(401)
    expect((await fetch(`${address}/api/channels/chat/viber?hub.challenge=1&hub.verify_token=the-verify-token`)).status).toBe(401)
  })

  it('may bring several messages of several people at once', async () => {
    const message = (from: string, id: string, body: string) => ({ from, id, timestamp: '1', type: 'text', text: { body } })
    const entry = (name: string, messages: object[]) => ({
      changes: [{ field: 'messages', value: { contacts: [{ profile: { name } }], messages } }],
    })
    const body = JSON.stringify({
      entry: [entry('Ann', [message('161', 'w1', 'First'), message('161', 'w2', 'Second')]), entry('Ben', [message('162', 'w3', 'Third')])],
    })
    expect(await post('whatsapp', body)).toBe(200)
    const ann = await ticketOf('161')
    expect(ann).toMatchObject({ description: 'First', partner: { name: 'Ann' } })
    expect(await system.records.find(Message, { ticket: ann!.id })).toMatchObject({ body: 'Second' })
    expect(await ticketOf('162')).toMatchObject({ description: 'Third', partner: { name: 'Ben' } })
  })

  it('makes no ticket of what says only that a message was read', async () => {
    const statuses = [{ id: 'wamid.1', status: 'read', timestamp: '1', recipient_id: '163' }]
    expect(await post('whatsapp', whatsapp({ messaging_product: 'whatsapp', statuses }))).toBe(200)
    expect(await ticketOf('163')).toBeNull()
  })

  it('brings a picture as a note that there was one', async () => {
    const image = { from: '164', id: 'w4', timestamp: '1', type: 'image', image: { id: '27', mime_type: 'image/jpeg' } }
    await post('whatsapp', whatsapp({ contacts: [{ profile: { name: 'Cy' } }], messages: [image] }))
    expect(await ticketOf('164')).toMatchObject({ description: '(A message of the kind "image" was sent, which cannot be shown here.)' })
  })
})

describe('Messenger', () => {
  it('echoes what we said, which is no message', async () => {
    const item = { sender: { id: 'page' }, recipient: { id: '5' }, message: { mid: 'm_1', text: 'Ours', is_echo: true } }
    expect(await post('messenger', JSON.stringify({ object: 'page', entry: [{ messaging: [item] }] }))).toBe(200)
    expect(await ticketOf('page')).toBeNull()
  })
})

describe('Viber', () => {
  it('counts its messages beyond what a number can hold, and none is taken for another', async () => {
    const said = (token: string, text: string) =>
      `{"event":"message","message_token":${token},"sender":{"id":"01234=","name":"John"},"message":{"type":"text","text":"${text}"}}`
    for (const [token, text] of [
      ['4912661846655238145', 'One'],
      ['4912661846655238146', 'Two'],
      ['4912661846655238146', 'Two'],
    ] as const)
      expect(await post('viber', said(token, text))).toBe(200)
    const ticket = await ticketOf('01234=')
    expect(ticket).toMatchObject({ description: 'One', partner: { name: 'John' } })
    expect((await system.records.query(Message, { fields: ['body'], where: { ticket: ticket!.id } })).rows).toMatchObject([{ body: 'Two' }])
  })

  it('is answered when it only makes sure that somebody is there', async () => {
    expect(await post('viber', '{"event":"webhook","timestamp":1457764197627,"message_token":241256543215}')).toBe(200)
  })
})

describe('A request', () => {
  const body = whatsapp({ messages: [{ from: '170', id: 'w9', type: 'text', text: { body: 'Hello' } }] })

  it('is refused without the right signature over exactly this body, and in the same words where there is no such service', async () => {
    const digest = createHmac('sha256', signingSecret).update(body).digest('hex')
    for (const header of ['', 'sha256=', digest, `sha1=${digest}`, `sha256=${digest.slice(1)}`, `sha256=${digest.toUpperCase()}`])
      expect(await post('whatsapp', body, { 'x-hub-signature-256': header })).toBe(401)
    expect(await post('whatsapp', `${body} `, signed('whatsapp', body))).toBe(401)
    expect(await post('nobody', body)).toBe(401)
    expect(await ticketOf('170')).toBeNull()
  })

  it('is refused while the service is off, or has no secret', async () => {
    const { records } = await administrator.services()
    const { id } = (await records.find(ChatChannel, { name: 'whatsapp' }))!
    await records.update(ChatChannel, id, { active: false })
    expect(await post('whatsapp', body)).toBe(401)
    await records.update(ChatChannel, id, { active: true })
    const { verification, incoming, outgoing } = await records.get(ChatChannel, id)
    await records.create(ChatChannel, { name: 'bare', label: 'Bare', active: true, verification, incoming, outgoing })
    expect(await post('bare', body, { 'x-hub-signature-256': `sha256=${createHmac('sha256', '').update(body).digest('hex')}` })).toBe(401)
  })

  it('of a service with a fixed token is proved by that', async () => {
    const { records } = await administrator.services()
    const { id } = await records.create(ChatChannel, {
      name: 'simple',
      label: 'Simple',
      active: true,
      verification: { by: 'token', header: 'x-token' },
      incoming: { messages: '[]', address: 'from', text: 'text', externalId: 'n' },
      outgoing: { url: 'https://chat.example.org/{{to}}?key={{token}}', body: { text: '{{text}}' } },
    })
    await records.act(setSecrets, id, { signingSecret: 'a-fixed-token' })
    const list = JSON.stringify([{ from: '180', text: 'Hello', n: 1 }, { from: '181' }, 'nothing', null, { from: '182', text: ' ', n: 2 }])
    expect(await post('simple', list, { 'x-token': 'another-token' })).toBe(401)
    expect(await post('simple', list, { 'x-token': 'a-fixed-token' })).toBe(200)
    expect(await ticketOf('180')).toMatchObject({ description: 'Hello', channel: 'chat.simple' })
    expect(await ticketOf('181')).toBeNull()
    expect(await ticketOf('182')).toBeNull()
  })
})

describe('A mapping', () => {
  const fine = {
    verification: { by: 'token', header: 'x-token' },
    incoming: { messages: '', address: 'a', text: 't', externalId: 'i' },
    outgoing: { url: 'https://example.org/', body: {} },
  } as const

  it('is refused where it says something that nobody understands', async () => {
    const { records } = await administrator.services()
    for (const [field, value] of [
      ['verification', { by: 'trust' }],
      ['verification', { by: 'hmac', header: 'X Signature', algorithm: 'md5' }],
      ['incoming', { ...fine.incoming, text: 'constructor(1)' }],
      ['incoming', { ...fine.incoming, extra: 'x' }],
      ['outgoing', { ...fine.outgoing, url: 'file:///etc/passwd' }],
      ['outgoing', { ...fine.outgoing, method: 'GET' }],
    ] as const)
      await expect(records.create(ChatChannel, { name: 'wrong', label: 'Wrong', ...fine, [field]: value } as never)).rejects.toMatchObject({
        code: 'record.invalid',
        errors: [{ field }],
      })
  })

  it('reads lists in lists, their holders, and nothing that is not written there', () => {
    const sent = { a: [{ n: 'x', b: [{ c: 1 }, { c: 'two' }] }, { b: 'no list' }, 5, { b: [{ c: null }] }] }
    const items = itemsAt(sent, 'a[].b[]')
    expect(items.map((item) => textAt(item, 'c'))).toEqual(['1', 'two', undefined])
    expect(items.map((item) => textAt(item, '^.n'))).toEqual(['x', 'x', undefined])
    expect(itemsAt(sent, 'a.1.b').map(({ value }) => value)).toEqual(['no list'])
    expect(itemsAt(sent, '').map(({ value }) => value)).toEqual([sent])
    for (const path of ['constructor', '__proto__', 'a.length.constructor', 'toString', '^.constructor', 'nothing.at.all'])
      expect(valueAt({ value: sent, holder: sent }, path)).toBeUndefined()
  })
})

it('The secrets are shown to nobody and set by administrators only', async () => {
  const { id } = (await system.records.find(ChatChannel, { name: 'whatsapp' }))!
  const shown = await administrator.fetch(`/api/chat-channels/${id}`)
  expect(shown.status).toBe(200)
  const text = await shown.text()
  expect(text).toContain('x-hub-signature-256')
  for (const secret of [signingSecret, 'the-verify-token']) expect(text).not.toContain(secret)
  const { records } = await (await signedInAs(app, 'manager')).services()
  await expect(records.get(ChatChannel, id)).rejects.toMatchObject({ status: 404 })
  await expect(records.act(setSecrets, id, { accessToken: 'x'.repeat(20) })).rejects.toBeTruthy()
})
