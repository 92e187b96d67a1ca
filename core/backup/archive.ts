/** Writing an archive: an ordinary ZIP of CSV and JSON, which people can open; streamed, whole under its name or not there at all. */
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, rmSync } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { UserError } from '../errors.ts'
import { type ArchiveManifest, contentsPart, manifestPart, type Part } from './manifest.ts'

export interface ArchiveWriter {
  /** Adds one part and resolves when all of it was read. `rows` is asked then, for the table of contents. */
  add(name: string, content: Readable, rows?: () => Promise<number>): Promise<void>
}
export interface Written {
  /** Of the file. */
  readonly bytes: number
  readonly parts: readonly Part[]
}

/**
 * Writes what `fill` adds into a file that did not exist before, readable by its owner alone. It gets its name when it is whole
 * and on the disk; after an error nothing is left of it, and what `fill` was reading from is destroyed. `onBytes` hears of each piece.
 */
export async function writeArchive(
  file: string,
  manifest: ArchiveManifest,
  fill: (archive: ArchiveWriter) => Promise<void>,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Written> {
  if (existsSync(file)) throw new UserError('backup.exists', 'There is already a file {file}: give it another name.', { file })
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch((error: unknown) => Promise.reject(unwritable(file, error)))
  const aside = `${file}.${process.pid}.unfinished`
  const zip = new ZipFile()
  const remove = () => rmSync(aside, { force: true })
  process.once('exit', remove)
  const target = createWriteStream(aside, { flags: 'wx', mode: 0o600, flush: true })
  const written = pipeline(zip.outputStream, target)
  const failed = Promise.withResolvers<never>()
  zip.once('error', failed.reject)
  written.catch(failed.reject)
  failed.promise.catch(() => undefined)

  const parts: Part[] = []
  const add: ArchiveWriter['add'] = async (name, content, rows) => {
    const watch = watched(onBytes)
    zip.addReadStream(watch.stream, name, { mode: 0o100600 })
    try {
      await Promise.race([pipeline(content, watch.stream), failed.promise])
    } catch (error) {
      content.destroy()
      throw error
    }
    const counted = rows && (await rows())
    parts.push({ name, bytes: watch.bytes(), sha256: watch.sha256(), ...(counted !== undefined && { rows: counted }) })
  }
  try {
    await add(manifestPart, json(manifest))
    await fill({ add })
    await add(contentsPart, json({ parts }))
    zip.end()
    await Promise.race([written, failed.promise])
    await rename(aside, file)
  } catch (error) {
    target.destroy()
    await written.catch(() => undefined)
    remove()
    throw unwritable(file, error)
  } finally {
    process.off('exit', remove)
  }
  return { bytes: (await stat(file)).size, parts: parts.slice(0, -1) }
}

/** What the file system says, as a sentence. */
function unwritable(file: string, cause: unknown): unknown {
  const { syscall, message: reason } = cause as NodeJS.ErrnoException
  if (syscall === undefined) return cause
  return new UserError('backup.cannot_write', 'The archive {file} cannot be written: {reason}.', { file, reason }, { cause })
}

/** One JSON document as a part. */
export function json(value: unknown): Readable {
  return Readable.from([Buffer.from(`${JSON.stringify(value, null, 2)}\n`)])
}

interface Watched {
  readonly stream: Transform
  readonly bytes: () => number
  readonly sha256: () => string
}

/** Lets everything through, and knows its length and checksum at the end. */
export function watched(onBytes: (bytes: number) => void): Watched {
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      bytes += chunk.length
      onBytes(chunk.length)
      done(null, chunk)
    },
  })
  return { stream, bytes: () => bytes, sha256: () => hash.digest('hex') }
}
