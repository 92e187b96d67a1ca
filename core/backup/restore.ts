/** A backup into an empty database: all of it in one transaction, so that whoever is killed meanwhile leaves it empty. */
import pg from 'pg'
import { installQueues } from '../jobs/queue.ts'
import type { Package } from '../module/composition.ts'
import { storeFile } from './files.ts'
import { filesFolder } from './manifest.ts'
import { type OpenedArchive, openArchive } from './opened.ts'
import { refill } from './refill.ts'
import { refuseFull, refuseModules, refuseOtherFiles, refuseRows } from './refusals.ts'

export interface RestoreAbout {
  readonly url: string
  readonly file: string
  /** The folder of the stored files. */
  readonly files: string
  /** What lies on disk. */
  readonly packages: readonly Package[]
  /** In bytes: once while the archive is checked, once while its rows go in. */
  readonly onProgress?: ((what: 'check' | 'restore', done: number, total: number) => void) | undefined
}
export interface Restored {
  readonly createdAt: string
  readonly modules: number
  readonly tables: number
  readonly rows: number
  readonly files: number
  readonly seconds: number
}

/**
 * Checks all of the archive, then restores it. Sessions and links that sign somebody in are left out: they have ended. Throws a
 * UserError that says what is in the way; then nothing was changed.
 */
export async function restoreFrom({ url, file, files, packages, onProgress }: RestoreAbout): Promise<Restored> {
  const started = performance.now()
  const archive = await openArchive(file, (done, total) => onProgress?.('check', done, total))
  const client = new pg.Client({ connectionString: url, application_name: 'tessera restore', options })
  client.on('error', () => undefined)
  try {
    const { manifest } = archive
    refuseRows(file, manifest)
    refuseModules(manifest.modules, packages)
    await client.connect()
    await refuseFull(client)
    const stored = await storeFiles(archive, files)
    // Its tables are its own matter, and it makes them in a transaction of its own: without jobs in them they are as good as none.
    await installQueues(url)
    const rows = await refill({
      client,
      archive,
      manifest,
      packages,
      url,
      onProgress: (done, total) => onProgress?.('restore', done, total),
    })
    await client.query('analyze')
    return {
      createdAt: manifest.createdAt,
      modules: manifest.modules.length,
      tables: manifest.tables.length,
      rows,
      files: stored,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    }
  } finally {
    archive.close()
    await client.end().catch(() => undefined)
  }
}

/** What the rows are written for, whatever the settings of this server; nothing ends the transaction before its time. */
const options =
  '-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c check_function_bodies=off'

/** Before the database: rows must not tell of files that are not there. Those of a restore that was killed stay as they are. */
async function storeFiles(archive: OpenedArchive, folder: string): Promise<number> {
  const names = [...archive.parts.keys()].filter((name) => name.startsWith(filesFolder))
  const wanted = new Map(names.map((name) => [name.slice(filesFolder.length), archive.parts.get(name)!]))
  const there = await refuseOtherFiles(folder, wanted)
  for (const name of wanted.keys()) if (!there.has(name)) await storeFile(folder, name, await archive.read(`${filesFolder}${name}`))
  return names.length
}
