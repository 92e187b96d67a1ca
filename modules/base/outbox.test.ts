/** What goes out: delivered once, in order, through real SMTP, however often somebody fails on the way. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Mail, OutboxMessage } from '@tessera/base'
import { bootTest, signedInAs, type TestApp, testConfig } from '@tessera/core/testing'
import pino from 'pino'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, inject, test, vi } from 'vitest'
import { createApp } from '../../core/app.ts'
import { discover } from '../../core/module/discover.ts'
import { loadModules } from '../../core/module/load.ts'
import { discard, retry } from './outbox-message.model.ts'

interface Received {
  readonly to: readonly string[]
  readonly raw: string
}
/** What the server says to a mail when it has all of it; `drop` ends the connection instead. */
type Verdict = 'take' | 'drop' | number | (() => Promise<void>)
interface MailServer {
  readonly url: string
  readonly received: Received[]
  /** For each mail in turn; then all are taken. */
  readonly verdicts: Verdict[]
  close(): Promise<void>
}

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function mailServer(): Promise<MailServer> {
  const received: Received[] = []
  const verdicts: Verdict[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const verdict = verdicts.shift() ?? 'take'
        if (typeof verdict === 'number') return done(Object.assign(new Error('Not this one'), { responseCode: verdict }))
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString('utf8') })
        if (verdict === 'take') done()
        else if (typeof verdict === 'function') void verdict().then(() => done())
        // The mail is kept, but its sender never learns it.
        else for (const connection of server.connections) connection.close()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.server.address()
  const close = () => new Promise<void>((done) => server.close(() => done()))
  closing.push(close)
  return { url: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, received, verdicts, close }
}

async function desk(env: Readonly<Record<string, string>>): Promise<TestApp> {
  const app = await bootTest(inject('postgresUrl'), ['base'], { BASE_URL: 'https://desk.example.org', ...env })
  closing.push(() => app.close())
  return app
}

/** Another process on the same database, with an environment of its own. */
async function otherDesk(app: TestApp, env: Readonly<Record<string, string>>) {
  const other = await createApp(await loadModules(await discover(process.cwd(), []), ['base']), {
    url: databaseOf(app),
    config: testConfig({ BASE_URL: 'https://desk.example.org', DATABASE_POOL: '4', ...env }),
    log: pino({ level: 'silent' }),
    version: 'test',
  })
  closing.push(() => other.close())
  return other
}
const environment = (app: TestApp, env: Readonly<Record<string, string>>) => ({
  ...process.env,
  DATABASE_URL: databaseOf(app),
  BASE_URL: 'https://desk.example.org',
  ...env,
})
const databaseOf = (app: TestApp) => String(app.connection.pool.options.connectionString)

const ada: Mail = { to: 'ada@example.org', subject: 'Your request', text: 'We have it.', html: '<p>We have it.</p>' }
const send = async (app: TestApp, ...mails: readonly Mail[]) => {
  const { outbox } = await app.servicesFor({ door: 'system' })
  for (const mail of mails) await outbox.send(mail)
}
const shown = ['to', 'subject', 'text', 'status', 'attempts', 'nextAttemptAt', 'sentAt', 'error', 'messageId', 'references'] as const
const messages = async (app: TestApp) => {
  const { records } = await app.servicesFor({ door: 'system' })
  return (await records.query(OutboxMessage, { fields: shown, order: { id: 'asc' } })).rows
}
const only = async (app: TestApp) => (await messages(app))[0]!
/** As if the time until the next attempts had passed, and the every-minute schedule had come. */
const later = async (app: Pick<TestApp, 'servicesFor'>, seconds = 24 * 60 * 60) => {
  const then = await app.servicesFor({ door: 'system', now: new Date(Date.now() + seconds * 1000) })
  await then.outbox.deliverDue('email')
}
const header = ({ raw }: Received, name: string) =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(raw.split('\r\n\r\n', 1)[0]!)?.[1]?.replace(/\r\n\s+/g, ' ')

describe('A message', () => {
  test('is delivered once, after the commit, with headers that no other program answers', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url, MAIL_FROM: 'Service desk <desk@example.org>' })
    const { records, outbox } = await app.servicesFor({ door: 'system' })
    await records.transaction(async () => {
      await outbox.send(ada)
      await app.queue.drain()
      expect(server.received).toEqual([])
    })
    await app.queue.drain()
    await later(app)

    expect(server.received).toHaveLength(1)
    const [mail] = server.received
    const { messageId, status, attempts, sentAt } = await only(app)
    expect(messageId).toMatch(/^<[\w-]+@desk\.example\.org>$/)
    expect({ status, attempts, sentAt }).toEqual({ status: 'sent', attempts: 1, sentAt: expect.any(Date) })
    expect(mail!.to).toEqual(['ada@example.org'])
    expect(header(mail!, 'From')).toBe('Service desk <desk@example.org>')
    expect(header(mail!, 'To')).toBe('ada@example.org')
    expect(header(mail!, 'Subject')).toBe('Your request')
    expect(header(mail!, 'Message-ID')).toBe(messageId)
    expect(header(mail!, 'Auto-Submitted')).toBe('auto-generated')
    expect(header(mail!, 'X-Auto-Response-Suppress')).toBe('All')
    expect(mail!.raw).toContain('<p>We have it.</p>')
  })

  test('without a mail server waits, says why, and is sent once there is one', async () => {
    const app = await desk({})
    await send(app, ada)
    await app.queue.drain()
    await later(app, 1)
    expect(await only(app)).toMatchObject({ status: 'waiting', attempts: 0, error: 'No mail server is set: SMTP_URL.' })

    const server = await mailServer()
    const other = await otherDesk(app, { SMTP_URL: server.url })
    const { outbox } = await other.servicesFor({ door: 'system' })
    await outbox.wake()
    await other.queue.drain()
    expect(server.received).toHaveLength(1)
    expect(await only(app)).toMatchObject({ status: 'sent', attempts: 1, error: null })
  })

  test('of a channel that is no longer installed waits and says so', async () => {
    const app = await desk({})
    await send(app, { ...ada, channel: 'pigeon' })
    expect(await only(app)).toMatchObject({ status: 'waiting', error: 'No installed module brings the channel "pigeon".' })
  })

  test('cannot bring in another receiver or header', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    const evil = ['ada@example.org, eve@example.org', 'ada@example.org\r\nBcc: eve@example.org', 'Eve <eve@example.org>', 'a@b@example.org']
    for (const to of evil) await send(app, { ...ada, to })
    await send(app, { ...ada, subject: 'Hello\r\nBcc: eve@example.org' })
    await app.queue.drain()
    const [good, ...bad] = (await messages(app)).toReversed()
    expect(bad.map(({ status }) => status)).toEqual(evil.map(() => 'dead'))
    expect(good).toMatchObject({ status: 'sent', subject: 'Hello Bcc: eve@example.org' })
    expect(server.received).toHaveLength(1)
    expect(server.received[0]!.to).toEqual(['ada@example.org'])
    expect(header(server.received[0]!, 'Bcc')).toBeUndefined()
  })
})

describe('A mail server that', () => {
  test('refuses for the moment (451) is asked again later, under the same Message-ID', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    server.verdicts.push(451)
    await send(app, ada)
    await app.queue.drain()
    const first = await only(app)
    expect(first).toMatchObject({ status: 'waiting', attempts: 1, error: expect.stringMatching(/did not take it: 451 .*Not this one/) })
    expect(Math.round((first.nextAttemptAt.getTime() - Date.now()) / 10_000)).toBe(6)
    await app.queue.drain()
    expect(server.received).toEqual([])

    await later(app, 61)
    expect(await only(app)).toMatchObject({ status: 'sent', attempts: 2, error: null })
    expect(header(server.received[0]!, 'Message-ID')).toBe(first.messageId)
  })

  test('refuses for good (550) makes a dead letter at once, which can be tried again by hand', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    server.verdicts.push(550)
    await send(app, ada)
    await app.queue.drain()
    await later(app)
    const dead = await only(app)
    expect(dead).toMatchObject({ status: 'dead', attempts: 1, error: expect.stringMatching(/refused it: 550/) })

    const manager = await signedInAs(app, 'manager')
    await (await manager.services()).records.act(retry, dead.id, {})
    await app.queue.drain()
    expect(await only(app)).toMatchObject({ status: 'sent', attempts: 1 })
    expect(server.received).toHaveLength(1)
  })

  test('refuses again and again is asked seven times, at growing distances', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    server.verdicts.push(451, 451, 451, 451, 451, 451, 451)
    await send(app, ada)
    await app.queue.drain()
    const minutes = []
    for (
      let { status, nextAttemptAt } = await only(app), asked = Date.now();
      status === 'waiting';
      { status, nextAttemptAt } = await only(app)
    ) {
      minutes.push(Math.round((nextAttemptAt.getTime() - asked) / 60_000))
      asked = nextAttemptAt.getTime() + 100
      await later(app, (asked - Date.now()) / 1000)
    }
    expect(minutes).toEqual([1, 5, 15, 60, 240, 720])
    expect(await only(app)).toMatchObject({ status: 'dead', attempts: 7 })
  })

  test('takes its time holds no transaction meanwhile', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    const inTransaction = `select count(*)::int as count from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`
    const seen: unknown[] = []
    server.verdicts.push(async () => void seen.push(...(await app.connection.run(inTransaction))))
    await send(app, ada)
    await app.queue.drain()
    expect(seen).toEqual([{ count: 0 }])
    expect(await only(app)).toMatchObject({ status: 'sent' })
  })

  test('hangs keeps neither other jobs nor other receivers waiting', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    const { promise: hanging, resolve: release } = Promise.withResolvers<void>()
    server.verdicts.push(() => hanging)
    const { identity } = await app.servicesFor({ door: 'system' })
    await identity.createUser({ email: 'bob@example.org', name: 'Bob', roles: ['customer'] })
    await send(app, ada, { ...ada, to: 'eve@example.org' })
    await app.queue.start()
    try {
      await vi.waitFor(() => expect(server.received.map(({ to }) => to[0]).sort()).toEqual(['ada@example.org', 'eve@example.org']), 30_000)
      await identity.mailLink('bob@example.org')
      await vi.waitFor(async () => expect((await messages(app)).map(({ to }) => to)).toContain('bob@example.org'), 30_000)
      expect((await messages(app)).filter(({ status }) => status === 'waiting').length).toBeGreaterThanOrEqual(1)
    } finally {
      release()
    }
    await vi.waitFor(async () => expect((await messages(app)).map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']), 30_000)
    expect(server.received).toHaveLength(3)
  })

  test('goes away after the mail, before it says yes, gets it again under the same Message-ID', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    server.verdicts.push('drop')
    await send(app, ada)
    await app.queue.drain()
    const { messageId, status } = await only(app)
    expect(status).toBe('waiting')
    await later(app, 61)
    expect(server.received.map((mail) => header(mail, 'Message-ID'))).toEqual([messageId, messageId])
    expect(await only(app)).toMatchObject({ status: 'sent', attempts: 2 })
  })
})

describe('A conversation', () => {
  test('reaches its receiver in order and as one thread; others do not wait for it', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    server.verdicts.push(451)
    const said = (subject: string, more: Partial<Mail> = {}): Mail => ({ ...ada, subject, conversation: 'ticket 1', ...more })
    await send(app, said('first'))
    await app.queue.drain()
    await send(
      app,
      said('second'),
      said('third'),
      said('to Bob', { to: 'bob@example.org' }),
      said('elsewhere', { conversation: 'ticket 2' }),
    )
    await app.queue.drain()
    expect(server.received.map((mail) => header(mail, 'Subject')).sort()).toEqual(['elsewhere', 'to Bob'])
    expect((await messages(app)).map(({ status }) => status)).toEqual(['waiting', 'waiting', 'waiting', 'sent', 'sent'])

    await later(app, 61)
    const thread = server.received.slice(2)
    const [first, second, third] = (await messages(app)).map(({ messageId }) => messageId)
    expect(thread.map((mail) => header(mail, 'Subject'))).toEqual(['first', 'second', 'third'])
    expect(thread.map((mail) => header(mail, 'In-Reply-To'))).toEqual([undefined, first, second])
    expect(header(thread[2]!, 'References')).toBe(`${first} ${second}`)
    expect(header(thread[2]!, 'Message-ID')).toBe(third)
  })

  test('goes on behind a dead letter', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    server.verdicts.push(550)
    await send(app, { ...ada, conversation: 'ticket 1' }, { ...ada, conversation: 'ticket 1', subject: 'second' })
    await app.queue.drain()
    expect((await messages(app)).map(({ status }) => status)).toEqual(['dead', 'sent'])
  })
})

describe('Many processes', () => {
  test('send fifty mails exactly once, though all four begin at the same moment', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    await send(
      app,
      ...Array.from({ length: 50 }, (_, n) => ({ ...ada, to: `p${n}@example.org`, ...(n % 2 && { conversation: `ticket ${n % 7}` }) })),
    )
    const others = await Promise.all([1, 2, 3].map(() => otherDesk(app, { SMTP_URL: server.url })))
    await Promise.all([app, ...others].map(({ queue }) => queue.drain()))
    await later(app)
    expect(new Set(server.received.map(({ to }) => to[0])).size).toBe(50)
    expect(server.received).toHaveLength(50)
    expect((await messages(app)).filter(({ status, attempts }) => status !== 'sent' || attempts !== 1)).toEqual([])
  })

  test('that are killed between the mail and its account cost one duplicate at most, with the same Message-ID', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    let child: ChildProcess | undefined
    server.verdicts.push(async () => {
      child?.kill('SIGKILL')
    })
    child = spawn(process.execPath, ['core/cli/main.js', 'mail', 'test', '--to', 'ada@example.org'], {
      env: environment(app, { SMTP_URL: server.url }),
      stdio: 'ignore',
    })
    const [, signal] = await once(child, 'exit')
    expect(signal).toBe('SIGKILL')
    expect(await only(app)).toMatchObject({ status: 'waiting', attempts: 1 })

    // Whoever comes next waits until the claim of the killed one has run out.
    await later(app, 30)
    expect(server.received).toHaveLength(1)
    await later(app, 150)
    await later(app)
    const { messageId, status } = await only(app)
    expect(status).toBe('sent')
    expect(server.received.map((mail) => header(mail, 'Message-ID'))).toEqual([messageId, messageId])
  })
})

describe('The command "tessera mail test"', () => {
  const run = async (app: TestApp, env: Readonly<Record<string, string>>) => {
    const words = ['core/cli/main.js', 'mail', 'test', '--to', 'ada@example.org', '--json']
    const child = spawn(process.execPath, words, { env: environment(app, env) })
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(String(chunk)))
    const [code] = await once(child, 'close')
    return { code, said: said.join('') }
  }

  test('sends one through the outbox and says what came of it', async () => {
    const server = await mailServer()
    const app = await desk({})
    const { code, said } = await run(app, { SMTP_URL: server.url })
    expect(said).toContain('The mail server took the mail for ada@example.org.')
    expect(code).toBe(0)
    expect(await messages(app)).toMatchObject([{ to: 'ada@example.org', status: 'sent' }])
    expect(server.received).toHaveLength(1)
  })

  test('says why it was not sent', async () => {
    const server = await mailServer()
    const app = await desk({})
    server.verdicts.push(550)
    const refused = await run(app, { SMTP_URL: server.url })
    expect(refused.said).toContain('The mail for ada@example.org was not sent: The mail server refused it: 550')
    expect(refused.code).not.toBe(0)
    expect((await run(app, {})).said).toContain('No mail server is set: SMTP_URL.')
  })
})

describe('The outbox', () => {
  test('is looked after by managers, who may try again and discard, but write nothing and read no secret', async () => {
    const app = await desk({})
    await send(app, { ...ada, secret: true, text: 'https://desk.example.org/sign-in/abc' }, ada)
    const [secret, open] = await messages(app)
    const [manager, agent, administrator] = [
      await signedInAs(app, 'manager'),
      await signedInAs(app, 'agent'),
      await signedInAs(app, 'administrator'),
    ]

    const read = async (who: typeof manager) =>
      (await (await who.fetch('/api/outbox-messages?fields=text')).json()) as { data?: { id: string; text?: string }[] }
    const textOf = async (who: typeof manager, id: string) => (await read(who)).data?.find((row) => row.id === id)?.text
    expect(await textOf(manager, secret!.id)).toBeFalsy()
    expect(await textOf(manager, open!.id)).toBe('We have it.')
    expect(await textOf(administrator, secret!.id)).toContain('/sign-in/abc')
    expect((await agent.fetch('/api/outbox-messages')).status).toBe(403)

    for (const who of [manager, administrator]) {
      const made = await who.fetch('/api/outbox-messages', {
        method: 'POST',
        body: JSON.stringify({ channel: 'email', to: 'x@example.org', text: 'x' }),
      })
      expect(made.status).toBe(403)
      const changed = await who.fetch(`/api/outbox-messages/${open!.id}`, {
        method: 'PATCH',
        body: JSON.stringify({ to: 'x@example.org' }),
      })
      expect(changed.status).toBe(403)
    }
    const { records } = await manager.services()
    await records.act(discard, secret!.id, {})
    expect((await messages(app)).map(({ status, text }) => [status, text])).toEqual([
      ['discarded', null],
      ['waiting', 'We have it.'],
    ])
  })

  test('forgets a secret when it is delivered, and never delivers what is no longer true', async () => {
    const server = await mailServer()
    const app = await desk({ SMTP_URL: server.url })
    await send(app, { ...ada, secret: true }, { ...ada, secret: true, validUntil: new Date(Date.now() - 1000) })
    await app.queue.drain()
    expect(server.received).toHaveLength(1)
    expect(await messages(app)).toMatchObject([
      { status: 'sent', text: null },
      { status: 'dead', text: null, attempts: 0, error: expect.stringContaining('was not delivered by then') },
    ])
  })
})
