/** Files in a folder of this machine: each under its SHA-256, below the first two letters of it. */
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { withComing } from './coming.ts'
import { type FileStorage, isHash } from './storage.ts'

/** `coming` lies on the same disk, and outside: a backup takes all that lies in `folder`. */
export function folderStorage(folder: string, coming: string): FileStorage {
  const pathOf = (hash: string) => {
    if (!isHash(hash)) throw new TypeError(`"${hash}" is no SHA-256.`)
    return join(folder, hash.slice(0, 2), hash)
  }
  const brought = (hash: string) => stat(pathOf(hash)).then(({ mtime }) => mtime, unlessGone)
  return {
    keep: (content) =>
      withComing(coming, content, async (path, kept) => {
        const now = new Date()
        if (await brought(kept.hash)) await utimes(pathOf(kept.hash), now, now)
        else {
          await mkdir(join(folder, kept.hash.slice(0, 2)), { recursive: true, mode: 0o700 })
          await rename(path, pathOf(kept.hash))
        }
        return kept
      }),
    has: async (hash) => isHash(hash) && (await brought(hash)) !== undefined,
    async open(hash, part) {
      if (!(await brought(hash))) return undefined
      return createReadStream(pathOf(hash), part && { start: part.first, end: part.last })
    },
    async *all() {
      for (const group of await readdir(folder).catch(noneIfGone)) {
        for (const hash of (await readdir(join(folder, group)).catch(noneIfGone)).filter(isHash)) {
          const at = await brought(hash)
          if (at) yield { hash, at }
        }
      }
    },
    forget: (hash) => rm(pathOf(hash), { force: true }),
  }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}

function noneIfGone(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
  return []
}
