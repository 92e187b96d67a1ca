import { createHash } from 'node:crypto'
import { Attachment, Undeliverable } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type SignedIn, signedInAs, type TestApp } from '@tessera/core/testing'
import { Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { setSecret, signatureOf, WebhookChannel } from './index.ts'

houseRules('channel-webhook')

let app: TestApp
let system: Services
let administrator: SignedIn
let address: string
const secret = 'a-secret-that-both-sides-know-and-nobody-else'

beforeAll(async () => {
  app = await bootTest(inject('postgresUrl'), ['channel-webhook'])
  address = await app.listen()
  system = await app.servicesFor({ door: 'system' })
  administrator = await signedInAs(app, 'administrator')
})
afterAll(() => app.close())

let made = 0
async function newWebhook(about: { target?: string; active?: boolean } = {}) {
  const { records } = await administrator.services()
  const { id, name } = await records.create(WebhookChannel, {
    name: `crm-${++made}`,
    label: 'CRM',
    target: 'https://crm.example.org/in',
    ...about,
  })
  await records.act(setSecret, id, { secret })
  return { id, name }
}
const now = (): string => String(Math.floor(Date.now() / 1000))
const said = (about: object = {}): string =>
  JSON.stringify({ id: 'm-1', address: '4711', name: 'Fatou', text: 'My payment did not arrive', ...about })
async function post(name: string, body: string, signed = { body, timestamp: now(), secret }) {
  const answer = await fetch(`${address}/api/channels/webhook/${name}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-tessera-timestamp': signed.timestamp,
      'x-tessera-signature': signatureOf(signed.secret, signed.timestamp, signed.body),
    },
    body,
  })
  return { status: answer.status, body: (await answer.json()) as { code?: string; detail?: string; ticket?: string } }
}

/** A form: the message with the SHA-256 of its files, which is signed, then the files that really come. */
async function postFiles(name: string, files: readonly File[], { come = files, key = secret, id = 'm-1' } = {}) {
  const named = await Promise.all(
    files.map(async (each) => ({
      name: each.name,
      type: each.type,
      sha256: createHash('sha256')
        .update(await each.bytes())
        .digest('hex'),
    })),
  )
  const message = said({ id, files: named })
  const form = new FormData()
  form.append('message', message)
  for (const each of come) form.append('files', each, 'as-sent.bin')
  const timestamp = now()
  const headers = { 'x-tessera-timestamp': timestamp, 'x-tessera-signature': signatureOf(key, timestamp, message) }
  const answer = await fetch(`${address}/api/channels/webhook/${name}/files`, { method: 'POST', headers, body: form })
  return { status: answer.status, body: (await answer.json()) as { code?: string; ticket?: string } }
}

describe('A message that comes in with files', () => {
  const pdf = new File(['%PDF-1.7 of October'], 'reçu.pdf', { type: 'application/pdf' })
  const program = new File(['MZ'], 'invoice.exe', { type: 'application/pdf' })

  it('brings them to its ticket under the names that were signed, and tells staff what was not taken', async () => {
    const { name } = await newWebhook()
    const { status, body } = await postFiles(name, [pdf, program])
    expect(status).toBe(200)
    const { rows } = await system.records.query(Attachment, { fields: ['name', 'type', 'size'], where: { ticket: body.ticket! } })
    expect(rows).toMatchObject([{ name: 'reçu.pdf', type: 'application/pdf', size: 19 }])
    expect(await system.records.find(Message, { ticket: body.ticket! })).toMatchObject({
      kind: 'note',
      sender: 'bot',
      body: expect.stringContaining('"invoice.exe"'),
    })
    expect((await postFiles(name, [pdf, program])).body).toEqual(body)
    expect(await system.records.count(Attachment, { where: { ticket: body.ticket! } })).toBe(1)
  })

  it('is refused where a file is another than was signed, one too many or one too few, or the message is not signed', async () => {
    const { name } = await newWebhook()
    const other = new File(['%PDF-1.7 of Eve'], 'reçu.pdf', { type: 'application/pdf' })
    for (const about of [{ come: [other] }, { come: [pdf, other] }, { come: [] }, { key: 'x' }])
      expect(await postFiles(name, [pdf], about)).toMatchObject({ status: 401, body: { code: 'channelWebhook.not_signed' } })
    expect(await system.records.count(Ticket, { where: { channel: `webhook.${name}` } })).toBe(0)
  })

  it('comes as a form, and not without them', async () => {
    const { name } = await newWebhook()
    const message = said({ files: [{ name: 'a.txt', sha256: '0'.repeat(64) }] })
    expect(await post(name, message)).toMatchObject({ status: 400, body: { code: 'channelWebhook.unfit' } })
  })
})

describe('A message that comes in', () => {
  it('is answered with its ticket', async () => {
    const { name } = await newWebhook()
    const answer = await post(name, said())
    expect(answer.status).toBe(200)
    expect(await system.records.get(Ticket, answer.body.ticket!)).toMatchObject({ channel: `webhook.${name}`, channelAddress: '4711' })
  })

  it('is refused when it was signed more than five minutes ago, or ahead', async () => {
    const { name } = await newWebhook()
    for (const seconds of [-301, 302, -86_400]) {
      const timestamp = String(Number(now()) + seconds)
      expect(await post(name, said(), { body: said(), timestamp, secret })).toMatchObject({ status: 401 })
    }
    for (const timestamp of ['', 'now', '-1', '1e9', '999999999999999999999'])
      expect(await post(name, said(), { body: said(), timestamp, secret })).toMatchObject({ status: 401 })
  })

  it('is refused when it was changed on its way, or signed with the secret of another webhook', async () => {
    const { name } = await newWebhook()
    expect(await post(name, said({ text: 'Pay me' }), { body: said(), timestamp: now(), secret })).toMatchObject({ status: 401 })
    expect(await post(name, said(), { body: said(), timestamp: now(), secret: 'x' })).toMatchObject({ status: 401 })
  })

  it('is taken in once, also when somebody replays it within the five minutes', async () => {
    const { name } = await newWebhook()
    const signed = { body: said(), timestamp: now(), secret }
    const first = await post(name, said(), signed)
    expect(await post(name, said(), signed)).toEqual(first)
    expect(await system.records.count(Ticket, { where: { channel: `webhook.${name}` } })).toBe(1)
    expect(await system.records.count(Message, { where: { channel: `webhook.${name}` } })).toBe(0)
  })

  it('of a webhook that is off, and of none, is refused in the same words as a forged one', async () => {
    const [off, on] = [await newWebhook({ active: false }), await newWebhook()]
    const answers = [
      await post(off.name, said()),
      await post('nobody', said()),
      await post(on.name, said(), { body: '', timestamp: now(), secret }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
    expect(new Set(answers.map(({ body }) => `${body.code} ${body.detail}`)).size).toBe(1)
  })

  it('says what is missing, once it is known who sends it', async () => {
    const { name } = await newWebhook()
    for (const wrong of [{ text: undefined }, { text: 5 }, { id: '' }, { address: ['4711'] }])
      expect(await post(name, said(wrong))).toMatchObject({ status: 400, body: { code: 'channelWebhook.unfit' } })
  })
})

describe('A message that goes out', () => {
  const failure = (name: string): Promise<unknown> => {
    const message = { messageId: '<1@desk.example.org>', to: '4711', subject: undefined, text: 'Hello', html: undefined, references: [] }
    return system.channels
      .named(`webhook.${name}`)!
      .send(message)
      .catch((error: unknown) => error)
  }

  it('reaches no host inside, however its address is written, and waits until that is mended', async () => {
    for (const target of [
      'http://127.0.0.1:9/',
      'https://127.0.0.1/',
      'https://localhost/',
      'https://169.254.169.254/',
      'https://[::1]/',
    ]) {
      const { name } = await newWebhook({ target })
      const error = await failure(name)
      expect(error).toMatchObject({ name: 'OutsideRefused' })
      expect(error).not.toBeInstanceOf(Undeliverable)
    }
  })

  it('waits while the webhook is off or gone', async () => {
    const { name } = await newWebhook({ active: false })
    for (const each of [name, 'nobody'])
      expect(await failure(each)).toMatchObject({
        message: `There is no active webhook "${each}". Set it up under Configuration, Webhooks.`,
      })
  })
})

describe('The secret', () => {
  it('is made with the webhook, of 256 random bits', async () => {
    const { records } = await administrator.services()
    const ids = await records.createMany(WebhookChannel, [
      { name: 'one', label: 'One', target: 'https://example.org/1' },
      { name: 'two', label: 'Two', target: 'https://example.org/2' },
    ])
    const trusted = system.asSystem('the test looks at the secrets')
    const [one, two] = await Promise.all(ids.map((id) => trusted.get(WebhookChannel, id)))
    expect(one!.secret).toMatch(/^[\w-]{43}$/)
    expect(one!.secret).not.toBe(two!.secret)
  })

  it('is shown to nobody, at no door, and not in the history', async () => {
    const { id } = await newWebhook()
    for (const path of [`/api/webhook-channels/${id}`, '/api/webhook-channels', `/api/webhook-channels/${id}/history`]) {
      const answer = await administrator.fetch(path)
      expect([path, answer.status]).toEqual([path, 200])
      expect(await answer.text()).not.toContain(secret)
    }
    const asked = await administrator.fetch('/api/webhook-channels?fields=secret')
    expect(asked.status).toBeGreaterThanOrEqual(400)
    const history = await (await administrator.services()).records.history(WebhookChannel, id)
    expect(JSON.stringify(history)).not.toContain(secret)
  })

  it('is not written past its action, nor by anybody but an administrator', async () => {
    const { id } = await newWebhook()
    expect(
      (await administrator.fetch(`/api/webhook-channels/${id}`, { method: 'PATCH', body: JSON.stringify({ secret: 'x'.repeat(40) }) }))
        .status,
    ).toBeGreaterThanOrEqual(400)
    for (const role of ['manager', 'agent', 'viewer', 'customer']) {
      const { records } = await (await signedInAs(app, role)).services()
      await expect(records.act(setSecret, id, { secret: 'x'.repeat(40) })).rejects.toMatchObject({
        status: expect.toSatisfy((status) => status === 403 || status === 404),
      })
      await expect(records.get(WebhookChannel, id)).rejects.toMatchObject({ status: 404 })
    }
  })

  it('is renewed and printed once by the command', async () => {
    const { id, name } = await newWebhook()
    const renew = app.composition.commands.find((each) => each.name === 'webhook renew-secret')!
    const printed = (await renew.run({ name }, await app.servicesFor({ door: 'cli' }), {
      transaction: () => Promise.reject(new Error('none')),
    })) as { secret: string }
    expect(printed.secret).toBe((await system.asSystem('the test looks at the secret').get(WebhookChannel, id)).secret)
    expect(await post(name, said())).toMatchObject({ status: 401 })
    expect(await post(name, said(), { body: said(), timestamp: now(), secret: printed.secret })).toMatchObject({ status: 200 })
  })
})
