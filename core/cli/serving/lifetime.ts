/** What both ways to serve, `tessera start` and `tessera dev`, do at their beginning and their end. */
import type { Config } from '../../config/index.ts'
import type { Cli } from '../cli.ts'
import { styled } from '../terminal.ts'

/** The whole stop, of which the workers give five seconds to the requests that are being answered. */
const patienceMs = 10_000
const lookMs = 500

/** Ends what was opened; what does not end in time is cut off: the next start finds everything in order. */
export async function endedInTime(end: () => Promise<void>, kill: () => void): Promise<void> {
  const deadline = setTimeout(() => {
    kill()
    process.exit(1)
  }, patienceMs)
  await end()
  clearTimeout(deadline)
}

/**
 * Resolves with the first SIGINT or SIGTERM; the second ends the process at once. npm hands its own on to the shell between it and us,
 * which ends and tells us nothing: of that we only see that our parent is another one.
 */
export function stopSignal(env: NodeJS.ProcessEnv, kill: () => void): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    const parent = process.ppid
    const isByNpm = env.npm_lifecycle_event !== undefined
    const look = isByNpm ? setInterval(() => process.ppid !== parent && stop(), lookMs).unref() : undefined
    const stop = () => {
      clearInterval(look)
      if (told) {
        kill()
        process.exit(130)
      }
      told = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

export interface Begun {
  readonly milliseconds: number
  /** For the first administrator, while there is none. */
  readonly link: string | undefined
}

export function announceReady({ terminal }: Cli, { baseUrl }: Config, { milliseconds, link }: Begun): void {
  if (terminal.flags.json) terminal.answer({ url: baseUrl, milliseconds: Math.round(milliseconds), firstRun: link ?? null }, () => '')
  terminal.say(
    `${styled('green', 'Ready', process.stderr)} at ${styled('bold', baseUrl, process.stderr)} after ${seconds(milliseconds)}. Ctrl+C stops it.`,
  )
  if (!link) return
  terminal.error(`\nNobody administers this desk yet. Open this link within 24 hours to become its administrator:\n\n  ${link}\n`)
}

/** `1.2 s` */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
