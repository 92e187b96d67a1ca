/** `tessera dev`: one web worker that starts anew whenever a source file changes, and a page in the browser that says why it cannot. */
import { join, resolve } from 'node:path'
import { loadConfig } from '../../config/index.ts'
import { openLog } from '../../config/log.ts'
import { type Database, openDatabase } from '../../database/index.ts'
import { SetupError } from '../../errors.ts'
import type { Cli } from '../cli.ts'
import { failureText } from '../failure.ts'
import { styled } from '../terminal.ts'
import { type Changes, followChanges } from './changes.ts'
import { drainMs } from './crew.ts'
import { openFront } from './front.ts'
import { announceReady, endedInTime, seconds, stopSignal } from './lifetime.ts'
import { readable } from './log-lines.ts'
import { problemPage } from './problem-page.ts'
import { watchSources } from './watch.ts'
import { startWebWorker, type WebWorker, WorkerFailed } from './web-worker.ts'

export async function develop(cli: Cli): Promise<void> {
  const began = performance.now()
  if (cli.env.NODE_ENV === 'production')
    throw new SetupError(3, 'NODE_ENV is "production", and tessera dev is for development.', { hint: 'Serve people with: tessera start' })
  const env: NodeJS.ProcessEnv = { NODE_ENV: 'development', ...cli.env }
  const config = loadConfig(env, cli.root)
  const front = openFront()
  const workers = new Set<WebWorker>()
  const kill = () => {
    for (const worker of workers) worker.kill()
  }
  const stopped = stopSignal(cli.env, kill)
  let serving: WebWorker | undefined
  let booting: WebWorker | undefined
  /** The revision of the modules that was there at the last start, whether it went well or not. */
  let seen: number | undefined
  let isAnnounced = false
  let isStopping = false

  /** Requests wait meanwhile: after a change nobody wants an answer of what was before it. */
  async function restart(since: number): Promise<void> {
    booting?.kill()
    front.serveBy([])
    serving?.drain(drainMs)
    serving = undefined
    const worker = startWebWorker(env, front, (line) => process.stderr.write(`${readable(line)}\n`))
    booting = worker
    workers.add(worker)
    void worker.gone.then((how) => {
      workers.delete(worker)
      if (worker === serving && !isStopping) show(new WorkerFailed({ exitCode: 1, sentence: `The web worker ended (${how}).` }))
    })
    try {
      await worker.boot({ root: cli.root, flags: cli.terminal.flags, also: [] })
      if (worker !== booting || isStopping) return
      serving = worker
      seen = worker.revision
      front.serveBy([worker])
      const milliseconds = performance.now() - since
      if (isAnnounced) worker.work()
      else announceReady(cli, config, { milliseconds, link: await worker.workFirst(undefined) })
      if (isAnnounced) cli.terminal.say(`${styled('green', 'Ready', process.stderr)} again after ${seconds(milliseconds)}.`)
      isAnnounced = true
    } catch (error) {
      if (worker !== booting || isStopping) return
      seen = await changes?.revision().catch(() => undefined)
      show(error)
    } finally {
      if (worker === booting) booting = undefined
    }
  }

  function show(error: unknown): void {
    if (!(error instanceof WorkerFailed)) throw error
    serving = undefined
    cli.terminal.error(failureText(error.said))
    front.serveBy([problemPage(error.said)])
  }

  let database: Database | undefined
  let changes: Changes | undefined
  let sources: { close(): void } | undefined
  try {
    database = await openDatabase(config, 'owner')
    await front.listen(config)
    sources = await watchSources(foldersOf(cli.root), (file) => {
      cli.terminal.say(`${file.replace(`${cli.root}/`, '')} has changed.`)
      void restart(performance.now())
    })
    changes = await followChanges(database.url, openLog(config.logLevel), async () => {
      const now = await changes?.revision().catch(() => seen)
      if (!booting && seen !== undefined && now !== seen) await restart(performance.now())
    })
    await restart(began)
    await stopped
    cli.terminal.say('Stopping …')
  } finally {
    isStopping = true
    await endedInTime(async () => {
      sources?.close()
      front.close()
      await changes?.close()
      for (const worker of workers) worker.stop()
      await Promise.all([...workers].map(({ gone }) => gone))
      await database?.close()
    }, kill)
  }
}

/** Core's own too: who develops it sees what he does. */
function foldersOf(root: string): readonly string[] {
  return [...['config', 'modules', 'addons'].map((name) => join(root, name)), resolve(import.meta.dirname, '..', '..')]
}
