/** Rows as CSV with a header line, out of a database and into it. */
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { type ArchiveWriter, writeArchive } from './archive.ts'
import { begun } from './manifest.ts'

export interface RowsPart {
  /** What the file in the archive is called, without `.csv`: `ticket`, or `ticket.spp_program_id`. */
  readonly name: string
  /** A select without parameters. */
  readonly sql: string
}
export interface ExportedRows {
  readonly file: string
  readonly bytes: number
  readonly rows: number
}

/**
 * Takes out what is about to be dropped: an archive like that of a backup, with one CSV file for each part. `about` says why, for
 * whoever finds it later. Reads as `client` sees the database, in its transaction; after an error that connection is of no more use.
 */
export async function exportRows(
  client: pg.ClientBase,
  parts: readonly RowsPart[],
  file: string,
  about: Readonly<Record<string, unknown>>,
): Promise<ExportedRows> {
  const { bytes, parts: written } = await writeArchive(file, { ...begun(), kind: 'rows', about }, async (archive) => {
    for (const { name, sql } of parts) await copyOut(client, archive, `${name}.csv`, sql)
  })
  return { file, bytes, rows: written.reduce((sum, { rows = 0 }) => sum + rows, 0) }
}

/** Adds what a select finds as one part. */
export async function copyOut(client: pg.ClientBase, archive: ArchiveWriter, part: string, sql: string): Promise<void> {
  const stream = client.query(to(`copy (${sql}) to stdout with (format csv, header true)`))
  await archive.add(part, stream, async () => {
    // The number of rows comes after the last of them: with the answer to another question it has surely arrived.
    await client.query('select')
    return stream.rowCount
  })
}

/** The stream that fills a table; its header line must name these columns. */
export function copyIn(client: pg.ClientBase, table: string, columns: readonly string[]): ReturnType<typeof from> {
  return client.query(from(`copy ${table} (${columns.join(', ')}) from stdin with (format csv, header match)`))
}
