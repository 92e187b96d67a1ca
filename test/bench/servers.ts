/** The two servers as processes of their own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { workerFlags, workerMemory } from '../../core/cli/serving/web-worker.ts'
import type { Target } from './load.ts'

export interface Server extends Target {
  stop(): Promise<void>
}

/** Starts `<name>.ts` and waits until it says where it listens; its log goes into a file, as it would in production. */
export async function startServer(
  name: 'app' | 'reference',
  database: string,
  postmaster: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-bench-log-'))
  const file = join(folder, `${name}.log`)
  const log = createWriteStream(file)
  await once(log, 'open')
  const env = { ...workerMemory, ...process.env, DATABASE_URL: database, NODE_ENV: 'production', ...more }
  // As a web worker of ours gets them: both servers, so that neither is given more memory to be fast with.
  const child = spawn(process.execPath, [...workerFlags, fileURLToPath(programs[name])], {
    env,
    stdio: ['ignore', 'pipe', log],
  })
  const gone = once(child, 'exit')
  for await (const url of createInterface(child.stdout)) {
    return {
      url,
      pid: child.pid!,
      postmaster,
      async stop() {
        child.kill()
        await gone
        log.close()
        await rm(folder, { recursive: true })
      },
    }
  }
  throw new Error(`The server "${name}" did not start:\n${readFileSync(file, 'utf8')}`)
}

const programs = { app: new URL('./app.js', import.meta.url), reference: new URL('./reference.ts', import.meta.url) }
