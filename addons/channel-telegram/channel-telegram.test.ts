import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Attachment, Undeliverable } from '@tessera/base'
import type { Services } from '@tessera/core'
import { bootTest, houseRules, type TestApp, testConfig } from '@tessera/core/testing'
import { Message } from '@tessera/thread'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { telegram, webhookSecret } from './telegram.ts'

houseRules('channel-telegram')

const token = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'
interface Call {
  readonly method: string
  readonly body: Record<string, unknown>
}
let botApi: Server
let calls: Call[]
let answer: { status: number; body: object }
/** What the Bot API gives out, by its address. */
const files = new Map<string, string>()
let app: TestApp
let system: Services
let root: string

beforeAll(async () => {
  botApi = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const file = files.get(request.url ?? '')
      if (file !== undefined) return response.end(file)
      calls.push({ method: (request.url ?? '').replace(`/bot${token}/`, ''), body: JSON.parse(text || '{}') })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((ready) => botApi.listen(0, '127.0.0.1', ready))
  root = `http://127.0.0.1:${(botApi.address() as AddressInfo).port}`
  app = await bootTest(inject('postgresUrl'), ['channel-telegram'], {
    TELEGRAM_BOT_TOKEN: token,
    TELEGRAM_API_ROOT: root,
    BASE_URL: 'https://desk.example.org',
  })
  system = await app.servicesFor({ door: 'system' })
})
afterAll(async () => {
  await app.close()
  botApi.close()
})
beforeEach(() => {
  calls = []
  answer = { status: 200, body: { ok: true, result: { username: 'desk_bot' } } }
})

const filesOf = async (where: object) => (await system.records.query(Attachment, { fields: ['name', 'size'], where: where as never })).rows
const chat = { id: 4711, type: 'private', first_name: 'Fatou', last_name: 'Camara' }
async function update(message: object, about: { chat?: object; secret?: string } = {}) {
  const sent = await fetch(`${await app.listen()}/api/channels/telegram`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': about.secret ?? webhookSecret(system.config)!,
    },
    body: JSON.stringify({ update_id: 1, message: { date: 1, chat: about.chat ?? chat, from: { ...chat, is_bot: false }, ...message } }),
  })
  return { status: sent.status, body: (await sent.json()) as Record<string, unknown> }
}
const send = (text: string): Promise<unknown> =>
  system.channels
    .named('telegram')!
    .send({ messageId: '<1@desk.example.org>', to: '4711', subject: 'S', text, html: undefined, references: [] })
    .catch((error: unknown) => error)

describe('The bot', () => {
  it('greets who starts it, and opens no ticket for that', async () => {
    expect(await update({ message_id: 1, text: '/start' })).toMatchObject({
      status: 200,
      body: { method: 'sendMessage', chat_id: 4711, text: expect.stringContaining('Hello!') },
    })
    expect(await system.records.count(Ticket)).toBe(0)
  })

  it('leaves groups, edits and what it does not know alone', async () => {
    expect(await update({ message_id: 2, text: 'Hello all' }, { chat: { id: -5, type: 'group', title: 'Friends' } })).toEqual({
      status: 200,
      body: {},
    })
    const edited = await fetch(`${await app.listen()}/api/channels/telegram`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': webhookSecret(system.config)! },
      body: JSON.stringify({ update_id: 2, edited_message: { message_id: 1, chat, text: 'Edited' } }),
    })
    expect(edited.status).toBe(200)
    expect(await system.records.count(Ticket)).toBe(0)
  })

  it('takes a picture with the words under it, in its largest size', async () => {
    answer = { status: 200, body: { ok: true, result: { file_id: 'large', file_path: 'photos/file_1.jpg' } } }
    files.set(`/file/bot${token}/photos/file_1.jpg`, '\u00ff')
    await update({ message_id: 3, caption: 'My card', photo: [{ file_id: 'small' }, { file_id: 'large' }] })
    const ticket = await system.records.find(Ticket, { channelAddress: '4711' })
    expect(ticket).toMatchObject({ subject: 'My card', description: 'My card', partner: { name: 'Fatou Camara' } })
    expect(calls).toMatchObject([{ method: 'getFile', body: { file_id: 'large' } }])
    expect(await filesOf({ ticket: ticket!.id })).toMatchObject([{ name: 'telegram-3.jpg', size: 2 }])
  })

  it('keeps the words where a file cannot be had, and staff are told of it', async () => {
    answer = { status: 400, body: { ok: false, error_code: 400, description: 'Bad Request: file is too big' } }
    const film = { file_id: 'film', file_name: 'film.mp4', mime_type: 'video/mp4' }
    expect(await update({ message_id: 5, video: film })).toMatchObject({ status: 200 })
    const { rows } = await system.records.query(Message, { fields: ['kind', 'body'], where: { ticket: { channelAddress: '4711' } } })
    expect(rows.map(({ kind, body }) => `${kind} ${body}`).sort()).toEqual([
      expect.stringMatching(/^note .*\n- "film.mp4" could not be fetched from Telegram/),
      'public (A file was sent.)',
    ])
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  it('notes what is no file', async () => {
    await update({ message_id: 6, location: { latitude: 1, longitude: 2 } }, { chat: { ...chat, id: 4712 } })
    expect(await system.records.find(Ticket, { channelAddress: '4712' })).toMatchObject({
      description: '(Something was sent that cannot be shown here.)',
    })
  })

  it('listens to nobody else', async () => {
    for (const secret of ['', 'x', token, webhookSecret(testConfig({ TELEGRAM_BOT_TOKEN: `${token}x` }))!])
      expect(await update({ message_id: 4, text: 'Forged' }, { secret })).toMatchObject({
        status: 401,
        body: { code: 'channelTelegram.forged' },
      })
  })

  it('says a long text in several messages, and parts no character', async () => {
    const words = 'word '.repeat(1_700).trim()
    await send(words)
    expect(calls.map(({ body }) => body.text).join(' ')).toBe(words)
    calls = []
    await send('😀'.repeat(5_000))
    const parts = calls.map(({ body }) => String(body.text))
    expect(parts.join('')).toBe('😀'.repeat(5_000))
    expect(parts.every((part) => part.length <= 4_096 && part.isWellFormed())).toBe(true)
  })
})

describe('A message that cannot be sent', () => {
  it.each([
    [403, 'Forbidden: bot was blocked by the user'],
    [400, 'Bad Request: chat not found'],
  ])('is undeliverable after %i: %s', async (error_code, description) => {
    answer = { status: error_code, body: { ok: false, error_code, description } }
    expect(await send('Hello')).toBeInstanceOf(Undeliverable)
  })

  it.each([
    [429, 'Too Many Requests: retry after 7', { retry_after: 7 }],
    [401, 'Unauthorized', undefined],
    [500, 'Internal Server Error', undefined],
  ])('is tried again after %i: %s', async (error_code, description, parameters) => {
    answer = { status: error_code, body: { ok: false, error_code, description, parameters } }
    const error = await send('Hello')
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(Undeliverable)
    expect(String(error)).toContain(error_code === 429 ? 'in 7 seconds' : description)
  })

  it('never tells the token, not even in its cause', async () => {
    const config = testConfig({ TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: 'http://127.0.0.1:1' })
    const message = { messageId: '<1@x>', to: '1', subject: undefined, text: 'Hello', html: undefined, references: [] }
    const error = await telegram(config)
      .send(message)
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ message: 'Telegram was not reached, or did not answer within 10 seconds.' })
    expect((error as Error).cause).toBeUndefined()
  })
})

describe('Setting it up', () => {
  const connect = async (services: Services) =>
    app.composition.commands
      .find((each) => each.name === 'telegram connect')!
      .run({}, services, { transaction: () => Promise.reject(new Error('none')) })

  it('tells Telegram the address and the secret', async () => {
    expect(await connect(await app.servicesFor({ door: 'cli' }))).toEqual({
      bot: '@desk_bot',
      url: 'https://desk.example.org/api/channels/telegram',
    })
    expect(calls[0]).toMatchObject({
      method: 'setWebhook',
      body: {
        url: 'https://desk.example.org/api/channels/telegram',
        secret_token: webhookSecret(system.config),
        allowed_updates: ['message'],
      },
    })
  })

  it('says what Telegram answered to a token that it does not know', async () => {
    answer = { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } }
    await expect(connect(await app.servicesFor({ door: 'cli' }))).rejects.toMatchObject({
      message: 'The bot was not connected. Telegram answered 401: Unauthorized.',
    })
  })

  it('is asked for while there is no token', () => {
    expect(telegram(testConfig()).notReady()).toBe('No Telegram bot is set: TELEGRAM_BOT_TOKEN.')
    expect(telegram(testConfig({ TELEGRAM_BOT_TOKEN: token })).notReady()).toBeUndefined()
  })
})
