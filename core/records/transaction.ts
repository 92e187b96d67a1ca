/** A transaction of one request or job: everything in it happens together or not at all. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { EntityManager } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { CompiledQuery, type ControlledTransaction } from 'kysely'
import type { Action } from '../action/action.ts'
import type { Connection } from '../database/connection.ts'
import type { Services } from '../service/services.ts'
import type { Row } from './selection.ts'
import type { Watch } from './watched.ts'

/** What follows at the end of a transaction from everything that was gathered for it, in it. */
export type Ending<V> = (gathered: readonly V[], services: Services) => Promise<void>
interface Gathered {
  readonly ending: Ending<never>
  readonly value: unknown
  readonly services: Services
}

export interface Transaction {
  readonly em: EntityManager
  readonly kysely: ControlledTransaction<unknown, []>
  run(text: string, values: readonly unknown[]): Promise<readonly Row[]>
  /** Runs last before the commit: what must hold a lock as briefly as can be. */
  last(step: () => Promise<void>): void
  /** What waits for the end; what a savepoint undoes is taken out again. */
  readonly gathered: Gathered[]
  /** Runs after the commit; for what is kept in memory, never for work that must happen. */
  committed(step: () => void): void
}

/** What one request or job shares: its transaction, and the actions that are being done. */
export interface Scope {
  /** The transaction that the running code is in; code that runs beside it has its own. */
  readonly transaction: Transaction | undefined
  /** Records on which the running code does an action: its own permission covers what it writes there. */
  readonly acting: readonly Acting[]
  within<R>(transaction: Transaction, run: () => Promise<R>): Promise<R>
  during<R>(acting: Acting, run: () => Promise<R>): Promise<R>
  /** Keeps the statements of a page that is to tell them; else nothing is kept of any. */
  watch?: Watch
}
interface Acting {
  readonly action: Action
  readonly id: string
}

export function newScope(): Scope {
  const running = new AsyncLocalStorage<{ readonly holder: { transaction: Transaction | undefined }; readonly acting: readonly Acting[] }>()
  return {
    get transaction() {
      return running.getStore()?.holder.transaction
    },
    get acting() {
      return running.getStore()?.acting ?? []
    },
    async within(transaction, run) {
      const holder: { transaction: Transaction | undefined } = { transaction }
      try {
        return await running.run({ holder, acting: [] }, run)
      } finally {
        // What goes on without having been waited for must not write into a transaction that has ended.
        holder.transaction = undefined
      }
    },
    during(acting, run) {
      const store = running.getStore()
      return running.run({ holder: store?.holder ?? { transaction: undefined }, acting: [...(store?.acting ?? []), acting] }, run)
    },
  }
}

/** Runs inside the scope's transaction, where it can fail alone, or opens one. */
export async function inOwnTransaction<R>(connection: Connection, scope: Scope, run: () => Promise<R>): Promise<R> {
  const { transaction } = scope
  if (!transaction) return inTransaction(connection, scope, run)
  await transaction.run('savepoint inner_transaction', [])
  const before = transaction.gathered.length
  try {
    const result = await run()
    await transaction.run('release savepoint inner_transaction', [])
    return result
  } catch (error) {
    await transaction.run('rollback to savepoint inner_transaction', [])
    transaction.gathered.length = before
    throw error
  }
}

/** Runs inside the scope's transaction, or opens one. */
export async function inTransaction<R>(connection: Connection, scope: Scope, run: (transaction: Transaction) => Promise<R>): Promise<R> {
  if (scope.transaction) return run(scope.transaction)
  const em = connection.orm.em.fork({ clear: true }) as unknown as SqlEntityManager
  await em.begin()
  const kysely = em.getTransactionContext() as ControlledTransaction<unknown, []>
  const lastSteps: (() => Promise<void>)[] = []
  const afterwards: (() => void)[] = []
  const transaction: Transaction = {
    em: em as unknown as EntityManager,
    kysely,
    run: async (text, values) => (await kysely.executeQuery(CompiledQuery.raw(text, [...values]))).rows as readonly Row[],
    last: (step) => void lastSteps.push(step),
    gathered: [],
    committed: (step) => void afterwards.push(step),
  }
  try {
    const result = await scope.within(transaction, async () => {
      const done = await run(transaction)
      for (const step of lastSteps.splice(0)) await step()
      while (transaction.gathered.length > 0) await end(transaction)
      for (const step of lastSteps) await step()
      return done
    })
    await em.commit()
    for (const step of afterwards) step()
    return result
  } catch (error) {
    // A lost connection cannot roll back, nor need it: what went wrong is the first error.
    await em.rollback().catch(() => undefined)
    throw error
  }
}

/** Runs the first ending with all that was gathered for it. */
async function end({ gathered }: Transaction): Promise<void> {
  const { ending, services } = gathered[0]!
  const its = gathered.filter((each) => each.ending === ending)
  const others = gathered.filter((each) => each.ending !== ending)
  gathered.splice(0, gathered.length, ...others)
  await ending(its.map(({ value }) => value) as never[], services)
}
