/** Where a file is until it is taken in: among the contents of attachments, as a draft of nobody's that only its import leads to. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NotFound, type Services, type UploadedFile } from '@tessera/core'

/** Keeps what comes in within the limits for attachments; a day later it is swept away by itself. */
export async function keepFile(services: Services, file: UploadedFile): Promise<{ readonly id: string; readonly name: string }> {
  const [kept] = await attachmentsOf(services).take(one(file))
  return { id: kept!.id, name: kept!.name }
}

async function* one(file: UploadedFile): AsyncGenerator<UploadedFile> {
  yield file
}

/** The first bytes of a kept file, or all of it, as a file of this machine for as long as `run` takes. */
export async function withLocal<R>(
  services: Services,
  id: string | null,
  run: (path: string, folder: string) => Promise<R>,
  most?: number,
): Promise<R> {
  const gone = new NotFound('web.import_gone', 'The file is not kept any more: it is for a day. Choose it again.')
  if (id === null) throw gone
  const part = most === undefined ? undefined : { first: 0, last: most - 1 }
  const content = await attachmentsOf(services)
    .open(id)
    .then((opened) => opened.content(part && opened.file.size > most! ? part : undefined))
    .catch((error) => {
      throw error instanceof NotFound ? gone : error
    })
  if (!content) throw gone
  return inFolder(async (folder) => {
    const path = join(folder, 'file')
    await pipeline(Readable.from(content), createWriteStream(path, { mode: 0o600 }))
    return run(path, folder)
  })
}

/** A folder that nobody else reads, gone afterwards. */
async function inFolder<R>(run: (folder: string) => Promise<R>): Promise<R> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-import-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function forgetFile(services: Services, id: string | null): Promise<void> {
  if (id === null) return
  await attachmentsOf(services)
    .remove(id)
    .catch((error) => {
      // Swept away already.
      if (!(error instanceof NotFound)) throw error
    })
}

function attachmentsOf({ bySystem }: Services): Services['attachments'] {
  return bySystem('A file that is to be imported is reached by its import alone, which is its sender’s.').attachments
}
