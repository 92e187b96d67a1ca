/** Taking the tables that an operation changes, all of them or none. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from '../records/transaction.ts'

/**
 * Locks every table that these statements name. One after the other they would be taken where each is first changed, while requests hold
 * some and wait for others: PostgreSQL ends such a deadlock after a second, and it may be a request that it ends. Here whoever waits for
 * half a second lets go of all and begins again. Throws lock_not_available when that does not help.
 */
export async function lockTogether(transaction: Pick<Transaction, 'run'>, statements: readonly string[]): Promise<void> {
  const named = [...new Set(statements.flatMap((statement) => [...statement.matchAll(/"(\w+)"/g)].map(([, name]) => name)))]
  const rows = await transaction.run(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname = current_schema() and c.relname = any($1) order by c.relname`,
    [named],
  )
  if (rows.length === 0) return
  const lock = `lock table ${rows.map(({ name }) => `"${name}"`).join(', ')} in access exclusive mode`
  for (let attempt = 1; attempt < attempts; attempt++) {
    await transaction.run('savepoint together', [])
    try {
      await transaction.run(`set local statement_timeout = '${patienceMs}ms'`, [])
      await transaction.run(lock, [])
      await transaction.run('set local statement_timeout = 0', [])
      await transaction.run('release savepoint together', [])
      return
    } catch (error) {
      // Everybody who waited behind this gets on before the next attempt.
      await transaction.run('rollback to savepoint together', [])
      if (!passing.has((error as { code?: string }).code ?? '')) throw error
      await sleep(pauseMs)
    }
  }
  await transaction.run(lock, [])
}

/** Less than the second after which PostgreSQL looks for deadlocks. */
const patienceMs = 500
const pauseMs = 100
const attempts = 20
/** query_canceled, by the time that it took; lock_not_available; deadlock_detected. */
const passing: ReadonlySet<string> = new Set(['57014', '55P03', '40P01'])
