/** One file on its way in: looked at while it passes, kept only where it is taken. */
import { TooLarge, type UploadedFile, UserError } from '@tessera/core'
import { extensionOf } from './file-name.ts'
import type { FileStorage, KeptContent } from './storage.ts'
import { isProgram, telling, typeOf } from './types.ts'

export interface Limits {
  readonly mostMegabytes: number
  /** Endings of names that are not taken. */
  readonly refused: readonly string[]
}

/** Throws, keeping nothing, what is of a kind that is not taken (415) and what is too large (413). */
export async function takeFile(
  storage: FileStorage,
  { name, type: declared, content }: UploadedFile,
  { mostMegabytes, refused }: Limits,
): Promise<KeptContent & { readonly name: string; readonly type: string }> {
  const ending = extensionOf(name)
  if (refused.includes(ending))
    throw new NotTaken('base.kind_refused', 'Files that end in ".{ending}" are not taken: "{name}".', { ending, name })
  let head = Buffer.alloc(0)
  let size = 0
  async function* passing(): AsyncGenerator<Uint8Array> {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      size += chunk.length
      if (head.length < telling) head = Buffer.concat([head, chunk.subarray(0, telling)])
      if (size > mostMegabytes * 1_000_000)
        throw new TooLarge('base.file_too_large', '"{name}" is larger than {most} MB, and is not taken.', { name, most: mostMegabytes })
      if (refused.length > 0 && isProgram(typeOf(declared, head)))
        throw new NotTaken('base.program_refused', '"{name}" is a program, and is not taken.', { name })
      yield chunk
    }
  }
  const kept = await storage.keep(passing())
  return { ...kept, name, type: typeOf(declared, head) }
}

/** Of a kind that is not taken. */
export class NotTaken extends UserError {
  override readonly status: number = 415
}
