/** Where log lines go: standard error, for every process of a deployment. */
import pino, { type Logger } from 'pino'
import type { Config } from './index.ts'

export function openLog(level: Config['logLevel']): Logger {
  return pino({ level }, lines())
}

/**
 * Several lines at a time: one write for each request costs as much as compiling its question. A pipe takes up to 4 KB as one piece, so
 * that the lines of several processes do not run into each other.
 */
function lines(): Lines {
  if (opened === undefined) {
    opened = pino.destination({ dest: 2, minLength: 3_000, periodicFlush: 250, sync: true })
    process.on('exit', flushLog)
  }
  return opened
}
type Lines = ReturnType<typeof pino.destination>
let opened: Lines | undefined

/** Writes at once what is still held back. */
export function flushLog(): void {
  opened?.flushSync()
}
