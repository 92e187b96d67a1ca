/** A server as somebody starts it in a terminal. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, vi } from 'vitest'
import type { Deployment } from './deployment.ts'

export interface Server {
  readonly address: string
  readonly port: number
  readonly pid: number
  /** All that it has said so far. */
  log(): string
  /** Resolves with its exit code, when all its processes have closed their streams. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Resolves when it is ready. */
export async function startServer(cli: Deployment, env: NodeJS.ProcessEnv = {}, command: 'start' | 'dev' = 'start'): Promise<Server> {
  const port = Number(env.PORT ?? (await freePort()))
  const child = cli.spawned([command], { ...env, PORT: String(port) })
  const closed = once(child, 'close')
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  // What it says in error is why it will never be ready.
  await vi
    .waitFor(() => expect(child.exitCode !== null || /^(Ready|error:)/m.test(log)).toBe(true), { timeout: 100_000, interval: 20 })
    .catch(() => undefined)
  if (!/^Ready/m.test(log)) {
    child.kill('SIGKILL')
    throw new Error(`It did not start:\n${log}`)
  }
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid!,
    log: () => log,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return (await closed)[0]
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
