/** What a command says, and where: data on stdout, everything else on stderr. */
import { styleText } from 'node:util'

export interface Flags {
  /** One JSON document on stdout instead of texts for people. */
  readonly json: boolean
  /** Nothing on stderr but errors. */
  readonly quiet: boolean
  /** Every question is answered with yes. */
  readonly yes: boolean
  /** False: never asks; what would have to be asked is an error. */
  readonly input: boolean
}

export class Terminal {
  flags: Flags = { json: false, quiet: false, yes: false, input: true }

  /** Whether a person sits there who can answer. */
  get isAsked(): boolean {
    return this.flags.input && process.stdin.isTTY === true && process.stderr.isTTY === true
  }

  /** The result: as JSON when that was asked for, else in words. An empty text prints nothing. */
  answer(document: unknown, words: () => string): void {
    const text = this.flags.json ? JSON.stringify(document, null, 2) : words()
    if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** What is good to know meanwhile. */
  say(line: string): void {
    if (!this.flags.quiet) process.stderr.write(`${line}\n`)
  }

  error(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  /** Progress: one line that moves on a terminal, a line per ten percent elsewhere; nothing when it is done at once. */
  progress(what: string): (done: number, total: number) => void {
    if (this.flags.quiet) return () => undefined
    const started = performance.now()
    let shown = 0
    return (done, total) => {
      if (done === total && shown === 0) return
      const tenth = Math.floor((done * 10) / total)
      if (process.stderr.isTTY) {
        const left = ((performance.now() - started) / done) * (total - done)
        process.stderr.write(`\r\u001b[K${what} ${number(done)}/${number(total)}${done < total ? `, about ${span(left)} left` : '\n'}`)
      } else if (tenth > shown) process.stderr.write(`${what} ${number(done)}/${number(total)}\n`)
      shown = tenth
    }
  }
}

/** Colours only where the stream is a terminal and NO_COLOR is not set; styleText sees to both. */
export function styled(
  style: 'bold' | 'dim' | 'red' | 'green' | 'yellow',
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(style, text, { stream })
}

/** Columns as wide as their longest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return [styled('bold', line(head)), ...rows.map(line)].join('\n')
}

/** `1,234` */
export function number(n: number): string {
  return n.toLocaleString('en')
}

/** `1 ticket`, `2 tickets` */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`
}

function span(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000))
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** An instant as a table has it, in UTC to the minute; a dash for none. */
export function shownTime(value: unknown): string {
  return value instanceof Date ? value.toISOString().slice(0, 16).replace('T', ' ') : '-'
}
