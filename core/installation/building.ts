/** Builds the indexes on large tables that operations have left for later, while everybody reads and writes. */
import pg from 'pg'
import type { Logger } from 'pino'
import { lockKey } from '../database/locks.ts'

/**
 * Builds what waits in `tessera_index`, one after the other, on a connection of its own; a process that is killed meanwhile leaves
 * the rest to the next one. Returns how many were built: none when another process is at it. What cannot be built stays, with the
 * reason, and is tried again the next time.
 */
export async function buildIndexes(url: string, log: Logger): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tessera indexes',
    options: '-c statement_timeout=0 -c lock_timeout=0',
  })
  client.on('error', (err) => log.warn({ err }, 'The connection that builds indexes was lost; they are built later.'))
  await client.connect()
  try {
    const { rows: mine } = await client.query(`select pg_try_advisory_lock(${lockKey('indexes')}) as held`)
    if (mine[0]?.held !== true) return 0
    let built = 0
    const { rows } = await client.query<{ name: string; sql: string }>('select name, sql from tessera_index order by name')
    for (const { name, sql } of rows) if (await build(client, name, sql, log)) built++
    return built
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function build(client: pg.Client, name: string, sql: string, log: Logger): Promise<boolean> {
  try {
    // A build that was killed leaves one that is kept up to date and never used.
    const { rows } = await client.query(`select indisvalid as valid from pg_index where indexrelid = to_regclass(quote_ident($1))`, [name])
    if (rows[0]?.valid === false) await client.query(`drop index concurrently ${pg.escapeIdentifier(name)}`)
    await client.query(sql.replace(/^create (unique )?index /, 'create $1index concurrently if not exists '))
    await client.query('delete from tessera_index where name = $1', [name])
    return true
  } catch (err) {
    log.error({ err, index: name }, 'An index could not be built; it is tried again at the next start.')
    await client.query('update tessera_index set error = $2 where name = $1', [name, err instanceof Error ? err.message : String(err)])
    return false
  }
}
