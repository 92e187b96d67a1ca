/** The report for people. */
import type { Pages } from './deep-pages.ts'
import type { FirstLoad } from './first-load.ts'
import type { Figures } from './load.ts'
import type { RulesCost } from './rules-cost.ts'

export interface Report {
  readonly date: string
  readonly machine: { readonly processors: number; readonly memoryGb: number; readonly node: string }
  readonly tickets: number
  readonly answers: readonly {
    readonly name: string
    readonly goal: number | undefined
    readonly app: Figures
    readonly reference: Figures
  }[]
  /** The reference's list statement without HTTP, per second. */
  readonly bare: number
  readonly pages: Pages
  readonly rules: RulesCost
  readonly first: FirstLoad | undefined
  /** Of the web process when it has started, and after all this. */
  readonly memoryAtStart: Memory
  readonly memory: Memory
}

/** MB. */
interface Memory {
  readonly now: number
  readonly atRest: number
}

export function printed({ date, machine, tickets, answers, bare, pages, rules, first, memoryAtStart, memory }: Report): string {
  const list = answers.find(({ name }) => name.startsWith('list'))
  return [
    `${date.slice(0, 10)}, ${machine.processors} processors, ${machine.memoryGb} GB, Node ${machine.node}, ${tickets} tickets.`,
    'CPU is milliseconds of processor time per request: the server + PostgreSQL.',
    '',
    columns([
      ['', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms', 'reference', 'CPU ms', 'ratio', 'goal'],
      ...answers.map(({ name, goal, app, reference }) => [
        name,
        ...figures(app),
        String(Math.round(reference.perSecond)),
        cpu(reference),
        (cost(app) / cost(reference)).toFixed(2),
        goal === undefined ? '' : `<= ${goal}`,
      ]),
    ]),
    '',
    columns([
      ['', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms'],
      ['page 1 of all tickets', ...figures(pages.first)],
      [`page ${pages.at}`, ...figures(pages.deep)],
      ['the list under five rules', ...figures(rules.ruled)],
      ['the list under no rule', ...figures(rules.open)],
    ]),
    '',
    `Five rules, two of them through relations, cost the list ${Math.round(100 * (cost(rules.ruled) / cost(rules.open) - 1))} % (goal <= 15 %).`,
    '',
    `The list's statement alone, without HTTP: ${Math.round(bare)} a second${list ? `; the reference reaches ${Math.round((100 * list.reference.perSecond) / bare)} % of it (goal 60 %)` : ''}.`,
    first
      ? `First load of the list: ${Math.round(first.bytes / 1000)} kB in ${first.files} files (goal < 100 kB), rows visible after ${Math.round(first.rowsAfterMs)} ms (goal 400 ms).`
      : 'The first load was not measured: there is no Chromium here.',
    `Memory of the web process: ${memoryAtStart.now} MB at the start, ${memoryAtStart.atRest} at rest; ${memory.now} MB after all this, ${memory.atRest} at rest (goal 150 MB).`,
  ].join('\n')
}

function figures(of: Figures): string[] {
  return [String(Math.round(of.perSecond)), of.p50.toFixed(1), of.p99.toFixed(1), cpu(of)]
}

function cpu(of: Figures): string {
  return `${cost(of).toFixed(2)} (${of.server.toFixed(2)} + ${of.postgres.toFixed(2)})`
}

function cost({ server, postgres }: Figures): number {
  return server + postgres
}

/** Rows of words in columns: the first to the left, numbers to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
