/** The queue as whoever looks after it sees it; `jobs/` fills it in. */
import type { Transaction } from '../records/transaction.ts'
import { auditOf } from './audit.ts'
import type { Services } from './services.ts'

/** A job that was tried as often as jobs are. */
export interface FailedJob {
  readonly id: string
  /** The job, or the listener: what it was about stays in the queue. */
  readonly task: string
  readonly attempts: number
  readonly failedAt: Date
  readonly error: string
}

export interface ScheduledJob {
  readonly task: string
  /** A cron expression, in UTC. */
  readonly every: string
  /** When it was last done, as far back as the queue remembers. */
  readonly doneAt: Date | undefined
}

export interface QueueLook {
  readonly running: number
  /** Those that failed and are tried again are among them. */
  readonly waiting: number
  /** The latest hundred. */
  readonly failed: readonly FailedJob[]
  readonly scheduled: readonly ScheduledJob[]
}

export interface KeptJobs {
  look(): Promise<QueueLook>
  /** Does a failed job again, at once; false where it did not fail, or is gone. */
  retry(id: string): Promise<boolean>
  /** Takes a failed job out for good; false likewise. */
  discard(id: string): Promise<boolean>
}

/** What the queue itself does, in the transaction of the deed: the name of the job that it settled, undefined where there was none. */
export interface JobKeeping extends Pick<KeptJobs, 'look'> {
  retry(id: string, transaction: Transaction): Promise<string | undefined>
  discard(id: string, transaction: Transaction): Promise<string | undefined>
}

/** Whoever settles a failed job leaves an entry in the audit log, through whichever door; `together` is its transaction. */
export function auditedJobs(
  keeping: JobKeeping,
  services: Services,
  together: (run: (transaction: Transaction) => Promise<boolean>) => Promise<boolean>,
): KeptJobs {
  const settle = (change: 'retry' | 'discard', id: string) =>
    together(async (transaction) => {
      const name = await keeping[change](id, transaction)
      if (name === undefined) return false
      await auditOf(services)?.note('job', { details: { change, name, job: id } })
      return true
    })
  return { look: () => keeping.look(), retry: (id) => settle('retry', id), discard: (id) => settle('discard', id) }
}
