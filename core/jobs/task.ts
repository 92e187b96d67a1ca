/** What waits in the queue, and how it is done in the present composition. */
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Context } from '../access/caller.ts'
import { NotFound } from '../errors.ts'
import type { Erased } from '../model/types.ts'
import type { Composition, Of } from '../module/composition.ts'
import type { Change, Job, Listener } from '../module/module.ts'
import type { Scope } from '../records/transaction.ts'
import type { OpenScope } from '../service/container.ts'
import type { Services } from '../service/services.ts'

/** Stored as JSON, under names that mean the same in every composition. */
export type Task =
  | { readonly kind: 'job'; readonly job: string; readonly input: unknown; readonly actor: string | null }
  | { readonly kind: 'after'; readonly listener: string; readonly change: Change }
  | { readonly kind: 'backfill' }

/** For the log, which must not hold what people wrote. */
export function nameOf(task: Task): string {
  if (task.kind === 'backfill') return task.kind
  return task.kind === 'job' ? task.job : task.listener
}

export interface Tasks {
  /** Throws a TypeError for a job that no installed module declares, and for an input that its schema refuses. */
  forJob(job: Job<unknown>, input: unknown, actor: string | null): Promise<Task>
  /** `listener` is its place in the composition. */
  forListener(listener: number, change: Change): Task
  /** Whether the task waits for somebody outside, and must hold no transaction meanwhile. */
  isOutside(task: Task): boolean
  /** Runs the task in the scope's transaction, if it has one. What is no longer declared counts as done. */
  run(task: Task, context: Context, scope: Scope): Promise<void>
}

/** `goOn` does a part of what operations left to fill in. */
export function tasksOf(composition: Composition, openScope: OpenScope, log: Logger, goOn: () => Promise<void>): Tasks {
  const names = listenerNames(composition)
  const listeners = new Map(names.map((name, at) => [name, composition.listeners[at]]))
  const jobs = new Map(composition.jobs.map((job) => [job.name, job]))
  return {
    async forJob(job, input, actor) {
      if (jobs.get(job.name)?.run !== job.run) throw new TypeError(`The job "${job.name}" was sent, but no installed module declares it.`)
      // What the worker will read is what must fit: a date is a text by then.
      const stored: unknown = JSON.parse(JSON.stringify(input ?? {}))
      await inputOf(job, stored)
      return { kind: 'job', job: job.name, input: stored, actor }
    },
    forListener: (listener, change) => ({ kind: 'after', listener: names[listener]!, change }),
    isOutside: (task) => task.kind === 'backfill' || (task.kind === 'job' && (jobs.get(task.job)?.outside ?? false)),
    async run(task, context, scope) {
      if (task.kind === 'backfill') return goOn()
      const { services } = openScope(context, scope)
      if (task.kind === 'job') {
        const job = jobs.get(task.job)
        if (job) await job.run(await inputOf(job, task.input), services)
        else log.warn({ task: nameOf(task) }, 'A job is no longer declared by any installed module; it counts as done.')
      } else {
        const listener = listeners.get(task.listener)
        const record = listener && (await changedRecord(listener, task.change, services))
        if (record) await listener.run(record, services, task.change)
        else log.warn({ task: nameOf(task) }, 'A listener or its record is gone; the job counts as done.')
      }
    },
  }
}

/**
 * A place in the composition shifts with the installed modules; module, model, trigger and the place among those that share all
 * three do not.
 */
function listenerNames({ listeners, models }: Composition): readonly string[] {
  const seen = new Map<string, number>()
  return listeners.map(({ module, model, trigger }: Of<Listener>) => {
    const name = [module, models.of(model).name, typeof trigger === 'string' ? trigger : trigger.join('+')].join('/')
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    return `${name}/${before}`
  })
}

async function inputOf({ name, input: schema }: Job<unknown>, input: unknown): Promise<unknown> {
  if (!schema) return {}
  const parsed = await schema.safeParseAsync(input)
  if (parsed.success) return parsed.data
  throw new TypeError(`The input of the job "${name}" does not fit its schema:\n${z.prettifyError(parsed.error)}`)
}

/** As listeners within the transaction get it: read by the system, whole. Of a removed record only the id is left. */
async function changedRecord({ model }: Listener, change: Change, { asSystem }: Services): Promise<Erased | undefined> {
  if (change.verb === 'delete') return { id: change.id }
  try {
    return await asSystem('a listener gets the record it waited for').get(model, change.id)
  } catch (error) {
    if (error instanceof NotFound) return undefined
    throw error
  }
}
