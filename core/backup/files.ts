/** The stored files: whatever lies in their folder, by its path. */
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface StoredFile {
  /** Below the folder, with slashes. */
  readonly name: string
  readonly path: string
  readonly size: number
}

/** Looked for after the snapshot of the database was taken: what its rows tell of is there. Without a folder there are none. */
export async function filesIn(folder: string | undefined): Promise<readonly StoredFile[]> {
  if (folder === undefined) return []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const found: StoredFile[] = []
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found.push({ name: relative(folder, path).split(sep).join('/'), path, size: (await stat(path)).size })
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Whole under its name or not there at all; readable by its owner alone. */
export async function storeFile(folder: string, name: string, content: Readable): Promise<void> {
  const path = join(folder, ...name.split('/'))
  const aside = `${path}.${process.pid}.unfinished`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await pipeline(content, createWriteStream(aside, { mode: 0o600, flush: true }))
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}
