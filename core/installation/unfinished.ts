/** Backfills of many records that are not done yet: kept in the database, so that any process can go on with them. */
import type { Composition } from '../module/composition.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Fill } from './backfill.ts'

/** One that is not done, and how far it is. */
export interface Unfinished {
  readonly module: string
  readonly name: string
  readonly model: string
  /** Columns that may not be empty any more when it is done. */
  readonly required: readonly string[]
  readonly rows: number
  readonly done: number
  /** What went wrong last; it is tried again. */
  readonly error: string | null
}

/** To be done by `fillMore`, after the commit. */
export async function fillLater(
  transaction: Transaction,
  { module, name, model }: Pick<Fill, 'module' | 'name' | 'model'>,
  required: readonly string[],
  rows: number,
  /** Where somebody has begun with it. */
  { after, done }: { readonly after: string | null; readonly done: number } = { after: null, done: 0 },
): Promise<void> {
  await transaction.run(
    `insert into tessera_backfill (module, name, model, required, rows, after, done) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (module, name) do update set required = excluded.required, rows = excluded.rows, done = excluded.done,
       after = excluded.after, again = false, filled = false, error = null`,
    [module, name, model.name, required, rows, after, done],
  )
}

export type Run = (text: string, values: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** What is not done yet, the oldest first. */
export async function unfinishedFills(run: Run): Promise<readonly Unfinished[]> {
  const rows = await run(
    'select module, name, model, required, rows, done, error from tessera_backfill order by begun_at, module, name',
    [],
  )
  return rows as unknown as readonly Unfinished[]
}

/** Columns that a job is still filling in, as `table.column`. */
export async function unfinishedColumns(transaction: Transaction, { models }: Composition): Promise<ReadonlySet<string>> {
  const all = await unfinishedFills(transaction.run)
  return new Set(all.flatMap(({ model, required }) => required.map((column) => `${models.byName(model)?.table ?? model}.${column}`)))
}
