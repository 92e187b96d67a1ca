/** The loop of a worker: takes as many jobs as it has hands, and looks again when it is woken, when a hand is free, or by the clock. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

export interface WorkerParts<C> {
  readonly take: (most: number) => Promise<readonly C[]>
  /** Says itself what went wrong before it rejects. */
  readonly perform: (claim: C) => Promise<void>
  readonly log: Logger
}
export interface Worker {
  wake(): void
  /** Resolves when all that runs has ended, or after this time. */
  stop(patienceMs: number): Promise<void>
}

const hands = 4
const pollMs = 2_000

export function startWorker<C>({ take, perform, log }: WorkerParts<C>): Worker {
  const running = new Set<Promise<void>>()
  let bell = Promise.withResolvers<void>()
  let stopping = false

  async function loop(): Promise<void> {
    while (!stopping) {
      // New before the look: whoever rings during the look is heard after it.
      bell = Promise.withResolvers()
      const { resolve } = bell
      const timer = setTimeout(resolve, pollMs)
      for (const claim of await claims()) {
        const run = perform(claim)
          .catch(() => undefined)
          .finally(() => {
            running.delete(run)
            bell.resolve()
          })
        running.add(run)
      }
      await bell.promise
      clearTimeout(timer)
    }
  }

  async function claims(): Promise<readonly C[]> {
    const free = hands - running.size
    try {
      return free > 0 ? await take(free) : []
    } catch (err) {
      log.warn({ err }, 'The worker could not look for jobs; it looks again.')
      return []
    }
  }

  const looping = loop()
  return {
    wake: () => bell.resolve(),
    async stop(patienceMs) {
      stopping = true
      bell.resolve()
      await looping
      const patience = new AbortController()
      const late = sleep(patienceMs, true, { signal: patience.signal }).catch(() => false)
      const isLate = await Promise.race([late, Promise.all(running).then(() => false)])
      patience.abort()
      if (isLate) log.warn({ jobs: running.size }, 'Jobs were still running when the worker stopped; another worker does them again.')
    },
  }
}
