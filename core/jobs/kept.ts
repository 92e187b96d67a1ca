/** What is in the queue, for whoever looks after it: what the clock does, what waits, what failed for good. */
import { fromKysely, type PgBoss } from 'pg-boss'
import { announce } from '../database/announcements.ts'
import type { Connection } from '../database/connection.ts'
import type { JobKeeping } from '../service/kept-jobs.ts'
import { queueName } from './boss.ts'
import { nameOf, type Task } from './task.ts'

export function keptJobs(connection: Connection, boss: () => Promise<PgBoss>): JobKeeping {
  return {
    async look() {
      const [counts, failed, scheduled] = await Promise.all([
        connection.run(
          `select state::text as state, count(*)::int as count from pgboss.job where name = $1 and state <= 'active' group by 1`,
          [queueName],
        ),
        connection.run(
          `select id::text as id, data, retry_count as tried, ${millis('completed_on')} as at, output->>'message' as error from pgboss.job where name = $1 and state = 'failed' order by completed_on desc limit 100`,
          [queueName],
        ),
        connection.run(
          `select s.key as task, s.cron as every, done.at from pgboss.schedule s left join (select data->>'job' as task, ${millis('max(completed_on)')} as at from pgboss.job where name = $1 and state = 'completed' and data->>'kind' = 'job' group by 1) done on done.task = s.key where s.name = $1 order by s.key`,
          [queueName],
        ),
      ])
      const countOf = (isIt: (state: unknown) => boolean) =>
        counts.reduce((sum, { state, count }) => sum + (isIt(state) ? Number(count) : 0), 0)
      return {
        running: countOf((state) => state === 'active'),
        waiting: countOf((state) => state !== 'active'),
        failed: failed.map(({ id, data, tried, at, error }) => ({
          id: String(id),
          task: nameOf(data as Task),
          attempts: Number(tried) + 1,
          failedAt: new Date(Number(at)),
          error: String(error ?? ''),
        })),
        scheduled: scheduled.map(({ task, every, at }) => ({
          task: String(task),
          every: String(every),
          doneAt: at === null ? undefined : new Date(Number(at)),
        })),
      }
    },
    async retry(id, transaction) {
      const known = await transaction.run(`select data from pgboss.job where name = $1 and id = $2 and state = 'failed' for update`, [
        queueName,
        id,
      ])
      if (!known[0]) return undefined
      await (await boss()).retry(queueName, id, { db: fromKysely(transaction.kysely) })
      await announce(transaction, { kind: 'jobs' })
      return nameOf(known[0].data as Task)
    },
    async discard(id, transaction) {
      const gone = await transaction.run(`delete from pgboss.job where name = $1 and id = $2 and state = 'failed' returning data`, [
        queueName,
        id,
      ])
      return gone[0] && nameOf(gone[0].data as Task)
    },
  }
}

const millis = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::float8`
