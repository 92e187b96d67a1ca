/**
 * Runs a test server until its standard input ends, which happens however the test run dies: no server and no folder is left
 * behind, not even after a Ctrl+C or kill -9. Prints the address first.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../../core/database/embedded.ts'
import { testFolder } from '../../core/testing/folder.ts'

const durable = process.argv[2] === 'durable'
const dataDir = durable ? await mkdtemp(join(tmpdir(), 'tessera-bench-')) : await testFolder('tessera-test')
const ended = once(process.stdin.resume(), 'end')
try {
  const database = await openEmbedded({ dataDir, role: 'owner', durable })
  console.log(database.url)
  await ended
  await database.close()
} finally {
  await rm(dataDir, { recursive: true })
}
