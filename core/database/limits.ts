/** How often something happened lately, counted exactly by all processes on one database. */
import type { Connection } from './connection.ts'

export interface Limits {
  /**
   * Counts one more and answers how many that makes in the running span, and in how many seconds the next one begins. It is
   * counted at once: no transaction that fails later takes it back.
   */
  count(what: string, seconds: number): Promise<{ readonly count: number; readonly seconds: number }>
  /** Begins at nought again. */
  clear(what: string): Promise<void>
}

export function limitsOn({ aside }: Pick<Connection, 'aside'>): Limits {
  return {
    async count(what, seconds) {
      const [row] = await aside(counting, [what, seconds])
      return { count: Number(row?.count), seconds: Number(row?.seconds) }
    },
    async clear(what) {
      await aside('delete from tessera_limit where what = $1', [what])
    },
  }
}

/** One statement, so that two at the same moment count as two; it also takes a few spans away that are over. */
const counting = `
  with over as (
    delete from tessera_limit where what in (
      select what from tessera_limit where until <= now() and what <> $1 limit 10 for update skip locked))
  insert into tessera_limit as known (what, count, until) values ($1, 1, now() + make_interval(secs => $2::float8))
  on conflict (what) do update set
    count = case when known.until <= now() then 1 else known.count + 1 end,
    until = case when known.until <= now() then excluded.until else known.until end
  returning count, greatest(1, ceil(extract(epoch from until - now())))::int as seconds`
