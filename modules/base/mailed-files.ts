/** Files that go out with a message: named when it is written, read when it is sent, and again each time it is tried. */
import type { Services } from '@tessera/core'
import { Attachment } from './attachment.model.ts'
import { storageOf } from './files/storage.ts'

/** A file of a message that waits, as it was called when that was written. */
export interface MailedFile {
  /** Of the attachment. */
  readonly id: string
  readonly name: string
  /** In bytes. */
  readonly size: number
}

/** A file as a channel gets it. */
export interface OutgoingFile {
  readonly name: string
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** Its content, opened with the first piece that is asked for. */
  content(): AsyncIterable<Uint8Array>
}

/** Those that are still there; `gone` are the names of the others. */
export async function outgoingFiles(
  { asSystem, config }: Pick<Services, 'asSystem' | 'config'>,
  mailed: readonly MailedFile[],
): Promise<{ readonly files: readonly OutgoingFile[]; readonly gone: readonly string[] }> {
  if (mailed.length === 0) return { files: [], gone: [] }
  const system = asSystem('Which files go with a message was decided when it was written.')
  const ids = mailed.map(({ id }) => id)
  const { rows } = await system.query(Attachment, { fields: ['name', 'type', 'size', 'hash'], where: { id: { $in: ids } }, limit: 200 })
  const storage = storageOf(config)
  const files: OutgoingFile[] = []
  const gone: string[] = []
  for (const { id, name } of mailed) {
    const kept = rows.find((row) => row.id === id)
    if (!kept || !(await storage.has(kept.hash))) {
      gone.push(name)
      continue
    }
    const content = async function* () {
      const pieces = await storage.open(kept.hash)
      if (!pieces) throw new Error(`"${kept.name}" was taken away while it was being sent.`)
      yield* pieces
    }
    files.push({ name: kept.name, type: kept.type, size: kept.size, content })
  }
  return { files, gone }
}

/** How much longer than a message without them it may take, in milliseconds. */
export function timeFor(files: readonly MailedFile[] | null): number {
  return (files ?? []).reduce((sum, { size }) => sum + size, 0) / bytesPerMs
}
/** A slow line. */
const bytesPerMs = 250
