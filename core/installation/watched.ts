/** An operation that somebody began elsewhere and follows by its id: he learns of its end however it ends. */
import pg from 'pg'
import { failure } from './tracking.ts'

/** What the process of an operation calls the connection that it holds: when that is gone and no end is noted, it died. */
export const operationName = (id: string): string => `tessera operation ${id}`

/**
 * Runs an operation whose row of `tessera_operation` is there; what ends it without noting so is noted here. `say` tells what is done
 * before its first step.
 */
export async function watched<R>(url: string, id: string, run: (say: (doing: string) => Promise<void>) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: url, application_name: operationName(id) })
  // A database that is gone ends the operation by itself.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const done = await run(async (doing) => {
      await client.query('update tessera_operation set doing = $2, updated_at = now() where id = $1', [id, doing])
    })
    // What is still running had nothing to do: somebody else had done it.
    const text = `update tessera_operation set state = 'done', updated_at = now(), ended_at = now() where id = $1 and state = 'running'`
    await client.query(text, [id])
    return done
  } catch (error) {
    const [text, values] = failure(id, error)
    await client.query(text, [...values]).catch(() => undefined)
    throw error
  } finally {
    await client.end()
  }
}
