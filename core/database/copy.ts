/** Whether a database is a copy to try things with, out of which nothing may go: see `tessera db neutralize`. */
import type { Rows } from './connection.ts'

export interface Copy {
  /** When it was made one; undefined for the database that people work with. */
  readonly since: Date | undefined
  /** Another process may have made it one. */
  lookAgain(): Promise<void>
}

type Run = (text: string, values?: readonly unknown[]) => Promise<Rows>

export async function copyMark(run: Run): Promise<Copy> {
  let since: Date | undefined
  const lookAgain = async (): Promise<void> => {
    const [known] = await run(`select to_regclass('tessera_state') is not null as exists`)
    const [mark] = known?.exists ? await run(`select value from tessera_state where key = 'copy'`) : []
    since = mark && new Date((mark.value as { readonly since: string }).since)
  }
  await lookAgain()
  return {
    get since() {
      return since
    },
    lookAgain,
  }
}

/** For good: what waited in it would go out a second time. */
export async function markAsCopy(run: Run): Promise<void> {
  await run(`insert into tessera_state (key, value) values ('copy', jsonb_build_object('since', now())) on conflict (key) do nothing`)
}
