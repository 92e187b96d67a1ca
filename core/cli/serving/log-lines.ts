/** Log lines as somebody who develops wants to read them. */
import { styled } from '../terminal.ts'

/** Of one line of a worker's standard error; what is no log line stays as it is. */
export function readable(line: string): string {
  if (!line.startsWith('{')) return line
  try {
    return said(JSON.parse(line) as Line)
  } catch {
    return line
  }
}

interface Line {
  readonly level: number
  readonly time: number
  readonly msg?: string
  readonly err?: { readonly message?: string; readonly stack?: string }
  readonly [key: string]: unknown
}

function said({ level, time, msg = '', err, pid: _pid, hostname: _hostname, ...about }: Line): string {
  const at = styled('dim', new Date(time).toTimeString().slice(0, 8), process.stderr)
  if (msg === 'request') {
    const { route = '', method, status, ms } = about
    // The pattern of a route says the method too.
    const what = String(route).startsWith(String(method)) || route === '' ? String(route || method) : `${method} ${route}`
    return `${at} ${mark(Number(status) >= 500 ? 50 : 30, String(status))} ${what} ${styled('dim', `${ms} ms`, process.stderr)}`
  }
  const more = Object.entries(about).map(([key, value]) =>
    styled('dim', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`, process.stderr),
  )
  return [
    [at, mark(level, levels[level] ?? ''), msg, ...more].filter(Boolean).join(' '),
    ...(err ? [err.stack ?? err.message ?? ''] : []),
  ].join('\n')
}

const levels: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 40: 'warn', 50: 'error', 60: 'fatal' }

function mark(level: number, word: string): string {
  return level >= 50 ? styled('red', word, process.stderr) : level >= 40 ? styled('yellow', word, process.stderr) : word
}
