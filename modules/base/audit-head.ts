import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Services } from '@tessera/core'
import { type Head, headIn, headText } from './audit-chain.ts'
import { AuditSeal } from './audit-seal.model.ts'

/**
 * Tells the log and the data folder how far the chain reaches, outside of the database, so that a chain that was cut is found.
 * A head that the chain does not hold any more is left where it is: it is the proof.
 */
export async function publishHead(services: Services, head: Head): Promise<void> {
  const { log, config } = services
  const published = await publishedHead(config.dataDir)
  if (published && headText(published) === headText(head)) return
  if (published && !(await holds(services, published))) {
    log.error(
      { published: headText(published), head: headText(head) },
      'The audit log does not hold what was published of it: look at it with "tessera audit verify".',
    )
    return
  }
  log.info({ head: headText(head) }, 'The audit log is sealed.')
  if (published && published.number > head.number) return
  await writeHead(config.dataDir, head).catch((error: Error) =>
    log.warn({ error: error.message }, 'The head of the audit log could not be written to the data folder.'),
  )
}

/** Undefined where none was published yet. */
export async function publishedHead(dataDir: string): Promise<Head | undefined> {
  try {
    return headIn(await readFile(fileIn(dataDir), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function holds({ asSystem }: Services, { number, mac }: Head): Promise<boolean> {
  const seal = await asSystem('What was published of the audit log is compared with it.').find(AuditSeal, { number })
  return seal?.mac === mac
}

/** Whole or not at all, whenever the process ends. */
async function writeHead(dataDir: string, head: Head): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  // Two jobs of one process may be at it together.
  const path = `${fileIn(dataDir)}.${randomUUID()}`
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(`${headText(head)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(path, fileIn(dataDir))
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'audit-head')
}
