/** Jobs that wait or run, as far as they mean something elsewhere. Schedules come back with the modules that declare them. */
import type pg from 'pg'
import { queueName } from '../jobs/boss.ts'
import { hasTable } from './catalog.ts'

const wanted: readonly string[] = [
  ...['id', 'name', 'priority', 'data', 'state', 'retry_limit', 'retry_count', 'retry_delay', 'retry_backoff', 'retry_delay_max'],
  ...['expire_seconds', 'deletion_seconds', 'singleton_key', 'singleton_on', 'group_id', 'group_tier', 'start_after', 'created_on'],
  ...['keep_until', 'policy', 'heartbeat_seconds'],
]

/** The columns of the queue that a job needs to be done elsewhere; none where there is no queue yet. */
export async function jobColumns(client: pg.ClientBase): Promise<readonly string[]> {
  if (!(await hasTable(client, 'pgboss.job'))) return []
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = 'pgboss.job'::regclass and attname = any($1) order by attnum`,
    [wanted],
  )
  return rows.map(({ name }) => name)
}

/** What ran at the instant of the backup had not had its effect, and is done again. */
export function livingJobs(columns: readonly string[]): string {
  const shown = columns.map((name) => (name === 'state' ? `case when state = 'active' then 'retry' else state end as state` : name))
  return `select ${shown.join(', ')} from pgboss.job where state < 'completed' and name = '${queueName}'`
}
