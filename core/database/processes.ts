/** Which processes of ours are on a database, on whatever machine, and with which revision of its modules they work. */
import { hostname } from 'node:os'
import type { Rows } from './connection.ts'

export interface Process {
  /** `web`, `cli`: what it is there for. */
  readonly what: string
  readonly revision: number
  readonly pid: number
  readonly host: string
}

/** What a process calls its listener connection, which lives as long as the process does: PostgreSQL itself then knows who works with what. */
export function processName(what: string, revision: number): string {
  return `tessera ${what} r${revision} ${process.pid}@${hostname()}`.slice(0, longestName)
}

/** The other processes that still work with an older revision than this one. */
export async function processesBehind(
  run: (text: string, values?: readonly unknown[]) => Promise<Rows>,
  revision: number,
): Promise<readonly Process[]> {
  const rows = await run(
    `select distinct application_name as name from pg_stat_activity
      where datname = current_database() and starts_with(application_name, 'tessera ') order by name`,
  )
  return rows.flatMap(({ name }) => {
    const [, what = '', found = '', pid = '', host = ''] = shape.exec(String(name)) ?? []
    const isBehind = what !== '' && Number(found) < revision && String(name) !== processName(what, Number(found))
    return isBehind ? [{ what, revision: Number(found), pid: Number(pid), host }] : []
  })
}

/** PostgreSQL keeps no more of a name. */
const longestName = 63
const shape = /^tessera ([a-z]+) r(\d+) (\d+)@(.*)$/
