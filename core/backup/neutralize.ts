/** Makes a database a copy to try things with: what it holds stays, and nothing goes out of it. */
import pg from 'pg'
import { announce } from '../database/announcements.ts'
import { markAsCopy } from '../database/copy.ts'
import { UserError } from '../errors.ts'
import { keepState, readState } from '../installation/state.ts'
import { hasTable } from './catalog.ts'

export interface Neutralized {
  readonly database: string
  /** How many schedules were taken out. */
  readonly schedules: number
}

/**
 * From now on mail, webhooks and chats wait in the outbox, nothing is done by the clock, and every screen says that it is a copy. A
 * server that runs hears of it. There is no way back: what waited would go out twice.
 */
export async function neutralize(url: string): Promise<Neutralized> {
  const client = new pg.Client({ connectionString: url, application_name: 'tessera neutralize' })
  await client.connect()
  const run = async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows
  try {
    await run('begin')
    const state = await readState(run)
    if (!state) throw new UserError('backup.no_copy', 'There is nothing in this database: restore a backup into it first.')
    await markAsCopy(run)
    const schedules = (await hasTable(client, 'pgboss.schedule')) ? await run('delete from pgboss.schedule returning name') : []
    await keepState(run, 'revision', state.revision + 1)
    await announce({ run }, { kind: 'modules' })
    const [about] = await run('select current_database() as name')
    await run('commit')
    return { database: String(about?.name), schedules: schedules.length }
  } finally {
    await client.end()
  }
}
