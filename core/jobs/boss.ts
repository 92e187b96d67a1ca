/** pg-boss on our own connections: its tables, the one queue, the upkeep. */
import { type ConstructorOptions, type Db, PgBoss, type QueueOptions } from 'pg-boss'
import type { Logger } from 'pino'
import type { Connection } from '../database/connection.ts'

/** One queue for all work, so that a worker asks once and not once for each kind of job. */
export const queueName = 'tessera'
const schema = 'pgboss'

/**
 * A worker that was killed is noticed after `heartbeatSeconds` plus one upkeep, and its job waits one `retryDelay` (doubled by
 * chance) and one poll more: under 30 seconds. Ten retries at doubling distances take about half an hour.
 */
const queueOptions = {
  retryLimit: 10,
  retryDelay: 1,
  retryBackoff: true,
  heartbeatSeconds: 15,
  expireInSeconds: 60 * 60,
  retentionSeconds: 90 * 24 * 60 * 60,
} satisfies QueueOptions
const upkeepSeconds = 8

/** For sending, fetching and settling: does nothing on its own. */
export async function openBoss({ aside }: Connection, log: Logger): Promise<PgBoss> {
  const db: Db = { executeSql: async (text, values) => ({ rows: [...(await aside(text, values))] }) }
  return await boss(db, log, { supervise: false, schedule: false, migrate: false }).start()
}

/** For the worker: fails what a killed worker left, deletes what is old, sends what is scheduled. */
export async function openKeeper({ pool }: Connection, log: Logger): Promise<PgBoss> {
  return await boss({ executeSql: (text, values) => pool.query(text, values) }, log, {
    superviseIntervalSeconds: upkeepSeconds,
    monitorIntervalSeconds: upkeepSeconds,
  }).start()
}

/** Makes or renews the tables of the queue. Several processes may do so at once: pg-boss holds a lock of its own meanwhile. */
export async function installQueues(url: string): Promise<void> {
  const installer = new PgBoss({ connectionString: url, max: 1, schema, supervise: false, schedule: false })
  // What must succeed rejects; what goes on beside it is upkeep, which the worker does too.
  installer.on('error', () => undefined)
  await installer.start()
  try {
    await installer.createQueue(queueName, queueOptions)
    await installer.updateQueue(queueName, queueOptions)
  } finally {
    await installer.stop()
  }
}

function boss(db: Db, log: Logger, about: ConstructorOptions): PgBoss {
  return new PgBoss({ ...about, schema, db })
    .on('error', (err) => log.error({ err }, 'The upkeep of the job queue failed; it is tried again.'))
    .on('warning', ({ message, data }) => log.warn({ data }, message))
}
