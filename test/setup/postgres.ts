/** One PostgreSQL server for a whole test run (vitest's globalSetup) or a bench. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { dropTemplates } from '../../core/testing/template.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a role that may create databases: `testDatabase(inject('postgresUrl'))`. */
    postgresUrl: string
  }
}

export interface TestServer {
  readonly url: string
  /** Stops it and removes its folder; so does the end of this process. */
  stop(): Promise<void>
}

/** The server of TEST_DATABASE_URL, or an embedded one in memory where there is room. Durable is for a bench of writes: fsync, on disk. */
export async function startTestServer({ durable = false } = {}): Promise<TestServer> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, stop: () => dropTemplates(given) }
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./keeper.ts', import.meta.url)), durable ? 'durable' : 'fast'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Out of reach of the terminal's Ctrl+C: it has to tidy up after us.
    detached: true,
  })
  const gone = once(keeper, 'exit')
  const stop = async () => {
    keeper.stdin.end()
    await gone
  }
  for await (const url of createInterface(keeper.stdout)) return { url, stop }
  throw new Error('The test server did not start; its reason stands above.')
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer()
  project.provide('postgresUrl', server.url)
  return server.stop
}
