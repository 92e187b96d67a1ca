/**
 * Work for later. A job is written in the transaction that asks for it and runs at least once after the commit; what it does to
 * the database happens once, because it is marked as done in the transaction of its effect.
 */
import { type Job as Claim, fromKysely, type PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { Context } from '../access/caller.ts'
import { announce } from '../database/announcements.ts'
import type { Connection } from '../database/connection.ts'
import type { Copy } from '../database/copy.ts'
import type { Composition } from '../module/composition.ts'
import type { Change, Job } from '../module/module.ts'
import { inTransaction, newScope, type Scope, type Transaction } from '../records/transaction.ts'
import type { OpenScope } from '../service/container.ts'
import type { JobKeeping } from '../service/kept-jobs.ts'
import { openBoss, openKeeper, queueName } from './boss.ts'
import { keptJobs } from './kept.ts'
import { nameOf, type Task, tasksOf } from './task.ts'
import { startWorker, type Worker } from './worker.ts'

export { installQueues } from './boss.ts'

export interface QueueParts {
  readonly composition: Composition
  readonly connection: Connection
  readonly openScope: OpenScope
  /** Of a job on behalf of a user; with null of one that the system does. */
  readonly contextOf: (actor: string | null) => Promise<Context>
  readonly log: Logger
  /** Of a copy nothing is done by the clock. */
  readonly copy: Pick<Copy, 'since'>
  readonly backfill?: Backfill
}

/** What operations left to fill in, in transactions of its own. */
export interface Backfill {
  isWaiting(): Promise<boolean>
  /** Does a part of it; true when there is more. */
  goOn(): Promise<boolean>
}

export interface Queue {
  /** In the scope's transaction when there is one. The job runs with the rights of `actor`, with null as the system. Throws a TypeError for an input that does not fit. */
  send(scope: Scope, actor: string | null, job: Job<unknown>, input: unknown): Promise<void>
  /** For the `after` listener at this place in the composition. It runs with the rights of the user who did the change. */
  enqueue(transaction: Transaction, listener: number, change: Change): Promise<void>
  /** There may be work: for the process that heard `{ kind: 'jobs' }`. Without it the worker looks every two seconds. */
  wake(): void
  /** Becomes a worker, with the schedules of this composition. */
  start(): Promise<void>
  /** Runs what is due now until nothing is left; the number of jobs that ran. Throws the first error when all have run. */
  drain(): Promise<number>
  /** Takes no more jobs, and waits for those that run, ten seconds unless told; another worker does again what is not done by then. */
  stop(patienceMs?: number): Promise<void>
  /** For whoever looks after it. */
  readonly kept: JobKeeping
}

export function createQueue({ composition, connection, openScope, contextOf, log, copy, backfill }: QueueParts): Queue {
  const tasks = tasksOf(composition, openScope, log, goOn)
  const told = new WeakSet<Transaction>()
  let opening: Promise<PgBoss> | undefined
  let keeper: PgBoss | undefined
  let worker: Worker | undefined

  function boss(): Promise<PgBoss> {
    opening ??= openBoss(connection, log).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  async function put(transaction: Transaction, task: Task): Promise<void> {
    const sender = await boss()
    await sender.send(queueName, task, { db: fromKysely(transaction.kysely) })
    if (told.has(transaction)) return
    told.add(transaction)
    await announce(transaction, { kind: 'jobs' })
  }

  async function take(most: number): Promise<readonly Claim<Task>[]> {
    return (await boss()).fetch<Task>(queueName, { batchSize: most })
  }

  /** Rejects with what went wrong, after the job was put back. */
  async function perform(claim: Claim<Task>): Promise<void> {
    const holder = await boss()
    const beat = setInterval(() => {
      holder.touch(queueName, claim).catch((err) => log.warn({ err, job: claim.id }, 'The heartbeat of a job failed.'))
    }, beatMs)
    try {
      const context = await contextOf(actorOf(claim.data))
      const scope = newScope()
      if (tasks.isOutside(claim.data)) {
        await tasks.run(claim.data, context, scope)
        await holder.complete(queueName, claim)
        return
      }
      await inTransaction(connection, scope, async (transaction) => {
        await tasks.run(claim.data, context, scope)
        const done = await holder.complete(queueName, claim, null, { db: fromKysely(transaction.kysely) })
        if (!('affected' in done && done.affected === 1))
          throw new Error('The job was taken over by another worker; what this one did is undone.')
      })
    } catch (error) {
      log.error({ err: error, job: claim.id, task: nameOf(claim.data), attempt: claim.retryCount + 1 }, 'A job failed.')
      const output = { message: error instanceof Error ? error.message : String(error) }
      await holder
        .fail(queueName, claim, output)
        .catch((err) => log.warn({ err, job: claim.id }, 'A failed job could not be put back; it is when its heartbeat is missed.'))
      throw error
    } finally {
      clearInterval(beat)
    }
  }

  async function syncSchedules(): Promise<void> {
    const scheduler = await boss()
    const jobs = copy.since ? [] : composition.jobs
    const wanted = new Map(jobs.flatMap(({ name, every }) => (every === undefined ? [] : [[name, every] as const])))
    for (const { key } of await scheduler.getSchedules(queueName)) if (!wanted.has(key)) await scheduler.unschedule(queueName, key)
    for (const [job, every] of wanted) {
      const task: Task = { kind: 'job', job, input: {}, actor: null }
      // What came due while nothing ran is made up for, once.
      await scheduler.schedule(queueName, every, task, { key: job, missed: 'once' })
    }
  }

  async function goOn(): Promise<void> {
    if (await backfill?.goOn()) await inTransaction(connection, newScope(), (transaction) => put(transaction, { kind: 'backfill' }))
  }

  /** Whoever installs need not know of the queue: a worker that starts finds what is left to do. */
  async function lookForBackfill(): Promise<void> {
    if (!(await backfill?.isWaiting())) return
    const [known] = await connection.run(
      // One that runs may be a killed worker's; two that run share the work.
      `select 1 as c0 from pgboss.job where name = $1 and state < 'active' and data->>'kind' = 'backfill' limit 1`,
      [queueName],
    )
    if (!known) await inTransaction(connection, newScope(), (transaction) => put(transaction, { kind: 'backfill' }))
  }

  return {
    kept: keptJobs(connection, boss),
    async send(scope, actor, job, input) {
      const task = await tasks.forJob(job, input, actor)
      // A scope of its own: two sends side by side must not share a transaction that the first one commits.
      await inTransaction(connection, scope.transaction ? scope : newScope(), (transaction) => put(transaction, task))
    },
    enqueue: (transaction, listener, change) => put(transaction, tasks.forListener(listener, change)),
    wake: () => worker?.wake(),
    async start() {
      if (worker) return
      await syncSchedules()
      await lookForBackfill()
      keeper = await openKeeper(connection, log)
      worker = startWorker({ take, perform, log })
    },
    async drain() {
      await lookForBackfill()
      const errors: unknown[] = []
      let count = 0
      for (let claims = await take(1); claims.length > 0; claims = await take(1)) {
        for (const claim of claims) await perform(claim).catch((error: unknown) => errors.push(error))
        count += claims.length
      }
      if (errors.length > 0) throw errors[0]
      return count
    },
    async stop(patienceMs = 10_000) {
      await worker?.stop(patienceMs)
      const open = await opening?.catch(() => undefined)
      await Promise.all([keeper?.stop(), open?.stop()])
      worker = keeper = opening = undefined
    },
  }
}

function actorOf(task: Task): string | null {
  if (task.kind === 'backfill') return null
  return task.kind === 'after' ? task.change.actor : task.actor
}

/** Three beats fit between two looks at who is still alive. */
const beatMs = 5_000
