/** A web worker as its supervisor sees it: a process that is told to boot, gets connections, and ends one day. */
import { fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { hold } from '../../http/hold.ts'
import type { Said } from '../failure.ts'
import type { Front, Taker } from './front.ts'
import type { FromWorker, ToWorker } from './messages.ts'

export type Boot = Omit<ToWorker & { readonly kind: 'boot' }, 'kind'>
type Ready = Omit<FromWorker & { readonly kind: 'ready' }, 'kind'>

export interface WebWorker extends Taker {
  readonly pid: number | undefined
  /** Of the modules that it works with; 0 until it has booted. */
  readonly revision: number
  /** Resolves when the process has ended, with how it ended. */
  readonly gone: Promise<string>
  /** Resolves when it can take connections. Rejects with a WorkerFailed. */
  boot(about: Boot): Promise<Ready>
  /** Lets it do jobs. */
  work(): void
  /** The same, for the first worker of a start; resolves with the link for the first administrator, if there is none yet. */
  workFirst(demo: string | undefined): Promise<string | undefined>
  /** Has it finish what it does, because another has taken over. */
  drain(withinMs: number): void
  /** The same with less patience, because everything ends. */
  stop(): void
  kill(): void
}

/** A worker ended before it did what it was asked for. */
export class WorkerFailed extends Error {
  readonly said: Said
  constructor(said: Said) {
    super(said.sentence)
    this.said = said
  }
}

/** Starts the process, which loads its code and waits to be told to boot. Its standard error is ours unless `onLine` gets it. */
export function startWebWorker(env: NodeJS.ProcessEnv, front: Front, onLine?: (line: string) => void): WebWorker {
  const child = fork(program, [], {
    env: { ...workerMemory, ...env },
    // V8 takes its own options with either sign between the words.
    execArgv: workerFlags.filter((flag) => !env.NODE_OPTIONS?.replaceAll('_', '-').includes(flag.replace(/=.*/, ''))),
    stdio: ['ignore', 'inherit', onLine ? 'pipe' : 'inherit', 'ipc'],
  })
  if (onLine && child.stderr) createInterface(child.stderr).on('line', onLine)
  const ready = Promise.withResolvers<Ready>()
  const working = Promise.withResolvers<string | undefined>()
  const gone = Promise.withResolvers<string>()
  let said: Said | undefined
  let isBusy = false
  let revision = 0
  // Who waits for neither of them is told by `gone`.
  ready.promise.catch(() => undefined)
  working.promise.catch(() => undefined)

  child.on('message', (message: FromWorker, connection?: Socket) => {
    switch (message.kind) {
      case 'ready':
        revision = message.revision
        return ready.resolve(message)
      case 'working':
        return working.resolve(message.firstRun)
      case 'taken':
        isBusy = false
        return front.goOn()
      case 'connection':
        return connection && front.give(hold(connection), true)
      case 'failed':
        said = message.said
    }
  })
  const ended = (how: string) => {
    const failed = new WorkerFailed(said ?? { exitCode: 1, sentence: `The web worker ended (${how}) before it could work.` })
    ready.reject(failed)
    working.reject(failed)
    gone.resolve(said?.sentence ?? how)
  }
  child.once('error', (error) => ended(error.message))
  child.once('exit', (code, signal) => ended(signal ? `by ${signal}` : `exit code ${code}`))

  const tell = (message: ToWorker, connection?: Socket): void => {
    // What cannot be told to a process that ends is told by its end.
    if (child.connected) child.send(message, connection, {}, () => undefined)
    else connection?.destroy()
  }
  return {
    pid: child.pid,
    get revision() {
      return revision
    },
    get isFree() {
      return !isBusy && child.connected
    },
    gone: gone.promise,
    give(connection, waiting) {
      isBusy = true
      tell({ kind: 'connection', waiting }, connection)
    },
    boot(about) {
      tell({ kind: 'boot', ...about })
      return ready.promise
    },
    work: () => tell({ kind: 'work' }),
    workFirst(demo) {
      tell({ kind: 'work', first: { demo } })
      return working.promise
    },
    drain: (withinMs) => tell({ kind: 'drain', withinMs }),
    stop: () => tell({ kind: 'stop' }),
    kill: () => void child.kill('SIGKILL'),
  }
}

const program = fileURLToPath(new URL('./worker.js', import.meta.url))

/** A heap of young objects as large as that of a browser, an end to one that leaks, and what rest.ts needs. NODE_OPTIONS may say otherwise. */
export const workerFlags = ['--max-semi-space-size=8', '--max-old-space-size=1024', '--expose-gc']

/**
 * Memory beside the heap, most of it the compiler's, goes back to the system when it is free. By default the C library has an arena
 * for each thread, and keeps what is free below anything that is not; what is larger than 8 KB now has pages of its own.
 */
export const workerMemory = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '8192' }
