/** Locks that all processes on one database share. */
import { createHash } from 'node:crypto'
import type pg from 'pg'

/**
 * Runs `run` while no other process holds the lock of this name; waits for it as long as that takes. The lock belongs to the
 * session, so it spans several transactions and dies with the connection. Call it outside a transaction (an aborted one could
 * not unlock) and not through a pooler that shares sessions. The same client may take the same lock again inside `run`.
 */
export async function withAdvisoryLock<Result>(client: pg.ClientBase, name: string, run: () => Promise<Result>): Promise<Result> {
  const key = lockKey(name)
  await client.query('select pg_advisory_lock($1)', [key])
  let result: Result
  try {
    result = await run()
  } catch (error) {
    // What went wrong in `run` must not be hidden by a connection that is gone, whose lock is gone with it.
    await unlock(client, key).catch(() => undefined)
    throw error
  }
  await unlock(client, key)
  return result
}

/** The same 64 bits for the same name, everywhere and for ever; as text, because they exceed a JavaScript number. */
export function lockKey(name: string): string {
  return createHash('sha256').update(`tessera:${name}`).digest().readBigInt64BE().toString()
}

async function unlock(client: pg.ClientBase, key: string): Promise<void> {
  await client.query('select pg_advisory_unlock($1)', [key])
}
