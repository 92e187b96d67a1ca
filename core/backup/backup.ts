/** A whole database and the stored files as one archive, consistent at one instant, while everybody works. */
import { createReadStream } from 'node:fs'
import pg from 'pg'
import { lockKey } from '../database/locks.ts'
import { UserError } from '../errors.ts'
import { readState } from '../installation/state.ts'
import { json, writeArchive } from './archive.ts'
import { sequencesOf, sizeOf, tablesOf } from './catalog.ts'
import { filesIn } from './files.ts'
import { jobColumns, livingJobs } from './jobs.ts'
import { type ArchivedTable, type BackupManifest, begun, filesFolder, jobsPart, sequencesPart, tablePart } from './manifest.ts'
import { copyOut } from './rows.ts'

export interface BackupAbout {
  /** The folder of the stored files; it need not be there. */
  readonly files?: string | undefined
  /** In bytes; the total is a guess. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}
export interface BackupMade {
  readonly file: string
  readonly bytes: number
  readonly tables: number
  readonly rows: number
  readonly files: number
  readonly seconds: number
}

/**
 * Reads everything in one transaction that writes nothing and sees one instant. Writers do not wait for it; a module operation
 * that changes the schema does. The deployment's secret is not in the archive. Throws a UserError for a database without Tessera.
 */
export async function backupTo(url: string, file: string, { files, onProgress }: BackupAbout = {}): Promise<BackupMade> {
  const started = performance.now()
  const client = new pg.Client({ connectionString: url, application_name: 'tessera backup', options })
  client.on('error', () => undefined)
  await client.connect()
  try {
    // Not in the transaction, whose instant would be that of the asking; module operations wait for it in peace.
    await client.query(`select pg_advisory_lock_shared(${lockKey('install')})`)
    const tables = await beginAtOneInstant(client)
    const manifest = await manifestOf(client, tables)
    const stored = await filesIn(files)
    const total = (await sizeOf(client)) + stored.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    const written = await writeArchive(
      file,
      manifest,
      async (archive) => {
        for (const { name, columns } of manifest.tables) await copyOut(client, archive, tablePart(name), selectOf(name, columns))
        if (manifest.jobColumns.length > 0) await copyOut(client, archive, jobsPart, livingJobs(manifest.jobColumns))
        await archive.add(sequencesPart, json(await sequencesOf(client)))
        for (const { name, path } of stored) await archive.add(`${filesFolder}${name}`, createReadStream(path))
      },
      (bytes) => {
        done += bytes
        onProgress?.(Math.min(done, total), total)
      },
    )
    const rows = written.parts.reduce((sum, part) => sum + (part.rows ?? 0), 0)
    const seconds = Math.round((performance.now() - started) / 100) / 10
    return { file, bytes: written.bytes, tables: manifest.tables.length, rows, files: stored.length, seconds }
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Values as every server reads them back, whatever its settings; nothing ends the transaction before its time. */
const options =
  '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3 -c bytea_output=hex -c statement_timeout=0 -c idle_in_transaction_session_timeout=0'

/**
 * The snapshot is taken after the tables are held, so that none of them changes its shape before it is read. Whatever changed
 * between looking and holding is found by looking again.
 */
async function beginAtOneInstant(client: pg.Client): Promise<readonly ArchivedTable[]> {
  for (;;) {
    const before = await tablesOf(client)
    await client.query('begin isolation level repeatable read read only')
    const names = before.map(({ name }) => pg.escapeIdentifier(name))
    if (names.length > 0) await client.query(`lock table ${names.join(', ')} in access share mode`)
    const tables = await tablesOf(client)
    if (JSON.stringify(tables) === JSON.stringify(before)) return tables
    await client.query('rollback')
  }
}

async function manifestOf(client: pg.Client, tables: readonly ArchivedTable[]): Promise<BackupManifest> {
  const state = await readState(async (text, values = []) => (await client.query(text, [...values])).rows)
  if (!state) throw new UserError('backup.nothing', 'There is nothing to back up: Tessera has not set up this database.')
  const { rows } = await client.query<{ database: string; postgres: string }>(
    `select current_database() as database, current_setting('server_version') as postgres`,
  )
  return {
    ...begun(),
    kind: 'backup',
    ...rows[0]!,
    revision: state.revision,
    modules: [...state.modules],
    tables: tables.filter(({ name }) => !ofThisServer.has(name)),
    jobColumns: [...(await jobColumns(client))],
  }
}

/** What is being done to modules at this moment: nothing of it goes on in a copy. */
const ofThisServer: ReadonlySet<string> = new Set(['tessera_operation'])

/** Generated columns are computed again where the rows come in. */
function selectOf(table: string, columns: ArchivedTable['columns']): string {
  const names = columns.filter(({ generated }) => !generated).map(({ name }) => pg.escapeIdentifier(name))
  return `select ${names.join(', ')} from ${pg.escapeIdentifier(table)}`
}
