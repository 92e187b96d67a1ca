/** The files that an operation writes beside the database, where a person can open them. */
import { join } from 'node:path'
import pg from 'pg'
import { backupTo, exportRows } from '../backup/index.ts'
import type { Operation } from '../installation/plan.ts'
import type { Prepared } from '../installation/planning.ts'
import type { Row } from '../installation/tracking.ts'
import type { Place } from './place.ts'

/** Of everything, before anything is changed. */
export async function backedUp({ config, url }: Place, { verb }: Operation, row: Row): Promise<string> {
  await row.says('A backup')
  const file = join(config.dataDir, 'backups', `before-${verb}-${instant()}.zip`)
  return (await backupTo(url, file, { files: join(config.dataDir, 'files') })).file
}

/** Of what goes; undefined where nothing does that anybody could miss. */
export async function archived(
  { config, url }: Place,
  { dropping, plan: { operation } }: Pick<Prepared, 'dropping' | 'plan'>,
): Promise<string | undefined> {
  if (dropping.exports.length === 0) return undefined
  const name = [operation.verb, ...operation.names].join('-')
  const client = new pg.Client({ connectionString: url, application_name: 'tessera archive', options: '-c timezone=UTC' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read, read only')
    const path = join(config.dataDir, 'archive', `${name}-${instant()}.zip`)
    const { file } = await exportRows(client, dropping.exports, path, { operation })
    await client.query('commit')
    return file
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Fit for the name of a file. */
function instant(): string {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, '')
}
