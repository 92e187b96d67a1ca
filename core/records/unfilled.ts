/** Required relations that a job is still filling in: until it is done, and this process has started anew, some records do not have them. */
import type { Rows } from '../database/connection.ts'
import type { FieldMeta, Models } from '../model/meta.ts'

/** By the fields of a composition, of which each application has its own. */
const unfilled = new WeakSet<FieldMeta>()

export async function lookForUnfilled({ all }: Models, run: (text: string) => Promise<Rows>): Promise<void> {
  const [known] = await run(`select to_regclass('tessera_backfill') is not null as exists`)
  if (!known?.exists) return
  for (const { model, required } of await run('select model, required from tessera_backfill')) {
    const fields = all.find(({ name }) => name === model)?.fields.values() ?? []
    for (const field of fields) if (field.kind === 'one' && (required as readonly string[]).includes(field.column)) unfilled.add(field)
  }
}

export function isFilled(field: FieldMeta): boolean {
  return !unfilled.has(field)
}
