/** Files that come with a message from outside: whoever sent them is not there to be told, so each is taken or refused by itself. */
import { Readable } from 'node:stream'
import { TooLarge, UserError } from '@tessera/core'
import { fileName } from './file-name.ts'
import type { FileStorage, KeptContent } from './storage.ts'
import { type Limits, NotTaken, takeFile } from './take.ts'

/** A file as a channel brings it. */
export interface BroughtFile {
  /** What its sender calls it; empty where he says nothing. */
  readonly name: string
  /** What its sender says that it is. */
  readonly type: string
  /** Read once, or not at all. A NotTaken or TooLarge that it throws is why it is refused; anything else fails the message as a whole. */
  readonly content: AsyncIterable<Uint8Array>
  /** It stands within the text, as the picture of a signature does. */
  readonly inline?: boolean
}

/** What became of them: contents that are kept and belong to nothing yet, and why the others are not. */
export interface Brought {
  readonly taken: readonly (KeptContent & { readonly name: string; readonly type: string })[]
  readonly refused: readonly UserError[]
}

/** Takes what the limits let through. After a hundred nobody looks any further. */
export async function bring(
  storage: FileStorage,
  files: AsyncIterable<BroughtFile> | Iterable<BroughtFile>,
  limits: Limits & { readonly most: number },
): Promise<Brought> {
  const taken: Brought['taken'][number][] = []
  const refused: UserError[] = []
  const together = limits.mostMegabytes * togetherTimes
  let looked = 0
  let room = together * 1_000_000
  for await (const { name: given, type, content, inline } of files) {
    const name = fileName(given)
    looked++
    if (taken.length === limits.most || looked > mostLookedAt) {
      refused.push(new UserError('base.file_beyond', '"{name}" is not taken: at most {most} files are taken at once.', { name, ...limits }))
      if (looked > mostLookedAt) break
      continue
    }
    const isLast = room < limits.mostMegabytes * 1_000_000
    try {
      const about = { ...limits, mostMegabytes: Math.min(limits.mostMegabytes, room / 1_000_000) }
      const kept = await takeFile(storage, { field: '', name, type, content: Readable.from(content) }, about)
      room -= kept.size
      // What mail programs put into every signature.
      if (given !== '') taken.push(kept)
      else if (!(inline && kept.size < trifling)) taken.push({ ...kept, name: `${name}${endingOf(kept.type)}` })
    } catch (error) {
      if (!(error instanceof TooLarge || error instanceof NotTaken)) throw error
      const isTogether = error instanceof TooLarge && isLast
      refused.push(isTogether ? new TooLarge('base.files_beyond', beyond, { name, most: together }) : error)
    }
  }
  return { taken, refused }
}

/** So that a picture without a name is opened as one. */
function endingOf(type: string): string {
  const [, kind] = /^(?:image|application)\/(png|jpeg|gif|webp|pdf)$/.exec(type) ?? []
  return kind ? `.${kind}` : ''
}

const beyond = '"{name}" is not taken: together the files are larger than {most} MB.'
/** Of one message, beside what one file may be. */
const togetherTimes = 4
const mostLookedAt = 100
const trifling = 5_000
