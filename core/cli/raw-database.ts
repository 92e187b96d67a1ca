/** SQL for commands that modules bring. */
import type { App } from '../app.ts'
import type { RawDatabase } from '../module/module.ts'

export function rawDatabase({ connection }: App): RawDatabase {
  return {
    async transaction(run) {
      const client = await connection.pool.connect()
      try {
        await client.query('begin')
        // Nobody waits for a page.
        await client.query('set local statement_timeout = 0')
        const result = await run(async (text, values) => (await client.query(text, values && [...values])).rows)
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    },
  }
}
