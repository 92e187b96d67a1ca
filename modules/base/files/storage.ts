/**
 * Where contents of files are kept: in a folder, or in a bucket of S3. It belongs to this module and not to core, which knows no
 * attachments: core only archives and restores the folder `files` of the data folder, whatever lies in it.
 */
import { join } from 'node:path'
import type { Services } from '@tessera/core'
import { bucketStorage } from './bucket.ts'
import { bucketAddress } from './bucket-address.ts'
import { folderStorage } from './folder.ts'

export interface KeptContent {
  /** The SHA-256 of the content in hexadecimal: its name. Equal contents are one. */
  readonly hash: string
  readonly size: number
}

/** Of a content, counted from 0; both ends are in it. */
export interface Part {
  readonly first: number
  readonly last: number
}

export interface FileStorage {
  /** Whole under its name, or not there at all when `content` throws. What is there already is found again, and counts as new. */
  keep(content: AsyncIterable<Uint8Array>): Promise<KeptContent>
  has(hash: string): Promise<boolean>
  /** Some of it or all, as it comes; undefined where it is not there. */
  open(hash: string, part?: Part): Promise<AsyncIterable<Uint8Array> | undefined>
  /** All that is kept, and when it was last brought. */
  all(): AsyncIterable<{ readonly hash: string; readonly at: Date }>
  forget(hash: string): Promise<void>
}

/** In the folder `files` beside the database, unless ATTACHMENTS names a bucket. */
export function storageOf({ dataDir, variable }: Pick<Services['config'], 'dataDir' | 'variable'>): FileStorage {
  const coming = join(dataDir, 'files-coming')
  const bucket = bucketAddress(variable)
  return bucket ? bucketStorage(bucket, coming) : folderStorage(join(dataDir, 'files'), coming)
}

export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
