/** The queue as whoever looks after it sees it; `jobs/` fills it in. */

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
