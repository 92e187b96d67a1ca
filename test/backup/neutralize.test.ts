import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { type Opened, type Place, place } from './place.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let copy: Place
let opened: Opened
let mails = 0
const mailServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _, done) {
    mails += 1
    stream.resume().on('end', done)
  },
})

beforeAll(async () => {
  copy = await place(inject('postgresUrl'), ['web', 'ticket'])
  await new Promise<void>((ready) => mailServer.listen(0, '127.0.0.1', ready))
  const at = mailServer.server.address()
  opened = await copy.open(['web', 'ticket'], { SMTP_URL: `smtp://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}` })
  await opened.app.install()
})
afterAll(async () => {
  await opened?.close()
  await new Promise<void>((done) => mailServer.close(() => done()))
  await copy?.remove()
})

const send = async (to: string) => {
  const { outbox } = await opened.app.servicesFor({ door: 'system' })
  await outbox.send({ to, subject: 'Hello', text: 'Hello' })
  await opened.app.queue.drain()
  return (await copy.query('select status, error from outbox_message where "to" = $1', [to]))[0]
}
const signIn = async () => (await fetch(`${opened.address}/sign-in`)).text()

test('A database becomes a copy only when somebody says so', async () => {
  const refused = await copy.tessera('db neutralize')
  expect(refused.code).toBe(6)
  expect(refused.err).toContain('Nothing will ever go out of the database backup_')
  expect(await copy.query(`select from tessera_state where key = 'copy'`)).toEqual([])
})

test('Of a copy nothing goes out and nothing is done by the clock, and the server that runs says so on every page', async () => {
  expect(await send('before@example.org')).toMatchObject({ status: 'sent' })
  expect(await signIn()).not.toContain('This is a copy.')
  await opened.app.queue.start()
  const schedules = () => copy.query('select key from pgboss.schedule')
  expect(await schedules()).toContainEqual({ key: 'outbox.due' })

  const done = await copy.tessera('db neutralize --yes --json')
  expect(done).toMatchObject({ code: 0 })
  expect(done.json().schedules).toBeGreaterThan(0)
  expect(await schedules()).toEqual([])
  await vi.waitUntil(async () => (await signIn()).includes('This is a copy.'))
  await opened.app.queue.stop()
  const sent = mails
  expect(await send('after@example.org')).toMatchObject({ status: 'waiting', error: expect.stringContaining('This database is a copy') })
  expect(mails).toBe(sent)
  const told = await copy.tessera('mail test --to ada@example.org')
  expect(told.code).toBe(1)
  expect(told.err).toContain('This database is a copy')

  // A process that starts later knows it as well.
  await opened.app.queue.start()
  expect(await schedules()).toEqual([])
  await opened.app.queue.stop()
})

test('A backup of a copy is a copy', async () => {
  const file = `${copy.dataDir}/copy.zip`
  await copy.tessera(`db backup ${file}`)
  const again = await place(inject('postgresUrl'), ['web', 'ticket'])
  try {
    expect(await again.tessera(`db restore ${file}`)).toMatchObject({ code: 0 })
    expect(await again.query(`select from tessera_state where key = 'copy'`)).toHaveLength(1)
  } finally {
    await again.remove()
  }
})
