/** Reading an archive: nothing of it is believed before all of it was checked. */
import { createReadStream } from 'node:fs'
import { type Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import type { z } from 'zod'
import { UserError } from '../errors.ts'
import { watched } from './archive.ts'
import { type ArchiveManifest, contentsPart, contentsShape, formatVersion, manifestPart, manifestShape, type Part } from './manifest.ts'

export interface OpenedArchive {
  readonly manifest: ArchiveManifest
  readonly parts: ReadonlyMap<string, Part>
  /** The content of one part, unpacked as it is read. */
  read(name: string): Promise<Readable>
  close(): void
}

/**
 * Opens an archive and reads it once from its beginning to its end: every part must be there with its checksum, and no other.
 * Throws a UserError with one sentence for what is no archive, was cut or changed, or has a format that this version does not know.
 */
export async function openArchive(file: string, onProgress?: (done: number, total: number) => void): Promise<OpenedArchive> {
  const zip = await openPromise(file, { autoClose: false }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new UserError('backup.no_file', 'There is no file {file}.', { file })
    if (error.syscall !== undefined)
      throw new UserError('backup.unreadable', 'The archive {file} cannot be read: {reason}.', { file, reason: error.message })
    throw broken(file, 'its end is missing, or it is no archive at all', error)
  })
  try {
    const entries = await entriesOf(zip, file)
    const read = async (name: string): Promise<Readable> => {
      const entry = entries.get(name)
      if (!entry) throw broken(file, `"${name}" is missing`)
      return zip.openReadStreamPromise(entry)
    }
    const document = async <S extends z.ZodType>(name: string, shape: S): Promise<z.infer<S>> => {
      const parsed = shape.safeParse(
        await jsonOf(await read(name)).catch((cause: Error) => Promise.reject(broken(file, `"${name}" cannot be read`, cause))),
      )
      if (!parsed.success) throw broken(file, `"${name}" does not say what it must`)
      return parsed.data
    }
    await refuseOther(file, await read(manifestPart))
    const manifest = await document(manifestPart, manifestShape)
    const { parts: list } = await document(contentsPart, contentsShape)
    const parts = new Map(list.map((part) => [part.name, part]))
    const unknown = [...entries.keys()].find((name) => name !== contentsPart && !parts.has(name))
    if (unknown !== undefined) throw broken(file, `"${unknown}" is not in its table of contents`)
    await checkParts(file, list, read, onProgress)
    return { manifest, parts, read, close: () => zip.close() }
  } catch (error) {
    zip.close()
    throw error
  }
}

async function entriesOf(zip: ZipFile, file: string): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  } catch (cause) {
    throw broken(file, 'its directory cannot be read', cause)
  }
  return entries
}

/** Before anything else is looked at: a later format may have another shape. */
async function refuseOther(file: string, manifest: Readable): Promise<void> {
  const said = await jsonOf(manifest).catch((cause: Error) => Promise.reject(broken(file, `"${manifestPart}" cannot be read`, cause)))
  const { format, tessera } = said as { format?: unknown; tessera?: unknown }
  if (typeof format === 'number' && format > formatVersion)
    throw new UserError(
      'backup.newer_format',
      'The archive {file} was written by Tessera {tessera}, in a format that this version does not know: restore it with that version or a newer one.',
      { file, tessera },
    )
}

async function jsonOf(stream: Readable): Promise<unknown> {
  return JSON.parse(await text(stream))
}

async function checkParts(
  file: string,
  parts: readonly Part[],
  read: (name: string) => Promise<Readable>,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  for (const { name, bytes, sha256 } of parts) {
    const watch = watched((length) => {
      done += length
      onProgress(Math.min(done, total), total)
    })
    await pipeline(await read(name), watch.stream, nowhere()).catch((cause: unknown) => {
      throw cause instanceof UserError ? cause : broken(file, `"${name}" cannot be unpacked`, cause)
    })
    if (watch.bytes() !== bytes || watch.sha256() !== sha256) throw broken(file, `"${name}" is not what was written`)
  }
}

/** Of a file on disk. */
export async function checksumOf(path: string): Promise<string> {
  const watch = watched(() => undefined)
  await pipeline(createReadStream(path), watch.stream, nowhere())
  return watch.sha256()
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}

function broken(file: string, reason: string, cause?: unknown): UserError {
  return new UserError(
    'backup.broken',
    'The archive {file} is damaged: {reason}. Nothing was restored from it.',
    { file, reason },
    { cause },
  )
}
