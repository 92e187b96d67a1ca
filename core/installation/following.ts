/** Waiting until every process has followed an operation. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { processesBehind } from '../database/processes.ts'
import { Conflict } from '../errors.ts'

/**
 * Returns when nobody works with an older revision any more, on whatever machine. Throws a Conflict that names who still does after
 * `patienceMs`; what was done until then stays done, and the operation can be begun again.
 */
export async function everybodyFollowed(url: string, revision: number, patienceMs = 90_000): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const query = async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows
  try {
    for (const deadline = Date.now() + patienceMs; ; await sleep(pollMs)) {
      const behind = await processesBehind(query, revision)
      if (behind.length === 0) return
      if (Date.now() < deadline) continue
      const who = behind.map(({ what, pid, host }) => `${what} (process ${pid} on ${host})`).join(', ')
      throw new Conflict(
        'module.still_used',
        'Somebody still works with what is to be dropped: {who}.',
        { who },
        { hint: 'Wait for it or stop it; then begin again.' },
      )
    }
  } finally {
    await client.end()
  }
}

const pollMs = 100
