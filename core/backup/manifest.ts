/** What an archive says of itself: the first of its parts, and its last. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Rises when an archive of today could not be read by the code of yesterday. */
export const formatVersion = 1

/** The first part of every archive. */
export const manifestPart = 'manifest.json'
/** The last: what was written between them, with a checksum of each part. */
export const contentsPart = 'contents.json'

export const tablePart = (name: string): string => `tables/${name}.csv`
export const jobsPart = 'jobs.csv'
export const sequencesPart = 'sequences.json'
export const filesFolder = 'files/'

const column = z.object({ name: z.string(), type: z.string(), generated: z.boolean(), required: z.boolean() })
const table = z.object({ name: z.string(), columns: z.array(column) })

const about = z.object({
  format: z.number().int(),
  tessera: z.string(),
  createdAt: z.iso.datetime(),
})
/** Of a backup: a whole database at one instant, and the stored files. */
const backup = about.extend({
  kind: z.literal('backup'),
  database: z.string(),
  postgres: z.string(),
  /** How often module operations had changed what processes load. */
  revision: z.number().int(),
  modules: z.array(z.object({ name: z.string(), version: z.string(), state: z.enum(['enabled', 'disabled']) })),
  tables: z.array(table),
  jobColumns: z.array(z.string()),
})
/** Of rows that were taken out before they were dropped. */
const rows = about.extend({ kind: z.literal('rows'), about: z.record(z.string(), z.unknown()) })

export const manifestShape = z.discriminatedUnion('kind', [backup, rows])
export type ArchiveManifest = z.infer<typeof manifestShape>
export type BackupManifest = z.infer<typeof backup>
export type ArchivedTable = z.infer<typeof table>

const part = z.object({
  name: z.string(),
  bytes: z.number().int(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of a table. */
  rows: z.number().int().optional(),
})
export const contentsShape = z.object({ parts: z.array(part) })
export type Part = z.infer<typeof part>

/** What every manifest begins with. */
export function begun(): { readonly format: number; readonly tessera: string; readonly createdAt: string } {
  return { format: formatVersion, tessera: tesseraVersion, createdAt: new Date().toISOString() }
}

const tesseraVersion = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version
