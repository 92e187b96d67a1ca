/** The row of an operation: how far it is and how it ended, for whoever began it and for those who look later. */
import pg from 'pg'
import { UserError } from '../errors.ts'
import type { Transaction } from '../records/transaction.ts'
import type { Plan } from './plan.ts'

/** Where the archive of what went is, and the backup that was made first. */
export interface Files {
  readonly archive?: string | undefined
  readonly backup?: string | undefined
}

/** What happens before the end is written outside the transactions of the operation, so that others can watch; what is done, in them. */
export interface Row {
  /** Goes on with the one that whoever asked for it has begun. */
  begin(plan: Plan, askedBy: string | undefined): Promise<void>
  /** What is done before the first step. */
  says(doing: string): Promise<void>
  step(step: number, steps: number, doing: string): Promise<void>
  /** With the transaction that hides what is about to be dropped: these modules, or this field. */
  hidden(transaction: Transaction, names: readonly string[]): Promise<void>
  /** With the transaction that does it, as its last statement. */
  done(transaction: Transaction, plan: Plan, files: Files): Promise<void>
}

/** What the process of an operation calls the connection that it holds: when that is gone and no end is noted, it died. */
export const operationName = (id: string): string => `tessera operation ${id}`

/** Runs an operation and notes how it ends, also where it ends before it has begun. */
export async function tracked<R>(url: string, id: string, run: (row: Row) => Promise<R>): Promise<R> {
  const client = new pg.Client({ connectionString: url, application_name: operationName(id) })
  // A database that is gone ends the operation by itself.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const result = await run(rowOf(client, id))
    // What is still running had nothing to do: somebody else had done it.
    if (await isKept(client))
      await client.query(`update tessera_operation set state = 'done', ${ended} where id = $1 and state = 'running'`, [id])
    return result
  } catch (error) {
    const [text, values] = failure(id, error)
    // What went wrong must not be hidden by a database that is gone.
    await client.query(text, [...values]).catch(() => undefined)
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

function rowOf(client: pg.Client, id: string): Row {
  return {
    async begin(plan, askedBy) {
      const { verb, names } = plan.operation
      await client.query(
        `insert into tessera_operation (id, verb, names, digest, asked_by, plan) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set digest = excluded.digest, plan = excluded.plan, updated_at = now()`,
        [id, verb, names, plan.digest, askedBy ?? null, JSON.stringify(plan)],
      )
    },
    async says(doing) {
      await client.query(`update tessera_operation set doing = $2, ${logged} where id = $1`, [id, doing])
    },
    async step(step, steps, doing) {
      const text = `update tessera_operation set doing = $2, ${logged}, step = $3, steps = $4 where id = $1`
      await client.query(text, [id, doing, step, steps])
    },
    async hidden(transaction, names) {
      await transaction.run('update tessera_operation set result = $2 where id = $1', [id, JSON.stringify({ hidden: names })])
    },
    async done(transaction, { modules }, files) {
      const text = `update tessera_operation set state = 'done', result = $2, ${ended} where id = $1`
      await transaction.run(text, [id, JSON.stringify({ modules, files })])
    },
  }
}

/** What is done now, by the second value, and since when. */
const logged = `log = log || jsonb_build_object('doing', $2::text, 'at', clock_timestamp()), updated_at = clock_timestamp()`

/** By the clock: in the transaction of the operation `now()` is when it began. */
const ended = 'updated_at = clock_timestamp(), ended_at = clock_timestamp()'

/** Not by a database that is still empty. */
async function isKept(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`select to_regclass('tessera_operation') is not null as kept`)
  return rows[0]?.kept === true
}

/** The statement that notes a failure, with its values; one that is noted already stays, and so does what had been hidden. */
export function failure(id: string, error: unknown): [text: string, values: readonly unknown[]] {
  const said = error instanceof Error ? error.message : String(error)
  const about = error instanceof UserError ? { code: error.code, values: error.values, hint: error.hint } : {}
  const text = `update tessera_operation set state = 'failed', error = $2, result = coalesce(result, '{}') || $3::jsonb, ${ended}
                 where id = $1 and state = 'running'`
  return [text, [id, said, JSON.stringify(about)]]
}
