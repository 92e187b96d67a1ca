/** The web workers of one supervisor: as many as wanted, all with the revision that the database has, relieved without anybody noticing. */
import type { Logger } from 'pino'
import type { Front } from './front.ts'
import { seconds } from './lifetime.ts'
import { type WebWorker, WorkerFailed } from './web-worker.ts'

export interface CrewParts {
  readonly wanted: number
  readonly front: Front
  readonly log: Logger
  /** A worker that is about to boot, with the promise that it has. */
  start(): { readonly worker: WebWorker; readonly ready: Promise<unknown> }
  /** Of the database, now. */
  revision(): Promise<number>
  /** How long a worker that is relieved may go on with what it does. */
  readonly drainMs?: number
}

/** A minute: as long as a report may take. */
export const drainMs = 60_000

export interface Crew {
  /** A worker that booted and does jobs joins. */
  join(worker: WebWorker): void
  /** Looks whether the workers are those that there should be, and relieves them if not. `isNews`: what failed before may go well now. */
  look(isNews?: boolean): void
  /** Ends them all; resolves when they are gone. */
  stop(): Promise<void>
  kill(): void
}

export function createCrew({ wanted, front, log, start, revision: revisionNow, drainMs: patienceMs = drainMs }: CrewParts): Crew {
  const all = new Set<WebWorker>()
  let serving: readonly WebWorker[] = []
  /** The revision with which no worker boots. */
  let refused: number | undefined
  let looking = false
  let again = false
  let stopping = false
  let deaths = 0
  let retry: NodeJS.Timeout | undefined

  function know(worker: WebWorker): void {
    all.add(worker)
    const since = performance.now()
    void worker.gone.then((how) => {
      all.delete(worker)
      if (!serving.includes(worker)) return
      serve(serving.filter((each) => each !== worker))
      if (stopping) return
      if (performance.now() - since > calmMs) deaths = 0
      log.error({ worker: worker.pid }, `A web worker ended (${how}); another takes its place.`)
      lookLater()
    })
  }

  function serve(workers: readonly WebWorker[]): void {
    serving = workers
    front.serveBy(workers)
  }

  /** In some time, longer each time; which it returns in words. */
  function lookLater(): string {
    clearTimeout(retry)
    const pauseMs = Math.min(firstRetryMs * 2 ** deaths++, longestRetryMs)
    retry = setTimeout(look, pauseMs)
    return seconds(pauseMs)
  }

  function look(isNews = false): void {
    if (isNews) refused = undefined
    again = true
    if (!looking) void lookOn()
  }

  async function lookOn(): Promise<void> {
    looking = true
    while (again && !stopping) {
      again = false
      await relieve().catch((err: unknown) => log.debug({ err }, 'The revision of the modules could not be asked for; it is tried again.'))
    }
    looking = false
  }

  async function relieve(): Promise<void> {
    const revision = await revisionNow()
    const stale = serving.filter((worker) => worker.revision !== revision)
    const kept = serving.filter((worker) => worker.revision === revision)
    if (stale.length === 0 && kept.length >= wanted) return
    if (stale.length > 0 && refused === revision) return
    const began = performance.now()
    const started = Array.from({ length: wanted - kept.length }, start)
    for (const { worker } of started) know(worker)
    const outcomes = await Promise.allSettled(started.map(({ ready }) => ready))
    if (stopping) return
    const fresh = started.flatMap(({ worker }, at) => (outcomes[at]?.status === 'fulfilled' ? [worker] : []))
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failure) complain(failure.reason, revision, stale.length > 0)
    if (failure && stale.length > 0) {
      for (const worker of fresh) worker.kill()
      return
    }
    // In one step: from one request to the next nobody falls back to the older revision.
    serve([...serving.filter((worker) => worker.revision === revision), ...fresh])
    for (const worker of stale) retire(worker)
    for (const worker of fresh) worker.work()
    if (stale.length > 0) log.info({ revision, ms: Math.round(performance.now() - began) }, 'The web workers have rolled over.')
    // What changed meanwhile is followed at once.
    again ||= !failure
  }

  function complain(reason: unknown, revision: number, isServed: boolean): void {
    const said = reason instanceof WorkerFailed ? reason.said : { exitCode: 1, sentence: String(reason) }
    const why = [said.sentence, ...('details' in said && said.details ? said.details : [])].join(' ')
    // A configuration mends itself only by a change; anything else may pass.
    const isRefused = said.exitCode === 3 && isServed
    if (isRefused) refused = revision
    const again = isRefused ? 'at the next change' : `in ${lookLater()}`
    log.error(
      { revision },
      isServed
        ? `No web worker can work with revision ${revision} of the modules, so those with the older one go on; it is tried again ${again}: ${why}`
        : `A web worker could not be started; it is tried again ${again}: ${why}`,
    )
  }

  function retire(worker: WebWorker): void {
    worker.drain(patienceMs)
    const limit = setTimeout(() => {
      log.warn({ worker: worker.pid }, `A web worker that was relieved still worked after ${seconds(patienceMs)} and was ended.`)
      worker.kill()
    }, patienceMs + graceMs)
    void worker.gone.then(() => clearTimeout(limit))
  }

  return {
    join(worker) {
      know(worker)
      serve([...serving, worker])
    },
    look,
    async stop() {
      stopping = true
      clearTimeout(retry)
      for (const worker of all) worker.stop()
      await Promise.all([...all].map(({ gone }) => gone))
    },
    kill() {
      for (const worker of all) worker.kill()
    },
  }
}

const firstRetryMs = 100
const longestRetryMs = 10_000
/** Who lived for so long did not die of what it began with. */
const calmMs = 60_000
/** A worker cuts its own connections first. */
const graceMs = 2_000
