import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { KeptContent } from './storage.ts'

/** A content on its way, in a file of its own: what it is called is known only when all of it is there. Nothing is left after an error. */
export async function withComing<R>(
  folder: string,
  content: AsyncIterable<Uint8Array>,
  then: (path: string, kept: KeptContent) => Promise<R>,
): Promise<R> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await sweep(folder)
  const path = join(folder, randomUUID())
  const hash = createHash('sha256')
  let size = 0
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  try {
    await pipeline(content, counted, createWriteStream(path, { mode: 0o600, flush: true }))
    return await then(path, { hash: hash.digest('hex'), size })
  } finally {
    await rm(path, { force: true })
  }
}

/** What a process left that was killed: no upload takes that long. */
async function sweep(folder: string): Promise<void> {
  const longAgo = Date.now() - 3_600_000
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const about = await stat(path).catch(() => undefined)
    if (about && about.mtimeMs < longAgo) await rm(path, { force: true })
  }
}
