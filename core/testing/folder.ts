/** Where tests put their files. */
import { mkdtemp, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new temporary folder, in memory where there is room: PostgreSQL copies a template there 30 times faster. Remove it yourself. */
export async function testFolder(name: string): Promise<string> {
  return mkdtemp(join((await hasRoom(memory)) ? memory : tmpdir(), `${name}-`))
}

const memory = '/dev/shm'
const enough = 2 * 1024 ** 3

/** A container often has only 64 MB of it, and other systems have none. */
async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= enough
}
