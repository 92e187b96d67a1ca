/** The revision of the installed modules: raised by every operation that changes what processes must load. */
import type { Rows } from '../database/connection.ts'

/** 0 for a database that Tessera has not seen yet. */
export async function revisionOf(run: (text: string) => Promise<Rows>): Promise<number> {
  const [known] = await run(`select to_regclass('tessera_state') is not null as exists`)
  if (!known?.exists) return 0
  const [row] = await run(`select value from tessera_state where key = 'revision'`)
  return Number(row?.value ?? 0)
}
