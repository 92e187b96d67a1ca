/** Goes on with backfills of many records, in batches while everybody works, and after a crash where it was. */
import type { Connection } from '../database/connection.ts'
import type { Composition } from '../module/composition.ts'
import { inTransaction, type Transaction } from '../records/transaction.ts'
import type { Writing } from '../records/writing.ts'
import { batchSize, type Fill, fillBatch, fillNamed, leftEmpty, staysEmpty } from './backfill.ts'
import { recomputeBatch, recomputed, recomputeFollowersLater } from './recompute.ts'
import { type Run, type Unfinished, unfinishedFills } from './unfinished.ts'

/** Whether there is something that this process can go on with. */
export async function isFillable(composition: Composition, run: Run): Promise<boolean> {
  const known = await unfinishedFills(run)
  return known.some(({ module, name }) => recomputed(composition, name) ?? fillNamed(composition, module, name))
}

/**
 * Goes on for some seconds with what is not done, a transaction for each batch; true when there is more to do. Several processes may:
 * each takes what no other has. What belongs to a module that is not enabled waits for it.
 */
export async function fillMore(open: () => Promise<Writing>, patienceMs = 20_000): Promise<boolean> {
  const until = performance.now() + patienceMs
  while (performance.now() < until) {
    const writing = await open()
    const taken: { one: Taken | undefined } = { one: undefined }
    try {
      const more = await inTransaction(writing.connection, writing.scope, async (transaction) => {
        taken.one = await takeNext(writing, transaction)
        if (taken.one) await goOn(writing, transaction, taken.one)
        return taken.one !== undefined
      })
      if (!more) return false
    } catch (error) {
      if (taken.one) await keepError(writing, taken.one, error)
      throw error
    }
  }
  return true
}

interface Taken extends Unfinished {
  readonly after: string | null
  /** It looks once more for what came in behind it. */
  readonly again: boolean
  /** Every record has a value; that its columns demand one is still to be said. */
  readonly filled: boolean
  readonly batch: (after: string | null) => Promise<{ readonly rows: number; readonly last: string | null }>
  readonly fill: Fill | undefined
}

/** The oldest that nobody else works on and whose module is enabled here. */
async function takeNext(writing: Writing, transaction: Transaction): Promise<Taken | undefined> {
  const { composition } = writing
  const known = (await unfinishedFills(transaction.run)).flatMap(({ module, name }) => {
    const model = recomputed(composition, name)
    const fill = fillNamed(composition, module, name)
    return model || fill ? [{ module, name, model, fill }] : []
  })
  for (const { module, name, model, fill } of known) {
    const [row] = await transaction.run('select * from tessera_backfill where module = $1 and name = $2 for update skip locked', [
      module,
      name,
    ])
    if (!row) continue
    const about = row as unknown as Unfinished & Pick<Taken, 'after' | 'again' | 'filled'>
    const its = about.again && fill ? { ...fill, where: emptyIn(fill, about.required) } : fill
    const batch = (after: string | null) =>
      its ? fillBatch(writing, transaction, its, after) : recomputeBatch(writing, transaction, model!, after)
    return { ...about, batch, fill }
  }
  return undefined
}

async function goOn(writing: Writing, transaction: Transaction, taken: Taken): Promise<void> {
  const { module, name, fill, required } = taken
  const keep = (set: string, ...values: unknown[]) =>
    transaction.run(`update tessera_backfill set ${set}, error = null, updated_at = now() where module = $1 and name = $2`, [
      module,
      name,
      ...values,
    ])
  const finish = async () => {
    await transaction.run('delete from tessera_backfill where module = $1 and name = $2', [module, name])
    if (fill) await recomputeFollowersLater(writing, transaction, fill)
  }
  if (taken.filled) {
    const isDone = await demandValues(writing.connection, transaction, fill!.model.table, required)
    if (isDone) await finish()
    else await keep('filled = false, again = true, after = null')
    return
  }
  const { rows, last } = await taken.batch(taken.after)
  await keep('done = least(done + $3, rows), after = $4', rows, last)
  if (rows === batchSize) return
  for (const column of required) {
    const left = await leftEmpty(transaction, fill!.model, column)
    if (left === 0) continue
    if (taken.again) throw staysEmpty(fill!, column, left)
    // Records that came in meanwhile with a lesser id, from a process that did not know the field.
    await keep('again = true, after = null')
    return
  }
  // The columns are told in a transaction that holds nothing of the table.
  if (required.length > 0) await keep('filled = true')
  else await finish()
}

/**
 * From now on the columns may not be empty; false where one is again. A check that is validated first stands for the look at every row,
 * which PostgreSQL would else take while nobody may work; what waits for a lock gives up soon, and the job tries again.
 */
async function demandValues({ pool }: Connection, transaction: Transaction, table: string, columns: readonly string[]): Promise<boolean> {
  // Ours only keeps others from doing the same, and has nothing to do meanwhile.
  await transaction.run('set local idle_in_transaction_session_timeout = 0', [])
  // Each statement is a transaction of its own, so that none is held longer than it needs.
  const alter = (what: string) =>
    pool.query(`set local lock_timeout = '1s'; set local statement_timeout = 0; alter table "${table}" ${what}`)
  for (const column of columns) {
    const filled = `"${table}_${column}_filled"`
    await alter(`drop constraint if exists ${filled}`)
    await alter(`add constraint ${filled} check ("${column}" is not null) not valid`)
    try {
      await alter(`validate constraint ${filled}`)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === checkViolation) return false
      throw error
    }
    await alter(`alter column "${column}" set not null`)
    await alter(`drop constraint ${filled}`)
  }
  return true
}

const checkViolation = '23514'

function emptyIn({ model }: Fill, required: readonly string[]): object {
  const empty = [...model.fields.values()].filter(
    (field) => field.kind !== 'many' && field.column !== undefined && required.includes(field.column),
  )
  return { $or: empty.map(({ name }) => ({ [name]: { $null: true } })) }
}

async function keepError({ connection }: Writing, { module, name }: Taken, error: unknown): Promise<void> {
  await connection.run('update tessera_backfill set error = $3, updated_at = now() where module = $1 and name = $2', [
    module,
    name,
    error instanceof Error ? error.message : String(error),
  ])
}
