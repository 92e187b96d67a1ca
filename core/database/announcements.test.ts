import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { inTransaction, newScope } from '../records/transaction.ts'
import { type TestDatabase, testDatabase } from '../testing/database.ts'
import { type Announcement, announce, listen } from './announcements.ts'
import { type Connection, connect } from './connection.ts'

const jobs: Announcement = { kind: 'jobs' }
const changed: Announcement = { kind: 'changed', model: 'parcel', id: '7' }

let database: TestDatabase
let connection: Connection
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), { name: 'announcements' })
  connection = connect(database.url, 2, [], () => undefined)
})
afterAll(async () => {
  await connection.close()
  await database.drop()
})

interface Listener {
  readonly heard: Announcement[]
  readonly log: string[]
  reconnects: number
  close(): Promise<void>
}
let ears: readonly Listener[]
beforeEach(async () => {
  ears = await Promise.all([listener(), listener()])
})
afterEach(() => Promise.all(ears.map((each) => each.close())))

async function listener(): Promise<Listener> {
  const heard: Announcement[] = []
  const log: string[] = []
  const state: Listener = { heard, log, reconnects: 0, close: async () => undefined }
  const listening = await listen(database.url, {
    onMessage(message) {
      heard.push(message)
      if (message.kind === 'modules') throw new Error('no such module')
    },
    onReconnect: () => void state.reconnects++,
    log: pino({}, { write: (line: string) => void log.push(line) }),
  })
  return Object.assign(state, { close: listening.close })
}
const say = (...messages: Announcement[]) =>
  inTransaction(connection, newScope(), async (transaction) => {
    for (const message of messages) await announce(transaction, message)
  })
const everybody = (read: (each: Listener) => unknown) => expect.poll(() => ears.map(read), { interval: 10 })

describe('an announcement', () => {
  test('reaches every listener when its transaction commits, and nobody when it is rolled back', async () => {
    const failing = inTransaction(connection, newScope(), async (transaction) => {
      await announce(transaction, jobs)
      throw new Error('second thoughts')
    })
    await expect(failing).rejects.toThrow('second thoughts')
    await say(changed, changed)
    await everybody(({ heard }) => heard).toEqual([[changed], [changed]])
  })

  test('that nobody understands, or that cannot be followed, is logged and does no harm', async () => {
    for (const payload of ['', 'nonsense', '{"kind":"gossip"}', '{"kind":"changed"}']) {
      await connection.run("select pg_notify('tessera', $1)", [payload])
    }
    await say({ kind: 'modules' })
    await say(jobs)
    await everybody(({ heard }) => heard.at(-1)).toEqual([jobs, jobs])
    expect(ears.map(({ log }) => log.length)).toEqual([5, 5])
    expect(ears[0]?.log.join()).toContain('gossip')
  })
})

describe('a listener whose connection is cut', () => {
  const cut = () =>
    connection.run(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tessera listener' and datname = current_database()`,
    )

  test('connects again, says that everything may have changed, and hears what comes then', async () => {
    for (const times of [1, 2]) {
      await cut()
      await everybody(({ reconnects }) => reconnects).toEqual([times, times])
    }
    await say(changed)
    await everybody(({ heard }) => heard).toEqual([[changed], [changed]])
  })

  test('ends for good when it is closed, also while it is away', async () => {
    await cut()
    await Promise.all(ears.map(({ close }) => close()))
    const left = () =>
      connection.run(`select 1 from pg_stat_activity where application_name = 'tessera listener' and datname = current_database()`)
    await expect.poll(left).toEqual([])
  })
})

test('listening to a database that does not answer is refused', async () => {
  const nowhere = new URL(database.url)
  nowhere.pathname = '/nowhere'
  await expect(
    listen(nowhere.href, { onMessage: () => undefined, onReconnect: () => undefined, log: pino({ level: 'silent' }) }),
  ).rejects.toThrow('does not exist')
})
