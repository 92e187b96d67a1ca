/** What one process tells the others on the same database: LISTEN and NOTIFY, delivered at the commit. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Rows } from './connection.ts'

const channel = 'tessera'

const announcement = z.discriminatedUnion('kind', [
  /** A record of a model that processes keep copies of. */
  z.object({ kind: z.literal('changed'), model: z.string(), id: z.string() }),
  /** There is work in the queue. */
  z.object({ kind: z.literal('jobs') }),
  /** The set of installed modules. */
  z.object({ kind: z.literal('modules') }),
  /** For those who look at something right now. */
  z.object({
    kind: z.literal('told'),
    topic: z.string(),
    news: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
])
export type Announcement = z.infer<typeof announcement>

/** Tells every process that listens, this one too, when the transaction commits. The same message twice in one transaction is told once. */
export async function announce(
  transaction: { run(text: string, values: readonly unknown[]): Promise<unknown> },
  message: Announcement,
): Promise<void> {
  await transaction.run(`select pg_notify('${channel}', $1)`, [JSON.stringify(message)])
}

export interface Listening {
  onMessage(message: Announcement): void
  /** The connection was away for a while: everything may have changed. */
  onReconnect(): void
  readonly log: Logger
  /** What PostgreSQL calls the connection, asked for each time one is made. */
  readonly name?: () => string
}

export interface Announcements {
  /** Runs a statement on the connection that listens; rejects while there is none. */
  run(text: string, values?: readonly unknown[]): Promise<Rows>
  /** Tells PostgreSQL the name that has changed. */
  rename(): Promise<void>
  close(): Promise<void>
}

/**
 * Listens on a connection of its own until `close`. Rejects when it cannot connect the first time; after that it connects again,
 * for ever, and what went past meanwhile is what `onReconnect` is for.
 */
export async function listen(url: string, listening: Listening): Promise<Announcements> {
  const closing = new AbortController()
  const first = await subscribe(url, listening)
  let { client } = first
  const kept = keepListening(url, listening, closing.signal, first, (next) => {
    client = next
  })
  const run: Announcements['run'] = async (text, values = []) => (await client.query(text, [...values])).rows
  return {
    run,
    async rename() {
      await run(`select set_config('application_name', $1, false)`, [nameOf(listening)])
    },
    async close() {
      closing.abort()
      await kept
    },
  }
}

interface Subscription {
  readonly client: pg.Client
  readonly lost: Promise<unknown>
}

const nameOf = ({ name }: Listening): string => name?.() ?? 'tessera listener'

async function subscribe(url: string, listening: Listening): Promise<Subscription> {
  const { onMessage, log } = listening
  const client = new pg.Client({
    connectionString: url,
    application_name: nameOf(listening),
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    // Finds out that a silent connection is dead.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  // Without a listener a drop would end the process; what follows from it is told by `end`.
  client.on('error', (err) => log.warn({ err }, 'The connection for announcements was lost.'))
  client.on('notification', ({ payload = '' }) => {
    try {
      onMessage(announcement.parse(JSON.parse(payload)))
    } catch (err) {
      log.warn({ err, payload }, 'An announcement could not be followed and is ignored.')
    }
  })
  const lost = new Promise((resolve) => client.once('end', () => resolve(undefined)))
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return { client, lost }
}

async function keepListening(
  url: string,
  listening: Listening,
  closing: AbortSignal,
  subscribed: Subscription,
  onClient: (client: pg.Client) => void,
): Promise<void> {
  const closed = once(closing, 'abort')
  let current = subscribed
  while (!closing.aborted) {
    await Promise.race([current.lost, closed])
    for (let wait = backOff.first; !closing.aborted; wait = Math.min(2 * wait, backOff.longest)) {
      await Promise.race([sleep(wait, undefined, { ref: false }), closed])
      const next = closing.aborted ? undefined : await subscribe(url, listening).catch(() => undefined)
      if (!next) continue
      current = next
      onClient(next.client)
      reconnected(listening)
      break
    }
  }
  await current.client.end()
}

function reconnected({ onReconnect, log }: Listening): void {
  try {
    onReconnect()
  } catch (err) {
    log.error({ err }, 'What was kept in memory could not be dropped after a lost connection.')
  }
}

/** In milliseconds. */
const backOff = { first: 100, longest: 2_000 }
